/** A body that is pushed into a `node:http` response as fast as the socket takes it. */
import { ServerResponse } from 'node:http';
import { DrainGate } from './drain-gate.js';

/** A body that is pushed: text goes out as it is made, and no more is made while the socket is full. */
export interface ChunkSource {
  pipe(sink: { write(text: string | Uint8Array): boolean; end(): void }): void;
  resume(): void;
  cancel(reason?: unknown): unknown;
}

export const DEFAULT_STALL_MS = 60_000;
/** Larger chunks go out in pieces, so that a slow reader shows progress. */
const PIECE_BYTES = 64 * 1024;

/** Nobody is there any more to answer, or an app around us has answered (a time limit of its own). */
export const isTaken = (outgoing: ServerResponse): boolean =>
  outgoing.destroyed || outgoing.headersSent || outgoing.socket?.destroyed === true;

/** Resolves when everything is written or the client is gone. */
export function pushChunks(source: ChunkSource, outgoing: ServerResponse, stallMs: number): Promise<void> {
  return new Promise((resolve) => {
    const gate = new DrainGate(outgoing, stallMs, () => source.resume());
    let begun = false;
    let headersOut: NodeJS.Immediate | undefined;
    const settle = (): void => {
      begun = true;
      clearImmediate(headersOut);
      gate.close();
      outgoing.off('close', onClose);
      resolve();
    };
    const onClose = (): void => {
      source.cancel(new Error('The client went away'));
      settle();
    };
    outgoing.once('close', onClose);
    const flush = flushOf(outgoing);
    source.pipe({
      write(text) {
        if (outgoing.destroyed) return false;
        begun = true;
        const open = text.length <= PIECE_BYTES ? writeFramed(text, outgoing) : writePieces(toBytes(text), outgoing);
        flush?.();
        if (!open) gate.wait();
        return open;
      },
      end() {
        outgoing.end();
        settle();
      },
    });
    // Headers go with a first chunk that is there already; they do not wait for a slow one.
    if (!begun) headersOut = setImmediate(() => outgoing.flushHeaders());
  });
}

/**
 * One HTTP chunk as one string: Node's own way hands four pieces to the socket, which costs more than the system call they share. Where
 * somebody has put a `write` in the place of Node's (compression, an app's hooks), it gets the text as it is.
 */
function writeFramed(text: string | Uint8Array, outgoing: ServerResponse): boolean {
  const isNodes = outgoing.write === ServerResponse.prototype.write;
  if (typeof text !== 'string' || text === '' || !isNodes || !outgoing.chunkedEncoding) return outgoing.write(text);
  outgoing.chunkedEncoding = false;
  try {
    return outgoing.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
  } finally {
    // The end writes the last chunk, which is Node's to do.
    outgoing.chunkedEncoding = true;
  }
}

/**
 * What an app's compression offers so that packed text does not wait for more of it. Event streams ask not to be packed at all,
 * but an app may have changed their headers.
 */
function flushOf(outgoing: ServerResponse): (() => void) | undefined {
  if (!outgoing.hasHeader('content-encoding') || !('flush' in outgoing)) return undefined;
  const { flush } = outgoing;
  return typeof flush === 'function' ? () => flush.call(outgoing) : undefined;
}

const toBytes = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? Buffer.from(text) : text);

/** A whole answer as a body, for one that a slow reader may not take at once. */
export function wholeBody(text: string | Uint8Array): ChunkSource {
  let finish: () => void = () => undefined;
  return {
    pipe(sink) {
      finish = () => sink.end();
      if (sink.write(text)) finish();
    },
    resume: () => finish(),
    cancel: () => undefined,
  };
}

/** Whether the socket takes more behind them. */
export function writePieces(bytes: Uint8Array, outgoing: ServerResponse): boolean {
  let open = true;
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    open = outgoing.write(bytes.subarray(start, start + PIECE_BYTES));
  }
  return open;
}
