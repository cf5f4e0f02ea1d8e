import { describe, expect, it } from 'vitest';
import { type ChatEvent, checkGrammar, type ToolDefinition, withStages } from '../../../chat/index.js';
import type { JsonObject } from '../../../util/index.js';
import { settled } from '../testing/fake-peer.js';
import { failure, result, texts } from '../testing/read-run.js';
import { FINISH, startLspChat as start } from '../testing/start-lsp-chat.js';

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
    ['429', 'chat/finish', { reason: 'usage limit over', statusCode: 429 }, 'quota_exceeded'],
    ['403 quota', 'chat/finish', { reason: 'quota exceeded', statusCode: 403 }, 'quota_exceeded'],
    ['429 rate limit', 'chat/finish', { reason: 'rate limit exceeded', statusCode: 429 }, 'rate_limited'],
    ['Chinese quota', 'chat/finish', { reason: '您的额度已用完', statusCode: 500 }, 'quota_exceeded'],
    ['too long', 'chat/finish', { reason: 'prompt is too long', statusCode: 400 }, 'context_length_exceeded'],
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
