import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../util/index.js';
import { FakePeer, NEVER, rpcError, settled } from '../testing/fake-peer.js';
import { failure, texts } from '../testing/read-run.js';
import { FINISH, startLspChat as start } from '../testing/start-lsp-chat.js';

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

  it('params - tools used earlier mean agent mode, without tool_config', () => {
    const params = start({ turn: { mode: 'chat', hasToolContext: true } }).peer.last('chat/ask');
    expect(params).toMatchObject({ mode: 'agent' });
    expect(params).not.toHaveProperty('tool_config');
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
