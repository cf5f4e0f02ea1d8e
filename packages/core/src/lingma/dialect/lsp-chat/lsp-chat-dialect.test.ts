import { describe, expect, it } from 'vitest';
import {
  type ChatEvent,
  checkGrammar,
  collectResult,
  type GatewayError,
  type ToolDefinition,
  withStages,
} from '../../../chat/index.js';
import type { JsonObject, JsonValue } from '../../../util/index.js';
import type { DialectTurn } from '../dialect.js';
import { aContext, aTurn, FakeClock, FakePeer, NEVER, rpcError, settled } from '../testing/fake-peer.js';
import { createLspChatDialect } from './lsp-chat-dialect.js';

interface Started {
  readonly peer: FakePeer;
  readonly clock: FakeClock;
  readonly requestId: string;
  readonly run: ReturnType<ReturnType<typeof createLspChatDialect>['runTurn']>;
  send(method: string, params?: JsonObject, id?: number): ReturnType<FakePeer['emit']>;
}

function start(options: { turn?: Partial<DialectTurn>; peer?: FakePeer; signal?: AbortSignal } = {}): Started {
  const peer = options.peer ?? new FakePeer();
  const clock = new FakeClock();
  const run = createLspChatDialect({ clock }).runTurn(peer, aTurn(options.turn), aContext(options.signal));
  const requestId = (peer.calls.find(({ method }) => method === 'chat/ask')?.params.requestId ?? '') as string;
  const send = (method: string, params: JsonObject = {}, id?: number): ReturnType<FakePeer['emit']> =>
    peer.emit(method, { requestId, sessionId: 'session-1', ...params }, id);
  return { peer, clock, requestId, run, send };
}

const result = (started: Started) => collectResult(withStages(started.run.events, [checkGrammar()]));
const failure = (started: Started): Promise<GatewayError> =>
  result(started).then(
    () => Promise.reject(new Error('no failure')),
    (error) => error,
  );
const texts = async (started: Started) => {
  const { content } = await result(started);
  return content.map((block) => [block.type, 'text' in block ? block.text : ''].join(': '));
};

const FINISH = { reason: 'success', statusCode: 200, fullAnswer: '', extra: null };

