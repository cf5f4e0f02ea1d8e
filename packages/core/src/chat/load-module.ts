/** Modules that are loaded late, to spare programs that never need them. */
import { loadOnce } from '../util/load-once.js';
import { GatewayError } from './error.js';

const RETRY_AFTER_MS = 2_000;

/**
 * Loads on the first call, the same afterwards. Node remembers for good that a module could not be read, be it for want of
 * file descriptors alone: whoever serves many connections leaves some for it, as the command does (`connectionLimits`).
 *
 * @throws GatewayError `not_ready`, from what it returns
 */
export function loadModule<T>(load: () => Promise<T>): () => Promise<T> {
  return loadOnce(() =>
    load().catch((cause: unknown) => {
      throw new GatewayError('not_ready', 'The gateway is short of resources; try again later', {
        cause,
        retryAfterMs: RETRY_AFTER_MS,
      });
    }),
  );
}
