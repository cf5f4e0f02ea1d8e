import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import {
  type CallOptions,
  callSpecificModel,
  createLlmClient,
  embedWithModel,
  isLlmClientError,
  LlmClientError,
  textOf,
} from './index.js';
import { answeringServer, json, type Reply, saying } from './testing/answering-server.js';

const KEY = 'sk-canary-7f3a91';
const MESSAGES = [{ role: 'user', content: 'the canary question' }];

let servers: { close(): Promise<void> }[] = [];
let lines: MockInstance<typeof console.error>;

beforeEach(() => {
  lines = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  vi.stubEnv('LLM_API_KEY', KEY);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  lines.mockRestore();
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function serving(...replies: Reply[]) {
  const server = await answeringServer(...replies);
  servers.push(server);
  vi.stubEnv('LLM_BASE_URL', server.url);
  return server;
}

async function failing(call: Promise<unknown>): Promise<LlmClientError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LlmClientError);
  return error as LlmClientError;
}

const ask = (options?: CallOptions) => callSpecificModel('qwen3.5-plus', MESSAGES, options);
const printed = () => lines.mock.calls.map(([line]) => line as string);

describe('settings', () => {
  it.each([
    ['LLM_BASE_URL', undefined],
    ['LLM_BASE_URL', ' \r\n'],
    ['LLM_API_KEY', undefined],
    ['LLM_API_KEY', '  '],
  ])('%s - %j: named, nothing printed', async (name, value) => {
    vi.stubEnv('LLM_BASE_URL', 'http://127.0.0.1:9');
    vi.stubEnv(name, value);
    const error = await failing(ask());
    expect(error).toMatchObject({ code: 'LLM_CLIENT_CONFIG', message: expect.stringContaining(name) });
    expect(printed()).toEqual([]);
  });

  it('are read at each call, and trimmed', async () => {
    const first = await serving(saying('one'));
    await ask();
    const second = await serving(saying('two'));
    vi.stubEnv('LLM_BASE_URL', ` ${second.url} \r\n`);
    vi.stubEnv('LLM_API_KEY', ' sk-other\r\n');
    expect(textOf(await ask())).toBe('two');
    expect(first.asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(second.asked[0]?.headers.authorization).toBe('Bearer sk-other');
  });

  it.each([
    ['', '/v1/chat/completions'],
    ['/', '/v1/chat/completions'],
    ['//', '/v1/chat/completions'],
    ['/v1', '/v1/chat/completions'],
    ['/v1/', '/v1/chat/completions'],
    ['/openai/v1', '/openai/v1/chat/completions'],
    ['/api', '/api/v1/chat/completions'],
    ['/v1/chat/completions', '/v1/chat/completions'],
    ['/v1/chat/completions/', '/v1/chat/completions'],
    ['/v1/embeddings', '/v1/chat/completions'],
    ['/api/v4/chat/completions', '/api/v4/chat/completions'],
    ['/chat/completions/', '/chat/completions'],
    ['/v1?tenant=a', '/v1/chat/completions?tenant=a'],
  ])('base URL - %j', async (suffix, path) => {
    const server = await serving(saying('ok'));
    vi.stubEnv('LLM_BASE_URL', `${server.url}${suffix}`);
    await ask();
    expect(server.asked[0]).toMatchObject({ method: 'POST', url: path });
  });

  it.each(['ftp://host', 'host:3000', 'nonsense', `http://user:${KEY}@host`])(
    'base URL - %s is refused',
    async (url) => {
      vi.stubEnv('LLM_BASE_URL', url);
      const error = await failing(ask());
      expect(error.code).toBe('LLM_CLIENT_CONFIG');
      expect(error.message).not.toContain(KEY);
    },
  );

  it('key - no header can carry it: refused without telling it', async () => {
    await serving(saying('ok'));
    vi.stubEnv('LLM_API_KEY', 'sk-钥匙-secret');
    const error = await failing(ask());
    expect(error).toMatchObject({ code: 'LLM_CLIENT_CONFIG', message: expect.not.stringContaining('secret') });
  });

  it('model - none given: LLM_MODEL_ID, else an error', async () => {
    const server = await serving(saying('ok'));
    vi.stubEnv('LLM_MODEL_ID', ' MiniMax-M2.5 ');
    await callSpecificModel('', MESSAGES);
    expect(server.asked[0]?.body.model).toBe('MiniMax-M2.5');
    vi.stubEnv('LLM_MODEL_ID', ' ');
    expect((await failing(callSpecificModel('', MESSAGES))).code).toBe('LLM_CLIENT_CONFIG');
  });
});

describe('request', () => {
  it('carries every option as it is, but not timeoutMs and signal; the arguments win', async () => {
    const server = await serving(saying('ok'));
    await ask({
      ...{ temperature: 0.2, max_tokens: 5, tools: [], stream: false, enable_thinking: null },
      ...{ model: 'other', messages: [], timeoutMs: 5_000, signal: new AbortController().signal },
    });
    expect(server.asked[0]?.body).toEqual({
      ...{ temperature: 0.2, max_tokens: 5, tools: [], stream: false, enable_thinking: null },
      ...{ model: 'qwen3.5-plus', messages: MESSAGES },
    });
    expect(server.asked[0]?.headers['content-type']).toBe('application/json');
  });

  const cycle: CallOptions & { self?: unknown } = {};
  cycle.self = cycle;
  it.each<[string, () => Promise<unknown>]>([
    ['messages are no list', () => callSpecificModel('m', 'hello' as never)],
    ['stream is asked for', () => ask({ stream: true })],
    ['timeoutMs is 0', () => ask({ timeoutMs: 0 })],
    ['timeoutMs is negative', () => ask({ timeoutMs: -1 })],
    ['timeoutMs is no number', () => ask({ timeoutMs: '5' as never })],
    ['timeoutMs is NaN', () => ask({ timeoutMs: Number.NaN })],
    ['a body without JSON form', () => ask(cycle)],
    ['embedding input is no text', () => embedWithModel('m', 5 as never)],
  ])('refused - %s', async (_, call) => {
    const server = await serving(saying('ok'));
    expect((await failing(call())).code).toBe('LLM_CLIENT_CONFIG');
    expect(server.asked).toHaveLength(0);
    expect(printed()).toEqual([]);
  });

  it('stream is asked for - the text points to the function that streams', async () => {
    await serving(saying('ok'));
    expect((await failing(ask({ stream: true }))).message).toContain('streamSpecificModel');
  });
});

describe('answer', () => {
  it.each([
    [{ choices: [{ message: { content: 'hi' } }], extra: [1] }, 'hi'],
    [{ choices: [{ message: { content: null } }] }, ''],
    [{ choices: [] }, ''],
    [{}, ''],
  ])('%j comes back as it is', async (body, text) => {
    await serving(json(body));
    const answer = await ask();
    expect(answer).toEqual(body);
    expect(answer.choices?.[0]?.message?.content ?? '').toBe(text);
    expect(textOf(answer)).toBe(text);
  });

  it.each(['<html>', '', '{"cut": '])('2xx without JSON - %j', async (body) => {
    await serving(json(body));
    expect((await failing(ask())).code).toBe('LLM_CLIENT_RESPONSE');
  });

  it.each<[string, Reply, string]>([
    ['error.message', json({ error: { message: 'no such model', type: 'x' } }, 404), '404 no such model'],
    ['error', json({ error: 'busy' }, 503), '503 busy'],
    ['message', json({ success: false, message: '无效的令牌' }, 401), '401 无效的令牌'],
    ['other JSON', json({ detail: 'x' }, 422), '422 {"detail":"x"}'],
    ['HTML', json(`<html>${'a'.repeat(193)}😀${'b'.repeat(900)}`, 502), `502 <html>${'a'.repeat(193)}`],
    ['nothing', json('', 500), '500 Internal Server Error'],
    ['a redirect', json('', 302, { location: 'http://127.0.0.1:9/' }), '302 Found'],
  ])('another status - text from %s', async (_, reply, message) => {
    await serving(reply);
    const error = await failing(ask());
    expect(error).toMatchObject({ code: 'LLM_CLIENT_HTTP', message, status: Number(message.slice(0, 3)) });
    expect(error.cause).toBe(message.slice(4));
    expect(printed()).toEqual([`[LLM_Client] Error calling qwen3.5-plus: ${message.slice(4)}`]);
  });

  it('another status - what else it tells', async () => {
    await serving(
      json({ error: { message: 'slow down', code: 'rate_limit_exceeded' } }, 429, {
        'retry-after': '3',
        'x-request-id': 'req-1',
      }),
    );
    expect(await failing(ask())).toMatchObject({
      ...{ errorCode: 'rate_limit_exceeded', retryAfterMs: 3_000, requestId: 'req-1' },
    });
  });

  it('errors tell the key and the question to no line, and stay on one', async () => {
    const quoted = `first\r\nsecond ${KEY} asked: ${JSON.stringify(MESSAGES)} then ${MESSAGES[0]?.content.slice(0, 12)}`;
    await serving(json({ error: { message: quoted, code: KEY } }, 400));
    const error = await failing(ask());
    expect(`${error.message} ${String(error.cause)} ${error.errorCode}`).not.toContain(KEY);
    expect(printed()).toHaveLength(1);
    expect(printed()[0]).not.toMatch(/[\r\n]|canary/);
  });
});

it.each([
  ['a short one', 'ping me', 'cannot ping me now', 'cannot [message] now'],
  ['a word within another', 'read', 'Already read', 'Already [message]'],
  [
    'escaped',
    '请把这句话藏起来好吗',
    'x\\u8bf7\\u628a\\u8fd9\\u53e5\\u8bdd\\u85cf\\u8d77\\u6765\\u597d\\u5417',
    'x[message]',
  ],
])('a question that the server repeats - %s: in no line', async (_, content, said, told) => {
  await serving(json({ error: { message: said } }, 400));
  await failing(callSpecificModel('m', [{ role: 'user', content }]));
  expect(printed()).toEqual([`[LLM_Client] Error calling m: ${told}`]);
});

describe('a fetch that heeds no signal', () => {
  const client = (fetch: typeof globalThis.fetch) => createLlmClient({ baseUrl: 'http://h', apiKey: 'k', fetch });
  const silent = new ReadableStream<Uint8Array>();
  it.each<[string, () => Promise<Response>]>([
    ['headers', () => new Promise(() => undefined)],
    ['body', async () => new Response(new ReadableStream())],
  ])('time-out all the same - %s', async (_, fetch) => {
    const error = await failing(client(fetch).callSpecificModel('m', [], { timeoutMs: 20 }));
    expect(error.code).toBe('ETIMEDOUT');
  });

  it('time-out all the same - a stream', async () => {
    const stream = client(async () => new Response(silent)).streamSpecificModel('m', [], { timeoutMs: 20 });
    expect((await failing(stream.final())).code).toBe('ETIMEDOUT');
  });
});

describe('time and network', () => {
  it.each<[string, Reply]>([
    ['headers', () => undefined],
    ['body', (response) => void response.writeHead(200).write('{"a":')],
    ['body of a failure', (response) => void response.writeHead(500).write('{"a":')],
  ])('time-out - slow %s', async (_, reply) => {
    await serving(reply);
    const error = await failing(ask({ timeoutMs: 150 }));
    expect(error).toMatchObject({ code: 'ETIMEDOUT', message: 'timeout (150ms)' });
    expect(printed()).toEqual(['[LLM_Client] Error calling qwen3.5-plus: timeout (150ms)']);
  });

  it('nobody listens - the code of the cause', async () => {
    const server = await serving(saying('ok'));
    await server.close();
    expect((await failing(ask())).code).toBe('ECONNREFUSED');
    expect(printed()).toHaveLength(1);
  });

  it('cut in the body - an error of the network', async () => {
    await serving((response) => void response.writeHead(200).write('{"a":', () => response.destroy()));
    expect((await failing(ask())).code).toMatch(/^(UND_ERR_SOCKET|ECONNRESET|LLM_CLIENT_NETWORK)$/);
  });

  it('given up by the caller - its reason, and no line', async () => {
    const caller = new AbortController();
    await serving(() => caller.abort(new Error('enough')));
    await expect(ask({ signal: caller.signal })).rejects.toThrow('enough');
    await expect(ask({ signal: caller.signal })).rejects.toThrow('enough');
    expect(printed()).toEqual([]);
  });
});

describe('createLlmClient', () => {
  const failed = (status: number, headers = {}) => json({ error: { message: 'busy' } }, status, headers);
  const soon = { 'retry-after-ms': '1' };

  it.each<[string, Reply[], number, number]>([
    ['408, then 429, then an answer', [failed(408, soon), failed(429, soon), saying('ok')], 2, 3],
    ['500s beyond the tries', [failed(500, soon)], 2, 3],
    ['a cut before anything came', [(response) => response.destroy(), saying('ok')], 1, 2],
    ['400 is not tried again', [failed(400, soon), saying('ok')], 2, 1],
    ['the server says no', [failed(503, { ...soon, 'x-should-retry': 'false' }), saying('ok')], 2, 1],
    ['a wait beyond reason', [failed(429, { 'retry-after': '3600' }), saying('ok')], 2, 1],
    ['an answer had begun', [(response) => void response.writeHead(200).write('{', () => response.destroy())], 2, 1],
    ['no retries asked for', [failed(503, soon), saying('ok')], 0, 1],
  ])('retries - %s', async (_, replies, retries, times) => {
    const server = await serving(...replies);
    const logger = { error: vi.fn() };
    const client = createLlmClient({ baseUrl: server.url, apiKey: 'k-of-its-own', retries, logger });
    await client.callSpecificModel('m', MESSAGES).catch(() => undefined);
    expect(server.asked).toHaveLength(times);
    expect(server.asked[0]?.headers.authorization).toBe('Bearer k-of-its-own');
    expect(printed()).toEqual([]);
  });

  it('settings of its own - fetch and time-out', async () => {
    const fetch = vi.fn(async () => Response.json({ choices: [] }));
    const client = createLlmClient({ baseUrl: 'http://nowhere.test/v1', apiKey: 'k', timeoutMs: 9, fetch });
    await client.callSpecificModel('m', []);
    expect(fetch).toHaveBeenCalledExactlyOnceWith('http://nowhere.test/v1/chat/completions', expect.anything());
    expect(() => createLlmClient({ retries: -1 })).toThrow(LlmClientError);
    expect(() => createLlmClient({ timeoutMs: 0 })).toThrow(LlmClientError);
  });
});

describe('embedWithModel', () => {
  it('vectors - numbers and base64, in the order of the inputs', async () => {
    const floats = Buffer.from(new Float32Array([0.5, -1.25]).buffer).toString('base64');
    const server = await serving(
      json({
        data: [
          { index: 1, embedding: floats },
          { index: 0, embedding: [1, 2] },
        ],
      }),
    );
    vi.stubEnv('EMBEDDING_MODEL_ID', 'text-embedding-v4');
    expect(await embedWithModel('', ['a', 'b'], { dimensions: 2 })).toEqual([
      [1, 2],
      [0.5, -1.25],
    ]);
    expect(server.asked[0]).toMatchObject({
      url: '/v1/embeddings',
      body: { model: 'text-embedding-v4', input: ['a', 'b'], dimensions: 2 },
    });
  });

  it.each([
    { data: [{ embedding: 5 }] },
    { data: [{ embedding: '~' }] },
    { data: [{ index: 1e9, embedding: [1] }] },
    { data: [0, 0].map((index) => ({ index, embedding: [1] })) },
    {},
    [],
  ])('no vectors - %j', async (body) => {
    await serving(json(body));
    expect((await failing(embedWithModel('m', 'a'))).code).toBe('LLM_CLIENT_RESPONSE');
  });
});

it('isLlmClientError - of another copy, too', () => {
  const foreign = Object.assign(new Error('x'), { name: 'LlmClientError', code: 'ETIMEDOUT' });
  expect([new LlmClientError('ETIMEDOUT', 'x'), foreign, new Error('x'), undefined].map(isLlmClientError)).toEqual([
    ...[true, true, false, false],
  ]);
});
