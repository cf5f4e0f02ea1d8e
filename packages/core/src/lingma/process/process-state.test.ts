import { describe, expect, it } from 'vitest';
import {
  INITIAL_STATE,
  nextState,
  type ProcessEffect,
  type ProcessEvent,
  type ProcessState,
  type ProcessStateName,
} from './process-state.js';

const AT = 1_000_000;

const state = (name: ProcessStateName, changes: Partial<ProcessState> = {}): ProcessState => ({
  ...INITIAL_STATE,
  name,
  attempting: name === 'starting',
  ...(name === 'ready' && { readySince: AT - 1000 }),
  ...changes,
});

const EVENTS = {
  wanted: { type: 'wanted' },
  up: { type: 'up' },
  startFailed: { type: 'startFailed', permanent: false },
  startFailedForGood: { type: 'startFailed', permanent: true },
  socketLost: { type: 'socketLost' },
  processGone: { type: 'processGone', beforeReady: true, permanent: false },
  processGoneLater: { type: 'processGone', beforeReady: false, permanent: false },
  processGoneForGood: { type: 'processGone', beforeReady: true, permanent: true },
  retryDue: { type: 'retryDue' },
  restart: { type: 'restart' },
  close: { type: 'close' },
} as const satisfies Record<string, ProcessEvent>;

const ATTEMPT: ProcessEffect = { type: 'attempt', restart: false };
const RESTART: ProcessEffect = { type: 'attempt', restart: true };
const backOff = (ms: number): ProcessEffect => ({ type: 'retry', ms, jitter: true });
const IN_30_S: ProcessEffect = { type: 'retry', ms: 30_000, jitter: false };

/** What comes of a cell: the name of the next state and the effect, if any. `undefined`: nothing changes at all. */
type Cell = readonly [ProcessStateName, ProcessEffect?] | undefined;

/** Rows: states as they are found; columns: all events. */
const TABLE: readonly (readonly [string, ProcessState, Record<keyof typeof EVENTS, Cell>])[] = [
  [
    'stopped',
    state('stopped'),
    {
      wanted: ['starting', ATTEMPT],
      up: undefined,
      startFailed: undefined,
      startFailedForGood: undefined,
      socketLost: undefined,
      processGone: undefined,
      processGoneLater: undefined,
      processGoneForGood: undefined,
      retryDue: undefined,
      restart: ['starting', RESTART],
      close: ['closed'],
    },
  ],
  [
    'starting',
    state('starting'),
    {
      wanted: undefined,
      up: ['ready'],
      startFailed: ['reconnecting', backOff(250)],
      startFailedForGood: ['failed'],
      socketLost: ['reconnecting', backOff(250)],
      processGone: ['reconnecting', backOff(250)],
      processGoneLater: ['reconnecting', backOff(250)],
      processGoneForGood: ['failed'],
      retryDue: undefined,
      restart: ['starting', RESTART],
      close: ['closed'],
    },
  ],
  [
    'ready',
    state('ready'),
    {
      wanted: undefined,
      up: undefined,
      startFailed: undefined,
      startFailedForGood: undefined,
      socketLost: ['reconnecting', ATTEMPT],
      processGone: ['reconnecting', backOff(250)],
      processGoneLater: ['reconnecting', backOff(250)],
      processGoneForGood: ['failed'],
      retryDue: undefined,
      restart: ['starting', RESTART],
      close: ['closed'],
    },
  ],
  [
    'reconnecting, waiting',
    state('reconnecting', { failures: 1, setbacks: 1 }),
    {
      wanted: undefined,
      up: ['ready'],
      startFailed: ['reconnecting', backOff(500)],
      startFailedForGood: ['failed'],
      socketLost: undefined,
      processGone: undefined,
      processGoneLater: undefined,
      processGoneForGood: undefined,
      retryDue: ['reconnecting', ATTEMPT],
      restart: ['starting', RESTART],
      close: ['closed'],
    },
  ],
  [
    'reconnecting, attempting',
    state('reconnecting', { failures: 1, setbacks: 1, attempting: true }),
    {
      wanted: undefined,
      up: ['ready'],
      startFailed: ['reconnecting', backOff(500)],
      startFailedForGood: ['failed'],
      socketLost: undefined,
      processGone: ['reconnecting', backOff(500)],
      processGoneLater: ['reconnecting', backOff(500)],
      processGoneForGood: ['failed'],
      retryDue: undefined,
      restart: ['starting', RESTART],
      close: ['closed'],
    },
  ],
  [
    'failed, waiting',
    state('failed', { failures: 5, setbacks: 4 }),
    {
      wanted: ['failed', ATTEMPT],
      up: ['ready'],
      startFailed: ['failed', IN_30_S],
      startFailedForGood: ['failed'],
      socketLost: undefined,
      processGone: undefined,
      processGoneLater: undefined,
      processGoneForGood: undefined,
      retryDue: ['failed', ATTEMPT],
      restart: ['starting', RESTART],
      close: ['closed'],
    },
  ],
  [
    'failed, attempting',
    state('failed', { failures: 5, setbacks: 4, attempting: true }),
    {
      wanted: undefined,
      up: ['ready'],
      startFailed: ['failed', IN_30_S],
      startFailedForGood: ['failed'],
      socketLost: undefined,
      processGone: ['failed', IN_30_S],
      processGoneLater: ['failed', IN_30_S],
      processGoneForGood: ['failed'],
      retryDue: undefined,
      restart: ['starting', RESTART],
      close: ['closed'],
    },
  ],
  [
    'failed for good',
    state('failed', { failures: 1, permanent: true }),
    {
      wanted: ['failed', ATTEMPT],
      up: ['ready'],
      startFailed: ['failed', IN_30_S],
      startFailedForGood: ['failed'],
      socketLost: undefined,
      processGone: undefined,
      processGoneLater: undefined,
      processGoneForGood: undefined,
      retryDue: undefined,
      restart: ['starting', RESTART],
      close: ['closed'],
    },
  ],
  [
    'closed',
    state('closed'),
    {
      wanted: undefined,
      up: undefined,
      startFailed: undefined,
      startFailedForGood: undefined,
      socketLost: undefined,
      processGone: undefined,
      processGoneLater: undefined,
      processGoneForGood: undefined,
      retryDue: undefined,
      restart: undefined,
      close: undefined,
    },
  ],
];

