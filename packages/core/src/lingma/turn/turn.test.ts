import { describe, expect, it } from 'vitest';
import { type ChatEvent, checkGrammar, GatewayError, withStages } from '../../chat/index.js';
import { aContext, aTurn, FakeClock, FakePeer, settled } from '../dialect/testing/fake-peer.js';
import { Turn, type TurnPort } from './turn.js';
import type { DialectTurn } from './turn-contract.js';

const TOOL = { kind: 'function', name: 'look', inputSchema: {} } as const;

/** A turn whose dialect does as it is told. */
function aRun(options: { turn?: Partial<DialectTurn>; port?: Partial<TurnPort>; peer?: FakePeer } = {}) {
  const peer = options.peer ?? new FakePeer();
  const clock = new FakeClock();
  const caller = new AbortController();
  const done: string[] = [];
  const port: TurnPort = {
    ask: (own) => {
      done.push('ask');
      own.asked = true;
    },
    receive: (_run, { method }) => void done.push(method),
    sendStop: () => void done.push('stop'),
    release: () => void done.push('release'),
    ...options.port,
  };
  const turn = aTurn({ sessionId: 's', ...options.turn });
  const run = new Turn({ peer, turn, context: aContext(caller.signal), requestId: 'r', port, clock });
  const { events, outcome } = run.start();
  const read = async (): Promise<readonly (ChatEvent | GatewayError)[]> => {
    const all: (ChatEvent | GatewayError)[] = [];
    const checked = withStages(events, [checkGrammar()]);
    try {
      for (let batch = await checked.read(); batch !== undefined; batch = await checked.read()) all.push(...batch);
    } catch (error) {
      all.push(error as GatewayError);
    }
    return all;
  };
  return { run, events, outcome, read, peer, clock, caller, done };
}
const kinds = (all: readonly (ChatEvent | GatewayError)[]): readonly string[] =>
  all.map((each) => ('type' in each ? each.type : each.code));
const STOP = { type: 'finish', reason: 'stop' } as const;

describe('Turn - the size of the prompt', () => {
  const counting = () => {
    let counted = 0;
    const input = (): number => {
      counted++;
      return 7;
    };
    return { tokens: { input, count: (text: string) => text.length }, counted: () => counted };
  };

  it('the process reports usage and nobody asks - is not counted', async () => {
    const { tokens, counted } = counting();
    const { run, read } = aRun({ turn: { tokens } });
    run.text('Hello');
    run.usage.see({ inputTokens: 31, outputTokens: 4 });
    run.finish(STOP);
    const all = await read();
    expect(all.at(-1)).toMatchObject({ usage: { inputTokens: 31, outputTokens: 4, origin: 'reported' } });
    expect(counted()).toBe(0);
  });

  it('somebody asks, at the start and at the end - is counted once', async () => {
    const { tokens, counted } = counting();
    const { run, read } = aRun({ turn: { tokens } });
    run.text('Hello');
    run.finish(STOP);
    const all = await read();
    expect(all[0]).toMatchObject({ type: 'response-start', inputTokens: 7 });
    expect(all.at(-1)).toMatchObject({ usage: { inputTokens: 7, outputTokens: 5, origin: 'estimated' } });
    expect(counted()).toBe(1);
  });
});