describe('chat/ask', () => {
  it('params - chat mode as captured', () => {
    const { peer, requestId } = start();
    expect(requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(peer.last('chat/ask')).toEqual({
      requestId,
      sessionId: '',
      mode: 'chat',
      sessionType: 'chat',
      chatTask: 'FREE_INPUT',
      questionText: 'Hi',
      stream: true,
      source: 1,
      isReply: false,
      codeLanguage: '',
      chatContext: null,
      extra: { modelConfig: { key: 'org_auto' } },
      taskDefinitionType: 'system',
      targetAgent: '',
      pluginPayloadConfig: { isEnableProjectRule: false, isEnableAskAgent: false, isEnableAutoMemory: false },
      shellType: 'bash',
      customModel: null,
    });
  });

  it('params - tools mean agent mode and tool_config in both places', () => {
    const toolConfig = { provider: 'openai', tools: [], tool_choice: 'auto' };
    for (const mode of ['agent', 'chat'] as const) {
      const { peer } = start({ turn: { mode, toolConfig } });
      expect(peer.last('chat/ask')).toMatchObject({
        mode: 'agent',
        sessionType: 'ask',
        chatTask: 'chat',
        tool_config: toolConfig,
        extra: { tool_config: toolConfig },
      });
    }
    expect(start({ turn: { mode: 'agent' } }).peer.last('chat/ask')).not.toHaveProperty('tool_config');
  });

  it('params - QoderCN extras', () => {
    const peer = new FakePeer();
    peer.serverInfo = { name: 'qodercn', version: '1.26.0' };
    start({ peer, turn: { mode: 'agent', prompt: '你好', modelKey: 'auto' } });
    expect(peer.last('chat/ask')).toMatchObject({
      mode: 'agent',
      sessionType: 'assistant',
      chatTask: 'free_input',
      preferredLanguage: 'zh-cn',
      closeTypewriter: true,
      chatContext: { text: '你好', localeLang: 'zh-cn', preferredLanguage: 'zh-cn' },
      extra: { modelConfig: { key: 'auto' } },
    });
  });

  it('params - the open file', () => {
    const { peer } = start({ turn: { currentFilePath: '/a.ts' } });
    expect(peer.last('chat/ask').chatContext).toEqual({ activeFilePath: '/a.ts', filePath: '/a.ts' });
  });

  const replies: readonly (readonly [string, JsonValue | Promise<JsonValue>])[] = [
    ['at once', { success: true, isSuccess: true, errorCode: '', errorMessage: '', status: '' }],
    ['empty', {}],
    ['null', null],
    ['never', NEVER],
  ];
  it.each(replies)('reply - %s does not hold the stream up', async (_name, reply) => {
    const started = start({ peer: new FakePeer().answer('chat/ask', () => reply) });
    started.send('chat/answer', { text: 'pong' });
    started.send('chat/finish', FINISH);
    expect(await texts(started)).toEqual(['text: pong']);
    expect((await started.run.outcome).reusable).toBe(true);
  });

  const refusals: readonly (readonly [string, JsonValue | Error, string])[] = [
    ['success:false', { success: false, errorCode: '500', errorMessage: 'boom' }, 'upstream_error'],
    ['isSuccess:false', { isSuccess: false, errorMessage: 'quota exceeded' }, 'quota_exceeded'],
    ['an error', rpcError('not login'), 'login_required'],
    ['unknown method', rpcError('unknown method: chat/ask', -32601), 'upstream_error'],
  ];
  it.each(refusals)('reply - %s ends the turn', async (_name, reply, code) => {
    const started = start({ peer: new FakePeer().answer('chat/ask', reply) });
    expect((await failure(started)).code).toBe(code);
    expect(await started.run.outcome).toMatchObject({ reusable: false });
    expect(started.peer.count('chat/stop')).toBe(0);
  });
});

describe('events', () => {
  it('order - step_end is not the end', async () => {
    const started = start();
    started.send('chat/process_step_callback', { step: 'step_start', status: 'done' }, 1);
    started.send('chat/process_step_callback', { step: 'step_end', status: 'done' }, 2);
    started.send('session/title/update', { sessionTitle: 'x' }, 3);
    for (const text of ['pon', '', 'g', '']) started.send('chat/answer', { text }, 4);
    started.send('chat/finish', FINISH, 5);
    expect(await texts(started)).toEqual(['text: pong']);
  });

  it('sessionId - is learned from any event of our own', async () => {
    const started = start();
    started.peer.emit('chat/answer', { requestId: 'other', sessionId: 'theirs', text: 'NOT MINE' });
    started.send('chat/process_step_callback', { sessionId: 'ours', step: 'step_start' });
    started.send('chat/answer', { sessionId: 'ours', text: 'a' });
    started.send('chat/finish', { ...FINISH, sessionId: 'ours' });
    expect(await texts(started)).toEqual(['text: a']);
    expect(await started.run.outcome).toEqual({ sessionId: 'ours', reusable: true, text: 'a' });
  });

  it('requestId - other requests and late events are ignored', async () => {
    const started = start();
    started.peer.emit('chat/answer', { requestId: 'earlier', sessionId: 'session-1', text: 'late' });
    started.peer.emit('chat/finish', { requestId: 'earlier', ...FINISH });
    started.send('chat/answer', { text: 'mine' });
    started.send('chat/finish', FINISH);
    expect(await texts(started)).toEqual(['text: mine']);
  });

  it('requestId - absent is taken as ours', async () => {
    const started = start();
    started.peer.emit('chat/answer', { text: 'a' });
    started.peer.emit('chat/finish', FINISH);
    expect(await texts(started)).toEqual(['text: a']);
  });

  it('fullAnswer - counts only without deltas', async () => {
    const started = start();
    started.send('chat/finish', { ...FINISH, fullAnswer: 'all of it' });
    expect(await texts(started)).toEqual(['text: all of it']);
    const other = start();
    other.send('chat/answer', { text: 'deltas' });
    other.send('chat/finish', { ...FINISH, fullAnswer: 'something else' });
    expect(await texts(other)).toEqual(['text: deltas']);
  });

  it('overwrite - retracts the text, unless it only goes on', async () => {
    const started = start();
    started.send('chat/answer', { text: 'abc' });
    started.send('chat/answer', { text: 'xyz', overwrite: true });
    started.send('chat/answer', { text: 'xyz!', overwrite: true });
    started.send('chat/answer', { text: '?' });
    started.send('chat/finish', FINISH);
    const events: ChatEvent[] = [];
    for await (const event of withStages(started.run.events, [checkGrammar()])) events.push(event);
    expect(events.filter(({ type }) => type !== 'response-start' && type !== 'response-end')).toEqual([
      { type: 'text-start', id: 'text-1' },
      { type: 'text-delta', id: 'text-1', delta: 'abc' },
      { type: 'text-end', id: 'text-1', retracted: true },
      { type: 'text-start', id: 'text-2' },
      { type: 'text-delta', id: 'text-2', delta: 'xyz' },
      { type: 'text-delta', id: 'text-2', delta: '!' },
      { type: 'text-delta', id: 'text-2', delta: '?' },
      { type: 'text-end', id: 'text-2' },
    ]);
    expect((await started.run.outcome).text).toBe('xyz!?');
  });

  it('overwrite - does not repeat the thought that stood in the text', async () => {
    const started = start();
    started.send('chat/answer', { text: '<think>hm</think>\nabc' });
    started.send('chat/answer', { text: '<think>hm</think>\nxyz', overwrite: true });
    started.send('chat/finish', FINISH);
    expect(await texts(started)).toEqual(['reasoning: hm', 'text: xyz']);
  });

  it('isFiltered - ends with content-filter, the filtered text stays out', async () => {
    const started = start();
    started.send('chat/answer', { text: 'Something' });
    started.send('chat/answer', { text: '', overwrite: true, isFiltered: true });
    started.send('chat/finish', { ...FINISH, fullAnswer: 'Something' });
    expect(await result(started)).toMatchObject({ content: [], finishReason: 'content-filter' });
    expect((await started.run.outcome).reusable).toBe(false);
  });

  const thoughts: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      'deltas',
      [
        ['start', 'I '],
        ['start', 'think'],
        ['start', ' so'],
        ['done', ''],
      ],
    ],
    [
      'the whole so far',
      [
        ['start', 'I '],
        ['start', 'I think'],
        ['start', 'I think so'],
        ['done', ''],
      ],
    ],
    [
      'the whole, and once more with done',
      [
        ['start', 'I '],
        ['start', 'I think so'],
        ['done', 'I think so'],
      ],
    ],
  ];
  it.each(thoughts)('chat/think - %s', async (_name, steps) => {
    const started = start();
    for (const [step, text] of steps) started.send('chat/think', { step, text });
    started.send('chat/answer', { text: 'yes' });
    started.send('chat/finish', FINISH);
    expect(await texts(started)).toEqual(['reasoning: I think so', 'text: yes']);
  });

  const endings: readonly (readonly [string, JsonObject, string])[] = [
    ['200 finished', { reason: 'finished', statusCode: 200 }, 'stop'],
    ['200 completed', { reason: 'completed', statusCode: 200 }, 'stop'],
    ['200 end_turn', { reason: 'end_turn', statusCode: 200 }, 'stop'],
    ['no status', { reason: 'success' }, 'stop'],
    ['nothing at all', {}, 'stop'],
    ['status as text', { reason: 'stop', statusCode: '200' }, 'stop'],
    ['length', { reason: 'length', statusCode: 200 }, 'length'],
    ['max_tokens', { reason: 'max_tokens', statusCode: 200 }, 'length'],
    ['content filter', { reason: 'content_filter', statusCode: 200 }, 'content-filter'],
    ['filter as a failure', { reason: 'content filter hit', statusCode: 400 }, 'content-filter'],
  ];
  it.each(endings)('chat/finish - %s', async (_name, params, finishReason) => {
    const started = start();
    started.send('chat/answer', { text: 'a' });
    started.send('chat/finish', params);
    expect((await result(started)).finishReason).toBe(finishReason);
  });

  const failures: readonly (readonly [string, string, JsonObject, string])[] = [
    ['408', 'chat/finish', { reason: 'timeout', statusCode: 408 }, 'upstream_timeout'],
    ['500', 'chat/finish', { reason: 'error', statusCode: 500 }, 'upstream_error'],
    ['500 with words', 'chat/finish', { reason: 'model exploded', statusCode: 500 }, 'upstream_error'],
    ['401', 'chat/finish', { reason: 'not login', statusCode: 401 }, 'login_required'],
    ['403 not login', 'chat/finish', { reason: 'user not login', statusCode: 403 }, 'login_required'],
    ['429', 'chat/finish', { reason: 'over', statusCode: 429 }, 'quota_exceeded'],
    ['403 quota', 'chat/finish', { reason: 'quota exceeded', statusCode: 403 }, 'quota_exceeded'],
    ['429 rate limit', 'chat/finish', { reason: 'rate limit exceeded', statusCode: 429 }, 'rate_limited'],
    ['Chinese quota', 'chat/finish', { reason: '您的额度已用完', statusCode: 500 }, 'quota_exceeded'],
    ['too long', 'chat/finish', { reason: 'prompt is too long', statusCode: 400 }, 'invalid_request'],
    ['cancelled by others', 'chat/finish', { reason: 'cancelled', statusCode: 200 }, 'upstream_error'],
    ['chat/error', 'chat/error', { message: 'quota exceeded' }, 'quota_exceeded'],
    ['error', 'error', { error: { message: 'x', code: 500 } }, 'upstream_error'],
    ['fatal_error', 'fatal_error', { error: 'not logged in' }, 'login_required'],
    ['an empty answer', 'chat/finish', FINISH, 'upstream_error'],
  ];
  it.each(failures)('failure - %s', async (_name, method, params, code) => {
    const started = start();
    started.send(method, params);
    expect((await failure(started)).code).toBe(code);
    expect((await started.run.outcome).reusable).toBe(false);
  });

  it('failure - after text the text is handed over first', async () => {
    const started = start();
    started.send('chat/answer', { text: 'half ``' });
    started.send('chat/finish', { statusCode: 500, reason: 'error' });
    const first = await started.run.events.read();
    expect(first?.map((event) => ('delta' in event ? event.delta : event.type))).toEqual([
      'response-start',
      'text-start',
      'half ',
      '``',
    ]);
    await expect(started.run.events.read()).rejects.toMatchObject({ code: 'upstream_error' });
  });

  it('usage - the context size is input and output', async () => {
    const started = start();
    started.send('chat/think', { text: 'hm', step: 'start' });
    started.send('chat/answer', { text: 'abcde' });
    started.send('context/usage/sync', { usedTokens: '107', limitTokens: 1000 });
    started.send('chat/finish', FINISH);
    expect((await result(started)).usage).toEqual({
      inputTokens: 100,
      outputTokens: 7,
      reasoningTokens: 2,
      origin: 'estimated',
    });
  });

  it('usage - is estimated when nothing is reported', async () => {
    const started = start();
    started.send('chat/answer', { text: 'abcde' });
    started.send('chat/finish', FINISH);
    expect((await result(started)).usage).toEqual({ inputTokens: 7, outputTokens: 5, origin: 'estimated' });
  });
});

