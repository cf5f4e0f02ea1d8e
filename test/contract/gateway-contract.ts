/**
 * What a client sees of the gateway, whatever carries the bytes. Run on plain `fetch` and on `node:http`; a mount in a
 * framework runs the same suite.
 */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Gateway, GatewayOptions } from '@lingma-gateway/core';
import { createGateway, Secret } from '@lingma-gateway/core';
import { type ChatEvent, type ErrorCode, GatewayError } from '@lingma-gateway/core/chat';
import { afterEach, describe, expect, it as test, vi } from 'vitest';
import { parseSse } from '../support/sse.js';
import {
  type ContractChannel,
  type ContractSubject,
  type ContractTurn,
  casesOf,
  SCRIPTED,
} from './contract-subject.js';
import { ANSWER, END, FakeClock, type ScriptedChannel, START, text } from './scripted-channel.js';

export interface Mounted {
  /** `path` begins with a slash. */
  request(path: string, init?: RequestInit & { duplex?: 'half' }): Promise<Response>;
  close(): Promise<void>;
}

export type Mount = (gateway: Gateway) => Promise<Mounted>;

/** What differs where an app around the gateway has a say. */
export interface Host {
  /** The app answers what the gateway has no route for. */
  readonly ownsOtherRoutes?: boolean;
  /** Of whole answers. Default: as the gateway writes it. */
  readonly jsonType?: string;
  /** Of answers to requests that bring none. Default: as the gateway makes it. */
  readonly requestId?: RegExp;
  /** The answer to a path that cannot be decoded. Default 404. */
  readonly brokenPathStatus?: number;
}

interface Harness extends Mounted {
  readonly gateway: Gateway;
  readonly channel: ContractChannel;
  readonly clock: FakeClock;
  readonly log: { readonly message: string; readonly fields: Record<string, unknown> }[];
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
}

const messages = [{ role: 'user', content: 'Hi' }];

const PROTOCOLS = {
  'openai-chat': { path: '/v1/chat/completions', body: { model: 'gpt-x', messages } },
  'anthropic-messages': { path: '/v1/messages', body: { model: 'claude-y', max_tokens: 100, messages } },
  'openai-responses': { path: '/v1/responses', body: { model: 'gpt-x', input: 'Hi' } },
} as const;
type Name = keyof typeof PROTOCOLS;
const NAMES = Object.keys(PROTOCOLS) as Name[];
const CHAT = PROTOCOLS['openai-chat'];
const MESSAGES = PROTOCOLS['anthropic-messages'];

interface ErrorBody {
  readonly type: string;
  readonly code?: string | null;
  readonly message: string;
  readonly param?: string | null;
}

/** The members of all answers and frames that this suite looks at. */
interface AnyBody {
  readonly type?: string;
  readonly id?: string;
  readonly model?: string;
  readonly object?: string;
  readonly input_tokens?: number;
  readonly error?: ErrorBody | null;
  readonly response?: { readonly id: string; readonly error?: ErrorBody | null };
  readonly delta?: string | { readonly text?: string };
  readonly choices?: readonly {
    readonly message?: { readonly content: string };
    readonly delta?: { readonly content?: string | null };
  }[];
  readonly content?: readonly { readonly text: string }[];
  readonly output?: readonly { readonly content: readonly { readonly text: string }[] }[];
  readonly data?: readonly { readonly id: string }[];
}
const bodyOf = async (response: Response): Promise<AnyBody> => JSON.parse(await response.text()) as AnyBody;

/** The answer's text in a whole response, and in the frames of a stream. */
const WHOLE_TEXT: Record<Name, (body: AnyBody) => unknown> = {
  'openai-chat': (body) => body.choices?.[0]?.message?.content,
  'anthropic-messages': (body) => body.content?.[0]?.text,
  'openai-responses': (body) => body.output?.[0]?.content?.[0]?.text,
};
const FRAME_TEXT: Record<Name, (frame: AnyBody) => unknown> = {
  'openai-chat': (frame) => frame.choices?.[0]?.delta?.content,
  'anthropic-messages': (frame) => (typeof frame.delta === 'object' ? frame.delta.text : undefined),
  'openai-responses': (frame) => (frame.type === 'response.output_text.delta' ? frame.delta : undefined),
};
const frames = (sse: string): AnyBody[] =>
  parseSse(sse)
    .filter(({ data }) => data !== '[DONE]')
    .map(({ data }) => JSON.parse(data) as AnyBody);
const streamedText = (name: Name, sse: string): string =>
  frames(sse)
    .map((frame) => FRAME_TEXT[name](frame) ?? '')
    .join('');
const errorOf = (body: AnyBody): ErrorBody | undefined => body.error ?? body.response?.error ?? undefined;

