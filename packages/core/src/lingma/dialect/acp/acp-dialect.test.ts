import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkGrammar,
  collectResult,
  type GatewayError,
  type ToolDefinition,
  withStages,
} from '../../../chat/index.js';
import { type JsonObject, type JsonValue, silentLogger } from '../../../util/index.js';
import type { DialectTurn } from '../dialect.js';
import { aContext, aTurn, FakeClock, FakePeer, NEVER, rpcError, settled } from '../testing/fake-peer.js';
import { createAcpDialect } from './acp-dialect.js';
import { ImageFiles } from './image-files.js';

const SESSION = 'session-1';

interface Started {
  readonly peer: FakePeer;
  readonly clock: FakeClock;
  readonly requestId: string;
  readonly run: ReturnType<ReturnType<typeof createAcpDialect>['runTurn']>;
  /** The reply to `session/prompt`. */
  reply(result: JsonValue | Error): Promise<void>;
  update(update: JsonObject, more?: JsonObject): void;
  text(text: string): void;
  finish(data?: JsonObject): void;
}

function start(
  options: { turn?: Partial<DialectTurn>; peer?: FakePeer; signal?: AbortSignal; images?: ImageFiles } = {},
): Started {
  const peer = options.peer ?? new FakePeer();
  let reply: (result: JsonValue | Error) => void = () => undefined;
  peer.answer(
    'session/prompt',
    () =>
      new Promise((resolve, reject) => {
        reply = (result) => (result instanceof Error ? reject(result) : resolve(result));
      }),
  );
  const clock = new FakeClock();
  const dialect = createAcpDialect({ clock, ...(options.images !== undefined && { images: options.images }) });
  const run = dialect.runTurn(peer, aTurn({ sessionId: SESSION, ...options.turn }), aContext(options.signal));
  const meta = peer.calls.find(({ method }) => method === 'session/prompt')?.params._meta as JsonObject | undefined;
  const requestId = (meta?.['ai-coding/request-id'] ?? '') as string;
  const update = (content: JsonObject, more: JsonObject = { _meta: { 'ai-coding/request-id': requestId } }): void =>
    void peer.emit('session/update', { sessionId: SESSION, ...more, update: content });
  return {
    peer,
    clock,
    requestId,
    run,
    update,
    async reply(result) {
      reply(result);
      await settled();
    },
    text: (text) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }),
    finish: (data = { reason: 'success', statusCode: 200, fullAnswer: '' }) =>
      update({ sessionUpdate: 'notification', type: 'chat_finish', data }),
  };
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

