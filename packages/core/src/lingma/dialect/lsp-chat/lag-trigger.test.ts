import { describe, expect, it } from 'vitest';
import { collectResult, type GatewayError } from '../../../chat/index.js';
import type { JsonObject } from '../../../util/index.js';
import type { LingmaDialect } from '../dialect.js';
import { aContext, aTurn, FakeClock, FakePeer, NEVER, rpcError, settled } from '../testing/fake-peer.js';
import { createLspChatDialect } from './lsp-chat-dialect.js';

const REPLY = { success: true, isSuccess: true };
const FINISH = { reason: 'success', statusCode: 200, fullAnswer: '' };

/** A process of which tests say when it speaks; several turns, one after another or on several connections. */
function open() {
  const clock = new FakeClock();
  const dialect = createLspChatDialect({ clock });

  function ask(peer = aPeer(), firstEventMs = 20_000, signal?: AbortSignal): Asked {
    const deadlines = { firstEventMs, idleMs: 60_000, totalMs: 300_000 };
    const run = dialect.runTurn(peer, aTurn({ prompt: 'the question', deadlines }), aContext(signal));
    const requestId = peer.last('chat/ask').requestId as string;
    const result = collectResult(run.events).then(
      ({ content }) => content.map((block) => ('text' in block ? block.text : block.type)).join(''),
      (error: GatewayError) => `${error.code}: ${error.message}`,
    );
    return { peer, run, requestId, result, name: `session-of-${requestId}` };
  }

  /** An ordinary process that begins to answer `ms` after its steps. */
  async function slowTurn(ms: number, peer = aPeer()): Promise<Asked> {
    const asked = ask(peer);
    step(asked);
    await clock.advance(ms);
    answer(asked);
    await clock.advance(0);
    finishTrigger(asked);
    expect(await asked.result).toBe('the answer');
    await asked.run.outcome;
    return asked;
  }

  /** A process that answers `ms` after the next question. */
  async function laggingTurn(ms = 50, peer = aPeer()): Promise<Asked> {
    const asked = ask(peer);
    step(asked);
    while (triggers(peer).length === 0) await clock.advance(50);
    await clock.advance(ms);
    answer(asked);
    finishTrigger(asked);
    expect(await asked.result).toBe('the answer');
    await asked.run.outcome;
    return asked;
  }

  return { clock, dialect, ask, slowTurn, laggingTurn };
}

interface Asked {
  readonly peer: FakePeer;
  readonly run: ReturnType<LingmaDialect['runTurn']>;
  readonly requestId: string;
  readonly result: Promise<string>;
  readonly name: string;
}

const aPeer = (): FakePeer => new FakePeer().answer('chat/ask', () => NEVER);
const triggers = (peer: FakePeer): readonly JsonObject[] =>
  peer.calls
    .filter(({ method, params }) => method === 'chat/ask' && params.isReply === true)
    .map(({ params }) => params);
const triggerId = (peer: FakePeer): string => triggers(peer).at(-1)?.requestId as string;
const send = ({ peer, requestId, name }: Asked, method: string, params: JsonObject): unknown =>
  peer.emit(method, { requestId, sessionId: name, ...params });
const step = (asked: Asked): unknown => send(asked, 'chat/process_step_callback', { step: 'step_end', status: 'done' });
const answer = (asked: Asked): void => {
  send(asked, 'chat/answer', { text: 'the answer' });
  send(asked, 'chat/finish', FINISH);
};
const ofTrigger = (peer: FakePeer, method: string, params: JsonObject = {}): unknown =>
  peer.emit(method, { requestId: triggerId(peer), sessionId: 'extra', ...params });
const finishTrigger = ({ peer }: Asked): void => {
  if (triggers(peer).length > 0) ofTrigger(peer, 'chat/finish', { reason: 'cancelled', statusCode: 200 });
};

const stops = (peer: FakePeer): readonly unknown[] =>
  peer.calls.filter(({ method }) => method === 'chat/stop').map(({ params }) => params);

