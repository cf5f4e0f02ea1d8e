/**
 * The body of a response, taken in as it comes: a connection that is cut takes along what lies in a stream and was not read yet,
 * and a download that is to go on would never get further than that.
 */
import type { Readable } from 'node:stream';

/** Bytes that wait for their reader; the connection is held up beyond. One piece of it may come on top. */
export const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Throws what went wrong once everything before it was read. For one reader. */
export function eagerBody(body: Readable, maxWaiting = MAX_WAITING_BYTES): AsyncIterable<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let waiting = 0;
  let end: { readonly error?: unknown } | undefined;
  let wake = (): void => undefined;
  const finish = (error?: unknown): void => {
    end ??= error === undefined ? {} : { error };
    wake();
  };
  body.on('data', (piece: Uint8Array) => {
    pieces.push(piece);
    waiting += piece.length;
    if (waiting > maxWaiting) body.pause();
    wake();
  });
  body.on('end', () => finish());
  body.on('error', (error) => finish(error));
  body.on('close', () => finish(new Error('the connection was closed')));
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const piece = pieces.shift();
        if (piece !== undefined) {
          waiting -= piece.length;
          yield piece;
          if (waiting <= maxWaiting / 2 && end === undefined && body.isPaused()) body.resume();
          continue;
        }
        if (end !== undefined) {
          if ('error' in end) throw end.error;
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
