/** How many bytes of request bodies may be held at once, over all open requests. */
import { GatewayError } from '../../chat/index.js';

/** What one request holds. */
export interface BodyShare {
  /** Before the bytes are kept. @throws GatewayError `rate_limited` when all requests together would hold too much */
  take(bytes: number): void;
  /** Bytes that were let go of while the request goes on. */
  give(bytes: number): void;
  /** Everything, once the request is over. Idempotent; what is taken afterwards counts for nothing. */
  release(): void;
  /** Calls this when all is released. One at a time: it takes the place of one given before. */
  onRelease(callback: () => void): void;
}

export interface BodyBudget {
  /** Never above the bound, unless that was lowered since. */
  readonly held: number;
  open(): BodyShare;
  /** For what is taken from now on. */
  setMaxBytes(maxBytes: number): void;
}

const RETRY_AFTER_MS = 2_000;

/** @param maxBytes at least the largest single body, or such a body never gets in */
export function createBodyBudget(maxBytes: number): BodyBudget {
  let limit = maxBytes;
  let held = 0;
  return {
    get held() {
      return held;
    },
    open() {
      let own = 0;
      let released = false;
      let onRelease: (() => void) | undefined;
      return {
        take(bytes) {
          if (released) return;
          if (held + bytes > limit) {
            throw new GatewayError(
              'rate_limited',
              'The bodies of all open requests take too much memory; try again later',
              { retryAfterMs: RETRY_AFTER_MS },
            );
          }
          held += bytes;
          own += bytes;
        },
        give(bytes) {
          const returned = Math.min(bytes, own);
          held -= returned;
          own -= returned;
        },
        release() {
          released = true;
          held -= own;
          own = 0;
          onRelease?.();
          onRelease = undefined;
        },
        onRelease(callback) {
          if (released) callback();
          else onRelease = callback;
        },
      };
    },
    setMaxBytes(bytes) {
      limit = bytes;
    },
  };
}