describe('the further question', () => {
  it('is small and new, and comes after three quiet seconds', async () => {
    const { clock, ...bench } = open();
    const asked = bench.ask();
    const { peer } = asked;
    await clock.advance(10_000);
    // Nothing is known of the question so far.
    expect(triggers(peer)).toEqual([]);
    step(asked);
    await clock.advance(2900);
    send(asked, 'session/title/update', { sessionTitle: 'A title' });
    await clock.advance(2900);
    expect(triggers(peer)).toEqual([]);
    await clock.advance(100);
    expect(triggers(peer)).toEqual([
      {
        ...peer.calls.find(({ method }) => method === 'chat/ask')?.params,
        requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
        sessionId: '',
        questionText: 'OK',
        isReply: true,
      },
    ]);
    expect(triggerId(peer)).not.toBe(asked.requestId);
    await clock.advance(5000);
    expect(triggers(peer)).toHaveLength(1);
    answer(asked);
    finishTrigger(asked);
    expect(await asked.result).toBe('the answer');
  });

  it('comes after the reply where there are no steps', async () => {
    const { clock, ask } = open();
    const { peer } = ask(new FakePeer().answer('chat/ask', REPLY));
    await clock.advance(3000);
    expect(triggers(peer)).toHaveLength(1);
  });

  it('carries no tools, pictures or mode of the turn', async () => {
    const { clock, dialect } = open();
    const peer = aPeer();
    const toolConfig = { tools: [] };
    dialect.runTurn(peer, aTurn({ mode: 'agent', toolConfig, currentFilePath: '/a.ts' }), aContext());
    const requestId = peer.last('chat/ask').requestId as string;
    peer.emit('chat/process_step_callback', { requestId, step: 'step_end' });
    await clock.advance(3000);
    expect(triggers(peer)[0]).toMatchObject({ mode: 'chat', sessionType: 'chat', chatContext: null });
    expect(JSON.stringify(triggers(peer)[0])).not.toContain('tool_config');
  });

  const contents: readonly (readonly [string, JsonObject])[] = [
    ['chat/answer', { text: 'a' }],
    ['chat/think', { text: 'hm', step: 'start' }],
    ['tool/call/sync', { toolCallId: 'call', toolCallStatus: 'INIT' }],
    ['tool/invoke', { toolCallId: 'call', name: 'read_file', parameters: {} }],
    ['chat/finish', FINISH],
  ];
  it.each(contents)('does not come after %s', async (method, params) => {
    const { clock, ask } = open();
    const asked = ask();
    step(asked);
    send(asked, method, params);
    await clock.advance(15_000);
    expect(triggers(asked.peer)).toEqual([]);
  });

  it('is never taken for the answer', async () => {
    const { clock, ask } = open();
    const asked = ask();
    step(asked);
    await clock.advance(3000);
    ofTrigger(asked.peer, 'chat/process_step_callback', { step: 'step_end' });
    ofTrigger(asked.peer, 'chat/think', { text: 'a wrong thought', step: 'start' });
    ofTrigger(asked.peer, 'chat/answer', { text: 'a wrong answer' });
    ofTrigger(asked.peer, 'chat/finish', { ...FINISH, fullAnswer: 'a wrong answer' });
    answer(asked);
    expect(await asked.result).toBe('the answer');
    expect(await asked.run.outcome).toMatchObject({ sessionId: asked.name, strayId: 'extra', text: 'the answer' });
    // It had ended by itself.
    expect(stops(asked.peer)).toEqual([]);
  });

  it('has its tools refused', async () => {
    const { clock, ask } = open();
    const asked = ask();
    step(asked);
    await clock.advance(3000);
    const call = { requestId: triggerId(asked.peer), sessionId: 'extra', toolCallId: 'x', name: 'read_file' };
    expect(asked.peer.emit('tool/invoke', { ...call, parameters: {} }, 1)).toMatchObject({ success: false });
    answer(asked);
    finishTrigger(asked);
    expect(await asked.result).toBe('the answer');
  });
});

/** `undefined` while there is none. */
const settledOutcome = async ({ run }: Asked) => {
  await settled();
  return Promise.race([run.outcome, Promise.resolve(undefined)]);
};

