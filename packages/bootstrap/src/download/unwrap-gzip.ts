/** What was downloaded is a ZIP, or one that was packed by gzip on its way. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { BootstrapError, isOfSystem, reasonOf, writeError } from '../bootstrap-error.js';
import { hashFile } from './hash-file.js';

/** Ending of what is being unwrapped. */
export const UNWRAPPED = '.unwrapped';

/** Of what is downloaded, and of what it unwraps to. */
export const MAX_ARCHIVE_BYTES = 1024 * 1024 * 1024;

/** `PK` of a ZIP, or what gzip begins with; a page that says sorry is neither. @throws BootstrapError `not_a_zip` */
export function checkHead(piece: Uint8Array): void {
  const isZip = piece[0] === 0x50 && (piece.length < 2 || piece[1] === 0x4b);
  const isGzip = piece[0] === 0x1f && (piece.length < 2 || piece[1] === 0x8b);
  if (!isZip && !isGzip) throw new BootstrapError('not_a_zip', 'What the server sends is no ZIP');
}

/**
 * Some mirrors pack the ZIP once more. Returns the SHA-256 of what lies there then.
 *
 * @param sha256 of the file as it is
 * @throws BootstrapError `not_a_zip`, `too_large`, or the signal's reason
 */
export async function unwrapGzip(
  target: string,
  sha256: string,
  { signal, maxBytes = MAX_ARCHIVE_BYTES }: { readonly signal: AbortSignal; readonly maxBytes?: number | undefined },
): Promise<string> {
  const head = Buffer.alloc(2);
  const file = await open(target, 'r');
  try {
    await file.read(head, 0, 2, 0);
  } finally {
    await file.close();
  }
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const plain = `${target}${UNWRAPPED}`;
    let size = 0;
    const count = new Transform({
      transform(piece: Buffer, _encoding, done) {
        if (size === 0) {
          try {
            checkHead(piece[0] === 0x1f ? Buffer.from([0]) : piece);
          } catch (error) {
            done(error as Error);
            return;
          }
        }
        size += piece.length;
        done(size > maxBytes ? tooLarge(maxBytes) : null, piece);
      },
    });
    try {
      await pipeline(createReadStream(target), createGunzip(), count, createWriteStream(plain, { mode: 0o644 }), {
        signal,
      });
      await rename(plain, target);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BootstrapError) throw error;
      if (isOfSystem(error)) throw writeError(plain, error);
      throw new BootstrapError('not_a_zip', `The download is packed by gzip, and broken: ${reasonOf(error)}`, {
        cause: error,
      });
    } finally {
      await rm(plain, { force: true });
    }
    return (await hashFile(target, signal)).sha256;
  }
  if (head[0] !== 0x50 || head[1] !== 0x4b) throw new BootstrapError('not_a_zip', 'What was downloaded is no ZIP');
  return sha256;
}

export const tooLarge = (maxBytes: number): BootstrapError =>
  new BootstrapError('too_large', `The download is larger than ${maxBytes} bytes`);
