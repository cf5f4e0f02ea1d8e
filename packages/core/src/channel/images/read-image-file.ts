/** Local pictures: regular files alone, opened without waiting, read within a bound whatever becomes of them meanwhile. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { GatewayError } from '../../chat/index.js';

// Opening a pipe would wait for its other end, and no terminal is to become ours. Windows has neither.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
const CHUNK = 1024 * 1024;

/** @throws GatewayError `invalid_request` for what is no regular file or larger than `maxBytes`; or the signal's reason */
export async function readImageFile(path: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted();
  const file = await open(path, FLAGS).catch((error: unknown) => {
    throw new GatewayError('invalid_request', 'Image: the file can not be opened', { cause: error });
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new GatewayError('invalid_request', 'Image: not a regular file');
    if (found.size > maxBytes) throw new GatewayError('invalid_request', 'Image: too large');
    return await readAll(file, maxBytes, signal);
  } finally {
    await file.close();
  }
}

/** What `stat` told may have grown since, or mean nothing (`/proc`). */
async function readAll(file: FileHandle, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let size = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, size);
    if (bytesRead === 0) return Buffer.concat(chunks, size);
    size += bytesRead;
    if (size > maxBytes) throw new GatewayError('invalid_request', 'Image: too large');
    chunks.push(buffer.subarray(0, bytesRead));
  }
}