export function describeGatewayContract(
  title: string,
  mount: Mount,
  host: Host = {},
  subject: ContractSubject = SCRIPTED,
): void {
  const it = casesOf(title, 'gateway', subject);
  let open: Harness | undefined;
  afterEach(async () => {
    await open?.close();
    await open?.channel.close();
    open = undefined;
  });

  const start = async (options: Partial<GatewayOptions> = {}): Promise<Harness> => {
    const clock = new FakeClock();
    const log: Harness['log'] = [];
    const write = (message: string, fields: object = {}): void => void log.push({ message, fields: { ...fields } });
    const logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
    const channel = await subject.open({ clock, logger });
    const gateway = createGateway({ channel: channel.channel, clock, logger, ...options });
    const mounted = await mount(gateway);
    open = {
      ...mounted,
      gateway,
      channel,
      clock,
      log,
      post: (path, body, init = {}) =>
        mounted.request(path, {
          method: 'POST',
          body: JSON.stringify(body),
          ...init,
          headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) },
        }),
    };
    return open;
  };
  const idle = ({ gateway }: Harness): Promise<void> =>
    vi.waitFor(() => expect(gateway.status()).toMatchObject({ inFlight: 0, waiting: 0, requests: 0 }));

  const allClosed = ({ channel }: Harness): Promise<void> =>
    vi.waitFor(() => expect(channel.turns.map((turn) => turn.closed)).toEqual(channel.turns.map(() => true)));
  /** Clocks of what is behind the gateway are stopped a little later than its own. */
  const noTimers = ({ clock }: Harness): Promise<void> => vi.waitFor(() => expect(clock.pending).toBe(0));

  describe(`${title}: answers`, () => {
    for (const name of NAMES) {
      const { path, body } = PROTOCOLS[name];
      it(`${name} - whole`, async () => {
        const harness = await start();
        const response = await harness.post(path, body);
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toBe(host.jsonType ?? 'application/json');
        expect(response.headers.get('x-lingma-usage')).toBe(subject.usage === 'estimated' ? 'estimated' : null);
        expect(response.headers.get('x-request-id')).toMatch(host.requestId ?? /^req_/);
        expect(WHOLE_TEXT[name](await bodyOf(response))).toBe('Hello world');
        await idle(harness);
        await allClosed(harness);
      });

      it(`${name} - streamed`, async () => {
        const harness = await start();
        const response = await harness.post(path, { ...body, stream: true });
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
        expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
        expect(response.headers.get('x-accel-buffering')).toBe('no');
        const sse = await response.text();
        expect(streamedText(name, sse)).toBe('Hello world');
        expect(frames(sse).some((frame) => frame.error !== undefined && frame.error !== null)).toBe(false);
        await idle(harness);
      });
    }

    it('requests - names the asked-for model, logs one line with what happened', async () => {
      const harness = await start();
      const response = await harness.post(CHAT.path, CHAT.body);
      expect((await bodyOf(response)).model).toBe('gpt-x');
      await idle(harness);
      const lines = harness.log.filter(({ message }) => message === 'request');
      expect(lines).toHaveLength(1);
      expect(lines[0]?.fields).toMatchObject({
        method: 'POST',
        route: 'openai-chat',
        status: 200,
        model: 'gpt-x',
        upstreamModel: 'org_auto',
        inputTokens: 11,
        outputTokens: 2,
        finishReason: 'stop',
      });
    });

    it('request ids - a sane one is taken over, a strange one is replaced', async () => {
      const harness = await start();
      const own = await harness.post(MESSAGES.path, MESSAGES.body, { headers: { 'x-request-id': 'abc-1' } });
      expect(own.headers.get('x-request-id')).toBe('abc-1');
      expect(own.headers.get('request-id')).toBe('abc-1');
      const strange = await harness.post(CHAT.path, CHAT.body, { headers: { 'x-request-id': 'a b "c"' } });
      expect(strange.headers.get('x-request-id')).toMatch(/^req_/);
    });

    it('paths - query, trailing slash, doubled slash and missing /v1 are tolerated', async () => {
      const harness = await start();
      for (const path of [
        '/v1/messages?beta=true',
        '/v1/messages/',
        '//v1//messages',
        '/messages',
        '/v1/v1/messages',
      ]) {
        expect((await harness.post(path, MESSAGES.body)).status, path).toBe(200);
      }
      expect((await harness.post('/responses', PROTOCOLS['openai-responses'].body)).status).toBe(200);
      expect((await harness.post('/chat/completions', CHAT.body)).status).toBe(200);
    });

    it('warnings - go into a header that is ASCII and bounded', async () => {
      const harness = await start();
      const strange = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`félд_${index}`, 1]));
      for (const name of NAMES.filter((each) => !subject.handedOn.includes(each))) {
        const { path, body } = PROTOCOLS[name];
        const response = await harness.post(path, { ...body, ...strange });
        const header = response.headers.get('x-lingma-warnings') ?? '';
        expect(header, name).toMatch(/^unknown-field: f\?l\?_/);
        expect(header.length).toBeLessThan(1_100);
      }
    });

    it('count_tokens - counts without a turn', async () => {
      const harness = await start();
      const response = await harness.post('/v1/messages/count_tokens', { model: 'claude-y', messages });
      expect((await bodyOf(response)).input_tokens).toBeGreaterThan(1);
      expect(harness.channel.turns).toHaveLength(0);
    });

    it('stored responses - are kept, listed and deleted, for their own caller only', async () => {
      const harness = await start({ clientKeys: [new Secret('one'), new Secret('two')] });
      const as = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } });
      for (const stream of [false, true]) {
        const sent = await harness.post('/v1/responses', { model: 'm', input: 'Hi', stream }, as('one'));
        const answer = await sent.text();
        const id = stream ? String(frames(answer)[0]?.response?.id) : String((JSON.parse(answer) as AnyBody).id);
        const path = `/v1/responses/${id}`;
        expect((await bodyOf(await harness.request(path, as('one')))).id).toBe(id);
        expect((await harness.request(path, as('two'))).status).toBe(404);
        const items = await bodyOf(await harness.request(`${path}/input_items`, as('one')));
        expect(items.data).toHaveLength(1);
        const next = { model: 'm', input: 'And?', previous_response_id: id };
        expect((await harness.post('/v1/responses', next, as('one'))).status).toBe(200);
        expect(harness.channel.last.messages).toHaveLength(3);
        expect((await harness.post('/v1/responses', next, as('two'))).status).toBe(404);
        expect((await harness.request(path, { method: 'DELETE', ...as('one') })).status).toBe(200);
        expect((await harness.request(path, as('one'))).status).toBe(404);
      }
    });
  });

  describe(`${title}: models and probes`, () => {
    it('models - OpenAI shape without stand-ins, Anthropic shape with them', async () => {
      const harness = await start();
      const openai = await bodyOf(await harness.request('/v1/models'));
      expect(openai.object).toBe('list');
      expect(openai.data?.map(({ id }) => id)).toEqual(subject.models.listed);
      const headers = { 'anthropic-version': '2023-06-01' };
      const anthropic = await bodyOf(await harness.request('/v1/models?limit=1000', { headers }));
      expect(anthropic.data?.map(({ id }) => id)).toEqual(['org_auto', 'vendor/qwen3-coder', 'claude-x']);
      expect(anthropic).toMatchObject({ has_more: false, first_id: 'org_auto', last_id: 'claude-x' });
      expect(anthropic.data?.[0]).toMatchObject({ type: 'model', display_name: subject.models.displayNames.org_auto });
    });

    it('models - pages by limit, after_id and before_id', async () => {
      const harness = await start();
      const page = async (query: string): Promise<AnyBody> =>
        bodyOf(await harness.request(`/v1/models?${query}`, { headers: { 'anthropic-version': '1' } }));
      expect(await page('limit=1')).toMatchObject({ has_more: true, last_id: 'org_auto' });
      expect(await page('limit=1&after_id=org_auto')).toMatchObject({ has_more: true, last_id: 'vendor/qwen3-coder' });
      expect(await page('limit=2&after_id=org_auto')).toMatchObject({ has_more: false, last_id: 'claude-x' });
      expect(await page('limit=1&before_id=claude-x')).toMatchObject({
        has_more: true,
        first_id: 'vendor/qwen3-coder',
      });
      expect((await harness.request('/v1/models?limit=none')).status).toBe(400);
      const lost = await harness.request('/v1/models?after_id=gone', { headers: { 'anthropic-version': '1' } });
      expect(lost.status).toBe(400);
    });

    it('one model - by id with a slash, plain or encoded, in any case; aliases too; else 404', async () => {
      const harness = await start();
      const called = encodeURIComponent(subject.models.displayNames['vendor/qwen3-coder'].toLowerCase());
      for (const id of ['vendor/qwen3-coder', 'vendor%2Fqwen3-coder', 'VENDOR/Qwen3-Coder', called]) {
        expect((await bodyOf(await harness.request(`/v1/models/${id}`))).id, id).toBe('vendor/qwen3-coder');
      }
      expect((await harness.request('/v1/models/claude-x')).status).toBe(200);
      const missing = await harness.request('/v1/models/none');
      expect(missing.status).toBe(404);
      expect(errorOf(await bodyOf(missing))?.code).toBe('model_not_found');
      expect((await harness.request('/v1/models/%E0%A4%A')).status).toBe(host.brokenPathStatus ?? 404);
    });

    it('models - an absent upstream is an error with a status', async () => {
      const harness = await start();
      (harness.channel as ScriptedChannel).failModels = new GatewayError('not_ready', 'Lingma is not running');
      const response = await harness.request('/v1/models');
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).not.toBeNull();
    });

    it('probes - GET and HEAD of / and /healthz answer 200 without a key', async () => {
      const harness = await start({ clientKeys: ['k'] });
      for (const path of ['/', '/healthz']) {
        expect((await harness.request(path)).status).toBe(200);
        const head = await harness.request(path, { method: 'HEAD' });
        expect(head.status).toBe(200);
        expect(await head.text()).toBe('');
      }
      const health = await bodyOf(await harness.request('/healthz'));
      expect(health).toMatchObject({ status: 'ok', ok: true, state: 'open', pool_size: 1, pool_ready: 1 });
    });
  });

  describe(`${title}: routes and methods`, () => {
    it('unknown route - 404 in the envelope of the nearest protocol, or in the words of the app around', async () => {
      const harness = await start();
      if (host.ownsOtherRoutes === true) {
        for (const path of ['/v1/nothing', '/v1/messages/batches']) {
          const response = await harness.request(path);
          expect(response.status).toBe(404);
          expect(response.headers.get('x-request-id')).toBeNull();
        }
        return;
      }
      const openai = await harness.request('/v1/nothing');
      expect(openai.status).toBe(404);
      expect(errorOf(await bodyOf(openai))?.type).toBe('invalid_request_error');
      const anthropic = await harness.post('/v1/messages/batches', {});
      expect(anthropic.status).toBe(404);
      expect(await bodyOf(anthropic)).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
      expect(anthropic.headers.get('request-id')).toBe(anthropic.headers.get('x-request-id'));
    });

    it('wrong method - 405 with Allow', async () => {
      const harness = await start();
      const response = await harness.request(CHAT.path, { method: 'PUT', body: '{}' });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST, OPTIONS');
      expect((await harness.request(CHAT.path)).status).toBe(405);
      expect((await harness.request('/v1/models', { method: 'POST', body: '{}' })).headers.get('allow')).toContain(
        'GET, HEAD',
      );
      expect((await harness.request('/v1/responses/resp_1', { method: 'PUT', body: '{}' })).headers.get('allow')).toBe(
        'GET, HEAD, DELETE, OPTIONS',
      );
    });

    it('OPTIONS - says what is allowed, without a wildcard', async () => {
      const harness = await start();
      const response = await harness.request(CHAT.path, {
        method: 'OPTIONS',
        headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' },
      });
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
      expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    });
  });

  describe(`${title}: who may call`, () => {
    const status = async (headers: Record<string, string>, path: Name = 'openai-chat'): Promise<number> => {
      const harness = open ?? (await start({ clientKeys: [new Secret('key-1'), 'key-2'] }));
      const { path: route, body } = PROTOCOLS[path];
      return (await harness.post(route, body, { headers })).status;
    };

    it('keys - one resolver for both headers', async () => {
      expect(await status({})).toBe(401);
      expect(await status({ authorization: 'Bearer key-1' })).toBe(200);
      expect(await status({ authorization: 'bearer   key-2 ' })).toBe(200);
      expect(await status({ 'x-api-key': 'key-2' })).toBe(200);
      expect(await status({ authorization: 'Bearer key-1' }, 'anthropic-messages')).toBe(200);
      expect(await status({ 'x-api-key': 'key-1', authorization: 'Bearer key-1' })).toBe(200);
      expect(await status({ 'x-api-key': 'key-1', authorization: 'Bearer key-2' })).toBe(401);
      expect(await status({ 'x-api-key': 'key-1', authorization: 'Bearer wrong' })).toBe(200);
      expect(await status({ 'x-api-key': 'sk-ant-foreign', authorization: 'Bearer key-1' })).toBe(200);
      expect(await status({ 'x-api-key': 'other', authorization: 'Bearer wrong' })).toBe(401);
      expect(await status({ 'api-key': 'key-1' })).toBe(200);
      expect(await status({ authorization: 'Bearer key-' })).toBe(401);
      expect(await status({ authorization: 'key-1' })).toBe(401);
      expect(await status({ authorization: 'Basic a2V5LTE6' })).toBe(401);
      expect(await status({ 'x-api-key': '' })).toBe(401);
    });

    it('no key - 401 in the envelope of each protocol; the key is never told', async () => {
      const harness = await start({ clientKeys: ['key-1'] });
      for (const name of NAMES) {
        const { path, body } = PROTOCOLS[name];
        const response = await harness.post(path, body, { headers: { 'x-api-key': 'guess-123' } });
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toBe('Bearer');
        const answer = await response.text();
        expect(answer).not.toContain('guess-123');
        const type = errorOf(JSON.parse(answer) as AnyBody)?.type;
        expect(type).toBe(name === 'anthropic-messages' ? 'authentication_error' : 'invalid_request_error');
      }
      expect(harness.channel.turns).toHaveLength(0);
      expect(JSON.stringify(harness.log)).not.toContain('guess-123');
    });

    it('no keys configured - anybody, whatever they send', async () => {
      const harness = await start();
      const headers = { 'x-api-key': 'a', authorization: 'Bearer b' };
      expect((await harness.post(CHAT.path, CHAT.body, { headers })).status).toBe(200);
    });

    it('foreign web pages - are turned away before anything else', async () => {
      const harness = await start({ cors: { origins: ['https://chat.example'] } });
      const from = (origin: string): Promise<Response> => harness.post(CHAT.path, CHAT.body, { headers: { origin } });
      expect((await from('https://evil.example')).status).toBe(403);
      expect((await from('null')).status).toBe(403);
      expect((await from('http://localhost.evil.example')).status).toBe(403);
      expect(harness.channel.turns).toHaveLength(0);
      const allowed = await from('https://chat.example');
      expect(allowed.status).toBe(200);
      expect(allowed.headers.get('access-control-allow-origin')).toBe('https://chat.example');
      expect((await from('http://127.0.0.1:5173')).status).toBe(200);
      expect((await from('chrome-extension://abcdef')).status).toBe(403);
      expect((await from('vscode-webview://abc')).status).toBe(403);
    });
  });

  describe(`${title}: bad input`, () => {
    const refused = async (harness: Harness, body: BodyInit, init: RequestInit = {}): Promise<ErrorBody> => {
      const response = await harness.request(CHAT.path, { method: 'POST', body, ...init });
      const answer = await bodyOf(response);
      expect(response.status, JSON.stringify(answer)).toBe(400);
      expect(response.headers.get('x-request-id')).not.toBeNull();
      expect(harness.channel.turns).toHaveLength(0);
      return errorOf(answer) as ErrorBody;
    };

    it('bodies that are no JSON, or not an object - 400', async () => {
      const harness = await start();
      for (const body of ['', '   ', 'nonsense', '{"model":', '[]', '"text"', 'null', '7']) {
        expect((await refused(harness, body)).type).toBe('invalid_request_error');
      }
    });

    it('bytes that are no UTF-8 - 400', async () => {
      const harness = await start();
      const body = Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
      expect((await refused(harness, body)).message).toContain('UTF-8');
    });

    it('too deep - 400, in a time that does not hurt', async () => {
      const harness = await start();
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
      expect((await refused(harness, `{"messages":${deep}}`)).message).toContain('deep');
    });

    it('messages missing, empty or odd - 400 that names the field', async () => {
      const harness = await start();
      for (const body of [
        { model: 'm' },
        { model: 'm', messages: [] },
        { model: 'm', messages: 'Hi' },
        { messages: {} },
      ]) {
        expect((await refused(harness, JSON.stringify(body))).param).toBe('messages');
      }
      expect((await refused(harness, JSON.stringify({ ...CHAT.body, n: 2 }))).param).toBe('n');
    });

    it('too large - 413, by declared and by actual size, and the next request works', async () => {
      const harness = await start({ maxBodyBytes: 2_000 });
      const large = JSON.stringify({ ...CHAT.body, padding: 'x'.repeat(50_000) });
      const declared = await harness.request(MESSAGES.path, { method: 'POST', body: large });
      expect(declared.status).toBe(413);
      expect((await bodyOf(declared)).error?.type).toBe('request_too_large');
      const pieces = new ReadableStream({
        start(controller) {
          for (let at = 0; at < large.length; at += 1_000) {
            controller.enqueue(new TextEncoder().encode(large.slice(at, at + 1_000)));
          }
          controller.close();
        },
      });
      const chunked = await harness.request(CHAT.path, { method: 'POST', body: pieces, duplex: 'half' });
      expect(chunked.status).toBe(413);
      await chunked.text();
      expect((await harness.post(CHAT.path, CHAT.body)).status).toBe(200);
    });

    it('content type - wrong or absent is no matter', async () => {
      const harness = await start();
      for (const type of ['text/plain', 'application/octet-stream', 'application/x-www-form-urlencoded']) {
        expect((await harness.post(CHAT.path, CHAT.body, { headers: { 'content-type': type } })).status).toBe(200);
      }
    });

    describe('packed bodies', () => {
      const send = (harness: Harness, body: Uint8Array<ArrayBuffer>, encoding: string, name: Name = 'openai-chat') =>
        harness.request(PROTOCOLS[name].path, { method: 'POST', body, headers: { 'content-encoding': encoding } });
      const plain = (name: Name): Buffer<ArrayBuffer> => Buffer.from(JSON.stringify(PROTOCOLS[name].body));
      /** A frame with one raw block: what any encoder may write for a short text. */
      const zstd = (data: Uint8Array): Buffer<ArrayBuffer> => {
        const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, 0, 0, 0]);
        head.writeUIntLE((data.byteLength << 3) | 1, 6, 3);
        return Buffer.concat([head, data]);
      };

      test.each(NAMES)('%s - every coding is read, in a row too', async (name) => {
        const harness = await start();
        for (const [encoding, body] of [
          ['gzip', gzipSync(plain(name))],
          ['X-GZIP', gzipSync(plain(name))],
          ['deflate', deflateSync(plain(name))],
          ['deflate', deflateRawSync(plain(name))],
          ['br', brotliCompressSync(plain(name))],
          ['zstd', zstd(plain(name))],
          ['identity', plain(name)],
          ['gzip, identity, Zstd', zstd(gzipSync(plain(name)))],
        ] as const) {
          expect((await send(harness, body, encoding, name)).status, encoding).toBe(200);
        }
      });

      it('too large, damaged, or in an unknown coding - 413, 400, 415', async () => {
        const harness = await start({ maxBodyBytes: 10_000 });
        const large = 'x'.repeat(1_000_000);
        expect((await send(harness, gzipSync(large), 'gzip')).status).toBe(413);
        expect((await send(harness, brotliCompressSync(large), 'br')).status).toBe(413);
        expect((await send(harness, gzipSync('{}').subarray(0, 12), 'gzip')).status).toBe(400);
        expect((await send(harness, Buffer.from('{}'), 'br')).status).toBe(400);
        expect((await send(harness, zstd(Buffer.from('{}')).subarray(0, 10), 'zstd')).status).toBe(400);
        for (const name of NAMES) {
          const unknown = await send(harness, plain(name), 'gzip, compress', name);
          expect(unknown.status).toBe(415);
          expect(unknown.headers.get('accept-encoding')).toBe('gzip, deflate, br, zstd');
          expect(errorOf(await bodyOf(unknown))?.type).toBe('invalid_request_error');
        }
        expect(harness.channel.turns).toHaveLength(0);
      });
    });

    it('bodies of all open requests - are bounded together; 429, until others are over', async () => {
      const { body } = CHAT;
      const large = { ...body, user: 'x'.repeat(1_500) };
      const harness = await start({ maxBodyBytes: 2_000, maxBodyMemoryBytes: 2_500 });
      harness.channel.script = () => undefined;
      const client = new AbortController();
      const first = harness.post(CHAT.path, large, { signal: client.signal }).catch(() => undefined);
      await vi.waitFor(() => expect(harness.channel.turns).toHaveLength(1));
      const refused = await harness.post(CHAT.path, large);
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toBe('2');
      client.abort();
      await first;
      await vi.waitFor(() => expect(harness.gateway.status().requests).toBe(0));
      harness.channel.script = (turn) => {
        turn.push(...ANSWER);
        turn.end();
      };
      expect((await harness.post(CHAT.path, large)).status).toBe(200);
    });
  });

  describe(`${title}: failures`, () => {
    const STATUS: readonly (readonly [ErrorCode, number, number])[] = [
      ['unsupported_feature', 400, 400],
      ['rate_limited', 429, 429],
      ['quota_exceeded', 429, 429],
      ['internal', 500, 500],
      ['upstream_error', 502, 502],
      ['upstream_protocol', 502, 502],
      ['not_ready', 503, 529],
      ['login_required', 503, 503],
      ['upstream_timeout', 504, 504],
    ];

    for (const stream of [false, true]) {
      it(`before the first event, ${stream ? 'streamed' : 'whole'} - a status and an envelope`, async () => {
        const harness = await start();
        for (const [code, openai, anthropic] of STATUS) {
          const failure = subject.failures[code];
          if (failure === undefined) continue;
          for (const name of NAMES) {
            const { path, body } = PROTOCOLS[name];
            harness.channel.script = (turn) =>
              turn.fail(new GatewayError(code, 'It failed', { cause: new Error('secret detail') }));
            const response = await harness.post(path, { ...body, stream });
            const answer = await response.text();
            expect(response.status, `${code} ${name}`).toBe(name === 'anthropic-messages' ? anthropic : openai);
            expect(errorOf(JSON.parse(answer) as AnyBody)?.message).toContain(failure.message);
            expect(answer).not.toContain('secret detail');
            expect(response.headers.get('x-should-retry')).toBe(
              code === 'quota_exceeded' || code === 'login_required' ? 'false' : null,
            );
          }
        }
        await idle(harness);
        expect(JSON.stringify(harness.log.at(-1)?.fields.error)).toContain('upstream_timeout');
      });

      it(`something unforeseen, ${stream ? 'streamed' : 'whole'} - 500 that tells nothing`, async () => {
        const harness = await start();
        harness.channel.script = () => {
          throw new TypeError('secret detail');
        };
        const thrown = await harness.post(CHAT.path, { ...CHAT.body, stream });
        expect(thrown.status).toBe(500);
        expect(await thrown.text()).not.toContain('secret detail');
        harness.channel.script = (turn) => turn.fail(new TypeError('secret detail'));
        const rejected = await harness.post(MESSAGES.path, { ...MESSAGES.body, stream });
        expect(rejected.status).toBe(500);
        expect(await rejected.text()).not.toContain('secret detail');
        await idle(harness);
      });
    }

    for (const name of NAMES) {
      const { path, body } = PROTOCOLS[name];
      const isFailure = (sse: string): boolean => frames(sse).some((frame) => errorOf(frame) !== undefined);
      const looksDone = (sse: string): boolean =>
        /"finish_reason":"stop"|"stop_reason":"end_turn"|"response.completed"/.test(sse);

      it(`${name}, after the first event - an error frame, never a normal end`, async () => {
        const harness = await start();
        harness.channel.script = (turn) => {
          turn.push(START, { type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', delta: 'Hel' });
          turn.fail(new GatewayError('upstream_error', 'Lingma gave up'));
        };
        const response = await harness.post(path, { ...body, stream: true });
        expect(response.status).toBe(200);
        const sse = await response.text();
        expect(streamedText(name, sse)).toBe('Hel');
        expect(isFailure(sse)).toBe(true);
        expect(looksDone(sse)).toBe(false);
        expect(sse).toContain('Lingma gave up');
        await idle(harness);
        expect(harness.log.at(-1)?.fields).toMatchObject({ status: 200, error: 'upstream_error' });
      });

      it(`${name}, a turn cut off without its end - a failure, streamed and whole`, async () => {
        const harness = await start();
        harness.channel.script = (turn) => {
          turn.push(START, ...text('t', 'Hel'));
          turn.end();
        };
        const sse = await (await harness.post(path, { ...body, stream: true })).text();
        expect(isFailure(sse)).toBe(true);
        expect(looksDone(sse)).toBe(false);
        expect((await harness.post(path, body)).status).toBe(502);
      });

      it(`${name}, a turn without any event - 502`, async () => {
        const harness = await start();
        harness.channel.script = (turn) => turn.end();
        expect((await harness.post(path, { ...body, stream: true })).status).toBe(502);
        expect((await harness.post(path, body)).status).toBe(502);
      });
    }
  });

  describe(`${title}: time`, () => {
    const read = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> =>
      new TextDecoder().decode((await reader.read()).value);
    const streamed = async (harness: Harness, name: Name): Promise<ReadableStreamDefaultReader<Uint8Array>> => {
      const { path, body } = PROTOCOLS[name];
      const response = await harness.post(path, { ...body, stream: true });
      expect(response.status).toBe(200);
      return response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    };

    for (const name of NAMES) {
      it(`${name}, silence - a keep-alive every 15 s, also while events bring no text`, async () => {
        const harness = await start();
        harness.channel.script = (turn) => turn.push(START, { type: 'text-start', id: 't' });
        const reader = await streamed(harness, name);
        const opening = await read(reader);
        expect(opening).toContain('data:');
        const keepAlive = name === 'anthropic-messages' ? 'event: ping' : ':';
        for (let round = 0; round < 3; round++) {
          const next = read(reader);
          await vi.waitFor(() => expect(harness.channel.last.isAwaited).toBe(true));
          harness.clock.advance(14_000);
          harness.channel.last.context?.logger.debug('silence');
          harness.clock.advance(1_001);
          expect((await next).startsWith(keepAlive)).toBe(true);
        }
        harness.channel.last.push({ type: 'text-delta', id: 't', delta: 'Hi' }, { type: 'text-end', id: 't' }, END);
        let rest = '';
        for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
          rest += new TextDecoder().decode(chunk.value);
        }
        expect(streamedText(name, rest)).toBe('Hi');
      });

      it(`${name}, no event for 10 s - 200 goes out, keep-alives follow, a failure is told in the stream`, async () => {
        const harness = await start();
        harness.channel.script = () => undefined;
        const opening = streamed(harness, name);
        await vi.waitFor(() => expect(harness.channel.turns).toHaveLength(1));
        await vi.waitFor(() => expect(harness.channel.last.isAwaited).toBe(true));
        harness.clock.advance(10_000);
        const reader = await opening;
        const first = read(reader);
        await vi.waitFor(() => {
          harness.clock.advance(5_000);
          expect(harness.clock.pending).toBeGreaterThan(0);
        });
        harness.clock.advance(15_000);
        expect((await first).length).toBeGreaterThan(0);
        harness.channel.last.fail(new GatewayError('upstream_timeout', 'No answer'));
        let rest = '';
        for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
          rest += new TextDecoder().decode(chunk.value);
        }
        expect(rest).toContain('No answer');
        await idle(harness);
      });
    }

    it('the whole request - has a deadline of its own, streamed and whole', async () => {
      const harness = await start({ requestTimeoutMs: 60_000 });
      harness.channel.script = (turn) => turn.push(START);
      const whole = harness.post(CHAT.path, CHAT.body);
      await vi.waitFor(() => expect(harness.channel.turns).toHaveLength(1));
      harness.clock.advance(60_000);
      expect((await whole).status).toBe(504);
      const response = await harness.post(CHAT.path, { ...CHAT.body, stream: true });
      harness.clock.advance(60_000);
      expect(await response.text()).toContain('longer than 60 s');
      await idle(harness);
      await noTimers(harness);
    });

    it('no slot free - the wait is bounded, then 429 with Retry-After', async () => {
      const harness = await start({ maxInFlight: 1, queueTimeoutMs: 5_000 });
      harness.channel.script = (turn) => turn.push(START);
      const running = await harness.post(CHAT.path, { ...CHAT.body, stream: true });
      const waiting = harness.post(MESSAGES.path, MESSAGES.body);
      await vi.waitFor(() => expect(harness.gateway.status()).toMatchObject({ inFlight: 1, waiting: 1 }));
      harness.clock.advance(5_000);
      const response = await waiting;
      expect(response.status).toBe(429);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await bodyOf(response)).error?.type).toBe('rate_limit_error');
      const next = harness.post(CHAT.path, CHAT.body);
      await vi.waitFor(() => expect(harness.gateway.status().waiting).toBe(1));
      harness.channel.script = (turn) => turn.push(...ANSWER);
      harness.channel.last.push(END);
      await running.text();
      expect((await next).status).toBe(200);
    });
  });

  describe(`${title}: clients that leave`, () => {
    const stuck = (events: readonly ChatEvent[]) => (turn: ContractTurn) => {
      if (events.length > 0) turn.push(...events);
    };

    for (const stream of [false, true]) {
      it(`before the first event, ${stream ? 'streamed' : 'whole'} - the turn is stopped`, async () => {
        const harness = await start();
        harness.channel.script = stuck([]);
        const client = new AbortController();
        const pending = harness.post(CHAT.path, { ...CHAT.body, stream }, { signal: client.signal });
        pending.catch(() => undefined);
        await vi.waitFor(() => expect(harness.channel.turns).toHaveLength(1));
        client.abort();
        await idle(harness);
        await allClosed(harness);
        await vi.waitFor(() => expect(harness.channel.last.abandoned).toBe(true));
        const { context = { signal: { reason: { code: 'client_closed' } } } } = harness.channel.last;
        expect(context.signal.reason).toMatchObject({ code: 'client_closed' });
        expect(harness.log.at(-1)?.fields).toMatchObject({ error: 'client_closed' });
      });
    }

    it('in mid-stream - the turn is stopped', async () => {
      const harness = await start();
      harness.channel.script = stuck([START, { type: 'text-start', id: 't' }]);
      const response = await harness.post(CHAT.path, { ...CHAT.body, stream: true });
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.cancel();
      await idle(harness);
      await allClosed(harness);
      await vi.waitFor(() => expect(harness.channel.last.abandoned).toBe(true));
    });

    it('while waiting for a slot - gives up its place', async () => {
      const harness = await start({ maxInFlight: 1 });
      harness.channel.script = stuck([START]);
      const running = await harness.post(CHAT.path, { ...CHAT.body, stream: true });
      const client = new AbortController();
      const waiting = harness.post(CHAT.path, CHAT.body, { signal: client.signal });
      waiting.catch(() => undefined);
      await vi.waitFor(() => expect(harness.gateway.status().waiting).toBe(1));
      client.abort();
      await vi.waitFor(() => expect(harness.gateway.status()).toMatchObject({ waiting: 0, requests: 1 }));
      expect(harness.channel.turns).toHaveLength(1);
      harness.channel.last.push(END);
      await running.text();
    });

    it('after the end - changes nothing', async () => {
      const harness = await start();
      const client = new AbortController();
      const response = await harness.post(CHAT.path, { ...CHAT.body, stream: true }, { signal: client.signal });
      await response.text();
      client.abort();
      await idle(harness);
      expect(harness.channel.last.abandoned).toBe(false);
      expect(harness.log.at(-1)?.fields.error).toBeUndefined();
    });

    it('200 of them, at every moment - nothing is left behind', async () => {
      const harness = await start({ maxInFlight: 50 });
      await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          const client = new AbortController();
          const { path, body } = PROTOCOLS[NAMES[index % 3] as Name];
          harness.channel.script = stuck(index % 2 === 0 ? [] : [START, { type: 'text-start', id: 't' }]);
          const pending = harness.post(path, { ...body, stream: index % 5 !== 0 }, { signal: client.signal });
          setTimeout(() => client.abort(), index % 40);
          await pending.then((response) => response.text()).catch(() => undefined);
        }),
      );
      await idle(harness);
      await allClosed(harness);
      await noTimers(harness);
      harness.channel.script = (turn) => turn.push(...ANSWER);
      expect((await harness.post(CHAT.path, CHAT.body)).status).toBe(200);
    });
  });

  describe(`${title}: the end`, () => {
    it('close() - running streams finish, new requests get 503, health goes on', async () => {
      const harness = await start();
      harness.channel.script = (turn) => turn.push(START);
      const running = await harness.post(CHAT.path, { ...CHAT.body, stream: true });
      const turn = harness.channel.last;
      const closed = harness.gateway.close({ graceMs: 10_000 });
      const refused = await harness.post(MESSAGES.path, MESSAGES.body);
      expect(refused.status).toBe(529);
      expect((await harness.post(CHAT.path, CHAT.body)).status).toBe(503);
      expect(await bodyOf(await harness.request('/healthz'))).toMatchObject({ state: 'closing' });
      turn.push(...text('t', 'Bye'), END);
      expect(streamedText('openai-chat', await running.text())).toBe('Bye');
      await closed;
      await noTimers(harness);
    });

    it('close(), the grace over - what still runs is told and stopped', async () => {
      const harness = await start();
      harness.channel.script = (turn) => turn.push(START);
      const streamed = await harness.post(CHAT.path, { ...CHAT.body, stream: true });
      const whole = harness.post(CHAT.path, CHAT.body);
      await vi.waitFor(() => expect(harness.channel.turns).toHaveLength(2));
      const closed = harness.gateway.close({ graceMs: 1_000 });
      harness.clock.advance(1_000);
      await closed;
      expect(await streamed.text()).toContain('shutting down');
      expect((await whole).status).toBe(503);
      await allClosed(harness);
    });
  });
}
