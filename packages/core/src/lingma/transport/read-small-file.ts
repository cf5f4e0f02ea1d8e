import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** No file of Lingma's that we read comes near this. */
export const SMALL_FILE_BYTES = 64 * 1024;

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENXIO']);

/**
 * The text of a regular file of at most 64 KiB; `undefined` when there is none.
 *
 * @throws Error when it may not be read or is larger
 */
export async function readSmallFile(path: string): Promise<string | undefined> {
  // O_NONBLOCK: opening a FIFO that lies there by mischance would wait for its writer. Windows has no such flag.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (ABSENT.has(error.code ?? '')) return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat().then((stat) => (stat.isFile() ? stat : { size: -1 }));
    if (size < 0) return undefined;
    const buffer = Buffer.alloc(SMALL_FILE_BYTES + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length > SMALL_FILE_BYTES) throw new Error(`The file is larger than ${SMALL_FILE_BYTES} bytes`);
    return buffer.toString('utf8', 0, length);
  } finally {
    await file.close();
  }
}
