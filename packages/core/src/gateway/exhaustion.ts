/** The system has no more of something: nobody's mistake, and over soon. */
import { GatewayError } from '../chat/index.js';

/** File descriptors of the process and of the machine, memory, socket buffers, threads or processes. */
const EXHAUSTED = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EAGAIN']);
const RETRY_AFTER_MS = 2_000;
/** Causes that are looked into. */
const MAX_DEPTH = 6;

/** A failure that comes of exhaustion as one that clients try again; `undefined` for any other. */
export function exhaustionError(thrown: unknown): GatewayError | undefined {
  if (GatewayError.isInstance(thrown) && (thrown.status < 500 || thrown.retryAfterMs !== undefined)) return undefined;
  if (!isExhaustion(thrown)) return undefined;
  return new GatewayError('not_ready', 'The gateway is short of resources; try again later', {
    cause: thrown,
    retryAfterMs: RETRY_AFTER_MS,
  });
}

function isExhaustion(thrown: unknown, depth = 0): boolean {
  if (typeof thrown !== 'object' || thrown === null || depth > MAX_DEPTH) return false;
  const { code, cause, errors } = thrown as { code?: unknown; cause?: unknown; errors?: unknown };
  if (typeof code === 'string' && EXHAUSTED.has(code)) return true;
  if (Array.isArray(errors) && errors.slice(0, MAX_DEPTH).some((error) => isExhaustion(error, depth + 1))) return true;
  return isExhaustion(cause, depth + 1);
}
