/** How many turns run at once; the rest wait in line for a while. Knows nothing of what a turn is. */
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
   * Waits for a slot and returns the function that gives it back (once; further calls do nothing). A free slot goes to the
   * waiting party that holds the fewest, so that one with a thousand requests does not keep the others out.
   *
   * @param party on whose behalf; default: everybody is one
   * @throws GatewayError `rate_limited` when the wait is over, or the signal's reason
   */
  acquire(signal: AbortSignal, party?: string): Promise<() => void>;
  readonly inFlight: number;
  readonly waiting: number;
}

interface Waiter {
  /** Place in the line over all parties. */
  readonly arrival: number;
  readonly admit: () => void;
}

export function createAdmission({ maxInFlight, queueTimeoutMs, clock = systemClock }: AdmissionOptions): Admission {
  let inFlight = 0;
  let arrivals = 0;
  /** Slots held, by party; a party without any is not in it. */
  const held = new Map<string, number>();
  /** In order of arrival, by party; each waiter has a connection and a counted body, which is what bounds them. */
  const lines = new Map<string, Set<Waiter>>();

  const take = (party: string): (() => void) => {
    inFlight++;
    held.set(party, (held.get(party) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      inFlight--;
      const left = (held.get(party) ?? 1) - 1;
      if (left > 0) held.set(party, left);
      else held.delete(party);
      next()?.admit();
    };
  };

  const next = (): Waiter | undefined => {
    let chosen: Waiter | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [party, line] of lines) {
      const [first] = line;
      const count = held.get(party) ?? 0;
      if (first === undefined || count > fewest) continue;
      if (count === fewest && chosen !== undefined && chosen.arrival < first.arrival) continue;
      chosen = first;
      fewest = count;
    }
    return chosen;
  };

  return {
    get inFlight() {
      return inFlight;
    },
    get waiting() {
      let count = 0;
      for (const line of lines.values()) count += line.size;
      return count;
    },
    acquire(signal, party = '') {
      if (signal.aborted) return Promise.reject(signal.reason);
      // Where somebody waits, every slot is taken: a free one never stays free.
      if (inFlight < maxInFlight) return Promise.resolve(take(party));
      return new Promise((resolve, reject) => {
        const line = lines.get(party) ?? new Set();
        lines.set(party, line);
        const leave = (): void => {
          cancelTimer();
          signal.removeEventListener('abort', onAbort);
          line.delete(waiter);
          if (line.size === 0 && lines.get(party) === line) lines.delete(party);
        };
        const onAbort = (): void => {
          leave();
          reject(signal.reason);
        };
        const waiter: Waiter = {
          arrival: arrivals++,
          admit() {
            leave();
            resolve(take(party));
          },
        };
        const cancelTimer = clock.schedule(queueTimeoutMs, () => {
          leave();
          reject(tooBusy(queueTimeoutMs));
        });
        line.add(waiter);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}

function tooBusy(waitedMs: number): GatewayError {
  return new GatewayError('rate_limited', 'Too many requests run at once; try again later', {
    retryAfterMs: Math.min(Math.max(1_000, waitedMs), 10_000),
  });
}
