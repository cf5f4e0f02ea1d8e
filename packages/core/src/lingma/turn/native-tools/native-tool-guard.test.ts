import { describe, expect, it, vi } from 'vitest';
import { type ChatResult, collectResult, GatewayError, type ToolDefinition } from '../../../chat/index.js';
import type { JsonObject, JsonValue } from '../../../util/index.js';
import { createAcpDialect } from '../../dialect/acp/acp-dialect.js';
import { createLspChatDialect } from '../../dialect/lsp-chat/lsp-chat-dialect.js';
import { aContext, aTurn, FakeClock, FakePeer, NEVER, settled } from '../../dialect/testing/fake-peer.js';
import type { DialectTurn, RunningTurn } from '../turn-contract.js';
import { FakeRunner, type LoggedLine, recordingLogger } from './testing/fake-runner.js';

interface Started {
  readonly peer: FakePeer;
  readonly clock: FakeClock;
  readonly run: RunningTurn;
  readonly runner: FakeRunner;
  readonly lines: LoggedLine[];
  readonly requestId: string;
  readonly abort: AbortController;
  /** A message of this turn. */
  send(method: string, params: JsonObject, id?: number): JsonValue | Promise<JsonValue> | undefined;
  text(text: string): void;
  /** The process ends the turn. */
  end(reason?: string): void;
  result(): Promise<ChatResult>;
}

const SESSION = 'session-1';

function start(
  dialect: 'acp' | 'lsp-chat',
  policy: 'refuse' | 'report' | 'run',
  turn: Partial<DialectTurn> = {},
  prompt: () => Promise<JsonValue> = () => NEVER,
): Started {
  const peer = new FakePeer().answer('session/prompt', prompt).answer('chat/ask', () => NEVER);
  const clock = new FakeClock();
  const lines: LoggedLine[] = [];
  const abort = new AbortController();
  const runner = new FakeRunner();
  const ready = aTurn({
    sessionId: SESSION,
    ...(policy === 'run' && { nativeToolRunner: runner }),
    ...(policy === 'report' && { reportNativeTools: true }),
    ...turn,
  });
  const create = dialect === 'acp' ? createAcpDialect : createLspChatDialect;
  const run = create({ clock }).runTurn(peer, ready, { ...aContext(abort.signal), logger: recordingLogger(lines) });
  const asked = peer.last(dialect === 'acp' ? 'session/prompt' : 'chat/ask');
  const requestId = (
    dialect === 'acp' ? (asked._meta as JsonObject)['ai-coding/request-id'] : asked.requestId
  ) as string;
  const update = (content: JsonObject): void =>
    void peer.emit('session/update', {
      sessionId: SESSION,
      _meta: { 'ai-coding/request-id': requestId },
      update: content,
    });
  const send: Started['send'] = (method, params, id) =>
    peer.emit(method, { requestId, sessionId: SESSION, ...params }, id);
  return {
    ...{ peer, clock, run, runner, lines, requestId, abort, send },
    text(text) {
      if (dialect === 'acp') update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
      else send('chat/answer', { text });
    },
    end(reason = 'success') {
      const end = { reason, statusCode: 200, fullAnswer: '' };
      if (dialect === 'acp') update({ sessionUpdate: 'notification', type: 'chat_finish', data: end });
      else send('chat/finish', end);
    },
    result: () => collectResult(run.events),
  };
}

const invocation = (name: string, parameters: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...{ toolCallId: 'call_1', name, parameters, async: false },
  ...more,
});
const CREATE = invocation('create_file_with_text', { filePath: 'made.txt', text: 'made' });
const PENDING = { toolCallId: 'call_1', toolCallStatus: 'PENDING', parameters: { file_path: 'made.txt' } };
const callerTool = (name: string): ToolDefinition => ({ kind: 'function', name, inputSchema: { type: 'object' } });

