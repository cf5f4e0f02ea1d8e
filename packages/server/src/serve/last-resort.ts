/**
 * What nobody caught must not end the process: other callers' answers are on their way in it. It is said and the server
 * goes on; the request it belonged to ends by its own limits.
 */
import type { Logger } from '@lingma-gateway/core';

/** Characters of a text that are looked at, and different failures that are remembered. */
const MAX_TEXT = 500;
const MAX_KNOWN = 100;

/** Reader gone: whoever read our output has had enough of it, which is no failure. */
const GONE = new Set(['EPIPE', 'ERR_STREAM_DESTROYED']);

/** What is used of `process`. */
export interface ProcessEvents {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (thrown: unknown) => void): unknown;
  off(event: 'uncaughtException' | 'unhandledRejection', listener: (thrown: unknown) => void): unknown;
}

/** Returns what takes the handlers back. Each failure is logged once, and again with its number at the 10th, 100th, … */
export function keepServing(logger: Logger, process: ProcessEvents): () => void {
  const counts = new Map<string, number>();
  const handle = (kind: string) => (thrown: unknown) => {
    try {
      const failure = describe(thrown);
      if (failure.code !== undefined && GONE.has(failure.code)) return;
      const key = `${failure.type} ${failure.message}`;
      const count = (counts.get(key) ?? 0) + 1;
      if (counts.size >= MAX_KNOWN && count === 1) counts.clear();
      counts.set(key, count);
      if (/^10*$/.test(String(count)))
        logger.error('Nobody caught this; the gateway goes on', { kind, count, ...failure });
    } catch {
      // Nothing is left that could be told, and nobody to tell.
    }
  };
  const onException = handle('exception');
  const onRejection = handle('rejection');
  process.on('uncaughtException', onException);
  process.on('unhandledRejection', onRejection);
  return () => {
    process.off('uncaughtException', onException);
    process.off('unhandledRejection', onRejection);
  };
}

interface Failure {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** Where it happened: no content stands in places. */
  readonly at?: readonly string[];
}

function describe(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: '' };
  const { code } = thrown as { code?: unknown };
  const places = String(thrown.stack ?? '')
    .slice(-20 * MAX_TEXT)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim().slice(0, MAX_TEXT));
  return {
    type: String(thrown.name).slice(0, 100),
    message: String(thrown.message).slice(0, MAX_TEXT),
    ...(typeof code === 'string' && { code }),
    ...(places.length > 0 && { at: places }),
  };
}