describe('tools', () => {
  const tool: ToolDefinition = { kind: 'function', name: 'read_file', inputSchema: {} };
  const CARD = 'Look.\n\n```toolCall::read_file::call_1::INIT\n```\n\n';

  it('foreign - are refused and hidden', async () => {
    const started = start();
    started.send('chat/answer', { text: CARD });
    started.send('tool/call/sync', { toolCallId: 'call_1', toolCallStatus: 'PENDING', parameters: { a: 1 } }, 1);
    const answer = started.send(
      'tool/invoke',
      { toolCallId: 'call_1', name: 'read_file', parameters: {}, async: false },
      2,
    );
    expect(answer).toMatchObject({ toolCallId: 'call_1', name: 'read_file', success: false });
    expect((answer as { errorMessage: string }).errorMessage).not.toBe('');
    started.send('chat/answer', { text: 'No.' });
    started.send('chat/finish', FINISH);
    expect(await texts(started)).toEqual(['text: Look.\n\nNo.']);
    expect(started.peer.last('tool/call/approve')).toEqual({
      sessionId: 'session-1',
      requestId: started.requestId,
      toolCallId: 'call_1',
      approval: false,
    });
  });

  it('foreign - asynchronous ones get their refusal later', async () => {
    const started = start();
    const params = { toolCallId: 'call_1', name: 'read_file', parameters: {}, async: true };
    expect(started.send('tool/invoke', params, 2)).toEqual({});
    await settled();
    expect(started.peer.last('tool/invokeResult')).toMatchObject({ toolCallId: 'call_1', success: false });
    await started.run.events.close();
  });

  it('foreign - of another conversation are left alone', async () => {
    const started = start();
    started.peer.emit(
      'tool/call/sync',
      { requestId: 'x', sessionId: 'y', toolCallId: 'c', toolCallStatus: 'PENDING' },
      1,
    );
    expect(
      started.peer.emit('tool/invoke', { requestId: 'x', sessionId: 'y', toolCallId: 'c', name: 'n' }, 2),
    ).toBeUndefined();
    await settled();
    expect(started.peer.count('tool/call/approve')).toBe(0);
    await started.run.events.close();
  });

  it('foreign - a cancelled end after a refusal is ordinary', async () => {
    const started = start();
    started.send('tool/invoke', { toolCallId: 'call_1', name: 'read_file', parameters: {} }, 2);
    started.send('chat/answer', { text: 'So be it.' });
    started.send('chat/finish', { reason: 'cancelled', statusCode: 200 });
    expect(await result(started)).toMatchObject({ finishReason: 'stop' });
  });

  it('of the caller - become its calls, merged by id, and the turn is stopped', async () => {
    const started = start({ turn: { callerTools: [tool] } });
    started.send('chat/answer', { text: CARD });
    started.send('tool/call/sync', { toolCallId: 'call_1', toolCallStatus: 'INIT', parameters: {} });
    started.send('tool/call/sync', { toolCallId: 'call_1', toolCallStatus: 'PENDING', parameters: { path: 'a' } });
    started.send('tool/invoke', { toolCallId: 'call_1', name: 'read_file', parameters: { path: 'a' } }, 3);
    started.send('tool/invoke', { toolCallId: 'call_2', name: 'READ_FILE', parameters: { path: 'b' } }, 4);
    started.send('tool/invoke', { toolCallId: 'call_3', name: 'grep_code', parameters: {} }, 5);
    started.send('chat/answer', { text: 'I could not run that.' });
    const { content, finishReason } = await result(started);
    expect(finishReason).toBe('tool-calls');
    const call = { type: 'tool-call', toolName: 'read_file', kind: 'function', executedBy: 'client' };
    expect(content).toEqual([
      { type: 'text', text: 'Look.\n\n' },
      { ...call, toolCallId: 'call_1', input: '{"path":"a"}' },
      { ...call, toolCallId: 'call_2', input: '{"path":"b"}' },
    ]);
    expect(started.peer.last('chat/stop')).toEqual({ requestId: started.requestId, sessionId: 'session-1' });
  });

  it('of the caller - end the turn also when nothing follows', async () => {
    const started = start({ turn: { callerTools: [tool] } });
    started.send('tool/call/sync', {
      toolCallId: 'c',
      toolName: 'read_file',
      toolCallStatus: 'RUNNING',
      parameters: { a: 1 },
    });
    await started.clock.advance(400);
    expect(await result(started)).toMatchObject({ finishReason: 'tool-calls' });
    expect(started.peer.count('chat/stop')).toBe(1);
  });

  it('REQUEST_FINISHED - is nobody’s call', async () => {
    const started = start({ turn: { callerTools: [tool] } });
    started.send('chat/answer', { text: 'a' });
    started.send('tool/call/sync', { toolCallId: '', toolName: 'read_file', toolCallStatus: 'REQUEST_FINISHED' });
    started.send('chat/finish', FINISH);
    expect((await result(started)).finishReason).toBe('stop');
  });
});

