/** Writes ZIP files, also such as no tool would make: that is what they are for. */
import { crc32, deflateRawSync } from 'node:zlib';

/** One entry. What is given beside name and content is written as it is, be it true or not. */
export interface ZipMember {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** Unix mode with its file type, such as `0o120777` of a link. Default: a plain file, or a folder where the name says so. */
  readonly mode?: number;
  /** Not packed. */
  readonly stored?: boolean;
  readonly crc?: number;
  readonly size?: number;
  readonly encrypted?: boolean;
}

/** How an archive is written. */
export interface ZipOptions {
  /** Sizes and offsets in 64 bits, however small they are. */
  readonly zip64?: boolean;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const MAX_32 = 0xffffffff;

interface Field {
  readonly bytes: 2 | 4 | 8;
  readonly value: number;
}

const u16 = (value: number): Field => ({ bytes: 2, value });
const u32 = (value: number): Field => ({ bytes: 4, value });
const u64 = (value: number): Field => ({ bytes: 8, value });

function record(...fields: readonly Field[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, { bytes }) => sum + bytes, 0));
  let at = 0;
  for (const { bytes, value } of fields) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return buffer;
}

/** What the two headers of an entry are made of. */
export interface EntryFacts {
  readonly name: string;
  readonly method: 0 | 8;
  readonly flags: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly mode: number;
}

/** Date and time of every entry: 2026-01-01. */
const TIME = [u16(0), u16(((2026 - 1980) << 9) | (1 << 5) | 1)] as const;

export function localHeader({ name, method, flags, crc, packedSize, size }: EntryFacts, zip64 = false): Buffer {
  const bytes = Buffer.from(name);
  const extra = zip64 ? record(u16(1), u16(16), u64(size), u64(packedSize)) : Buffer.alloc(0);
  const sizes = zip64 ? [u32(MAX_32), u32(MAX_32)] : [u32(packedSize), u32(size)];
  return Buffer.concat([
    record(u32(LOCAL), u16(zip64 ? 45 : 20), u16(flags), u16(method), ...TIME, u32(crc), ...sizes),
    record(u16(bytes.length), u16(extra.length)),
    bytes,
    extra,
  ]);
}

export function centralHeader(facts: EntryFacts, offset: number, zip64 = false): Buffer {
  const { name, method, flags, crc, packedSize, size, mode } = facts;
  const bytes = Buffer.from(name);
  const extra = zip64 ? record(u16(1), u16(24), u64(size), u64(packedSize), u64(offset)) : Buffer.alloc(0);
  const sizes = zip64 ? [u32(MAX_32), u32(MAX_32)] : [u32(packedSize), u32(size)];
  return Buffer.concat([
    // Made on Unix, which gives its modes.
    record(
      u32(CENTRAL),
      u16((3 << 8) | 45),
      u16(zip64 ? 45 : 20),
      u16(flags),
      u16(method),
      ...TIME,
      u32(crc),
      ...sizes,
    ),
    record(u16(bytes.length), u16(extra.length), u16(0), u16(0), u16(0), u32((mode << 16) >>> 0)),
    record(u32(zip64 ? MAX_32 : offset)),
    bytes,
    extra,
  ]);
}

export function endRecords(count: number, centralSize: number, offset: number, zip64 = false): Buffer {
  const plain = (entries: number, size: number, start: number): Buffer =>
    record(u32(END), u16(0), u16(0), u16(entries), u16(entries), u32(size), u32(start), u16(0));
  if (!zip64 && count < 0xffff) return plain(count, centralSize, offset);
  return Buffer.concat([
    record(
      u32(END64),
      u64(44),
      u16(45),
      u16(45),
      u32(0),
      u32(0),
      u64(count),
      u64(count),
      u64(centralSize),
      u64(offset),
    ),
    record(u32(LOCATOR64), u32(0), u64(offset + centralSize), u32(1)),
    plain(0xffff, MAX_32, MAX_32),
  ]);
}

/** The whole file. */
export function writeZip(members: readonly ZipMember[], { zip64 = false }: ZipOptions = {}): Buffer {
  const pieces: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { name, content = '', stored = false, encrypted = false } = member;
    const plain = Buffer.from(content);
    const packed = stored || plain.length === 0 ? plain : deflateRawSync(plain);
    const facts: EntryFacts = {
      name,
      method: stored || plain.length === 0 ? 0 : 8,
      // Names are UTF-8.
      flags: 0x800 | (encrypted ? 1 : 0),
      crc: member.crc ?? crc32(plain),
      packedSize: packed.length,
      size: member.size ?? plain.length,
      mode: member.mode ?? (name.endsWith('/') ? 0o40755 : 0o100644),
    };
    const local = localHeader(facts, zip64);
    pieces.push(local, packed);
    central.push(centralHeader(facts, offset, zip64));
    offset += local.length + packed.length;
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([...pieces, directory, endRecords(members.length, directory.length, offset, zip64)]);
}
