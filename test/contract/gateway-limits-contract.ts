/** Who is let in, how often, and in which order: what clients see of admission, named keys and their limits. */
import type { Gateway, GatewayOptions } from '@lingma-gateway/core';
import { createGateway } from '@lingma-gateway/core';
import { afterEach, describe, expect, it as test, vi } from 'vitest';
import { type ContractChannel, type ContractSubject, casesOf, SCRIPTED } from './contract-subject.js';
import type { Host, Mount, Mounted } from './gateway-contract.js';
import { END, FakeClock, START } from './scripted-channel.js';

const messages = [{ role: 'user', content: 'Hi' }];
const PROTOCOLS = {
  'openai-chat': { path: '/v1/chat/completions', body: { model: 'org_auto', messages } },
  'anthropic-messages': { path: '/v1/messages', body: { model: 'org_auto', max_tokens: 100, messages } },
  'openai-responses': { path: '/v1/responses', body: { model: 'org_auto', input: 'Hi' } },
  completions: { path: '/v1/completions', body: { model: 'org_auto', prompt: 'Hi' } },
  compact: { path: '/v1/responses/compact', body: { model: 'org_auto', input: 'Hi' } },
} as const;
type Name = keyof typeof PROTOCOLS;
const NAMES = Object.keys(PROTOCOLS) as Name[];
const STREAMED = NAMES.filter((name) => name !== 'compact');
const CHAT = PROTOCOLS['openai-chat'];

interface ErrorBody {
  readonly error?: { readonly type?: string; readonly code?: string; readonly message?: string };
}
interface Listed {
  readonly data?: readonly { readonly id: string }[];
  readonly models?: readonly { readonly name: string }[];
}

/** How a failure looks in the envelope of a route. */
const failure = (name: Name, openai: { type: string; code: string }, anthropic: string): object =>
  name === 'anthropic-messages' ? { type: 'error', error: { type: anthropic } } : { error: openai };
const RATE_LIMITED = [{ type: 'requests', code: 'rate_limit_exceeded' }, 'rate_limit_error'] as const;

const LIMIT_HEADERS = ['requests', 'tokens'].flatMap((what) =>
  ['limit', 'remaining', 'reset'].map((which) => `x-ratelimit-${which}-${what}`),
);

