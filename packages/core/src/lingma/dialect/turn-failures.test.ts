import { describe, expect, it } from 'vitest';
import type { ChatEvent, GatewayError } from '../../chat/index.js';
import type { JsonObject, JsonValue } from '../../util/index.js';
import type { RunningTurn } from '../turn/turn-contract.js';
import { FakePeer, rpcError, settled } from './testing/fake-peer.js';
import { failure, result } from './testing/read-run.js';
import { startAcp } from './testing/start-acp.js';
import { startLspChat } from './testing/start-lsp-chat.js';

interface Started {
  readonly run: RunningTurn;
  readonly peer: FakePeer;
  text(text: string): void;
  finish(data: JsonObject): void;
  call(input: JsonValue): void;
}

const TOOL = { kind: 'function', name: 'look', inputSchema: {} } as const;
const turn = { callerTools: [TOOL] };

function acp(reply: JsonValue | Error | Promise<JsonValue> = new Promise<never>(() => undefined)): Started {
  const started = startAcp({ turn });
  void Promise.resolve(reply).then((value) => started.reply(value));
  return {
    ...started,
    call: (rawInput) =>
      started.update({ sessionUpdate: 'tool_call', toolCallId: 'c1', title: 'look', status: 'in_progress', rawInput }),
  };
}

function lspChat(reply: JsonValue | Error | Promise<JsonValue> = new Promise<never>(() => undefined)): Started {
  const started = startLspChat({ turn, peer: new FakePeer().answer('chat/ask', () => reply) });
  return {
    ...started,
    text: (text) => void started.send('chat/answer', { text }),
    finish: (data) => void started.send('chat/finish', data),
    call: (parameters) => void started.send('tool/invoke', { toolCallId: 'c1', name: 'look', parameters }, 1),
  };
}