describe('sessions', () => {
  const abandoned: Promise<string>[] = [];
  const settings = {
    cwd: '/home/me/project',
    modelKey: 'kmodel',
    abandon: (session: Promise<string>) => {
      session.catch(() => undefined);
      abandoned.push(session);
    },
  };
  const lastAbandoned = () => abandoned.at(-1);

  it('openSession() - makes one and selects the model before any prompt', async () => {
    const peer = new FakePeer().answer('session/new', { sessionId: 's' });
    expect(await createAcpDialect({ clock: new FakeClock() }).openSession(peer, settings, aContext())).toBe('s');
    expect(peer.calls).toEqual([
      {
        method: 'session/new',
        params: { cwd: '/home/me/project', mcpServers: [], _meta: {}, timestamp: 1760000000000 },
      },
      {
        method: 'session/set_model',
        params: { sessionId: 's', modelId: 'kmodel', timestamp: 1760000000000, _meta: {} },
      },
    ]);
  });

  it('openSession() - takes `id`, and goes on without session/set_model', async () => {
    const peer = new FakePeer().answer('session/new', { id: 's' }).answer('session/set_model', rpcError('no', -32601));
    expect(await createAcpDialect().openSession(peer, settings, aContext())).toBe('s');
  });

  it('openSession() - tells why there is none', async () => {
    const open = (peer: FakePeer) => createAcpDialect().openSession(peer, settings, aContext());
    await expect(open(new FakePeer().answer('session/new', null))).rejects.toMatchObject({ code: 'upstream_protocol' });
    await expect(
      open(new FakePeer().answer('session/new', rpcError('Authentication required', -32000))),
    ).rejects.toMatchObject({
      code: 'login_required',
    });
  });

  it('openSession() - abandons a session that is still on its way when aborted', async () => {
    let name: (result: JsonValue) => void = () => undefined;
    const peer = new FakePeer().answer(
      'session/new',
      () =>
        new Promise((resolve) => {
          name = resolve;
        }),
    );
    const controller = new AbortController();
    const opening = createAcpDialect().openSession(peer, settings, aContext(controller.signal));
    const reason = new Error('gone');
    controller.abort(reason);
    await expect(opening).rejects.toBe(reason);
    name({ sessionId: 'late' });
    expect(await lastAbandoned()).toBe('late');
  });

  it('openSession() - abandons the session when aborted during set_model', async () => {
    const peer = new FakePeer().answer('session/new', { sessionId: 's' }).answer('session/set_model', () => NEVER);
    const controller = new AbortController();
    const opening = createAcpDialect().openSession(peer, settings, aContext(controller.signal));
    await settled();
    controller.abort(new Error('gone'));
    await expect(opening).rejects.toThrow('gone');
    expect(await lastAbandoned()).toBe('s');
  });

  it.each([
    ['not login', 'login_required'],
    ['quota exceeded', 'quota_exceeded'],
    ['content filtered', 'upstream_error'],
    ['boom', 'upstream_error'],
  ])('openSession() - success:false and "%s" is %s', async (errorMessage, code) => {
    const peer = new FakePeer().answer('session/new', { success: false, errorCode: 'E', errorMessage });
    await expect(createAcpDialect().openSession(peer, settings, aContext())).rejects.toMatchObject({ code });
  });

  it('openSession() - goes on where session/set_model says success:false', async () => {
    const peer = new FakePeer()
      .answer('session/new', { sessionId: 's' })
      .answer('session/set_model', { success: false, errorMessage: 'no such model' });
    const warnings: string[] = [];
    const context = { ...aContext(), logger: { ...silentLogger, warn: (text: string) => void warnings.push(text) } };
    expect(await createAcpDialect().openSession(peer, settings, context)).toBe('s');
    expect(warnings).toHaveLength(1);
  });
});