export function describeLimitsContract(
  title: string,
  mount: Mount,
  host: Host = {},
  subject: ContractSubject = SCRIPTED,
): void {
  const it = casesOf(title, 'limits', subject);
  let open: (Mounted & { readonly channel: ContractChannel }) | undefined;
  afterEach(async () => {
    await open?.close();
    await open?.channel.close();
    open = undefined;
  });

  const start = async (options: Partial<GatewayOptions>) => {
    const clock = new FakeClock();
    const log: { message: string; fields: object }[] = [];
    const write = (message: string, fields: object = {}): void => void log.push({ message, fields: { ...fields } });
    const logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
    const channel = await subject.open({ clock, logger });
    const gateway: Gateway = createGateway({ channel: channel.channel, clock, logger, ...options });
    const mounted = await mount(gateway);
    open = { ...mounted, channel };
    const ask = (name: Name, key: string, more: object = {}): Promise<Response> => {
      const { path, body } = PROTOCOLS[name];
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
      return mounted.request(path, { method: 'POST', headers, body: JSON.stringify({ ...body, ...more }) });
    };
    const get = (path: string, key: string, more: Record<string, string> = {}): Promise<Response> =>
      mounted.request(path, { headers: { 'x-api-key': key, ...more } });
    return { ...mounted, channel, clock, log, gateway, ask, get };
  };
  const limitHeaders = (response: Response): readonly (string | null)[] =>
    LIMIT_HEADERS.map((header) => response.headers.get(header));

  describe(`${title}: limits of a key`, () => {
    const alice = (limits: object): Partial<GatewayOptions> => ({
      clientKeys: ['plain'],
      namedKeys: [{ name: 'alice', key: 'a-key', limits }],
    });

    it('x-ratelimit-* - on every answer of the key: whole, streamed, failed, lists; on no other', async () => {
      const { ask, get, channel } = await start(alice({ requestsPerMinute: 100, tokensPerDay: 1_000 }));
      let left = 100;
      let tokens = 1_000;
      for (const name of NAMES) {
        const response = await ask(name, 'a-key');
        await response.text();
        left--;
        tokens -= 13;
        expect(limitHeaders(response), name).toEqual([
          ...['100', String(left), '1m0s'],
          ...['1000', String(tokens), expect.stringMatching(/^\d+h\d+m\d+s$/)],
        ]);
      }
      for (const name of STREAMED) {
        const response = await ask(name, 'a-key', { stream: true });
        left--;
        expect(response.headers.get('content-type')).toContain('text/event-stream');
        expect(response.headers.get('x-ratelimit-remaining-requests'), name).toBe(String(left));
        expect(limitHeaders(response)).not.toContain(null);
        await response.text();
      }
      const wrong = await ask('anthropic-messages', 'a-key', { messages: 7 });
      expect(wrong.status).toBe(400);
      expect(limitHeaders(wrong)).not.toContain(null);
      for (const [path, status] of [
        ['/v1/models', 200],
        ['/healthz', 200],
        ['/v1/chat/completions', 405],
        ...(host.ownsOtherRoutes === true ? [] : [['/v1/nothing', 404] as const]),
      ] as const) {
        const answer = await get(path, 'a-key');
        expect([path, answer.status]).toEqual([path, status]);
        expect(limitHeaders(answer), path).not.toContain(null);
      }
      expect(limitHeaders(await ask('openai-chat', 'plain'))).toEqual(LIMIT_HEADERS.map(() => null));
      const { context = { principal: { id: 'alice' } } } = channel.turns[0] ?? {};
      expect(context.principal?.id).toBe('alice');
    });

    test.each(NAMES)('requests a minute - %s: 429 when over, 200 when the minute is', async (name) => {
      const { ask, clock } = await start(alice({ requestsPerMinute: 2 }));
      for (const _ of [1, 2]) expect((await ask(name, 'a-key')).status).toBe(200);
      const refused = await ask(name, 'a-key');
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toBe('60');
      expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0');
      expect((await refused.json()) as ErrorBody).toMatchObject(failure(name, ...RATE_LIMITED));
      expect((await ask(name, 'plain')).status).toBe(200);
      clock.advance(60_000);
      expect((await ask(name, 'a-key')).status).toBe(200);
    });

    test.each(NAMES)('tokens a day - %s: insufficient_quota, and no use in trying again', async (name) => {
      const { ask } = await start(alice({ tokensPerDay: 20 }));
      for (const _ of [1, 2]) expect((await ask(name, 'a-key')).status).toBe(200);
      const refused = await ask(name, 'a-key');
      expect(refused.status).toBe(429);
      expect(refused.headers.get('x-should-retry')).toBe('false');
      expect(refused.headers.get('x-ratelimit-remaining-tokens')).toBe('0');
      const quota = { type: 'insufficient_quota', code: 'insufficient_quota' };
      expect((await refused.json()) as ErrorBody).toMatchObject(failure(name, quota, 'rate_limit_error'));
    });

    it('requests at once - the next is refused, until a stream has ended or its client has gone', async () => {
      const { ask, channel, gateway } = await start(alice({ maxParallel: 1 }));
      channel.script = (turn) => turn.push(START);
      const ended = await ask('openai-chat', 'a-key', { stream: true });
      const refused = await ask('anthropic-messages', 'a-key');
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toBe('1');
      channel.last.push(END);
      await ended.text();
      await vi.waitFor(() => expect(gateway.status().requests).toBe(0));
      const left = await ask('openai-chat', 'a-key', { stream: true });
      expect(left.status).toBe(200);
      await left.body?.cancel();
      await vi.waitFor(() => expect(gateway.status().requests).toBe(0));
      channel.script = (turn) => turn.push(START, END);
      expect((await ask('openai-responses', 'a-key')).status).toBe(200);
    });

    it('the log - has the name of a key, never the key', async () => {
      const { ask, log } = await start(alice({ requestsPerMinute: 1 }));
      await ask('openai-chat', 'a-key');
      await ask('openai-chat', 'a-key');
      const requests = log.filter(({ message }) => message === 'request').map(({ fields }) => fields);
      expect(requests).toMatchObject([{ principal: 'alice' }, { principal: 'alice', error: 'rate_limited' }]);
      expect(JSON.stringify(log)).not.toContain('a-key');
    });

    it('a disabled key - 401', async () => {
      const { ask } = await start({ namedKeys: [{ name: 'bob', key: 'b-key', disabled: true }] });
      const refused = await ask('openai-chat', 'b-key');
      expect(refused.status).toBe(401);
      expect(((await refused.json()) as ErrorBody).error).toMatchObject({ code: 'invalid_api_key' });
    });
  });

  describe(`${title}: models of a key`, () => {
    const options: Partial<GatewayOptions> = {
      namedKeys: [
        { name: 'coder', key: 'c-key', models: ['*/qwen3-*'] },
        { name: 'all', key: 'all-key' },
      ],
    };

    test.each(NAMES)('%s - others are refused with 403, its own are asked', async (name) => {
      const { ask, channel } = await start(options);
      const refused = await ask(name, 'c-key');
      expect(refused.status).toBe(403);
      const openai = { type: 'invalid_request_error', code: 'model_not_found' };
      expect((await refused.json()) as ErrorBody).toMatchObject(failure(name, openai, 'permission_error'));
      expect(channel.turns).toHaveLength(0);
      expect((await ask(name, 'c-key', { model: 'vendor/qwen3-coder' })).status).toBe(200);
      expect((await ask(name, 'all-key')).status).toBe(200);
    });

    it('lists - show its own alone, in every shape', async () => {
      const { get } = await start(options);
      const ids = async (path: string, headers: Record<string, string> = {}): Promise<readonly string[]> => {
        const { data, models } = (await (await get(path, 'c-key', headers)).json()) as Listed;
        return data?.map(({ id }) => id) ?? models?.map(({ name }) => name) ?? [];
      };
      expect(await ids('/v1/models')).toEqual(['vendor/qwen3-coder']);
      expect(await ids('/v1/models', { 'anthropic-version': '2023-06-01' })).toEqual(['vendor/qwen3-coder']);
      expect(await ids('/api/tags')).toEqual(['vendor/qwen3-coder']);
      expect((await get('/v1/models/vendor/qwen3-coder', 'c-key')).status).toBe(200);
      expect((await get('/v1/models/org_auto', 'c-key')).status).toBe(404);
      expect((await get('/v1/models/org_auto', 'all-key')).status).toBe(200);
    });
  });

  describe(`${title}: admission`, () => {
    /** A gateway whose only slot is taken, by a stream that goes on. */
    const full = async (options: Partial<GatewayOptions>) => {
      const harness = await start({ maxInFlight: 1, clientKeys: ['a', 'b'], ...options });
      harness.channel.script = (turn) => turn.push(START);
      const running = await harness.ask('openai-chat', 'a', { stream: true });
      return { ...harness, running };
    };

    it('no wait - 429 at once in each envelope; what asks no model is not counted', async () => {
      const { ask, get, request, running, channel } = await full({ queueTimeoutMs: 0 });
      for (const name of NAMES) {
        const refused = await ask(name, 'b');
        expect(refused.status, name).toBe(429);
        expect(refused.headers.get('retry-after')).toBe('1');
        expect((await refused.json()) as ErrorBody).toMatchObject(failure(name, ...RATE_LIMITED));
      }
      for (const path of ['/v1/models', '/healthz', '/version']) expect((await get(path, 'b')).status).toBe(200);
      for (const path of ['/v1/messages/count_tokens', '/v1/responses/input_tokens']) {
        const body = JSON.stringify({ model: 'm', messages, input: 'Hi' });
        const counted = await request(path, { method: 'POST', headers: { 'x-api-key': 'b' }, body });
        expect(counted.status, path).toBe(200);
      }
      channel.last.push(END);
      await running.text();
    });

    it('a full line - 429 at once', async () => {
      const { ask, gateway, running, channel } = await full({ maxQueued: 1 });
      const waiting = ask('openai-chat', 'a');
      await vi.waitFor(() => expect(gateway.status().waiting).toBe(1));
      const refused = await ask('anthropic-messages', 'a');
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      channel.script = (turn) => turn.push(START, END);
      channel.last.push(END);
      await running.text();
      expect((await waiting).status).toBe(200);
    });

    it('two keys that wait - have turns by turns', async () => {
      const { ask, gateway, running, channel } = await full({});
      const answers: Promise<Response>[] = [];
      for (const key of ['a', 'a', 'a', 'b', 'b']) {
        answers.push(ask('openai-chat', key, { messages: [{ role: 'user', content: key }] }));
        await vi.waitFor(() => expect(gateway.status().waiting).toBe(answers.length));
      }
      const order: string[] = [];
      channel.script = (turn) => {
        order.push(/"(a|b)"/.exec(JSON.stringify(turn.messages))?.[1] ?? '');
        turn.push(START, END);
      };
      channel.last.push(END);
      await running.text();
      for (const answer of answers) expect((await answer).status).toBe(200);
      expect(order).toEqual(['a', 'b', 'a', 'b', 'a']);
    });

    it('a limit below 1 - is none', async () => {
      for (const maxInFlight of [0, -1]) {
        const { ask, gateway, channel } = await start({ maxInFlight, queueTimeoutMs: 0 });
        channel.script = (turn) => turn.push(START);
        const streams = await Promise.all(Array.from({ length: 20 }, () => ask('openai-chat', '', { stream: true })));
        expect(gateway.status().inFlight).toBe(20);
        for (const turn of channel.turns) turn.push(END);
        for (const stream of streams) await stream.text();
        await open?.close();
        open = undefined;
      }
    });

    it('a body too large by its own words - 413, though everybody waits', async () => {
      const { request, running, channel } = await full({ maxBodyBytes: 1_000 });
      const body = JSON.stringify({ ...CHAT.body, padding: 'x'.repeat(2_000) });
      const headers = { 'x-api-key': 'b', 'content-length': String(body.length) };
      expect((await request(CHAT.path, { method: 'POST', headers, body })).status).toBe(413);
      channel.last.push(END);
      await running.text();
    });
  });

  it(`${title}: the path of ${CHAT.path} - keys are asked for before anything is read`, async () => {
    const { request } = await start({ clientKeys: ['a'], maxBodyBytes: 1_000 });
    const body = 'x'.repeat(2_000);
    expect((await request(CHAT.path, { method: 'POST', body })).status).toBe(401);
  });
}
