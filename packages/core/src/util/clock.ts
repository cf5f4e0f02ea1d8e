/** The only place that touches timers, so that tests can bring their own time. */
import { MAX_TIMER_MS } from './default-limits.js';

/** The time that everything goes by; bring your own to tests. */
export interface Clock {
  /** Milliseconds since the epoch, for what people read. Somebody may set it, back too: intervals go by {@link monotonicNow}. */
  now(): number;
  /** Milliseconds that only ever grow, from some start. Absent on a clock whose {@link now} is never set. */
  monotonic?(): number;
  /** Calls back once after `ms`; the returned function takes it back. Never keeps the process alive. */
  schedule(ms: number, callback: () => void): () => void;
}

/** The machine's time. Its timers keep no process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(ms, callback) {
    const timer = setTimeout(callback, ms);
    (timer as { unref?: () => void }).unref?.();
    return () => clearTimeout(timer);
  },
};

/** What an interval begins and ends with: the difference of two readings is the time between them, whatever the wall clock says. */
export const monotonicNow = (clock: Clock): number => clock.monotonic?.() ?? clock.now();

/**
 * A deadline that is moved often and strikes rarely: `touch()` costs one clock reading, not a timer, which is what
 * makes an idle deadline per chunk affordable.
 */
export class Deadline {
  #cancel: (() => void) | undefined;
  #due: number;

  constructor(
    private readonly ms: number,
    private readonly onExpire: () => void,
    private readonly clock: Clock = systemClock,
  ) {
    this.#due = monotonicNow(clock) + ms;
    this.#arm(ms);
  }

  /** Starts the time anew. */
  touch(): void {
    this.#due = monotonicNow(this.clock) + this.ms;
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(ms: number): void {
    // Longer than a timer can hold means never: a timer would strike at once.
    if (ms > MAX_TIMER_MS) return;
    this.#cancel = this.clock.schedule(ms, () => {
      const left = this.#due - monotonicNow(this.clock);
      if (left > 0) this.#arm(left);
      else this.onExpire();
    });
  }
}

/** Resolves after `ms`, or rejects with `signal.reason`. */
export function sleep(ms: number, signal?: AbortSignal, clock: Clock = systemClock): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.schedule(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