describe('session/prompt', () => {
  it('params - as captured', () => {
    const { peer, requestId } = start({ turn: { currentFilePath: '/a.ts' } });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(peer.last('session/prompt')).toEqual({
      sessionId: SESSION,
      prompt: [{ type: 'text', text: 'Hi' }],
      contextParams: [],
      _meta: {
        'ai-coding/request-id': requestId,
        'ai-coding/mode': 'chat',
        'ai-coding/model': 'org_auto',
        'ai-coding/shell-type': 'bash',
        'ai-coding/current-file-path': '/a.ts',
        'ai-coding/enabled-mcp-servers': [],
      },
    });
  });

  it.each(['lingma', 'qodercn'])('images - for %s as file and data', async (name) => {
    const parent = await mkdtemp(join(tmpdir(), 'image-files-'));
    const clock = new FakeClock();
    const images = new ImageFiles({ clock, parent, keepMs: 1000 });
    const peer = new FakePeer();
    peer.serverInfo = { name, version: '1' };
    const started = start({ peer, images, turn: { images: [{ mediaType: 'image/png', data: 'aGk=' }] } });
    for (let wait = 0; peer.count('session/prompt') === 0 && wait < 200; wait++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    const part = (peer.last('session/prompt').prompt as readonly JsonObject[])[1] as JsonObject;
    expect(part).toMatchObject({ type: 'image', mimeType: 'image/png', data: 'aGk=' });
    const uri = new URL(part.uri as string);
    expect(uri.protocol).toBe(`${name}:`);
    expect(part.uri).toMatch(/^[a-z]+:\/\/\/agent\/file\?path=%2F/);
    const path = uri.searchParams.get('path') as string;
    expect(await readFile(path, 'utf8')).toBe('hi');
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
    await started.run.events.close();
    await started.clock.advance(2000);
    await started.run.outcome;
    await images.close();
    await expect(stat(path)).rejects.toThrow();
    await rm(parent, { recursive: true });
  });
});

describe('the end', () => {
  const replies: readonly (readonly [string, JsonValue])[] = [
    ['null', null],
    ['{}', {}],
    ['stopReason', { stopReason: 'end_turn' }],
    ['base struct', { requestId: 'r', success: true, errorCode: '', errorMessage: '', stopReason: 'end_turn' }],
  ];
  it.each(replies)('reply before the stream - %s', async (_name, reply) => {
    const started = start();
    await started.reply(reply);
    await started.clock.advance(20_000);
    started.text('IPC');
    await started.clock.advance(25_000);
    started.text('_OK');
    await started.clock.advance(35_000);
    started.finish();
    expect(await texts(started)).toEqual(['text: IPC_OK']);
    expect(await started.run.outcome).toEqual({ sessionId: SESSION, reusable: true, text: 'IPC_OK' });
  });

  it.each(replies)('reply after chat_finish - %s', async (_name, reply) => {
    const started = start();
    started.text('a');
    started.finish();
    await started.reply(reply);
    expect(await texts(started)).toEqual(['text: a']);
  });

  it.each(replies)('reply between text and chat_finish - %s', async (_name, reply) => {
    const started = start();
    started.text('a');
    await started.reply(reply);
    await started.clock.advance(1000);
    started.text('b');
    started.finish();
    expect(await texts(started)).toEqual(['text: ab']);
  });

  it('reply alone - ends after a grace time', async () => {
    const started = start();
    started.text('a');
    await started.reply({ stopReason: 'end_turn' });
    const reading = texts(started);
    await started.clock.advance(2900);
    expect(started.clock.pending).toBeGreaterThan(0);
    await started.clock.advance(200);
    expect(await reading).toEqual(['text: a']);
  });

  it('reply alone - from a plain agent ends soon', async () => {
    const started = start();
    started.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'a' } }, {});
    await started.reply({ stopReason: 'end_turn' });
    const reading = texts(started);
    await started.clock.advance(600);
    expect(await reading).toEqual(['text: a']);
  });

  it('chat_finish alone - ends at once', async () => {
    const started = start();
    started.text('a');
    started.finish();
    expect(await texts(started)).toEqual(['text: a']);
  });

  const reasons: readonly (readonly [string, string])[] = [
    ['max_tokens', 'length'],
    ['max_turn_requests', 'length'],
    ['refusal', 'content-filter'],
    ['end_turn', 'stop'],
  ];
  it.each(reasons)('stopReason - %s is %s', async (stopReason, finishReason) => {
    const started = start();
    started.text('a');
    await started.reply({ stopReason });
    const reading = result(started);
    await started.clock.advance(3100);
    expect((await reading).finishReason).toBe(finishReason);
  });

  it('stopReason - cancelled is an error unless a tool was refused', async () => {
    const started = start();
    started.text('a');
    await started.reply({ stopReason: 'cancelled' });
    const failing = failure(started);
    await started.clock.advance(3100);
    expect((await failing).code).toBe('upstream_error');

    const refused = start();
    refused.peer.emit(
      'session/request_permission',
      { sessionId: SESSION, toolCall: { toolCallId: 'c' }, options: [] },
      1,
    );
    refused.text('a');
    await refused.reply({ stopReason: 'cancelled' });
    const reading = result(refused);
    await refused.clock.advance(3100);
    expect((await reading).finishReason).toBe('stop');
  });

  it('fullAnswer - counts only without deltas', async () => {
    const started = start();
    started.finish({ statusCode: 200, fullAnswer: 'all' });
    expect(await texts(started)).toEqual(['text: all']);
  });

  const failures: readonly (readonly [string, (started: Started) => unknown, string])[] = [
    ['chat_finish 500', (started) => started.finish({ statusCode: 500, reason: 'error' }), 'upstream_error'],
    ['chat_finish 429', (started) => started.finish({ statusCode: 429, reason: 'quota' }), 'quota_exceeded'],
    ['chat_finish 408', (started) => started.finish({ statusCode: 408, reason: 'timeout' }), 'upstream_timeout'],
    [
      'chat_error',
      (started) =>
        started.update({ sessionUpdate: 'notification', type: 'chat_error', data: { message: 'quota exceeded' } }),
      'quota_exceeded',
    ],
    [
      'error',
      (started) => started.update({ sessionUpdate: 'notification', type: 'error', data: 'boom' }),
      'upstream_error',
    ],
    ['an empty answer', (started) => started.finish(), 'upstream_error'],
    ['a reply with an error', (started) => started.reply(rpcError('requestId is empty')), 'upstream_error'],
    [
      'an error of the model side',
      (started) => started.reply(rpcError('Internal error', -32603, { details: '429 Too Many Requests' })),
      'rate_limited',
    ],
    ['not logged in', (started) => started.reply(rpcError('Authentication required', -32000)), 'login_required'],
    ['success:false', (started) => started.reply({ success: false, errorMessage: 'x' }), 'upstream_error'],
    ['errorCode', (started) => started.reply({ errorCode: 'E1', errorMessage: 'x' }), 'upstream_error'],
    ['the connection', (started) => started.peer.die(), 'upstream_error'],
  ];
  it.each(failures)('failure - %s', async (_name, fail, code) => {
    const started = start();
    await fail(started);
    expect((await failure(started)).code).toBe(code);
    expect((await started.run.outcome).reusable).toBe(false);
  });

  describe('an early end_turn', () => {
    const RECORD = 'chat/getSessionById';
    const early = async (record: JsonValue | Error) => {
      const started = start({ peer: new FakePeer().answer(RECORD, record) });
      await started.reply({ stopReason: 'end_turn' });
      return started;
    };
    const plain = rpcError('Method not found', -32601);
    const finished = (started: Started) => ({ chatRecords: [{ requestId: started.requestId, finishStatus: 0 }] });

    it('and nothing else, from an agent without records - fails after a few seconds', async () => {
      const started = await early(plain);
      const failing = failure(started);
      await started.clock.advance(3900);
      expect(started.clock.pending).toBeGreaterThan(0);
      await started.clock.advance(200);
      expect((await failing).code).toBe('upstream_error');
    });

    it('and nothing else, where the record is open - is waited for', async () => {
      const started = await early({ chatRecords: [] });
      const failing = failure(started);
      await started.clock.advance(33_000);
      expect(started.run.outcome).toBeInstanceOf(Promise);
      expect(started.clock.pending).toBeGreaterThan(0);
      await started.clock.advance(1100);
      expect((await failing).code).toBe('upstream_error');
    });

    it.each([
      ['without records', plain],
      ['that forgot the session', { success: false, errorMessage: 'no session' }],
    ])('and text, from an agent %s - ends a few seconds after the text', async (_name, record) => {
      const started = await early(record);
      const reading = texts(started);
      for (const text of ['a', 'b', 'c']) {
        await started.clock.advance(3000);
        started.text(text);
      }
      await started.clock.advance(4100);
      expect(await reading).toEqual(['text: abc']);
    });

    it('and text, where the record says so - ends a few seconds after the text', async () => {
      const started = await early({});
      const reading = texts(started);
      started.text('a');
      started.peer.answer(RECORD, finished(started));
      await started.clock.advance(4100);
      expect(await reading).toEqual(['text: a']);
      expect(started.peer.count(RECORD)).toBe(1);
    });

    it('and steps of the turn - are signs of life', async () => {
      const started = await early(plain);
      const reading = texts(started);
      for (let step = 0; step < 10; step++) {
        await started.clock.advance(3000);
        started.peer.emit('chat/process_step_callback', { requestId: started.requestId, step: 'step_start' }, step);
      }
      started.text('late');
      started.finish();
      expect(await reading).toEqual(['text: late']);
    });
  });
});

