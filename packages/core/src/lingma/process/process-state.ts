/**
 * What becomes of an instance when something happens to its process or to the way to it: one pure table. It reads no
 * clock, draws no random number and starts nothing; whoever drives it does what the effects say.
 */

/** `stopped`: not wanted yet. `failed`: given up for now; a turn tries at once, a timer now and then. */
export type ProcessStateName = 'stopped' | 'starting' | 'ready' | 'reconnecting' | 'failed' | 'closed';

export interface ProcessState {
  readonly name: ProcessStateName;
  /** An attempt is under way: there is one at a time. */
  readonly attempting: boolean;
  /** Attempts that failed in a row. */
  readonly failures: number;
  /** What the back-off goes by: failures, and losses of a process that was ready for less than a minute. */
  readonly setbacks: number;
  /** Trying again by oneself changes nothing; whoever asks for an answer still tries. */
  readonly permanent: boolean;
  /** Monotonic milliseconds. */
  readonly readySince?: number;
  /** When the connections of a living process were lost, three at the most. */
  readonly socketLostAt: readonly number[];
}

export type ProcessEvent =
  /** Somebody wants it: a start, or a turn. */
  | { readonly type: 'wanted' }
  | { readonly type: 'up' }
  | { readonly type: 'startFailed'; readonly permanent: boolean }
  | { readonly type: 'socketLost' }
  /** `beforeReady`: it had not come so far as to answer. */
  | { readonly type: 'processGone'; readonly beforeReady: boolean; readonly permanent: boolean }
  | { readonly type: 'retryDue' }
  /** The operator's wish, or a repair's. */
  | { readonly type: 'restart' }
  | { readonly type: 'close' };

export type ProcessEffect =
  /** Bring it up: start the process where none runs, connect. `restart`: end the one that runs first. */
  | { readonly type: 'attempt'; readonly restart: boolean }
  /** Tell `retryDue` after `ms`; `jitter`: after any part of them. */
  | { readonly type: 'retry'; readonly ms: number; readonly jitter: boolean };

export interface Transition {
  readonly state: ProcessState;
  readonly effects: readonly ProcessEffect[];
}

const BACK_OFF_MS = 250;
const MAX_BACK_OFF_MS = 30_000;
/** Between attempts in `failed`. */
const FAILED_RETRY_MS = 30_000;
const MAX_FAILURES = 5;
/** `ready` for so long forgets earlier setbacks; lost connections count together for as long. */
const QUIET_MS = 60_000;
const MAX_SOCKET_LOSSES = 3;

export const INITIAL_STATE: ProcessState = {
  name: 'stopped',
  attempting: false,
  failures: 0,
  setbacks: 0,
  permanent: false,
  socketLostAt: [],
};

/** `at`: monotonic milliseconds. A pair that means nothing keeps the state. */
export function nextState(state: ProcessState, event: ProcessEvent, at: number): Transition {
  if (state.name === 'closed') return stay(state);
  switch (event.type) {
    case 'wanted':
      if (state.name === 'stopped') return attempt({ ...state, name: 'starting' });
      return state.name === 'failed' && !state.attempting ? attempt(state) : stay(state);
    case 'up':
      return onUp(state, at);
    case 'startFailed':
      return isDown(state) ? onFailure(state, event.permanent) : stay(state);
    case 'socketLost':
      return onSocketLost(state, at);
    case 'processGone':
      return onProcessGone(state, event, at);
    case 'retryDue':
      if (state.attempting) return stay(state);
      return state.name === 'reconnecting' || (state.name === 'failed' && !state.permanent)
        ? attempt(state)
        : stay(state);
    case 'restart':
      return attempt({ ...INITIAL_STATE, name: 'starting' }, true);
    case 'close':
      return stay({ ...INITIAL_STATE, name: 'closed' });
  }
}

function onUp(state: ProcessState, at: number): Transition {
  if (!isDown(state)) return stay(state);
  const { permanent: _was, ...rest } = state;
  const setbacks = state.name === 'starting' ? 0 : state.setbacks;
  return stay({ ...rest, name: 'ready', attempting: false, failures: 0, setbacks, permanent: false, readySince: at });
}

function onFailure(state: ProcessState, permanent: boolean): Transition {
  const failures = state.failures + 1;
  const given = { ...state, attempting: false, failures, permanent };
  if (state.name !== 'failed' && !permanent && failures < MAX_FAILURES) return backOff(given);
  const failed: ProcessState = { ...given, name: 'failed' };
  return permanent ? stay(failed) : { state: failed, effects: [{ type: 'retry', ms: FAILED_RETRY_MS, jitter: false }] };
}

/** The same process, at once; one that loses its connections again and again is ended. */
function onSocketLost(state: ProcessState, at: number): Transition {
  if (state.name === 'starting') return onFailure(state, false);
  if (state.name !== 'ready') return stay(state);
  const socketLostAt = [...state.socketLostAt.filter((then) => at - then < QUIET_MS), at];
  const restart = socketLostAt.length >= MAX_SOCKET_LOSSES;
  return attempt({ ...lost(state, at), socketLostAt: restart ? [] : socketLostAt }, restart);
}

function onProcessGone(
  state: ProcessState,
  { beforeReady, permanent }: { readonly beforeReady: boolean; readonly permanent: boolean },
  at: number,
): Transition {
  switch (state.name) {
    case 'ready':
      return permanent ? onFailure(lost(state, at), true) : backOff(lost(state, at));
    case 'starting':
      return onFailure(state, permanent);
    case 'reconnecting':
      // While it waits, the attempt that is due starts another one anyway.
      if (!state.attempting) return stay(state);
      if (beforeReady || permanent) return onFailure(state, permanent);
      // Its connections went with it: that is no loss of a living process.
      return backOff({ ...state, attempting: false, socketLostAt: state.socketLostAt.slice(0, -1) });
    case 'failed':
      return state.attempting ? onFailure(state, permanent) : stay(state);
    default:
      return stay(state);
  }
}

/** Out of `ready`; a long while in it makes what was before that forgotten. */
function lost({ readySince, ...state }: ProcessState, at: number): ProcessState {
  const quiet = readySince !== undefined && at - readySince >= QUIET_MS;
  return { ...state, name: 'reconnecting', setbacks: quiet ? 0 : state.setbacks };
}

function backOff(state: ProcessState): Transition {
  const ms = Math.min(MAX_BACK_OFF_MS, BACK_OFF_MS * 2 ** state.setbacks);
  return {
    state: { ...state, name: 'reconnecting', setbacks: state.setbacks + 1 },
    effects: [{ type: 'retry', ms, jitter: true }],
  };
}

function attempt(state: ProcessState, restart = false): Transition {
  return { state: { ...state, attempting: true }, effects: [{ type: 'attempt', restart }] };
}

function stay(state: ProcessState): Transition {
  return { state, effects: [] };
}

/** Where an attempt may be under way. */
function isDown({ name }: ProcessState): boolean {
  return name === 'starting' || name === 'reconnecting' || name === 'failed';
}