const ALLOWING = [
  { optionId: 'a', name: 'Always', kind: 'allow_always' },
  { optionId: 'b', name: 'No', kind: 'reject_once' },
  { optionId: 'c', name: 'Yes', kind: 'allow_once' },
];
const permission = (started: Started, more: JsonObject = {}, options: JsonValue = ALLOWING) =>
  started.peer.emit(
    'session/request_permission',
    { sessionId: SESSION, toolCall: { toolCallId: 'call_1', title: 'create_file' }, options, ...more },
    1,
  );

describe.each(['acp', 'lsp-chat'] as const)('%s', (dialect) => {
  it('refuse - runs nothing and says so at debug level', async () => {
    const started = start(dialect, 'refuse');
    expect(started.send('tool/invoke', CREATE, 1)).toMatchObject({ success: false });
    started.send('tool/call/sync', { ...PENDING, toolCallId: 'call_2' }, 2);
    await settled();
    expect(started.runner.calls).toEqual([]);
    expect(started.peer.last('tool/call/approve')).toMatchObject({ toolCallId: 'call_2', approval: false });
    expect(started.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'debug native tool',
      'debug native tool',
    ]);
    expect(started.lines[0]?.fields).toMatchObject({
      tool: 'create_file_with_text',
      outcome: 'refused',
      path: 'made.txt',
    });
    await started.run.events.close();
  });

  it('run - the result answers the request, the turn goes on, and the caller sees nothing of it', async () => {
    const started = start(dialect, 'run');
    started.text('A');
    const answer = await started.send('tool/invoke', CREATE, 1);
    expect(answer).toEqual({
      toolCallId: 'call_1',
      name: 'create_file_with_text',
      success: true,
      errorMessage: '',
      result: { path: 'p' },
      startTime: expect.any(Number),
      timeConsuming: expect.any(Number),
    });
    expect(started.runner.calls).toEqual([
      { toolCallId: 'call_1', name: 'create_file_with_text', parameters: { filePath: 'made.txt', text: 'made' } },
    ]);
    started.text('B');
    started.end();
    expect(await started.result()).toMatchObject({ finishReason: 'stop', content: [{ type: 'text', text: 'AB' }] });
    expect(started.lines).toEqual([
      {
        level: 'info',
        message: 'native tool',
        fields: {
          ...{ tool: 'create_file_with_text', toolCallId: 'call_1', sessionId: SESSION, path: 'made.txt' },
          ...{ outcome: 'done', ms: expect.any(Number) },
        },
      },
    ]);
  });

  it('run - asynchronously, or as a notification, the result comes by itself', async () => {
    for (const [more, id] of [
      [{ async: true }, 1],
      [{ async: false }, undefined],
    ] as const) {
      const started = start(dialect, 'run');
      expect(started.send('tool/invoke', { ...CREATE, ...more }, id)).toEqual({});
      await vi.waitFor(() => expect(started.peer.count('tool/invokeResult')).toBe(1));
      expect(started.peer.last('tool/invokeResult')).toMatchObject({
        ...{ requestId: started.requestId, sessionId: SESSION, toolCallId: 'call_1', success: true },
      });
      await started.run.events.close();
    }
  });

  it('run - what it cannot do is a failure for the model', async () => {
    const started = start(dialect, 'run');
    expect(await started.send('tool/invoke', invocation('apply_patch', {}), 2)).toMatchObject({
      ...{ success: false, errorMessage: 'not supported' },
    });
    expect(started.lines).toMatchObject([{ level: 'info', fields: { outcome: 'failed: not supported' } }]);
    await started.run.events.close();
  });

  it('run - gives leave once a call, and to this turn alone', async () => {
    const started = start(dialect, 'run');
    for (let i = 0; i < 3; i++) started.send('tool/call/sync', PENDING, 1);
    started.send('tool/call/sync', { ...PENDING, toolCallId: 'other', requestId: 'of another', sessionId: 'x' }, 1);
    await settled();
    expect(started.peer.calls.filter(({ method }) => method === 'tool/call/approve')).toEqual([
      {
        method: 'tool/call/approve',
        params: { sessionId: SESSION, requestId: started.requestId, toolCallId: 'call_1', approval: true },
      },
    ]);
    expect(started.lines).toMatchObject([{ level: 'info', message: 'native tool approved' }]);
    // The process gives up by itself after leave was given: that is no refusal of ours.
    started.text('A');
    started.end('cancelled');
    await expect(started.result()).rejects.toMatchObject({ code: 'upstream_error' });
  });

  it('run - tools of the caller are passed on and never run', async () => {
    const started = start(dialect, 'run', {
      callerTools: [callerTool('Create_File_With_Text'), callerTool('weather')],
    });
    started.send('tool/call/sync', { ...PENDING, toolCallId: 'call_0', toolName: 'weather' }, 1);
    expect(await started.send('tool/invoke', CREATE, 2)).toMatchObject({ success: false });
    await started.clock.advance(400);
    const { finishReason, content } = await started.result();
    expect(finishReason).toBe('tool-calls');
    expect(content).toContainEqual(
      expect.objectContaining({ toolName: 'Create_File_With_Text', toolCallId: 'call_1' }),
    );
    if (dialect === 'lsp-chat') expect(content).toHaveLength(2);
    expect(started.peer.last('tool/call/approve')).toMatchObject({ toolCallId: 'call_0', approval: false });
    expect(started.runner.calls).toEqual([]);
  });

  it('run - other tools run beside those of the caller', async () => {
    const started = start(dialect, 'run', { callerTools: [callerTool('weather')] });
    started.send('tool/call/sync', PENDING, 1);
    await settled();
    expect(started.peer.last('tool/call/approve')).toMatchObject({ approval: true });
    expect(await started.send('tool/invoke', CREATE, 2)).toMatchObject({ success: true });
    await started.run.events.close();
  });

  it('run - a nameless call gets no leave where it could be the caller’s', async () => {
    const started = start(dialect, 'run', { callerTools: [callerTool('edit_file')] });
    started.send('tool/call/sync', PENDING, 1);
    await settled();
    expect(started.peer.last('tool/call/approve')).toMatchObject({ approval: false });
    await started.run.events.close();
  });

  it('run - nothing runs once the turn is over, nor for another', async () => {
    const started = start(dialect, 'run');
    expect(started.send('tool/invoke', { ...CREATE, requestId: 'older turn' }, 1)).toMatchObject({ success: false });
    started.text('A');
    started.end();
    expect(started.send('tool/invoke', CREATE, 2)).toMatchObject({ success: false });
    expect(started.runner.calls).toEqual([]);
    expect(permission(started)).toMatchObject({ outcome: { optionId: 'b' } });
  });

  it('run - silence of the process while a tool works is no failure', async () => {
    const started = start(dialect, 'run', { deadlines: { firstEventMs: 50, idleMs: 50, totalMs: 600_000 } });
    const answer = started.send('tool/invoke', invocation('run_in_terminal', { command: 'make' }), 1);
    await started.clock.advance(1000);
    started.runner.finish();
    expect(await answer).toMatchObject({ success: true, result: { content: 'done\n' } });
    started.text('A');
    started.end();
    expect(await started.result()).toMatchObject({ finishReason: 'stop' });
  });

  it('run - what works is ended when the caller goes', async () => {
    const started = start(dialect, 'run');
    const answer = started.send('tool/invoke', invocation('run_in_terminal', { command: 'sleep 60' }), 1);
    expect(started.runner.calls).toHaveLength(1);
    started.abort.abort(new Error('gone'));
    expect(await answer).toMatchObject({ success: false });
    expect(started.runner.closed).toBeGreaterThan(0);
    await started.clock.advance(3000);
    await started.run.outcome;
    expect(started.clock.pending).toBe(0);
  });
});

