/** One key for chats and vectors, as mem0 has it: what it may reach, what it used, and the folder that all of it moves in. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@lingma-gateway/core';
import { createOpenAiUpstream, type OpenAiUpstream } from '@lingma-gateway/simulator';
import { type RunningServer, startServer } from 'lingma-gateway';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sim, user } from './channel-stack.js';

const ADMIN = { authorization: 'Bearer admin', 'content-type': 'application/json' };

let upstream: OpenAiUpstream;
let folder: string;
const servers: RunningServer[] = [];

beforeEach(async () => {
  upstream = await createOpenAiUpstream();
  folder = mkdtempSync(join(tmpdir(), 'channel-keys-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close({ graceMs: 0 });
  await upstream.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(dataDir = join(folder, 'data')): Promise<RunningServer> {
  const channels = [
    { name: 'lingma', type: 'lingma', enabled: false },
    {
      ...{ name: 'one-api', baseUrl: upstream.url, apiKey: 'k', models: ['qwen3.5-plus', 'MiniMax-M2.5', 'text-*'] },
      endpoints: ['chat', 'completions', 'embeddings', 'responses', 'audio'],
    },
  ];
  const env = {
    LINGMA_GATEWAY_WS_URL: 'ws://127.0.0.1:9/',
    LINGMA_GATEWAY_DATA_DIR: dataDir,
    LINGMA_GATEWAY_CHANNELS: JSON.stringify(channels),
    LINGMA_GATEWAY_ADMIN_TOKEN: 'admin',
  };
  const server = await startServer({ env, flags: { port: '0', demo: false }, logger: silentLogger });
  servers.push(server);
  return server;
}

async function issue(server: RunningServer, request: object): Promise<string> {
  const init = { method: 'POST', headers: ADMIN, body: JSON.stringify(request) };
  return (await (await fetch(`${server.url}/internal/keys`, init)).json()).key;
}

const post = (server: RunningServer, key: string, path: string, body: object): Promise<Response> =>
  fetch(`${server.url}/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const usageOf = async (server: RunningServer, group: string) =>
  (await (await fetch(`${server.url}/internal/usage?group=${group}`, { headers: ADMIN })).json()) as {
    readonly data?: unknown;
  };

describe('one key for chats and vectors', () => {
  it('the folder, copied after the end - same key, same answers, same usage', { timeout: 60_000 }, async () => {
    const first = await serve();
    const key = await issue(first, { name: 'mem0' });
    const asks = async (server: RunningServer) => {
      const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key, maxRetries: 0 });
      const vectors = await client.embeddings.create({
        model: 'text-embedding-v4',
        input: ['茶', 'tea'],
        dimensions: 8,
      });
      const chat = await client.chat.completions.create({
        model: 'qwen3.5-plus',
        messages: [{ role: 'user', content: sim({ text: 'Kept', usage: { input: 5, output: 3 } }) }],
      });
      return { vectors: vectors.data, usage: vectors.usage, chat: chat.choices, tokens: chat.usage };
    };
    const answers = await asks(first);
    const streamed = await post(first, key, 'chat/completions', {
      ...{ model: 'qwen3.5-plus', stream: true },
      messages: user(sim({ text: 'Hi', chunks: 2, usage: { input: 40, output: 2 } })),
    });
    expect(await streamed.text()).not.toContain('usage');
    await first.close({ graceMs: 0 });
    servers.splice(0);
    cpSync(join(folder, 'data'), join(folder, 'moved'), { recursive: true });
    const moved = await serve(join(folder, 'moved'));
    const byModel = JSON.stringify(await usageOf(moved, 'model'));
    for (const part of ['text-embedding-v4', 'qwen3.5-plus', '"prompt_tokens":45', '"completion_tokens":5']) {
      expect(byModel).toContain(part);
    }
    expect(JSON.stringify(await usageOf(moved, 'key'))).toContain('mem0');
    expect(JSON.stringify(await usageOf(moved, 'channel'))).toContain('one-api');
    expect(await asks(moved)).toEqual(answers);
  });

  it('the folder, copied while requests and new keys come in - each copy starts beside it, with all but the last second', {
    timeout: 120_000,
  }, async () => {
    const first = await serve();
    const key = await issue(first, { name: 'mem0', models: ['text-*', 'qwen3.5-plus'] });
    const embed = async (server: RunningServer, secret: string): Promise<number> => {
      const response = await post(server, secret, 'embeddings', {
        model: 'text-embedding-v4',
        input: '茶',
        dimensions: 4,
      });
      await response.text();
      return response.status;
    };
    const rowsIn = (data: string): number =>
      readdirSync(join(data, 'usage'))
        .filter((name) => name.endsWith('.jsonl'))
        .flatMap((name) => readFileSync(join(data, 'usage', name), 'utf8').split('\n'))
        .filter((line) => line !== '').length;
    const data = join(folder, 'data');
    let asked = 0;
    let busy = true;
    const made: string[] = [key];
    const asking = (async () => {
      while (busy) {
        expect(await embed(first, key)).toBe(200);
        asked++;
      }
    })();
    asking.catch(() => undefined);
    const making = (async () => {
      while (busy) made.push(await issue(first, { name: `made-${made.length}` }));
    })();
    making.catch(() => undefined);
    for (const copy of ['copy-1', 'copy-2', 'copy-3']) {
      // What was asked before is written within a second; what comes while it is copied may be lost.
      const before = asked + 1;
      await vi.waitFor(() => expect(rowsIn(data)).toBeGreaterThanOrEqual(before), { timeout: 20_000 });
      const known = made.length;
      // As an operator does it; a draft that is gone meanwhile is told, and is no part of the state.
      spawnSync('cp', ['-r', data, join(folder, copy)]);
      const after = asked + 1;
      const second = await serve(join(folder, copy));
      const { data: used } = (await usageOf(second, 'channel')) as { data: { channel: string; requests: number }[] };
      const counted = used.find(({ channel }) => channel === 'one-api')?.requests ?? 0;
      expect(counted).toBeGreaterThanOrEqual(before);
      expect(counted).toBeLessThanOrEqual(after);
      for (const secret of [key, made[known - 1] as string]) expect(await embed(second, secret)).toBe(200);
      const refused = await post(second, key, 'embeddings', { model: 'MiniMax-M2.5', input: 'x' });
      expect(refused.status).toBe(403);
      const channelsOf = async (server: RunningServer): Promise<unknown> =>
        (
          (await (await fetch(`${server.url}/internal/channels`, { headers: ADMIN })).json()) as {
            channels: { name: string }[];
          }
        ).channels.map(({ name }) => name);
      expect(await channelsOf(second)).toEqual(await channelsOf(first));
      // Changed on its own from now on, though the first goes on.
      expect(await issue(second, { name: 'of-the-copy' })).toMatch(/^sk-/);
      await second.close({ graceMs: 0 });
    }
    busy = false;
    await Promise.all([asking, making]);
  });

  it('a quota - is used up by vectors as by answers, and told alike', { timeout: 60_000 }, async () => {
    const server = await serve();
    const key = await issue(server, { name: 'small', quota: { tokens: 600, period: 'none' } });
    const chat = { model: 'qwen3.5-plus', messages: user(sim({ text: 'x', usage: { input: 590, output: 20 } })) };
    expect((await post(server, key, 'chat/completions', { ...chat, max_tokens: 20 })).status).toBe(200);
    for (const [path, body] of [
      ['embeddings', { model: 'text-embedding-v4', input: 'x' }],
      ['chat/completions', chat],
      ['responses', { model: 'qwen3.5-plus', input: 'x' }],
      ['completions', { model: 'qwen3.5-plus', prompt: 'x' }],
    ] as const) {
      const response = await post(server, key, path, body);
      expect([path, response.status, response.headers.get('x-should-retry')]).toEqual([path, 429, 'false']);
      expect((await response.json()).error.code).toBe('insufficient_quota');
    }
    expect(upstream.calls).toHaveLength(1);
  });

  it('an upstream that tells no usage - the quota counts what was said, whole and streamed', {
    timeout: 60_000,
  }, async () => {
    upstream.setFault({ noUsage: true });
    const server = await serve();
    const messages = user(`${'word '.repeat(400)}${sim({ text: '四 fünf six '.repeat(40) })}`);
    for (const [path, body, least] of [
      ['chat/completions', { model: 'qwen3.5-plus', messages }, 500],
      ['chat/completions', { model: 'qwen3.5-plus', messages, stream: true }, 500],
      ['messages', { model: 'qwen3.5-plus', max_tokens: 900, messages }, 500],
      ['completions', { model: 'qwen3.5-plus', prompt: 'word '.repeat(400) }, 400],
    ] as const) {
      const name = `spends-${path.replace('/', '-')}-${'stream' in body}`;
      const key = await issue(server, { name, quota: { tokens: least - 100 } });
      const first = await post(server, key, path, body);
      expect([path, first.status]).toEqual([path, 200]);
      await first.text();
      expect((await post(server, key, path, body)).status, path).toBe(429);
    }
  });

  it('models of its own - neither by another route nor by a model that is written twice', async () => {
    const server = await serve();
    const key = await issue(server, { name: 'qwen', models: ['qwen*'] });
    const listed = await (
      await fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
    ).json();
    expect(listed.data.map(({ id }: { id: string }) => id)).toEqual(['qwen3.5-plus']);
    const raw = (path: string, body: string) =>
      fetch(`${server.url}/v1/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body,
      });
    const rest = '"messages":[{"role":"user","content":"x"}],"input":"x","prompt":"x"';
    for (const path of ['chat/completions', 'responses', 'completions', 'embeddings', 'audio/speech']) {
      for (const models of [
        '"model":"MiniMax-M2.5"',
        '"model":"qwen3.5-plus","model":"MiniMax-M2.5"',
        '"mod\\u0065l":"MiniMax-M2.5"',
        '"model":"qwen3.5-plus","m\\u006fdel":"MiniMax-M2.5"',
      ]) {
        expect([path, models, (await raw(path, `{${models},${rest}}`)).status]).toEqual([path, models, 403]);
      }
      // The last one counts, and no other reaches the upstream.
      const twice = await raw(path, `{"model":"MiniMax-M2.5","model":"qwen3.5-plus",${rest}}`);
      await twice.text();
      expect(upstream.calls.at(-1)?.text ?? '').not.toContain('MiniMax');
    }
    expect(upstream.calls.filter(({ text }) => text.includes('MiniMax'))).toEqual([]);
  });

  it.each([
    ['chat/completions', 'chat'],
    ['responses', 'responses'],
    ['completions', 'completions'],
    ['embeddings', 'embeddings'],
    ['audio/speech', 'audio'],
  ])('a key that is not for %s - 403, and nobody is asked', async (path, endpoint) => {
    const server = await serve();
    const all = ['chat', 'responses', 'completions', 'embeddings', 'audio'];
    const key = await issue(server, { name: 'limited', endpoints: all.filter((each) => each !== endpoint) });
    const body = { model: 'qwen3.5-plus', input: 'x', prompt: 'x', messages: user('x') };
    expect((await post(server, key, path, body)).status).toBe(403);
    expect(upstream.calls).toEqual([]);
  });
});
