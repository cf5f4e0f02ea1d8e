import { describe, expect, it, vi } from 'vitest';
import {
  type Channel,
  type ChatEvent,
  type ChatEventStream,
  GatewayError,
  type ModelInfo,
  pullStream,
} from '../../chat/index.js';
import { anthropicMessages, openaiChat, type WireProtocol } from '../../wire/index.js';
import type { Principal } from '../access/auth.js';
import type { KeyLimiter } from '../access/key-limits.js';
import { createModelFilter } from '../access/model-filter.js';
import { createAdmission } from '../admission.js';
import { toWebResponse } from '../http/web-classes.js';
import { aContext } from '../testing/a-context.js';
import { type ChatCall, respondChat } from './respond-chat.js';

const START: ChatEvent = { type: 'response-start', responseId: 'r', model: 'qwen', createdAt: 0, warnings: [] };
const END: ChatEvent = {
  type: 'response-end',
  finishReason: 'stop',
  usage: { inputTokens: 1, outputTokens: 2, origin: 'estimated' },
};
const TEXT: readonly ChatEvent[] = [
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: 'Hello' },
  { type: 'text-end', id: 't' },
];
const BODY = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = () => undefined;
  let reject: Deferred<T>['reject'] = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** One request to a channel whose turn the test plays. */
function ask(
  options: {
    stream?: boolean;
    protocol?: WireProtocol;
    /** Somebody has the only slot. */
    taken?: boolean;
    call?: Partial<ChatCall>;
    principal?: Principal;
    models?: readonly ModelInfo[];
    headers?: Record<string, string>;
  } = {},
) {
  const { stream = false, protocol = openaiChat } = options;
  const waiting: Deferred<readonly ChatEvent[] | undefined>[] = [];
  const ready: (() => Promise<readonly ChatEvent[] | undefined>)[] = [];
  const closing = deferred<void>();
  const closed = vi.fn(() => closing.promise);
  const { headers } = options;
  const { context, client, clock, lines } = aContext({ protocol, ...(headers !== undefined && { headers }) });
  if (options.principal !== undefined) context.principal = options.principal;
  const turn: ChatEventStream = pullStream(() => {
    const given = ready.shift();
    if (given !== undefined) return given();
    const next = deferred<readonly ChatEvent[] | undefined>();
    waiting.push(next);
    return next.promise;
  }, closed);
  const give = (make: () => Promise<readonly ChatEvent[] | undefined>): void => {
    const reader = waiting.shift();
    if (reader === undefined) ready.push(make);
    else make().then(reader.resolve, reader.reject);
  };
  const streamChat = vi.fn((_request: unknown, _context: unknown) => turn);
  const channel = { name: 'fake', listModels: async () => options.models ?? [], streamChat } as unknown as Channel;
  const admission = createAdmission({ maxInFlight: 1, queueTimeoutMs: 1_000, clock });
  if (options.taken === true) void admission.acquire(new AbortController().signal);
  const open = vi.fn(async (): Promise<ChatCall> => ({ body: { ...BODY, stream }, protocol, ...options.call }));
  const streaming = { keepAliveMs: 15_000, commitAfterMs: 10_000 };
  const pipeline = { channel, admission, streaming, maxBodyBytes: 1_000 };
  const response = respondChat(pipeline, open, context).then(toWebResponse);
  response.catch(() => undefined);
  return {
    response,
    context,
    client,
    clock,
    lines,
    admission,
    open,
    streamChat,
    closed,
    give: (...events: readonly ChatEvent[]) => give(async () => events),
    stop: () => give(async () => undefined),
    fail: (error: unknown) => give(() => Promise.reject(error)),
    closeNow: () => closing.resolve(),
  };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('respondChat() - a whole answer', () => {
  it('is collected, the turn closed, and the slot free only when that is done', async () => {
    const turn = ask();
    turn.give(START, ...TEXT);
    turn.give(END);
    const response = await turn.response;
    expect(response.status).toBe(200);
    expect(response.headers.get('x-lingma-usage')).toBe('estimated');
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
    });
    expect(turn.closed).toHaveBeenCalledOnce();
    expect(turn.admission.stats().inFlight).toBe(1);
    turn.closeNow();
    await turn.context.bodyEnd;
    expect(turn.admission.stats().inFlight).toBe(0);
    expect(turn.context.record).toMatchObject({
      model: 'm',
      upstreamModel: 'qwen',
      stream: false,
      outputTokens: 2,
      finishReason: 'stop',
    });
  });

  it.each([false, true])(
    'a call behind which the upstream says stop - is told and logged as one, stream %s',
    async (stream) => {
      const turn = ask({ stream });
      turn.give(
        START,
        { type: 'tool-input-start', id: 'call_1', toolName: 'ls', kind: 'function', executedBy: 'client' },
        { type: 'tool-input-delta', id: 'call_1', delta: '{}' },
        { type: 'tool-input-end', id: 'call_1' },
        END,
      );
      turn.closeNow();
      expect(await (await turn.response).text()).toContain('"finish_reason":"tool_calls"');
      expect(turn.context.record.finishReason).toBe('tool-calls');
    },
  );

  it('events after the end - are not waited for', async () => {
    const turn = ask();
    turn.give(START, ...TEXT, END);
    expect((await turn.response).status).toBe(200);
  });

  it('a turn that is cut off - is a failure, never half an answer', async () => {
    const turn = ask();
    turn.give(START, ...TEXT);
    turn.stop();
    await expect(turn.response).rejects.toMatchObject({ code: 'upstream_protocol' });
    expect(turn.closed).toHaveBeenCalledOnce();
  });

  it('the client goes in the middle - the turn is closed and the reason thrown', async () => {
    const turn = ask();
    turn.give(START);
    await settled();
    turn.client.abort();
    await expect(turn.response).rejects.toMatchObject({ code: 'client_closed' });
    expect(turn.closed).toHaveBeenCalledOnce();
  });

  it('work before the end - is waited for', async () => {
    const before = deferred<void>();
    const turn = ask({ call: { beforeEnd: () => before.promise } });
    turn.give(START, ...TEXT, END);
    const first = await Promise.race([turn.response, settled().then(() => 'waits')]);
    expect(first).toBe('waits');
    before.resolve();
    expect((await turn.response).status).toBe(200);
  });
});

