/** Upstreams that do what no standard says, before many requests at once: nobody hangs, nothing is left, no key gets out. */
import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BASE, type ChannelStack, sim, startChannels, user } from './channel-stack.js';
import { asJson, type ScriptedUpstream, startUpstream } from './scripted-upstream.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const A = { name: 'a', apiKey: 'key-canary', models: ['m'] };

async function start(answer: Parameters<typeof startUpstream>[0], more: object = {}) {
  const upstream: ScriptedUpstream = await startUpstream(answer);
  closing.push(() => upstream.stop());
  const stack: ChannelStack = await startChannels({ channels: [{ ...A, baseUrl: upstream.url, ...more }] });
  closing.push(() => stack.stop());
  return { upstream, stack };
}

const ASKS = [
  ['chat/completions', { messages: user('Hi') }],
  ['messages', { max_tokens: 9, messages: user('Hi') }],
  ['responses', { input: 'Hi' }],
  ['completions', { prompt: 'Hi' }],
] as const;

describe('answers that are none', () => {
  it.each([
    ['a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(), 502],
    ['a redirect for good', (response) => response.writeHead(308, { location: '/v2' }).end('moved'), 502],
    [
      'a page to sign in',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'),
      502,
    ],
    ['nothing', (response) => response.writeHead(204).end(), 502],
    ['an empty 200', (response) => response.writeHead(200).end(), 502],
    ['an error with 200', (response) => asJson(response, { error: { message: 'key-canary is full', code: 429 } }), 429],
    [
      'JSON that is cut',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"x","choices":['),
      502,
    ],
    ['something else', (response) => asJson(response, { status: 'up' }), 502],
    ['a list', (response) => asJson(response, []), 502],
    ['10 MiB of refusal', (response) => response.writeHead(500).end('key-canary '.repeat(1_000_000)), 502],
    ['a broken connection', (response) => response.destroy(), 502],
  ] satisfies [string, Parameters<typeof startUpstream>[0], number][])(
    '%s - a failure in every protocol, streamed and not, without the key',
    async (_, answer, status) => {
      for (const [path, body] of ASKS) {
        for (const stream of [false, true]) {
          const { stack, upstream } = await start(answer);
          const response = await stack.post(`/v1/${path}`, { model: 'm', stream, ...body });
          const text = await response.text();
          expect([path, stream, response.status]).toEqual([path, stream, status]);
          expect(text).not.toContain('canary');
          expect(text).not.toContain('[DONE]');
          expect(JSON.parse(text).error.message).not.toBe('');
          expect(upstream.asked).toHaveLength(1);
        }
      }
    },
  );
});

describe('bodies', () => {
  it('31 MiB of text - handed on as they are; more than 32 is refused', { timeout: 60_000 }, async () => {
    const { stack, upstream } = await start((response) =>
      asJson(response, { id: 'x', choices: [{ index: 0, message: { content: 'ok' }, finish_reason: 'stop' }] }),
    );
    const text = '好🙂\\"'.repeat(3_000_000);
    const body = JSON.stringify({ model: 'm', messages: user(text) });
    expect((await stack.post('/v1/chat/completions', body)).status).toBe(200);
    expect(upstream.asked[0]?.bytes.equals(Buffer.from(body))).toBe(true);
    expect((await stack.post('/v1/chat/completions', 'x'.repeat(33 * 1024 * 1024))).status).toBe(413);
  });

  it.each(['a/b:c@d', '模型', 'm m', '"m\\', '__proto__', 'constructor', '🙂', 'x'.repeat(300)])(
    'a model called %j - is asked for by that name, and told by it',
    async (model) => {
      const { stack, upstream } = await start(
        (response, { bytes }) =>
          asJson(response, {
            ...{ id: 'x', model: JSON.parse(bytes.toString()).model },
            choices: [{ index: 0, message: { content: 'ok' }, finish_reason: 'stop' }],
          }),
        { models: ['*'] },
      );
      const response = await stack.post('/v1/chat/completions', { model, messages: user('Hi') });
      expect((await response.json()).model).toBe(model);
      expect(JSON.parse(upstream.asked[0]?.bytes.toString() ?? '').model).toBe(model);
    },
  );
});

describe('many at once', () => {
  const SCRIPT = `
    const { createServer } = require('node:http');
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: {"id":"x","choices":[{"index":0,"delta":{"content":"begun"}}]}\\n\\n');
      });
    });
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

  it('200 streams, the upstream is killed - each ends with an error, and all places are free', {
    timeout: 60_000,
  }, async () => {
    const child = spawn(process.execPath, ['-e', SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'] });
    closing.push(async () => child.kill('SIGKILL'));
    const port = await new Promise<string>((resolve) =>
      child.stdout.once('data', (text) => resolve(String(text).trim())),
    );
    const stack = await startChannels({
      channels: [{ ...A, baseUrl: `http://127.0.0.1:${port}` }],
      settings: { auth: { adminToken: 'admin' }, admission: { maxInFlight: 300 } },
    });
    closing.push(() => stack.stop());
    const started = await Promise.all(
      Array.from({ length: 200 }, (_, at) => {
        const [path, body] = ASKS[at % 3] as (typeof ASKS)[number];
        return stack.post(`/v1/${path}`, { model: 'm', stream: true, ...body });
      }),
    );
    expect(new Set(started.map(({ status }) => status))).toEqual(new Set([200]));
    child.kill('SIGKILL');
    const texts = await Promise.all(started.map((response) => response.text()));
    for (const text of texts) {
      expect(text).toContain('begun');
      expect(text).toMatch(/"error"|response\.failed/);
      expect(text).not.toContain('[DONE]');
    }
    await vi.waitFor(async () => {
      const init = { headers: { authorization: 'Bearer admin' } };
      const { channels } = await (await stack.fetch(`${BASE}/internal/channels`, init)).json();
      expect(channels.at(-1)).toMatchObject({ name: 'a', in_flight: 0, requests_total: 200, failures_total: 200 });
    });
    expect(stack.gateway.status().inFlight).toBe(0);
  });

  it('settings read anew again and again - streams that run are not cut', { timeout: 60_000 }, async () => {
    const stack = await startChannels({ channels: [A] });
    closing.push(() => stack.stop());
    const text = sim({ text: 'word '.repeat(40), chunks: 40, delayMs: 5 });
    const running = Array.from({ length: 20 }, () =>
      stack
        .post('/v1/chat/completions', { model: 'm', stream: true, messages: user(text) })
        .then((each) => each.text()),
    );
    const over = Promise.all(running);
    let isOver = false;
    void over.then(() => {
      isOver = true;
    });
    for (let count = 0; !isOver; count++) {
      stack.reload([{ ...A, apiKey: `key-${count}`, weight: count + 1 }]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const answer of await over) {
      expect(answer.endsWith('data: [DONE]\n\n')).toBe(true);
      expect(answer.match(/"content":"[^"]/g)).toHaveLength(40);
    }
  });
});