describe('stopping', () => {
  it('abort - sends chat/stop with both ids and waits for the end', async () => {
    const controller = new AbortController();
    const started = start({ signal: controller.signal });
    started.send('chat/answer', { text: 'a' });
    const reason = new Error('gone');
    controller.abort(reason);
    expect(started.peer.last('chat/stop')).toEqual({ requestId: started.requestId, sessionId: 'session-1' });
    let over = false;
    void started.run.outcome.then(() => {
      over = true;
    });
    started.send('chat/answer', { text: 'late' });
    await settled();
    expect(over).toBe(false);
    started.send('chat/finish', { reason: 'cancelled', statusCode: 200 });
    expect(await started.run.outcome).toMatchObject({ reusable: false, sessionId: 'session-1' });
    expect(started.peer.closed).toBe(false);
  });

  it('abort - gives up after two seconds of silence', async () => {
    const started = start({ peer: new FakePeer().answer('chat/stop', () => NEVER) });
    await started.run.events.close();
    await started.clock.advance(1900);
    expect(started.clock.pending).toBeGreaterThan(0);
    await started.clock.advance(200);
    expect(await started.run.outcome).toMatchObject({ reusable: false });
    expect(await started.run.events.read()).toBeUndefined();
  });

  it('abort - learns the session while it waits', async () => {
    const started = start();
    await started.run.events.close();
    started.send('chat/finish', { sessionId: 'named-late', reason: 'cancelled', statusCode: 200 });
    expect((await started.run.outcome).sessionId).toBe('named-late');
  });

  it('abort - before the start sends nothing', async () => {
    const reason = new Error('gone');
    const started = start({ signal: AbortSignal.abort(reason) });
    await expect(started.run.events.read()).rejects.toBe(reason);
    expect(started.peer.calls).toEqual([]);
    expect(await started.run.outcome).toMatchObject({ reusable: false });
  });

  it('connection - its end fails the turn', async () => {
    const started = start();
    started.send('chat/answer', { text: 'a' });
    started.peer.die();
    await started.run.events.read();
    await expect(started.run.events.read()).rejects.toMatchObject({ code: 'upstream_error' });
    expect(await started.run.outcome).toMatchObject({ reusable: false });
    expect(started.clock.pending).toBe(0);
  });
});