describe('session/update', () => {
  const places: readonly (readonly [string, (id: string) => JsonObject, (id: string) => JsonObject])[] = [
    ['params', (id) => ({ _meta: { 'ai-coding/request-id': id } }), () => ({})],
    ['update', () => ({}), (id) => ({ _meta: { 'ai-coding/request-id': id } })],
    ['none', () => ({}), () => ({})],
  ];
  it.each(places)('request id - in %s', async (_name, inParams, inUpdate) => {
    const started = start();
    const send = (id: string, text: string): void =>
      started.update(
        { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text }, ...inUpdate(id) },
        inParams(id),
      );
    send(started.requestId, 'mine');
    if (_name !== 'none') send('other', 'NOT MINE');
    started.update({ sessionUpdate: 'notification', type: 'chat_finish', data: { statusCode: 200 } }, {});
    expect(await texts(started)).toEqual(['text: mine']);
  });

  it('session - another one is not ours, whatever request it names', async () => {
    const started = start();
    const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'NOT MINE' } };
    const _meta = { 'ai-coding/request-id': started.requestId };
    started.peer.emit('session/update', { sessionId: 'theirs', _meta, update });
    started.text('mine');
    started.finish();
    expect(await texts(started)).toEqual(['text: mine']);
  });

  it('session - others are not ours', async () => {
    const started = start();
    started.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'NO' } }, { sessionId: 'x' });
    started.update({ sessionUpdate: 'notification', type: 'chat_finish', data: {} }, { sessionId: 'x' });
    started.text('yes');
    started.finish();
    expect(await texts(started)).toEqual(['text: yes']);
  });

  it('finish - of an earlier request in the same session is not ours', async () => {
    const started = start();
    started.update({ sessionUpdate: 'notification', type: 'chat_finish', data: { requestId: 'earlier' } }, {});
    started.text('yes');
    started.finish();
    expect(await texts(started)).toEqual(['text: yes']);
  });

  const contents: readonly (readonly [string, JsonValue])[] = [
    ['an object', { type: 'text', text: 'ab' }],
    [
      'an array',
      [
        { type: 'text', text: 'a' },
        { type: 'image', data: '' },
        { type: 'text', text: 'b' },
      ],
    ],
    ['a string', 'ab'],
  ];
  it.each(contents)('content - %s', async (_name, content) => {
    const started = start();
    started.update({ sessionUpdate: 'agent_thought_chunk', content });
    started.update({ sessionUpdate: 'agent_message_chunk', content });
    started.finish();
    expect(await texts(started)).toEqual(['reasoning: ab', 'text: ab']);
  });

  it('noise - is no answer', async () => {
    const started = start();
    started.update({ sessionUpdate: 'user_message_chunk', content: { type: 'text', text: 'Hi' } });
    started.update({ sessionUpdate: 'available_commands_update', availableCommands: [] });
    started.update({ sessionUpdate: 'plan', entries: [] });
    started.peer.emit('chat/process_step_callback', { requestId: started.requestId, step: 'step_end' }, 3);
    started.peer.emit('snapshot/syncAll', {}, 4);
    started.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: '' } });
    started.text('a');
    started.finish();
    expect(await texts(started)).toEqual(['text: a']);
  });

  const usages: readonly (readonly [string, (started: Started) => unknown])[] = [
    [
      'context_usage',
      (started) =>
        started.update({
          sessionUpdate: 'notification',
          type: 'context_usage',
          data: { usedTokens: 13, limitTokens: 99 },
        }),
    ],
    ['usage_update', (started) => started.update({ sessionUpdate: 'usage_update', used: 13, size: 99 })],
    [
      'context/usage/sync',
      (started) => started.peer.emit('context/usage/sync', { sessionId: SESSION, usedTokens: 13 }),
    ],
    [
      'usage in a chunk',
      (started) =>
        started.update({
          sessionUpdate: 'agent_message_chunk',
          content: { type: 'text', text: '' },
          _meta: { usage: { inputTokens: 10, outputTokens: 3 } },
        }),
    ],
  ];
  it.each(usages)('usage - %s', async (name, report) => {
    const started = start();
    // A sum alone is shared out by a guess.
    const origin = name === 'usage in a chunk' ? 'reported' : 'estimated';
    started.text('abc');
    report(started);
    started.finish();
    expect((await result(started)).usage).toEqual({ inputTokens: 10, outputTokens: 3, origin });
  });
});