function deep(levels: number): JsonValue {
  let value: JsonValue = 'bottom';
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

/** What a stream of the turn hands over, and what it ends with. */
async function readAll(run: RunningTurn): Promise<{ events: readonly ChatEvent[]; error: GatewayError | undefined }> {
  const events: ChatEvent[] = [];
  try {
    for (let batch = await run.events.read(); batch !== undefined; batch = await run.events.read())
      events.push(...batch);
  } catch (error) {
    return { events, error: error as GatewayError };
  }
  return { events, error: undefined };
}

describe.each([
  ['acp', acp],
  ['lsp-chat', lspChat],
])('a failing turn, %s', (_name, start) => {
  const QUOTA: JsonObject = {
    statusCode: 112,
    reason: '{"code":"112","pricingUrl":"https://x"}',
    fullAnswer: 'Prices',
  };

  it('quota as the end, without text - is no answer', async () => {
    const started = start();
    started.finish(QUOTA);
    expect(await failure(started)).toMatchObject({ code: 'quota_exceeded' });
  });

  it('quota as the end, behind text - a stream has the text and then the error, a result only the error', async () => {
    const streamed = start();
    streamed.text('See our prices');
    streamed.finish(QUOTA);
    const { events, error } = await readAll(streamed.run);
    expect(events.filter(({ type }) => type === 'text-delta')).toHaveLength(1);
    expect(events.some(({ type }) => type === 'response-end')).toBe(false);
    expect(error).toMatchObject({ code: 'quota_exceeded', message: expect.not.stringContaining('{') });
    expect(await streamed.run.outcome).toMatchObject({ reusable: false });
  });

  it('the content filter as an error of the question - is an end, as everywhere', async () => {
    const started = start(rpcError('x', 406));
    expect((await result(started)).finishReason).toBe('content-filter');
  });

  it.each([
    [429, 'rate_limited'],
    [112, 'quota_exceeded'],
    [413, 'context_length_exceeded'],
    [401, 'login_required'],
    [408, 'upstream_timeout'],
  ])('JSON-RPC error %i - %s', async (code, expected) => {
    expect(await failure(start(rpcError('x', code)))).toMatchObject({ code: expected });
  });

  it('an error whose data is nested without end - fails the turn alone', async () => {
    const started = start(rpcError('Internal error', -32603, { data: deep(100_000) }));
    expect(await failure(started)).toMatchObject({ code: 'upstream_error' });
  });

  it('a call with input nested without end - fails the turn alone', async () => {
    const started = start();
    const failing = failure(started);
    started.call(deep(100_000));
    await settled();
    expect(await failing).toMatchObject({ code: 'upstream_protocol', message: expect.stringContaining('too deeply') });
  });

  it('a call with input as text nested without end - likewise', async () => {
    const started = start();
    const failing = failure(started);
    started.call(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    await settled();
    expect(await failing).toMatchObject({ code: 'upstream_protocol' });
  });

  it('a reply whose reading throws - fails the turn alone', async () => {
    const bad = new Proxy(
      {},
      {
        get: () => {
          throw new RangeError('Maximum call stack size exceeded');
        },
      },
    );
    const started = start(
      Promise.resolve({ usage: bad, stopReason: bad, sessionId: bad, errorCode: bad } as JsonObject),
    );
    started.text('a');
    const failing = failure(started);
    started.finish({ statusCode: 500 });
    expect((await failing).code).toMatch(/^upstream_/);
  });
});

describe('ends of an ACP turn', () => {
  const ends: readonly (readonly [string, (started: ReturnType<typeof startAcp>) => void, string])[] = [
    [
      'sessionUpdate prompt_completed',
      (s) => s.update({ sessionUpdate: 'prompt_completed', stopReason: 'end_turn' }),
      'stop',
    ],
    [
      'prompt_completed as a notification',
      (s) => s.update({ sessionUpdate: 'notification', type: 'prompt_completed' }),
      'stop',
    ],
    [
      'prompt_completed, cut',
      (s) => s.update({ sessionUpdate: 'prompt_completed', data: { stopReason: 'max_tokens' } }),
      'length',
    ],
    [
      'chat/finish',
      (s) => void s.peer.emit('chat/finish', { requestId: s.requestId, reason: 'success', statusCode: 200 }),
      'stop',
    ],
    [
      'sessionUpdate chat_finish',
      (s) => s.update({ sessionUpdate: 'chat_finish', reason: 'success', statusCode: 200 }),
      'stop',
    ],
    [
      'sessionUpdate error',
      (s) => s.update({ sessionUpdate: 'error', message: 'slow down', code: 429 }),
      'rate_limited',
    ],
    [
      'sessionUpdate error, as text',
      (s) => s.update({ sessionUpdate: 'error', data: 'quota exceeded' }),
      'quota_exceeded',
    ],
    [
      'sessionUpdate error, as an object',
      (s) => s.update({ sessionUpdate: 'error', error: { code: 112 } }),
      'quota_exceeded',
    ],
    [
      'chat/finish of a failure',
      (s) => void s.peer.emit('chat/finish', { requestId: s.requestId, statusCode: 112 }),
      'quota_exceeded',
    ],
    [
      'prompt_completed of a failure',
      (s) => s.update({ sessionUpdate: 'prompt_completed', statusCode: 10408 }),
      'upstream_timeout',
    ],
  ];
  it.each(ends)('%s - ends it at once', async (_name, end, expected) => {
    const started = startAcp();
    started.text('a');
    end(started);
    const ended = await result(started).then(
      ({ finishReason }) => finishReason,
      (error: GatewayError) => error.code,
    );
    expect(ended).toBe(expected);
  });

  it('chat/finish of another turn - does not', async () => {
    const started = startAcp();
    started.text('a');
    started.peer.emit('chat/finish', { requestId: 'other', reason: 'success', statusCode: 112 });
    started.text('b');
    started.finish();
    expect((await result(started)).content).toMatchObject([{ text: 'ab' }]);
  });
});
