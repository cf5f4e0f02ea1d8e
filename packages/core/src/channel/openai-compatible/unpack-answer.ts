/** The content coding of an answer, undone as it comes: none is asked for, but some servers and proxies pack all the same. */
import { createBrotliDecompress, createUnzip, type Unzip } from 'node:zlib';

export interface UnpackSink {
  data(chunk: Buffer): void;
  /** Once. With an error where the data is damaged or cut. */
  end(error?: Error): void;
  /** More may be written. */
  drain(): void;
}

export interface Unpacker {
  /** False: no more before {@link UnpackSink.drain}. */
  write(chunk: Buffer): boolean;
  end(): void;
  pause(): void;
  resume(): void;
  /** Nothing is handed over any more. */
  close(): void;
}

const CODINGS: Readonly<Record<string, () => Unzip>> = {
  gzip: createUnzip,
  'x-gzip': createUnzip,
  deflate: createUnzip,
  br: createBrotliDecompress as () => Unzip,
};

export const isPacked = (coding: string | undefined): coding is string =>
  coding !== undefined && coding.trim() !== '' && coding.trim().toLowerCase() !== 'identity';

/** What comes out is bounded by whoever takes it. `undefined`: nobody here knows the coding. */
export function createUnpacker(coding: string, sink: UnpackSink): Unpacker | undefined {
  const name = coding.trim().toLowerCase();
  const open = Object.hasOwn(CODINGS, name) ? CODINGS[name] : undefined;
  if (open === undefined) return undefined;
  const unzip = open();
  let wrote = false;
  unzip.on('data', (chunk: Buffer) => sink.data(chunk));
  unzip.once('end', () => sink.end());
  unzip.once('error', (error) => sink.end(error));
  unzip.on('drain', () => sink.drain());
  return {
    write(chunk) {
      wrote = true;
      return unzip.write(chunk);
    },
    end() {
      // An answer without a body is not packed, whatever it says.
      if (wrote) unzip.end();
      else sink.end();
    },
    pause: () => unzip.pause(),
    resume: () => unzip.resume(),
    close() {
      unzip.removeAllListeners().on('error', () => undefined);
      unzip.destroy();
    },
  };
}
