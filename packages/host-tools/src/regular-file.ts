/** Reading and writing regular files whole, within a bound; pipes, devices and links at the end of a path are refused. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { HostToolError } from './host-tool-error.js';

/** Bytes a file may have to be read or written. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

// O_NONBLOCK: opening a pipe would wait for its other end. O_NOFOLLOW: the path is a real one, so a link there was put
// in its place since it was looked at. Windows has neither.
const GUARDED = (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** @throws HostToolError for what is no regular file, or larger than `maxBytes` */
export async function readRegularFile(path: string, maxBytes = MAX_FILE_BYTES): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | GUARDED);
  try {
    const size = await sizeOf(file);
    if (size > maxBytes) throw new HostToolError(`The file is too large: ${size} bytes`);
    const buffer = Buffer.alloc(Math.min(maxBytes, size + 4096));
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** Creates the file or replaces its content. @throws HostToolError for what is no regular file, and for too much text */
export async function writeRegularFile(path: string, text: string): Promise<void> {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > MAX_FILE_BYTES) throw new HostToolError(`The text is too large: ${bytes.length} bytes`);
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | GUARDED);
  try {
    await sizeOf(file);
    await file.truncate(0);
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

/** Text of a file. @throws HostToolError when it is none */
export function toText(bytes: Buffer): string {
  if (bytes.subarray(0, 8192).includes(0)) throw new HostToolError('The file is not a text file');
  return bytes.toString('utf8');
}

async function sizeOf(file: FileHandle): Promise<number> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new HostToolError(stat.isDirectory() ? 'This is a folder' : 'This is no regular file');
  return stat.size;
}
