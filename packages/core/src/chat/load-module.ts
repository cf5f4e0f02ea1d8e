/** Modules that are loaded late, to spare programs that never need them. */
import { loadOnce } from '../util/load-once.js';
import { GatewayError } from './error.js';

const RETRY_AFTER_MS = 2_000;
/** As Node says it of `import()` and of `require`. */
const NOT_INSTALLED = new Set<unknown>(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/**
 * Loads on the first call, the same afterwards. Node remembers for good that a module could not be read, be it for want of
 * file descriptors alone: whoever serves many connections leaves some for it, as the command does (`connectionLimits`).
 * `missing` is what to say where it is not installed, of a module that need not be.
 *
 * @throws GatewayError `not_ready`, from what it returns
 */
export function loadModule<T>(load: () => Promise<T>, missing?: string): () => Promise<T> {
  return loadOnce(() =>
    load().catch((cause: unknown) => {
      if (missing !== undefined && NOT_INSTALLED.has((cause as { readonly code?: unknown } | undefined)?.code)) {
        throw new GatewayError('not_ready', missing, { cause, shouldRetry: false });
      }
      throw new GatewayError('not_ready', 'The gateway is short of resources; try again later', {
        cause,
        retryAfterMs: RETRY_AFTER_MS,
      });
    }),
  );
}

/** A module that is loaded when it is first needed, and then read without waiting. */
export interface LateModule<T> {
  /** Absent until it has been loaded. */
  readonly loaded: T | undefined;
  /** @throws GatewayError `not_ready`; the next call tries again */
  load(): Promise<T>;
}

/** `const { parse } = late.loaded ?? (await late.load())`: no promise where it is there. */
export function lateModule<T>(load: () => Promise<T>): LateModule<T> {
  const loadIt = loadModule(async () => {
    const loaded = await load();
    late.loaded = loaded;
    return loaded;
  });
  const late: { loaded: T | undefined; load(): Promise<T> } = { loaded: undefined, load: loadIt };
  return late;
}
