/** Work on large bodies, spread out so that the requests beside them go on. */
import type { Clock } from '../../util/index.js';
import { createAdmission } from '../admission.js';

export interface BodyWork {
  /**
   * Works on two packed bodies at a time: what others unpack to is not there yet, and one that is too large shows that before
   * all of them together are. Those that wait are bounded by the connections.
   *
   * @param party as in {@link Admission}
   * @throws GatewayError `rate_limited` when the wait was too long, the signal's reason
   */
  unpack<T>(work: () => Promise<T>, signal: AbortSignal, party?: string): Promise<T>;
  /** Waits for one's turn to work on `bytes` without a pause; between two turns everybody else has theirs. At once for a few. */
  turn(bytes: number): Promise<void>;
}

const UNPACK_AT_ONCE = 2;
/** Work that takes a few milliseconds. */
const SMALL_BYTES = 256 * 1024;

export function createBodyWork(options: { readonly queueTimeoutMs: number; readonly clock?: Clock }): BodyWork {
  const slots = createAdmission({ ...options, maxInFlight: UNPACK_AT_ONCE });
  let last: Promise<void> = Promise.resolve();
  return {
    async unpack(work, signal, party) {
      const release = await slots.acquire(signal, party);
      try {
        return await work();
      } finally {
        release();
      }
    },
    turn(bytes) {
      if (bytes <= SMALL_BYTES) return Promise.resolve();
      last = last.then(serveOthers);
      return last;
    },
  };
}

/** A round of the event loop takes in one new connection (libuv), and a quiet one next to no time. */
const ROUNDS = 32;

async function serveOthers(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) await new Promise((resolve) => setImmediate(resolve));
}