describe('respondChat() - before a turn', () => {
  it('a body that is declared too large - is neither read nor waited for', async () => {
    const turn = ask({ taken: true, headers: { 'content-length': '1001' } });
    await expect(turn.response).rejects.toMatchObject({ code: 'payload_too_large' });
    expect(turn.open).not.toHaveBeenCalled();
    expect(turn.admission.stats()).toMatchObject({ queued: 0, accepted: 1 });
  });

  it('a body that cannot be read - gives the slot back', async () => {
    const turn = ask();
    turn.open.mockRejectedValue(new GatewayError('invalid_request', 'no JSON'));
    await expect(turn.response).rejects.toMatchObject({ code: 'invalid_request' });
    expect(turn.admission.stats()).toMatchObject({ inFlight: 0, accepted: 1 });
  });

  it('what the request says - is told to the channel: affinity, scoped by principal, and trace', async () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const keyOf = async (id: string, headers: Record<string, string>): Promise<string | undefined> => {
      const turn = ask({ principal: { id }, headers, call: { body: { ...BODY, user: 'somebody' } } });
      turn.give(START, END);
      await turn.response;
      return turn.context.affinityKey;
    };
    const own = await keyOf('alice', {});
    expect(own).toMatch(/^[\w-]{43}$/);
    expect(await keyOf('alice', {})).toBe(own);
    expect(await keyOf('bob', {})).not.toBe(own);
    expect(await keyOf('alice', { 'x-claude-code-session-id': 's' })).not.toBe(own);
    const traced = ask({ headers: { traceparent: trace } });
    expect(traced.context.trace).toBe(trace);
    expect(ask({ headers: { traceparent: `ff${trace.slice(2)}` } }).context.trace).toBeUndefined();
    expect(ask({ headers: { traceparent: 'x'.repeat(9_000) } }).context.trace).toBeUndefined();
  });

  it('a key with models of its own - may not ask for others', async () => {
    const models = [{ id: 'm', upstreamId: 'm', displayName: 'M' } as ModelInfo];
    const allowed = ask({ models, principal: { id: 'a', models: createModelFilter(['m']) } });
    allowed.give(START, END);
    expect((await allowed.response).status).toBe(200);
    const refused = ask({ models, principal: { id: 'a', models: createModelFilter(['other']) } });
    await expect(refused.response).rejects.toMatchObject({ code: 'model_not_allowed', status: 403, param: 'model' });
    expect(refused.streamChat).not.toHaveBeenCalled();
    expect(refused.admission.stats().inFlight).toBe(0);
  });

  it('a wrong request - leaves no slot taken and starts nothing', async () => {
    const turn = ask({ call: { body: { messages: 7 } } });
    await expect(turn.response).rejects.toMatchObject({ code: 'invalid_request' });
    expect(turn.admission.stats().inFlight).toBe(0);
    expect(turn.streamChat).not.toHaveBeenCalled();
  });

  it('a channel that refuses at once - gives the slot back', async () => {
    const turn = ask();
    turn.streamChat.mockImplementation(() => {
      throw new GatewayError('model_not_found', 'x');
    });
    await expect(turn.response).rejects.toMatchObject({ code: 'model_not_found' });
    expect(turn.admission.stats().inFlight).toBe(0);
  });

  it('a client that goes while it waits for a slot - starts nothing', async () => {
    const turn = ask({ taken: true });
    await settled();
    turn.client.abort();
    await expect(turn.response).rejects.toMatchObject({ code: 'client_closed' });
    expect(turn.open).not.toHaveBeenCalled();
    expect(turn.streamChat).not.toHaveBeenCalled();
    expect(turn.admission.stats()).toMatchObject({ inFlight: 1, queued: 0 });
  });
});