describe('deadlines', () => {
  const deadlines = { firstEventMs: 1000, idleMs: 500, totalMs: 5000 };

  it('firstEventMs - strikes without an answer; steps are signs of life', async () => {
    const started = start({ turn: { deadlines } });
    await started.clock.advance(900);
    started.send('chat/process_step_callback', { step: 'step_start' });
    await started.clock.advance(900);
    expect(started.peer.count('chat/stop')).toBe(0);
    await started.clock.advance(200);
    expect((await failure(started)).code).toBe('upstream_timeout');
    expect(started.peer.count('chat/stop')).toBe(1);
  });

  it('idleMs - strikes after text, unless the process says that all is well', async () => {
    const silent = start({ turn: { deadlines } });
    silent.send('chat/answer', { text: 'a' });
    await silent.run.events.read();
    const failing = failure(silent);
    await silent.clock.advance(1100);
    expect((await failing).code).toBe('upstream_timeout');

    const started = start({ turn: { deadlines } });
    started.peer.answer('chat/getSessionById', () => ({
      sessionId: 'session-1',
      chatRecords: [{ requestId: started.requestId, finishStatus: 0 }],
    }));
    started.send('chat/answer', { text: 'a' });
    const reading = texts(started);
    await started.clock.advance(1100);
    expect(await reading).toEqual(['text: a']);
    expect(started.peer.last('chat/getSessionById')).toEqual({ sessionId: 'session-1' });
    expect((await started.run.outcome).reusable).toBe(true);
  });

  it('idleMs - does not run while the reader lags', async () => {
    const started = start({ turn: { deadlines } });
    started.send('chat/answer', { text: 'a' });
    await started.clock.advance(2000);
    await started.run.events.read();
    await started.clock.advance(300);
    started.send('chat/answer', { text: 'b' });
    started.send('chat/finish', FINISH);
    expect(await started.run.events.read()).toHaveLength(3);
  });

  it('totalMs - strikes however lively the stream is', async () => {
    const started = start({ turn: { deadlines } });
    const failing = failure(started);
    for (let index = 0; index < 14; index++) {
      started.send('chat/answer', { text: 'a' });
      await started.clock.advance(400);
    }
    expect(await failing).toMatchObject({ code: 'upstream_timeout' });
    expect((await failing).message).toContain('5 s');
  });
});