describe('Turn - a good end', () => {
  it('hands over all that was said, releases what was taken, and leaves a session to go on in', async () => {
    const { run, read, outcome, clock, done, peer } = aRun();
    run.reasoning('Hm.');
    run.text('Hello');
    run.finish(STOP);
    expect(kinds(await read())).toEqual([
      'response-start',
      ...['reasoning-start', 'reasoning-delta', 'reasoning-end'],
      ...['text-start', 'text-delta', 'text-end'],
      'response-end',
    ]);
    expect(await outcome).toEqual({ sessionId: 's', reusable: true, text: 'Hello' });
    expect(done).toEqual(['ask', 'release']);
    expect(clock.pending).toBe(0);
    peer.emit('late', {});
    expect(done).toEqual(['ask', 'release']);
  });

  it('of a call - is one of tool calls, whatever the process says; the session is left', async () => {
    const { run, read, outcome } = aRun({ turn: { callerTools: [TOOL] } });
    run.calls.see({ id: 'c', name: 'look', input: {}, complete: true });
    run.finish(STOP);
    expect((await read()).at(-1)).toMatchObject({ type: 'response-end', finishReason: 'tool-calls' });
    expect(await outcome).toMatchObject({ reusable: false });
  });

  it('without a word, or with thoughts alone - is none', async () => {
    const silent = aRun();
    silent.run.finish(STOP);
    expect(kinds(await silent.read())).toEqual(['upstream_error']);
    const thinking = aRun();
    thinking.run.reasoning('Hm.');
    thinking.run.finish(STOP);
    expect(kinds(await thinking.read()).at(-1)).toBe('upstream_error');
  });

  it('at the limit, or at the filter - needs no words', async () => {
    for (const reason of ['length', 'content-filter'] as const) {
      const { run, read } = aRun();
      run.finish({ type: 'finish', reason });
      expect((await read()).at(-1)).toMatchObject({ finishReason: reason });
    }
  });

  it('counts once: what the process says of it later changes nothing', async () => {
    const { run, read, outcome } = aRun();
    run.text('a');
    run.finish(STOP);
    run.finish({ type: 'error', error: new GatewayError('upstream_error', 'late') });
    run.fail(new Error('later'));
    run.text('b');
    run.reasoning('c');
    run.overwrite('d');
    expect(kinds(await read()).at(-1)).toBe('response-end');
    expect(await outcome).toMatchObject({ reusable: true, text: 'a' });
  });
});

describe('Turn - calls', () => {
  it('nothing more comes - the turn ends with them and is stopped in the process', async () => {
    const { run, read, outcome, clock, done } = aRun({ turn: { callerTools: [TOOL] } });
    run.calls.see({ id: 'c1', name: 'look', input: {}, complete: true });
    await clock.advance(200);
    run.calls.see({ id: 'c2', name: 'look', input: { a: 1 }, complete: true });
    const reading = read();
    await clock.advance(300);
    expect(kinds(await reading).filter((kind) => kind === 'tool-input-start')).toHaveLength(2);
    expect(done).toEqual(['ask', 'stop']);
    run.finish({ type: 'cancelled' });
    expect(await outcome).toMatchObject({ reusable: false });
  });

  it('of a turn that has ended - are nobody’s, and start no clock', async () => {
    const { run, read, clock, outcome } = aRun({ turn: { callerTools: [TOOL] } });
    run.calls.see({ id: 'c1', name: 'look', input: {}, complete: true });
    await clock.advance(300);
    const seen = await read();
    run.calls.see({ id: 'c2', name: 'look', input: {}, complete: true });
    expect(clock.pending).toBe(1);
    expect(kinds(seen).filter((kind) => kind === 'tool-input-start')).toHaveLength(1);
    await clock.advance(2000);
    expect(await outcome).toMatchObject({ reusable: false });
    run.calls.see({ id: 'c3', name: 'look', input: {}, complete: true });
    expect(clock.pending).toBe(0);
  });

  it('text after them - ends the turn at once and is not shown', async () => {
    const { run, read, done } = aRun({ turn: { callerTools: [TOOL] } });
    run.text('I look.');
    run.calls.see({ id: 'c1', name: 'look', input: {}, complete: true });
    run.text('I saw.');
    const deltas = (await read()).filter((each) => 'type' in each && each.type === 'text-delta');
    expect(deltas).toMatchObject([{ delta: 'I look.' }]);
    expect(done).toContain('stop');
  });
});