describe('session/request_permission', () => {
  it('run - is allowed once, by kind, never for ever', async () => {
    const started = start('acp', 'run');
    expect(permission(started)).toEqual({ outcome: { outcome: 'selected', optionId: 'c' } });
    expect(permission(started, { sessionId: 'of another' })).toEqual({
      outcome: { outcome: 'selected', optionId: 'b' },
    });
    started.peer.serverInfo = { name: 'qodercn', version: '1' };
    expect(permission(started)).toMatchObject({ outcome: { optionId: 'c' }, successful: true });
    expect(started.lines.filter(({ level }) => level === 'info')).toHaveLength(2);
    expect(started.lines[0]).toMatchObject({
      message: 'native tool approved',
      fields: { tool: 'create_file', toolCallId: 'call_1', sessionId: SESSION },
    });
    await started.run.events.close();
  });

  it('run - is cancelled where it could only be allowed for ever, and a cancelled end is ordinary then', async () => {
    const started = start('acp', 'run');
    expect(permission(started, {}, ALLOWING.slice(0, 1))).toEqual({ outcome: { outcome: 'cancelled' } });
    started.text('So be it.');
    started.end('cancelled');
    expect(await started.result()).toMatchObject({ finishReason: 'stop' });
  });

  it('run - is refused for tools of the caller', async () => {
    const started = start('acp', 'run', { callerTools: [callerTool('create_file')] });
    expect(permission(started)).toEqual({ outcome: { outcome: 'selected', optionId: 'b' } });
    await started.clock.advance(400);
    expect(await started.result()).toMatchObject({ finishReason: 'tool-calls' });
  });
});

