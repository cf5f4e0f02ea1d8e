import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { type CallOptions, createLlmClient, streamSpecificModel } from './index.js';
import { answeringServer, events, json, type Reply, saying } from './testing/answering-server.js';

let server: Awaited<ReturnType<typeof answeringServer>> | undefined;
let lines: MockInstance<typeof console.error>;

beforeEach(() => {
  lines = vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  lines.mockRestore();
  await server?.close();
  server = undefined;
});

async function streaming(reply: Reply, options?: CallOptions) {
  server = await answeringServer(reply);
  vi.stubEnv('LLM_BASE_URL', server.url);
  vi.stubEnv('LLM_API_KEY', 'sk-canary');
  return streamSpecificModel('m', [{ role: 'user', content: 'a question' }], options);
}

const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
const DONE = 'data: [DONE]\n\n';
const STORY = [chunk({ role: 'assistant' }), chunk({ content: '你好' }), chunk({ content: ', 世界 👋' }), DONE].join(
  '',
);

async function textIn(stream: AsyncIterable<{ text: string }>): Promise<string> {
  let text = '';
  for await (const part of stream) text += part.text;
  return text;
}

describe('pieces', () => {
  it.each<[string, string[]]>([
    ['in one', [STORY]],
    ['with CRLF', [STORY.replaceAll('\n', '\r\n')]],
    ['with CR', [STORY.replaceAll('\n', '\r')]],
    ['with comments and other fields', [`: ping\n\nid: 1\nevent: x\n${STORY}`]],
    ['without an empty line at the end', [STORY.trimEnd()]],
    ['ended by a finish reason alone', [STORY.replace(DONE, ''), chunk({}, { finish_reason: 'stop' })]],
  ])('%s', async (_, pieces) => {
    const stream = await streaming(events(...pieces));
    expect(await textIn(stream)).toBe('你好, 世界 👋');
    expect((await stream.final()).text).toBe('你好, 世界 👋');
    expect(server?.asked[0]?.body).toMatchObject({ model: 'm', stream: true });
  });

  it.each(['\n', '\r\n'])('one byte at a time - %j', async (end) => {
    const bytes = Buffer.from(STORY.replaceAll('\n', end));
    const stream = await streaming(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const byte of bytes) await new Promise((resolve) => response.write(Buffer.of(byte), resolve));
      response.end();
    });
    expect(await textIn(stream)).toBe('你好, 世界 👋');
  });

  it('a server that does not stream - one piece', async () => {
    const stream = await streaming(saying('whole'));
    expect(await textIn(stream)).toBe('whole');
  });

  it('nobody iterates - final() reads it: text, calls, reason, usage', async () => {
    const call = (more: object) => chunk({ tool_calls: [{ index: 0, ...more }] });
    const stream = await streaming(
      events(
        ...[chunk({ content: 'let me see' }), call({ id: 'c1', function: { name: 'read', arguments: '{"pa' } })],
        ...[call({ function: { arguments: 'th":1}' } }), chunk({}, { finish_reason: 'tool_calls' })],
        ...[`data: ${JSON.stringify({ choices: [], usage: { total_tokens: 7 } })}\n\n`, DONE],
      ),
    );
    expect(await stream.final()).toEqual({
      text: 'let me see',
      toolCalls: [{ id: 'c1', type: 'function', function: { name: 'read', arguments: '{"path":1}' } }],
      finishReason: 'tool_calls',
      usage: { total_tokens: 7 },
    });
  });
});

it('calls without an index - another id is another call', async () => {
  const call = (id: string | undefined, text: string) =>
    chunk({ tool_calls: [{ ...(id !== undefined && { id }), function: { name: id && 'read', arguments: text } }] });
  const stream = await streaming(events(call('a', '{'), call(undefined, '}'), call('b', '[]'), DONE));
  expect((await stream.final()).toolCalls).toEqual([
    { id: 'a', type: 'function', function: { name: 'read', arguments: '{}' } },
    { id: 'b', type: 'function', function: { name: 'read', arguments: '[]' } },
  ]);
});

describe('failures', () => {
  it.each<[string, Reply, object]>([
    ['cut', events(chunk({ content: 'half' })), { code: 'LLM_CLIENT_RESPONSE' }],
    [
      'an error in it',
      events('data: {"error":{"message":"quota","code":"q"}}\n\n'),
      { message: 'quota', errorCode: 'q' },
    ],
    ['no JSON', events('data: {"a"\n\n'), { code: 'LLM_CLIENT_RESPONSE' }],
    ['no chunk', events('data: {"choices":5}\n\n'), { code: 'LLM_CLIENT_RESPONSE' }],
    ['an error that repeats the key', events('data: {"error":"no sk-canary"}\n\n'), { message: 'no ***' }],
    ['an error in place of a stream', json({ error: { message: 'no sk-canary' } }), { message: 'no ***' }],
    ['a status', json({ error: { message: 'no' } }, 401), { code: 'LLM_CLIENT_HTTP', message: '401 no', status: 401 }],
  ])('%s - while iterating and of final()', async (_, reply, error) => {
    const stream = await streaming(reply);
    await expect(textIn(stream)).rejects.toMatchObject(error);
    await expect(stream.final()).rejects.toMatchObject(error);
    expect(lines).toHaveBeenCalledOnce();
    expect(String(lines.mock.calls[0])).not.toContain('sk-canary');
  });

  it('a reader that takes its time - no time-out', async () => {
    vi.useFakeTimers();
    try {
      const text = [chunk({ content: 'a' }), chunk({ content: 'b' }), DONE];
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          const next = text.shift();
          if (next === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(next));
        },
      });
      const client = createLlmClient({ baseUrl: 'http://h', apiKey: 'k', fetch: async () => new Response(body) });
      let read = '';
      for await (const part of client.streamSpecificModel('m', [], { timeoutMs: 100 })) {
        read += part.text;
        vi.advanceTimersByTime(1_000);
      }
      expect(read).toBe('ab');
    } finally {
      vi.useRealTimers();
    }
  });

  it('silence - a time-out, counted from the last piece', async () => {
    const stream = await streaming(
      (response) =>
        void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk({ content: 'a' })),
      { timeoutMs: 150 },
    );
    await expect(textIn(stream)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('left by its reader - the connection ends, final() tells', async () => {
    const closed = vi.fn();
    const stream = await streaming((response) => {
      response.on('close', closed);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk({ content: 'a' }));
    });
    for await (const { text } of stream) {
      expect(text).toBe('a');
      break;
    }
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    await expect(stream.final()).rejects.toMatchObject({ code: 'LLM_CLIENT_RESPONSE' });
  });

  it('given up by the caller - its reason', async () => {
    const caller = new AbortController();
    const stream = await streaming(
      (response) =>
        void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk({ content: 'a' })),
      { signal: caller.signal },
    );
    const read = async () => {
      for await (const _part of stream) caller.abort(new Error('enough'));
    };
    await expect(read()).rejects.toThrow('enough');
    expect(lines).not.toHaveBeenCalled();
  });
});