describe('the end of the further question', () => {
  async function triggered(signal?: AbortSignal) {
    const bench = open();
    const asked = bench.ask(undefined, undefined, signal);
    step(asked);
    await bench.clock.advance(3000);
    ofTrigger(asked.peer, 'chat/process_step_callback', { step: 'step_start' });
    return { ...bench, asked, peer: asked.peer };
  }

  it('it is stopped once the turn is over, and holds the outcome up until it has ended', async () => {
    const { clock, asked, peer } = await triggered();
    answer(asked);
    await clock.advance(1000);
    expect(stops(peer)).toEqual([{ requestId: triggerId(peer), sessionId: 'extra' }]);
    expect(await settledOutcome(asked)).toBe(undefined);
    finishTrigger(asked);
    expect(await settledOutcome(asked)).toMatchObject({ reusable: true, strayId: 'extra' });
    expect(clock.pending).toBe(0);
  });

  it('it does not end - is given up after two seconds', async () => {
    const { clock, asked } = await triggered();
    answer(asked);
    await clock.advance(2000);
    expect(await settledOutcome(asked)).toMatchObject({ strayId: 'extra' });
    expect(clock.pending).toBe(0);
  });

  it('its ask is refused - nothing is stopped', async () => {
    const { clock, ask } = open();
    const asked = ask(aPeer().answer('chat/ask', ({ isReply }) => (isReply === true ? rpcError('busy') : NEVER)));
    step(asked);
    await clock.advance(3000);
    answer(asked);
    await clock.advance(0);
    expect(stops(asked.peer)).toEqual([]);
    expect(await settledOutcome(asked)).not.toHaveProperty('strayId');
  });

  it('it ran in the session of the turn - which is not deleted', async () => {
    const { asked, peer } = await triggered();
    ofTrigger(peer, 'chat/process_step_callback', { step: 'step_end', sessionId: asked.name });
    answer(asked);
    finishTrigger({ ...asked, peer });
    peer.emit('chat/finish', { requestId: triggerId(peer), sessionId: asked.name, reason: 'cancelled' });
    expect(await asked.run.outcome).toMatchObject({ sessionId: asked.name });
  });

  it('the caller leaves - both are stopped together', async () => {
    const controller = new AbortController();
    const { clock, asked, peer } = await triggered(controller.signal);
    controller.abort();
    await clock.advance(0);
    expect(stops(peer)).toEqual([
      { requestId: triggerId(peer), sessionId: 'extra' },
      { requestId: asked.requestId, sessionId: asked.name },
    ]);
    await clock.advance(2000);
    expect(await settledOutcome(asked)).toMatchObject({ reusable: false, strayId: 'extra' });
    expect(clock.pending).toBe(0);
  });

  it('the caller leaves before it - there is none', async () => {
    const controller = new AbortController();
    const { clock, ask } = open();
    const asked = ask(undefined, undefined, controller.signal);
    step(asked);
    controller.abort();
    await clock.advance(10_000);
    expect(triggers(asked.peer)).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('the connection dies - all is over at once', async () => {
    const { clock, asked, peer } = await triggered();
    peer.die();
    expect(await settledOutcome(asked)).toMatchObject({ reusable: false, strayId: 'extra' });
    expect(await asked.result).toMatch('upstream_error: The connection to Lingma was lost');
    expect(clock.pending).toBe(0);
  });

  it('the process ends the turn for its sake - the turn may be repeated, and there are no more such questions', async () => {
    const { clock, asked, peer, ask } = await triggered();
    send(asked, 'chat/finish', { reason: 'cancelled', statusCode: 200 });
    finishTrigger(asked);
    expect(await asked.result).toBe('upstream_error: Lingma cancelled the turn');
    await asked.run.outcome;
    const next = ask(peer);
    step(next);
    await clock.advance(10_000);
    expect(triggers(peer)).toHaveLength(1);
  });
});

describe('what is learned', () => {
  it('a process that lags - is helped sooner from then on', async () => {
    const { clock, laggingTurn } = open();
    const begin = clock.now();
    await laggingTurn();
    expect(clock.now() - begin).toBe(3050);
    for (let turn = 0; turn < 7; turn++) {
      const since = clock.now();
      await laggingTurn();
      expect(clock.now() - since).toBe(350);
    }
    // Now and then it has to show it again.
    const since = clock.now();
    await laggingTurn();
    expect(clock.now() - since).toBe(3050);
  });

  it('a process that is slow - costs one such question, however many turns run at once', async () => {
    const { clock, ask, slowTurn } = open();
    const together = [ask(), ask(), ask()];
    for (const asked of together) step(asked);
    await clock.advance(9000);
    for (const asked of together) {
      answer(asked);
      finishTrigger(asked);
    }
    await Promise.all(together.map(({ run }) => run.outcome));
    const later = [await slowTurn(9000), await slowTurn(4000)];
    expect([...together, ...later].flatMap(({ peer }) => triggers(peer))).toHaveLength(1);
  });

  it('several turns at once - wait for what the first learns', async () => {
    const { clock, ask } = open();
    const together = [ask(), ask(), ask()];
    const [first, ...others] = together as [Asked, ...Asked[]];
    for (const asked of together) step(asked);
    await clock.advance(3500);
    expect(together.map(({ peer }) => triggers(peer).length)).toEqual([1, 0, 0]);
    answer(first);
    await clock.advance(0);
    expect(together.map(({ peer }) => triggers(peer).length)).toEqual([1, 1, 1]);
    for (const asked of others) answer(asked);
    await clock.advance(2000);
    expect(clock.pending).toBe(0);
  });

  it('the turn that was to find out is stopped - another one finds out', async () => {
    const controller = new AbortController();
    const { clock, ask } = open();
    const first = ask(undefined, undefined, controller.signal);
    const second = ask();
    step(first);
    step(second);
    await clock.advance(3500);
    expect([first, second].map(({ peer }) => triggers(peer).length)).toEqual([1, 0]);
    controller.abort();
    await clock.advance(0);
    expect([first, second].map(({ peer }) => triggers(peer).length)).toEqual([1, 1]);
  });

  it('an answer that came by itself - no such questions', async () => {
    const { slowTurn } = open();
    await slowTurn(1000);
    expect(triggers((await slowTurn(9000)).peer)).toEqual([]);
  });

  it('slow once by coincidence - is found out within a few turns', async () => {
    const { slowTurn } = open();
    await slowTurn(4000);
    let wasted = 0;
    for (let turn = 0; turn < 40; turn++) wasted += triggers((await slowTurn(1000)).peer).length;
    expect(wasted).toBe(7);
  });

  it('slow by coincidence, and the further question is answered as well - the next turns wait', async () => {
    const { clock, ask, slowTurn } = open();
    const asked = ask();
    step(asked);
    await clock.advance(3500);
    send(asked, 'chat/answer', { text: 'the answer' });
    ofTrigger(asked.peer, 'chat/answer', { text: 'OK' });
    send(asked, 'chat/finish', FINISH);
    finishTrigger(asked);
    await asked.run.outcome;
    expect(triggers((await slowTurn(2500)).peer)).toEqual([]);
  });

  it('no answer at all - is looked into again, with more patience', async () => {
    const { clock, ask, slowTurn, laggingTurn } = open();
    await slowTurn(1000);
    const peer = aPeer();
    const lost = ask(peer);
    step(lost);
    await clock.advance(20_000);
    expect(await lost.result).toMatch('upstream_timeout');
    send(lost, 'chat/finish', { reason: 'cancelled' });
    await lost.run.outcome;
    expect(triggers(peer)).toEqual([]);
    await laggingTurn(5000);
    const since = clock.now();
    await laggingTurn(5000);
    expect(clock.now() - since).toBe(5300);
  });

  it('the last connection is gone - all is forgotten', async () => {
    const { laggingTurn, clock } = open();
    const peer = aPeer();
    await laggingTurn(50, peer);
    peer.die();
    const since = clock.now();
    await laggingTurn();
    expect(clock.now() - since).toBe(3050);
  });
});

describe('an end without an answer', () => {
  it('the connection must not be used again', async () => {
    const { ask } = open();
    const asked = ask();
    send(asked, 'chat/finish', FINISH);
    expect(await asked.run.outcome).toMatchObject({ tainted: true });
  });

  it('an answer or an error - it may', async () => {
    const { ask, slowTurn } = open();
    expect(await (await slowTurn(0)).run.outcome).not.toHaveProperty('tainted');
    const asked = ask();
    send(asked, 'chat/finish', { reason: 'error', statusCode: 500 });
    expect(await asked.run.outcome).not.toHaveProperty('tainted');
  });
});
