/** How many turns run at once; the rest wait in line for a while. Knows nothing of what a turn is. */
import { GatewayError } from '../chat/index.js';
import { type Clock, systemClock } from '../util/index.js';

export interface AdmissionLimits {
  /** 0 and below, and `Infinity`: no limit. What runs is counted all the same. */
  readonly maxInFlight: number;
  /** Milliseconds a request may wait for a slot; 0 and below: none waits. */
  readonly queueTimeoutMs: number;
  /** Requests that may wait at once. Default: no bound of its own, for callers whose number is bounded already. */
  readonly maxQueued?: number;
}

export interface AdmissionOptions extends AdmissionLimits {
  readonly clock?: Clock;
}

export interface AdmissionStats {
  /** Slots held. */
  readonly inFlight: number;
  /** Requests that wait for one. */
  readonly queued: number;
  /** Slots given since the start. */
  readonly accepted: number;
  /** Requests refused since the start, for want of a slot or of a place to wait; not those whose client left. */
  readonly rejected: number;
  /** Absent: no limit. */
  readonly maxInFlight?: number;
}

export interface Admission {
  /**
   * Waits for a slot and returns the function that gives it back (once; further calls do nothing). Free slots go round the
   * parties that wait, one each, and within a party by arrival: one with a thousand requests does not keep the others out.
   *
   * @param party on whose behalf; default: everybody is one
   * @throws GatewayError `rate_limited` when the wait is over or the line is full, or the signal's reason
   */
  acquire(signal: AbortSignal, party?: string): Promise<() => void>;
  stats(): AdmissionStats;
  /** From now on. What runs goes on though there be less room, and whoever waits does so as long as it was to. */
  setLimits(limits: AdmissionLimits): void;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: GatewayError) => void;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { clock = systemClock } = options;
  let { maxInFlight, maxQueued, queueTimeoutMs } = resolved(options);
  let inFlight = 0;
  let queued = 0;
  let accepted = 0;
  let rejected = 0;
  /** Who waits, by party, in order of arrival; the parties in the order of their turns. At most `maxQueued` waiters in all. */
  const lines = new Map<string, Set<Waiter>>();

  const take = (): (() => void) => {
    inFlight++;
    accepted++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      inFlight--;
      // Above a bound that was lowered, what ends makes no room.
      if (inFlight < maxInFlight) admitNext();
    };
  };

  const admitNext = (): void => {
    for (const [party, line] of lines) {
      const [first] = line;
      // To the end of the round; whoever has nobody left in line is taken out by the waiter that leaves.
      lines.delete(party);
      lines.set(party, line);
      first?.admit();
      return;
    }
  };

  /** A full line is not one party's to fill: the newest of the longest gives way to one who has fewer waiting. */
  const makeRoom = (party: string): boolean => {
    const own = lines.get(party)?.size ?? 0;
    let longest: Set<Waiter> | undefined;
    for (const line of lines.values()) if (line.size > (longest?.size ?? own + 1)) longest = line;
    const last = longest === undefined ? undefined : [...longest].at(-1);
    last?.refuse(tooBusy(queueTimeoutMs));
    return last !== undefined;
  };

  const wait = (signal: AbortSignal, party: string): Promise<() => void> =>
    new Promise((resolve, reject) => {
      const line = lines.get(party) ?? new Set();
      lines.set(party, line);
      const leave = (): void => {
        cancelTimer();
        signal.removeEventListener('abort', onAbort);
        line.delete(waiter);
        queued--;
        if (line.size === 0) lines.delete(party);
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason);
      };
      const waiter: Waiter = {
        admit() {
          leave();
          resolve(take());
        },
        refuse(error) {
          leave();
          rejected++;
          reject(error);
        },
      };
      const waitsMs = queueTimeoutMs;
      const cancelTimer = clock.schedule(waitsMs, () => waiter.refuse(tooBusy(waitsMs)));
      line.add(waiter);
      queued++;
      signal.addEventListener('abort', onAbort, { once: true });
    });

  return {
    acquire(signal, party = '') {
      if (signal.aborted) return Promise.reject(signal.reason);
      // Where somebody waits, every slot is taken: a free one never stays free.
      if (inFlight < maxInFlight) return Promise.resolve(take());
      if (queueTimeoutMs > 0 && (queued < maxQueued || makeRoom(party))) return wait(signal, party);
      rejected++;
      return Promise.reject(tooBusy(queueTimeoutMs));
    },
    stats: () => ({
      inFlight,
      queued,
      accepted,
      rejected,
      ...(Number.isFinite(maxInFlight) && { maxInFlight }),
    }),
    setLimits(limits) {
      ({ maxInFlight, maxQueued, queueTimeoutMs } = resolved(limits));
      while (queued > 0 && inFlight < maxInFlight) admitNext();
    },
  };
}

const resolved = ({ maxInFlight, maxQueued = Number.POSITIVE_INFINITY, queueTimeoutMs }: AdmissionLimits) => ({
  maxInFlight: maxInFlight > 0 ? maxInFlight : Number.POSITIVE_INFINITY,
  maxQueued,
  queueTimeoutMs,
});

/** Those who were patient have waited already; nobody is sent away for longer than ten seconds. */
function tooBusy(waitedMs: number): GatewayError {
  return new GatewayError('rate_limited', 'Too many requests run at once; try again later', {
    retryAfterMs: Math.min(Math.max(1_000, waitedMs), 10_000),
  });
}
