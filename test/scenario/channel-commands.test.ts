/** `channels` as people run it: at a gateway that runs, whose upstreams are simulated. */
import { createOpenAiUpstream, type OpenAiUpstream } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, runCli, startServe } from './server-process.js';

let upstream: OpenAiUpstream | undefined;
afterEach(async () => {
  await cleanUp();
  await upstream?.stop();
  upstream = undefined;
});

describe('lingma-gateway channels', () => {
  it('a gateway that runs - listed, tried, taken out, put back', { timeout: 90_000 }, async () => {
    upstream = await createOpenAiUpstream();
    const channels = [
      { name: 'lingma', type: 'lingma', enabled: false },
      { name: 'one-api', baseUrl: upstream.url, apiKey: 'key-canary', models: ['qwen-plus', 'text-embedding-v4'] },
    ];
    const env = {
      ...{ LINGMA_GATEWAY_CHANNELS: JSON.stringify(channels), LINGMA_WS_URL: 'ws://127.0.0.1:9/' },
      ...{ ADMIN_TOKEN: 'admin-token', LANG: 'en_US.UTF-8' },
    };
    const { url } = await startServe([], { env });
    const run = (...words: string[]) => runCli(['channels', ...words, '--port', new URL(url).port], { env });
    const listed = await run();
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toMatch(/^one-api +openai +enabled +0 +1\/1 +0 +0 +0 +qwen-plus, text-embedding-v4$/m);
    expect(listed.stdout).toMatch(/^lingma +lingma +disabled /m);
    expect(listed.stdout).not.toContain('canary');

    expect((await run('test', 'one-api')).stdout).toMatch(/^one-api answers for qwen-plus, in \d+ ms\.$/m);
    expect((await run('test', 'one-api', '--model', 'text-embedding-v4')).code).toBe(0);
    expect(upstream.calls.map(({ path }) => path)).toEqual(['/v1/chat/completions', '/v1/embeddings']);
    upstream.setFault({ status: 500, message: 'out of order' });
    const failed = await run('test', 'one-api', '--model', 'qwen-plus', '--json');
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('(HTTP 500): out of order')]);
    expect(JSON.parse(failed.stdout)).toMatchObject({ ok: false, status: 500, model: 'qwen-plus' });

    expect((await run('disable', 'one-api')).stdout).toBe('one-api: disabled\n');
    const [, other] = JSON.parse((await run('list', '--json')).stdout);
    expect(other).toMatchObject({ name: 'one-api', state: 'disabled' });
    expect((await run('enable', 'one-api')).stdout).toBe('one-api: enabled\n');
    const missing = await run('enable', 'two');
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('There is no channel "two"')]);

    const chinese = await runCli(['channels', '--port', new URL(url).port], { env: { ...env, LANG: 'zh_CN.UTF-8' } });
    expect(chinese.stdout).toMatch(/^one-api +openai +启用/m);
  });

  it('no gateway there - exit code 1, and where it was looked for', async () => {
    const { code, stderr } = await runCli(['channels', '--port', '1'], { env: { LANG: 'en_US.UTF-8' } });
    expect([code, stderr]).toEqual([1, expect.stringContaining('No gateway answers at http://127.0.0.1:1')]);
  });

  it.each([[['restart', 'a']], [['enable']], [['list', 'a']], [['test', 'a', 'b']], [['enable', 'a', '--model', 'm']]])(
    '%j - exit code 2',
    async (words) => {
      expect((await runCli(['channels', ...words], { env: { LANG: 'en_US.UTF-8' } })).code).toBe(2);
    },
  );
});
