/** How many turns run at once; the rest wait in line for a while. Knows nothing of what a turn is. */
import PQueue from 'p-queue';
import { GatewayError } from '../chat/index.js';
import { type Clock, systemClock } from '../util/index.js';

export interface AdmissionOptions {
  readonly maxInFlight: number;
  /** Milliseconds a request may wait for a slot. */
  readonly queueTimeoutMs: number;
  readonly clock?: Clock;
}

export interface Admission {
  /**
   * Waits for a slot and returns the function that gives it back (once; further calls do nothing).
   *
   * @throws GatewayError `rate_limited` when the wait is over, or the signal's reason
   */
  acquire(signal: AbortSignal): Promise<() => void>;
  readonly inFlight: number;
  readonly waiting: number;
}

export function createAdmission({ maxInFlight, queueTimeoutMs, clock = systemClock }: AdmissionOptions): Admission {
  const queue = new PQueue({ concurrency: maxInFlight });
  return {
    get inFlight() {
      return queue.pending;
    },
    get waiting() {
      return queue.size;
    },
    acquire(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      return new Promise<() => void>((resolve, reject) => {
        const hold = (): Promise<void> => new Promise((release) => resolve(release));
        // The common case: nothing to wait for, hence nothing to call the wait off.
        if (queue.size === 0 && queue.pending < maxInFlight) {
          queue.add(hold).catch(reject);
          return;
        }
        // The queue's signal ends the wait only. Handed a running task, it would free the slot under it.
        const wait = new AbortController();
        const onAbort = (): void => wait.abort(signal.reason);
        const cancelTimer = clock.schedule(queueTimeoutMs, () => wait.abort(tooBusy(queueTimeoutMs)));
        const settle = (): void => {
          cancelTimer();
          signal.removeEventListener('abort', onAbort);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        const slot = (): Promise<void> => {
          settle();
          return hold();
        };
        queue.add(slot, { signal: wait.signal }).catch((error: unknown) => {
          settle();
          reject(error);
        });
      });
    },
  };
}

function tooBusy(waitedMs: number): GatewayError {
  return new GatewayError('rate_limited', 'Too many requests run at once; try again later', {
    retryAfterMs: Math.min(Math.max(1_000, waitedMs), 10_000),
  });
}
