/** A session bundle whose `user` belongs to another `id`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export async function packForeign(cache: string): Promise<string> {
  const user = readFileSync(join(cache, 'user'));
  return gzipSync(
    Buffer.concat([entry('cache/id', Buffer.from('another-machine')), entry('cache/user', user), Buffer.alloc(1024)]),
  ).toString('base64');
}

/** One member of a ustar archive. */
function entry(name: string, body: Buffer): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(body.byteLength, 12), 124);
  header.write(octal(0, 12), 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.byteLength % 512)) % 512)]);
}
