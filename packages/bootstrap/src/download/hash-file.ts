/** The SHA-256 of a file, and its size. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** @throws the signal's reason, or the system's error */
export async function hashFile(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of createReadStream(path)) {
    signal.throwIfAborted();
    hash.update(piece as Uint8Array);
    size += (piece as Uint8Array).length;
  }
  return { sha256: hash.digest('hex'), size };
}