describe('tools that are reported', () => {
  it('acp - the call is refused, shown as one that ran upstream, with its end', async () => {
    const started = start('acp', 'report');
    const update = (content: JsonObject): unknown =>
      started.send('session/update', { _meta: { 'ai-coding/request-id': started.requestId }, update: content });
    update({ sessionUpdate: 'tool_call', toolCallId: 'c1', title: 'read_file', status: 'pending', rawInput: { p: 1 } });
    const answer = await started.send('tool/invoke', { toolCallId: 'c1', name: 'read_file', parameters: { p: 1 } }, 1);
    expect(answer).toMatchObject({ success: false });
    update({
      sessionUpdate: 'tool_call_update',
      toolCallId: 'c1',
      status: 'failed',
      content: [{ type: 'content', content: { type: 'text', text: 'refused' } }],
    });
    started.text('Done without.');
    started.end();
    const { content, finishReason } = await started.result();
    expect(content).toMatchObject([
      { type: 'tool-call', toolName: 'read_file', executedBy: 'upstream', input: '{"p":1}' },
      { type: 'tool-result', toolCallId: 'c1', output: 'refused', isError: true },
      { type: 'text', text: 'Done without.' },
    ]);
    expect(finishReason).toBe('stop');
  });

  it('lsp-chat - likewise, from syncs', async () => {
    const started = start('lsp-chat', 'report');
    const sync = (toolCallStatus: string, more: JsonObject = {}): unknown =>
      started.send('tool/call/sync', { toolCallId: 'c1', toolName: 'list_dir', toolCallStatus, ...more });
    sync('INIT');
    sync('RUNNING', { parameters: { path: '.' } });
    sync('FINISHED', { results: [{ fileName: 'a' }] });
    started.text('Done.');
    started.end();
    const { content } = await started.result();
    expect(content).toMatchObject([
      { type: 'tool-call', toolName: 'list_dir', executedBy: 'upstream', input: '{"path":"."}' },
      { type: 'tool-result', toolCallId: 'c1', output: '[{"fileName":"a"}]', isError: false },
      { type: 'text', text: 'Done.' },
    ]);
  });
});

describe('an ACP turn whose reply has come', () => {
  it('while a tool of ours works - is not over, however quiet it is', async () => {
    let answer: (reply: JsonValue) => void = () => undefined;
    const started = start('acp', 'run', { deadlines: { firstEventMs: 1e6, idleMs: 1e6, totalMs: 1e7 } }, () => {
      return new Promise((resolve) => (answer = resolve));
    });
    started.text('I look.');
    const working = started.send('tool/invoke', invocation('run_in_terminal', { command: 'sleep 30' }), 1);
    answer({ stopReason: 'end_turn' });
    let over = false;
    const result = started.result().finally(() => {
      over = true;
    });
    await started.clock.advance(60_000);
    expect(over).toBe(false);
    started.abort.abort(new GatewayError('client_closed', 'gone'));
    await expect(result).rejects.toMatchObject({ code: 'client_closed' });
    await working;
  });
});
