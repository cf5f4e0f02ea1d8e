/** The only place that touches timers, so that tests can bring their own time. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `ms`; the returned function takes it back. Never keeps the process alive. */
  schedule(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(ms, callback) {
    const timer = setTimeout(callback, ms);
    (timer as { unref?: () => void }).unref?.();
    return () => clearTimeout(timer);
  },
};

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
    this.#due = clock.now() + ms;
    this.#arm(ms);
  }

  /** Starts the time anew. */
  touch(): void {
    this.#due = this.clock.now() + this.ms;
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(ms: number): void {
    this.#cancel = this.clock.schedule(ms, () => {
      const left = this.#due - this.clock.now();
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