describe('tools', () => {
  const tool: ToolDefinition = { kind: 'function', name: 'read_file', inputSchema: {} };
  const CALL = {
    sessionUpdate: 'tool_call',
    toolCallId: 'call_1',
    title: 'Read a.ts',
    status: 'pending',
    rawInput: { file_path: 'a.ts' },
    _meta: { 'ai-coding/tool-name': 'read_file' },
  };

  const options = [
    { optionId: 'yes', name: 'Always', kind: 'allow_always' },
    { optionId: 'no-1', name: 'Allow?', kind: 'reject_once' },
    { optionId: 'no-2', name: 'Never', kind: 'reject_always' },
  ];
  it('permission - is refused by kind', async () => {
    const started = start();
    const ask = (list: JsonValue) =>
      started.peer.emit(
        'session/request_permission',
        { sessionId: SESSION, toolCall: { toolCallId: 'c' }, options: list },
        1,
      );
    expect(ask(options)).toEqual({ outcome: { outcome: 'selected', optionId: 'no-1' } });
    expect(ask(options.slice(2))).toEqual({ outcome: { outcome: 'selected', optionId: 'no-2' } });
    expect(ask(options.slice(0, 1))).toEqual({ outcome: { outcome: 'cancelled' } });
    started.peer.serverInfo = { name: 'qodercn', version: '1' };
    expect(ask(options)).toMatchObject({ outcome: { optionId: 'no-1' }, successful: false });
    await started.run.events.close();
  });

  it('foreign - are hidden', async () => {
    const started = start();
    started.update(CALL);
    started.update({ sessionUpdate: 'tool_call_update', toolCallId: 'call_1', status: 'completed', rawOutput: [] });
    started.text('Done.');
    started.finish();
    expect(await texts(started)).toEqual(['text: Done.']);
  });

  it('of the caller - become its calls', async () => {
    const started = start({ turn: { callerTools: [tool] } });
    started.text('Look.');
    started.update({ ...CALL, rawInput: {} });
    started.update({
      sessionUpdate: 'tool_call_update',
      toolCallId: 'call_1',
      status: 'in_progress',
      title: 'Reading',
      rawInput: { file_path: 'a.ts' },
    });
    started.update({ sessionUpdate: 'tool_call_update', toolCallId: 'call_1', status: 'completed' });
    started.text('I have read it.');
    expect(await result(started)).toMatchObject({
      finishReason: 'tool-calls',
      content: [
        { type: 'text', text: 'Look.' },
        { type: 'tool-call', toolCallId: 'call_1', toolName: 'read_file', input: '{"file_path":"a.ts"}' },
      ],
    });
    expect(started.peer.notifications.at(-1)).toEqual({
      method: 'session/cancel',
      params: { sessionId: SESSION, _meta: { 'ai-coding/request-id': started.requestId } },
    });
  });

  it('of the caller - pending until the turn ends count as well', async () => {
    const started = start({ turn: { callerTools: [tool] } });
    started.update(CALL);
    started.finish();
    expect(await result(started)).toMatchObject({ finishReason: 'tool-calls' });
    expect((await started.run.outcome).reusable).toBe(false);
  });

  it('of the caller - named in a permission request', async () => {
    const started = start({ turn: { callerTools: [tool] } });
    const toolCall = { toolCallId: 'c', title: 'read_file', rawInput: { file_path: 'b' } };
    started.peer.emit('session/request_permission', { sessionId: SESSION, toolCall, options }, 1);
    await started.clock.advance(400);
    expect(await result(started)).toMatchObject({ content: [{ toolCallId: 'c', input: '{"file_path":"b"}' }] });
  });
});

describe('stopping', () => {
  it('abort - sends session/cancel with both ids and waits for the reply', async () => {
    const controller = new AbortController();
    const started = start({ signal: controller.signal });
    started.text('a');
    controller.abort(new Error('gone'));
    expect(started.peer.notifications).toEqual([
      {
        method: 'session/cancel',
        params: { sessionId: SESSION, _meta: { 'ai-coding/request-id': started.requestId } },
      },
    ]);
    started.text('late');
    await started.reply({ stopReason: 'cancelled' });
    expect(await started.run.outcome).toEqual({ sessionId: SESSION, reusable: false, text: 'a' });
  });

  it('abort - or for chat_finish', async () => {
    const started = start();
    await started.run.events.close();
    started.finish({ reason: 'cancelled', statusCode: 200 });
    expect(await started.run.outcome).toMatchObject({ reusable: false });
    expect(started.clock.pending).toBe(0);
  });

  it('abort - or for two seconds', async () => {
    const started = start();
    await started.run.events.close();
    await started.clock.advance(2100);
    expect(await started.run.outcome).toMatchObject({ reusable: false });
  });
});
