/** A file that an operator named, read at once and within a bound. */
import { closeSync, openSync, readSync } from 'node:fs';

/** Room for a list of accounts with their logins in it. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

const PIECE = 64 * 1024;

/** @throws Error with the reason */
export function readTextFile(path: string, maxBytes: number = MAX_FILE_BYTES): string {
  const file = openSync(path, 'r');
  try {
    const pieces: Buffer[] = [];
    // Its size says nothing of a pipe, which shells and service managers hand over secrets with.
    for (let total = 0; ; ) {
      const piece = Buffer.alloc(Math.min(PIECE, maxBytes + 1 - total));
      const length = readSync(file, piece, 0, piece.length, null);
      if (length === 0) return Buffer.concat(pieces).toString('utf8');
      pieces.push(piece.subarray(0, length));
      total += length;
      if (total > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
    }
  } finally {
    closeSync(file);
  }
}
