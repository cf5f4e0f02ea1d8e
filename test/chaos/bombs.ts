/** Bodies of a few kilobytes that unpack to very much. */
import { gzipSync } from 'node:zlib';

const MIB = 1024 * 1024;

/** JSON that is well formed as far as it goes: one string of spaces without an end. */
const BEGINNING = '{"model":"auto","messages":[{"role":"user","content":"';

/** Members one behind the other, as `gzip` allows: only the first one has to be computed. */
export function gzipBomb(unpackedBytes: number): Buffer {
  const member = gzipSync(Buffer.alloc(MIB, 0x20), { level: 9 });
  return Buffer.concat([gzipSync(BEGINNING), ...Array.from({ length: unpackedBytes / MIB }, () => member)]);
}

const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** A window of 128 KiB, no size, no checksum (RFC 8878, 3.1.1.1). */
const ZSTD_HEADER = Buffer.from([0x00, 0x38]);
const ZSTD_BLOCK_BYTES = 128 * 1024;

/** Blocks of one byte that is repeated (RFC 8878, 3.1.1.2), behind one with the beginning as it is. */
export function zstdBomb(unpackedBytes: number): Buffer {
  const blocks = unpackedBytes / ZSTD_BLOCK_BYTES;
  const raw = Buffer.concat([zstdBlockHeader(BEGINNING.length, 0, false), Buffer.from(BEGINNING)]);
  const repeated = Array.from({ length: blocks }, (_, index) =>
    Buffer.concat([zstdBlockHeader(ZSTD_BLOCK_BYTES, 1, index === blocks - 1), Buffer.from(' ')]),
  );
  return Buffer.concat([ZSTD_MAGIC, ZSTD_HEADER, raw, ...repeated]);
}

function zstdBlockHeader(size: number, type: 0 | 1, last: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (type << 1) | (last ? 1 : 0), 0, 3);
  return header;
}
