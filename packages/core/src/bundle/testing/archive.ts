/** Archives as nobody should make them, written block by block. */
import { gzipSync } from 'node:zlib';
import { Header, type HeaderData } from 'tar';

export interface Entry {
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly header?: HeaderData & { readonly typeflag?: string };
  /** Bytes changed in the header afterwards, without a new checksum. */
  readonly spoil?: boolean;
}

export const GOOD: readonly Entry[] = [
  { path: 'cache/id', body: 'machine' },
  { path: 'cache/user', body: 'user blob' },
];

export function archive(entries: readonly Entry[], tail: Uint8Array = Buffer.alloc(1024)): Buffer {
  return gzipSync(Buffer.concat([...entries.map(entryBytes), tail]));
}

export function entryBytes({ path, body = '', header = {}, spoil }: Entry): Buffer {
  const bytes = Buffer.from(body as Uint8Array);
  const block = Buffer.alloc(512);
  const { typeflag, ...data } = header;
  new Header({ path: 'x', mode: 0o600, size: bytes.byteLength, type: 'File', mtime: new Date(0), ...data }).encode(
    block,
  );
  // The library would clean some of these names.
  block.fill(0, 0, 100);
  block.write(path, 0, 100);
  if (typeflag !== undefined) block.write(typeflag, 156, 1, 'latin1');
  block.write('        ', 148, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  if (spoil === true) block[0] = (block[0] ?? 0) ^ 1;
  return Buffer.concat([block, bytes, Buffer.alloc((512 - (bytes.byteLength % 512)) % 512)]);
}

export const record = (name: string, value: string): string => {
  const rest = ` ${name}=${value}\n`;
  const length = rest.length + 2;
  return `${length}${rest}`;
};
