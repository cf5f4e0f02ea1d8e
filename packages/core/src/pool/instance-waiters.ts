/**
 * Turns that find no instance as they come: each starts the one whose turn it is, and takes the first that becomes able,
 * which may be another.
 */
import { GatewayError } from '../chat/index.js';
import { type Clock, monotonicNow } from '../util/index.js';
import type { PoolMember } from './member.js';
import { pick, type RoutingDecision, type RoutingHints } from './routing/routing.js';

export interface WaitersOptions {
  readonly clock: Clock;
  /** Milliseconds that a turn waits for an instance to get ready. */
  readonly startupTimeoutMs: number;
  /** Turns that may wait; further ones are sent away. */
  readonly maxWaiting: number;
}

/** After this long a client may ask again. */
const RETRY_AFTER_MS = 5000;

export class InstanceWaiters {
  readonly #options: WaitersOptions;
  /** Bounded by `maxWaiting`. */
  readonly #waiting = new Set<() => void>();
  #count = 0;

  constructor(options: WaitersOptions) {
    this.#options = options;
  }

  /** Everybody looks again. */
  wake(): void {
    const woken = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of woken) wake();
  }

  /**
   * @param members read anew each time: members come and go
   * @throws GatewayError `not_ready`, what starting the last instance failed with, or the signal's reason
   */
  async wait(
    members: () => readonly PoolMember[],
    hints: RoutingHints,
    signal: AbortSignal,
    rotation: number,
  ): Promise<RoutingDecision<PoolMember>> {
    const { clock, startupTimeoutMs, maxWaiting } = this.#options;
    if (this.#count >= maxWaiting) throw notReady('Too many requests wait for a Lingma instance');
    this.#count++;
    const until = monotonicNow(clock) + startupTimeoutMs;
    const without = new Set(hints.without);
    const started = new Set<PoolMember>();
    let failure: unknown;
    let wake: () => void = () => undefined;
    try {
      for (;;) {
        signal.throwIfAborted();
        const decision = pick(members(), { ...hints, without }, rotation);
        if (decision === undefined) throw failure ?? notReady('No Lingma instance takes requests at the moment');
        const { candidate } = decision;
        // Also when it is full, or rests: then nobody is better, and it says itself what is wrong.
        if (candidate.state === 'ready') return decision;
        if (!started.has(candidate)) {
          started.add(candidate);
          candidate.instance.start(signal).then(
            () => wake(),
            (error: unknown) => {
              // Of one that was taken out, or in whose place another has come, nobody wants to know.
              if (!candidate.draining) {
                failure = error;
                without.add(candidate.name);
              }
              wake();
            },
          );
        }
        const left = until - monotonicNow(clock);
        await this.#change(left, signal, (own) => {
          wake = own;
        });
      }
    } finally {
      this.#count--;
    }
  }

  #change(ms: number, signal: AbortSignal, handOut: (wake: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        cancel();
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
      };
      const wake = (): void => {
        leave();
        resolve();
      };
      const cancel = this.#options.clock.schedule(Math.max(0, ms), () => {
        leave();
        reject(notReady('No Lingma instance got ready in time'));
      });
      signal.addEventListener('abort', wake, { once: true });
      this.#waiting.add(wake);
      handOut(wake);
    });
  }
}

export function notReady(message: string): GatewayError {
  return new GatewayError('not_ready', message, { retryAfterMs: RETRY_AFTER_MS });
}
