import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../util/index.js';
import { FakePeer, rpcError } from '../testing/fake-peer.js';
import { failure, result, texts } from '../testing/read-run.js';
import { SESSION, type StartedAcp as Started, startAcp as start } from '../testing/start-acp.js';

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