describe('Turn - stopping', () => {
  it('the caller leaves - the process is told, and its end waited for', async () => {
    const { run, read, outcome, caller, done, clock } = aRun();
    run.text('a');
    caller.abort(new GatewayError('client_closed', 'gone'));
    expect(kinds(await read()).at(-1)).toBe('client_closed');
    expect(done).toEqual(['ask', 'stop']);
    let over = false;
    void outcome.then(() => {
      over = true;
    });
    await settled();
    expect(over).toBe(false);
    run.finish({ type: 'cancelled' });
    expect(await outcome).toMatchObject({ reusable: false });
    expect([done, clock.pending]).toEqual([['ask', 'stop', 'release'], 0]);
  });

  it('a process that does not confirm - is given two seconds', async () => {
    const { outcome, caller, clock, events } = aRun();
    const reading = events.read().catch((error: GatewayError) => error.code);
    caller.abort(new GatewayError('client_closed', 'gone'));
    expect(await reading).toBe('client_closed');
    await clock.advance(2000);
    expect(await outcome).toMatchObject({ reusable: false });
    expect(clock.pending).toBe(0);
  });

  it('the reader closes the stream - likewise', async () => {
    const { run, events, outcome, done } = aRun();
    run.text('a');
    await events.close();
    expect(done).toEqual(['ask', 'stop']);
    run.finish({ type: 'cancelled' });
    expect(await outcome).toMatchObject({ reusable: false });
  });

  it('a question that was never asked, a connection that is gone - there is nothing to stop', async () => {
    const unasked = aRun({ port: { ask: () => undefined } });
    unasked.caller.abort(new GatewayError('client_closed', 'gone'));
    expect(await unasked.outcome).toMatchObject({ reusable: false });
    expect(unasked.done).toEqual(['release']);
    const lost = aRun();
    lost.peer.die();
    expect(kinds(await lost.read())).toEqual(['upstream_error']);
    expect(lost.done).toEqual(['ask', 'release']);
  });

  it('a caller who had left before - nothing is asked', async () => {
    const caller = new AbortController();
    caller.abort(new GatewayError('client_closed', 'gone'));
    const asked: string[] = [];
    const port: TurnPort = { ask: () => void asked.push('ask'), receive: () => undefined, sendStop: () => undefined };
    const context = aContext(caller.signal);
    const run = new Turn({ peer: new FakePeer(), turn: aTurn(), context, requestId: 'r', port });
    const { events, outcome } = run.start();
    await expect(events.read()).rejects.toMatchObject({ code: 'client_closed' });
    expect([asked, (await outcome).reusable]).toEqual([[], false]);
  });
});

describe('Turn - what throws', () => {
  const boom = (): never => {
    throw new RangeError('Maximum call stack size exceeded');
  };

  it.each([
    ['asking', { ask: boom }, () => undefined],
    ['asking, later', { ask: () => Promise.reject(new Error('x')) }, () => undefined],
    ['reading a message', { receive: boom }, (peer: FakePeer) => void peer.emit('x', {})],
  ] as const)('%s - fails the turn alone', async (_name, port, cause) => {
    const { read, peer } = aRun({ port });
    const reading = read();
    cause(peer);
    expect(kinds(await reading).at(-1)).toMatch(/^upstream_/);
  });

  it('the process ends the turn - fails the turn alone', async () => {
    const { run, read } = aRun();
    Object.defineProperty(run.calls, 'flush', { value: boom });
    run.text('a');
    run.finish(STOP);
    expect(kinds(await read()).at(-1)).toBe('upstream_protocol');
  });

  it('calls are gathered - fails the turn alone, not the timer', async () => {
    const { run, read, clock } = aRun({ turn: { callerTools: [TOOL] } });
    run.calls.see({ id: 'c', name: 'look', input: {}, complete: true });
    Object.defineProperty(run.calls, 'flush', { value: boom });
    const reading = read();
    await clock.advance(300);
    expect(kinds(await reading).at(-1)).toBe('upstream_protocol');
  });
});