describe('back-pressure', () => {
  it('read() - pauses the process above a mebibyte and resumes when read', async () => {
    const started = start();
    started.send('chat/answer', { text: 'x'.repeat(600_000) });
    expect(started.peer.paused).toBe(true);
    await started.run.events.read();
    expect(started.peer.paused).toBe(false);
    await started.run.events.close();
  });

  it('read() - a turn that is never read fails alone', async () => {
    const started = start();
    for (let index = 0; index < 20; index++) started.send('chat/answer', { text: 'x'.repeat(1_000_000) });
    expect(started.peer.paused).toBe(false);
    await started.run.events.read();
    await expect(started.run.events.read()).rejects.toMatchObject({ code: 'upstream_error' });
    expect(started.peer.count('chat/stop')).toBe(1);
  });
});

describe('images', () => {
  const images = [{ mediaType: 'image/png', data: 'aGk=' }];

  it('upload - its url goes into the ask', async () => {
    const peer = new FakePeer();
    peer.answer('image/upload', ({ requestId }) => {
      queueMicrotask(() =>
        peer.emit('image/uploadResultNotification', {
          errorCode: '',
          result: { requestId: requestId as string, imageUrl: 'https://x/y' },
        }),
      );
      return { requestId: requestId as string, errorCode: '', errorMessage: '', result: { success: true } };
    });
    start({ peer, turn: { images } });
    await settled();
    expect(peer.last('image/upload').imageUri).toBe('data:image/png;base64,aGk=');
    expect(peer.last('chat/ask').chatContext).toEqual({ imageUrls: ['https://x/y'] });
  });

  it('upload - a refusal leaves [image] and a warning', async () => {
    const peer = new FakePeer().answer('image/upload', { result: { success: false }, errorMessage: 'no' });
    start({ peer, turn: { images } });
    await settled();
    expect(peer.last('chat/ask').questionText).toBe('Hi\n[image]');
    const requestId = peer.last('chat/ask').requestId as string;
    expect(requestId).not.toBe('');
  });

  it('upload - an abort during it asks nothing', async () => {
    const peer = new FakePeer().answer('image/upload', () => NEVER);
    const started = start({ peer, turn: { images } });
    await started.run.events.close();
    await started.run.outcome;
    expect(peer.calls.map(({ method }) => method)).toEqual(['image/upload']);
  });
});