describe('nextState', () => {
  const cells = TABLE.flatMap(([label, from, row]) =>
    (Object.keys(EVENTS) as (keyof typeof EVENTS)[]).map((event) => [label, event, from, row[event]] as const),
  );
  it.each(cells)('%s + %s', (_label, event, from, expected) => {
    const { state: next, effects } = nextState(from, EVENTS[event], AT);
    if (expected === undefined) {
      expect(next).toBe(from);
      expect(effects).toEqual([]);
      return;
    }
    const [name, effect] = expected;
    expect(next.name).toBe(name);
    expect(effects).toEqual(effect === undefined ? [] : [effect]);
    expect(next.attempting).toBe(effect?.type === 'attempt');
  });

  /** The states along a run of events, one a second. */
  const run = (from: ProcessState, ...events: readonly ProcessEvent[]) => {
    const effects: ProcessEffect[] = [];
    let current = from;
    let at = AT;
    for (const event of events) {
      at += 1000;
      const transition = nextState(current, event, at);
      current = transition.state;
      effects.push(...transition.effects);
    }
    return { state: current, effects };
  };
  const { startFailed, retryDue, up, socketLost, processGoneLater, wanted } = EVENTS;
  const failing = [startFailed, retryDue, startFailed, retryDue, startFailed, retryDue, startFailed, retryDue];

  it('back-off - doubles with every failure', () => {
    const { state: last, effects } = run(state('starting'), ...failing);
    expect(effects.filter(({ type }) => type === 'retry')).toEqual([250, 500, 1000, 2000].map(backOff));
    expect(last).toMatchObject({ name: 'reconnecting', attempting: true, failures: 4 });
  });

  it('back-off - half a minute at the most', () => {
    expect(run(state('reconnecting', { setbacks: 7 }), startFailed).effects).toEqual([backOff(30_000)]);
    expect(run(state('reconnecting', { setbacks: 60 }), startFailed).effects).toEqual([backOff(30_000)]);
  });

  it('fifth failure - gives up, and goes on trying every half minute', () => {
    const { state: given, effects } = run(state('starting'), ...failing, startFailed);
    expect(given).toMatchObject({ name: 'failed', permanent: false });
    expect(effects.at(-1)).toEqual(IN_30_S);
    expect(run(given, retryDue, startFailed, retryDue).effects).toEqual([ATTEMPT, IN_30_S, ATTEMPT]);
  });

  it('failed for good - a turn tries once, no timer does', () => {
    const given = run(state('starting'), EVENTS.startFailedForGood).state;
    expect(run(given, retryDue).effects).toEqual([]);
    expect(run(given, wanted, wanted, EVENTS.startFailedForGood, retryDue).effects).toEqual([ATTEMPT]);
  });

  it('up - failures are over; setbacks only after a minute of it', () => {
    const back = run(state('reconnecting', { failures: 3, setbacks: 3, attempting: true }), up).state;
    expect(back).toMatchObject({ failures: 0, setbacks: 3 });
    expect(nextState(back, processGoneLater, AT + 30_000).effects).toEqual([backOff(2000)]);
    expect(nextState(back, processGoneLater, AT + 61_000).effects).toEqual([backOff(250)]);
    expect(run(state('starting', { setbacks: 3 }), up).state.setbacks).toBe(0);
  });

  it('connections lost three times within a minute - ends the process, and counts anew', () => {
    const twice = run(state('ready'), socketLost, up, socketLost, up);
    expect(twice.effects).toEqual([ATTEMPT, ATTEMPT]);
    const third = nextState(twice.state, socketLost, AT + 60_999);
    expect(third.effects).toEqual([RESTART]);
    expect(third.state.socketLostAt).toEqual([]);
    expect(nextState(twice.state, socketLost, AT + 61_000).effects).toEqual([ATTEMPT]);
  });

  it('connections lost with their process - are no losses of a living one', () => {
    let current = state('ready');
    for (let kill = 0; kill < 5; kill++) {
      const { state: next, effects } = run(current, socketLost, processGoneLater, retryDue, up);
      expect(effects).not.toContainEqual(RESTART);
      current = next;
    }
    expect(current.socketLostAt).toEqual([]);
  });

  it('restart - forgets what was before', () => {
    const { state: next } = run(state('failed', { failures: 9, setbacks: 9, permanent: true }), EVENTS.restart);
    expect(next).toEqual({ ...INITIAL_STATE, name: 'starting', attempting: true });
  });
});