describe.each([openaiChat, anthropicMessages])('respondChat() - a stream of $name', (protocol) => {
  it('a failure before the first event - is thrown, so that it gets a status', async () => {
    const turn = ask({ stream: true, protocol });
    turn.fail(new GatewayError('quota_exceeded', 'x'));
    await expect(turn.response).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect(turn.closed).toHaveBeenCalledOnce();
    expect(turn.clock.pending).toBe(1);
  });

  it('an end before the first event - is a failure', async () => {
    const turn = ask({ stream: true, protocol });
    turn.stop();
    await expect(turn.response).rejects.toMatchObject({ code: 'upstream_protocol' });
    expect(turn.closed).toHaveBeenCalledOnce();
  });

  it('no event for a while - 200 goes out without one; a later failure is told in the stream', async () => {
    const turn = ask({ stream: true, protocol });
    await settled();
    turn.clock.pass(9_999);
    await settled();
    expect(await Promise.race([turn.response, settled().then(() => 'waits')])).toBe('waits');
    turn.clock.pass(1);
    const response = await turn.response;
    expect(response.status).toBe(200);
    turn.fail(new GatewayError('upstream_error', 'It failed late'));
    const text = await response.text();
    expect(text).toContain('It failed late');
    expect(text).not.toMatch(/\[DONE\]|message_stop/);
    expect(turn.closed).toHaveBeenCalledOnce();
  });

  it('the whole way - events come out as text, and the slot is free when the turn is closed', async () => {
    const turn = ask({ stream: true, protocol });
    turn.give(START, ...TEXT);
    const response = await turn.response;
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(turn.context.record).toMatchObject({ upstreamModel: 'qwen', stream: true });
    turn.give(END);
    expect(await response.text()).toContain('Hello');
    expect(turn.admission.stats().inFlight).toBe(1);
    turn.closeNow();
    await turn.context.bodyEnd;
    expect(turn.admission.stats().inFlight).toBe(0);
  });

  it('the reader goes - aborts the turn first, closes it second, and is no failure in the log', async () => {
    const turn = ask({ stream: true, protocol });
    turn.closed.mockImplementation(async () => {
      expect(turn.context.signal.aborted).toBe(true);
    });
    turn.give(START, ...TEXT);
    const response = await turn.response;
    await response.body?.cancel();
    expect(turn.closed).toHaveBeenCalledOnce();
    expect(turn.context.signal.reason).toMatchObject({ code: 'client_closed' });
    await turn.context.bodyEnd;
    turn.context.finish();
    expect(turn.lines).toMatchObject([{ level: 'info', fields: { error: 'client_closed' } }]);
  });

  it('a turn that cannot be closed - frees its slot all the same', async () => {
    const turn = ask({ stream: true, protocol });
    turn.closed.mockImplementation(() => Promise.reject(new Error('stuck')));
    turn.give(START, ...TEXT, END);
    await (await turn.response).text();
    await turn.context.bodyEnd;
    expect(turn.admission.stats().inFlight).toBe(0);
    expect(turn.lines).toMatchObject([{ level: 'warn', message: 'a turn could not be closed' }]);
  });
});

describe('respondChat() - for a key with limits', () => {
  const limited = () => {
    const leave = vi.fn();
    const limiter: KeyLimiter = { enter: vi.fn(() => leave), spend: vi.fn(), headers: () => ({}) };
    return { limiter, leave, principal: { id: 'a', limiter } };
  };

  it.each([true, false])('a whole turn, streamed %s - its reported tokens are spent, once', async (stream) => {
    const { limiter, leave, principal } = limited();
    const turn = ask({ stream, principal });
    turn.give(START, ...TEXT, END);
    await (await turn.response).text();
    expect(limiter.spend).toHaveBeenCalledExactlyOnceWith(3);
    expect(leave).not.toHaveBeenCalled();
    turn.context.finish();
    expect(leave).toHaveBeenCalledOnce();
  });

  it.each([true, false])('a turn that is cut off, streamed %s - costs what it took so far', async (stream) => {
    const { limiter, principal } = limited();
    const turn = ask({ stream, principal });
    turn.give({ ...START, inputTokens: 100 } as ChatEvent, ...TEXT.slice(0, 2));
    if (stream) await turn.response;
    turn.fail(new GatewayError('upstream_error', 'It failed late'));
    await turn.response.then(
      (response) => response.text(),
      () => undefined,
    );
    expect(limiter.spend).toHaveBeenCalledExactlyOnceWith(101);
  });

  it('a request that goes over - waits for nothing and takes no slot', async () => {
    const { limiter, principal } = limited();
    vi.mocked(limiter.enter).mockImplementation(() => {
      throw new GatewayError('quota_exceeded', 'used up');
    });
    const turn = ask({ principal });
    await expect(turn.response).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect(turn.open).not.toHaveBeenCalled();
    expect(turn.admission.stats().accepted).toBe(0);
  });
});
