/**
 * Bytes of tar+gzip as the files of a login, or the rule that they break. Nothing is written here, and nothing beyond the
 * limits is held: the archive is read block by block as it is unpacked, and the first thing that is wrong ends that.
 */
import { createGunzip } from 'node:zlib';
import type { Header } from 'tar';
import {
  BUNDLE_FILES,
  BUNDLE_LIMITS,
  BundleError,
  type BundleFileName,
  type BundleFiles,
  REQUIRED_FILES,
} from './bundle-files.js';
import { isGzip } from './decode-text.js';
import { loadTar } from './load-tar.js';
import { padding } from './pack-bundle.js';

const BLOCK = 512;
/** Of one extended header: times and owners of a file take less than 200. */
const MAX_EXTENDED = 8 * 1024;
/** Setuid, setgid, sticky. */
const SPECIAL_BITS = 0o7000;
/** Of extended headers that say nothing about what a file is: Python's `tarfile` writes `mtime` with parts of a second. */
const HARMLESS_RECORDS: ReadonlySet<string> = new Set([
  'mtime',
  'atime',
  'ctime',
  'uid',
  'gid',
  'uname',
  'gname',
  'comment',
]);

/** @throws BundleError */
export async function unpackBundle(packed: Uint8Array): Promise<BundleFiles> {
  if (packed.byteLength > BUNDLE_LIMITS.packed) throw new BundleError('packed_too_large');
  if (!isGzip(packed)) throw new BundleError('not_gzip');
  const reader = new ArchiveReader((await loadTar()).Header);
  const gunzip = createGunzip();
  gunzip.end(packed);
  try {
    for await (const chunk of gunzip) reader.push(chunk as Buffer);
  } catch (error) {
    throw error instanceof BundleError ? error : new BundleError(isTruncation(error) ? 'truncated' : 'not_gzip');
  } finally {
    gunzip.destroy();
  }
  return reader.end();
}

const isTruncation = (error: unknown): boolean => (error as NodeJS.ErrnoException | null)?.code === 'Z_BUF_ERROR';

interface Member {
  /** Absent: read and looked at, not kept. */
  readonly name?: BundleFileName;
  readonly isExtended: boolean;
  readonly chunks: Buffer[];
  readonly size: number;
  missing: number;
  padding: number;
}

/** Holds one block that is not whole yet, and files within the limits. */
class ArchiveReader {
  readonly #files = new Map<BundleFileName, Uint8Array>();
  readonly #Header: typeof Header;
  #rest: Buffer = Buffer.alloc(0);
  #member: Member | undefined;
  #members = 0;
  #total = 0;
  #ended = false;

  constructor(reads: typeof Header) {
    this.#Header = reads;
  }

  push(chunk: Buffer): void {
    let data = this.#rest.byteLength === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const member = this.#member;
      if (member !== undefined) {
        const taken = data.subarray(0, member.missing);
        if (taken.byteLength > 0) member.chunks.push(Buffer.from(taken));
        member.missing -= taken.byteLength;
        data = data.subarray(taken.byteLength);
        const skipped = Math.min(member.padding, data.byteLength);
        if (member.missing === 0) {
          member.padding -= skipped;
          data = data.subarray(skipped);
        }
        if (member.missing > 0 || member.padding > 0) break;
        this.#finish(member);
        this.#member = undefined;
      } else if (this.#ended) {
        if (data.some((byte) => byte !== 0)) throw new BundleError('trailing_data');
        data = data.subarray(data.byteLength);
        break;
      } else if (data.byteLength < BLOCK) break;
      else {
        this.#begin(data.subarray(0, BLOCK));
        data = data.subarray(BLOCK);
      }
    }
    this.#rest = Buffer.from(data);
  }

  end(): BundleFiles {
    if (this.#member !== undefined || this.#rest.byteLength > 0) throw new BundleError('truncated');
    if (REQUIRED_FILES.some((name) => (this.#files.get(name)?.byteLength ?? 0) === 0)) {
      throw new BundleError('missing_file');
    }
    return this.#files;
  }

  #begin(block: Buffer): void {
    const header = new this.#Header(block);
    if (header.nullBlock) {
      this.#ended = true;
      return;
    }
    if (!header.cksumValid) throw new BundleError('bad_checksum');
    if (++this.#members > BUNDLE_LIMITS.members) throw new BundleError('too_many_members');
    const { path = '', type, mode = 0, size = 0 } = header;
    const isExtended = type === 'ExtendedHeader';
    if (!isExtended) {
      checkType(type);
      checkPath(path, type === 'Directory');
      if ((mode & SPECIAL_BITS) !== 0) throw new BundleError('special_mode');
    }
    if (type === 'Directory') {
      if (size > 0) throw new BundleError('directory');
      return;
    }
    if (size > (isExtended ? MAX_EXTENDED : BUNDLE_LIMITS.file)) {
      throw new BundleError(isExtended ? 'extended_header' : 'file_too_large');
    }
    if (!isExtended) {
      this.#total += size;
      if (this.#total > BUNDLE_LIMITS.unpacked) throw new BundleError('unpacked_too_large');
      if (this.#files.has(path as BundleFileName)) throw new BundleError('duplicate');
    }
    const member: Member = { isExtended, chunks: [], size, missing: size, padding: padding(size) };
    this.#member = isExtended ? member : { ...member, name: path as BundleFileName };
  }

  #finish({ name, isExtended, chunks }: Member): void {
    const bytes = Buffer.concat(chunks);
    if (isExtended) checkRecords(bytes);
    else if (name !== undefined) this.#files.set(name, new Uint8Array(bytes));
  }
}

function checkType(type: Header['type']): void {
  switch (type) {
    case 'File':
    case 'OldFile':
    case 'Directory':
      return;
    case 'Link':
    case 'SymbolicLink':
      throw new BundleError('link');
    case 'SparseFile':
      throw new BundleError('sparse');
    case 'GlobalExtendedHeader':
    case 'OldExtendedHeader':
    case 'NextFileHasLongPath':
    case 'NextFileHasLongLinkpath':
    case 'OldGnuLongPath':
      throw new BundleError('extended_header');
    default:
      throw new BundleError('special_file');
  }
}

function checkPath(path: string, isDirectory: boolean): void {
  if (path.includes('\\')) throw new BundleError('backslash');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) throw new BundleError('absolute_path');
  if (path.split('/').includes('..')) throw new BundleError('parent_path');
  if (isDirectory) {
    if (path !== 'cache/' && path !== 'cache') throw new BundleError('directory');
  } else if (!(BUNDLE_FILES as readonly string[]).includes(path)) throw new BundleError('unknown_name');
}

/** Records are `<length> <name>=<value>`; one whose length lies hides what it holds. */
function checkRecords(bytes: Buffer): void {
  let at = 0;
  while (at < bytes.byteLength) {
    const match = /^(\d{1,5}) ([^=\n]{1,100})=/.exec(bytes.toString('latin1', at, at + 128));
    const length = Number(match?.[1] ?? 0);
    const isWhole = match !== null && length > match[0].length && bytes[at + length - 1] === 0x0a;
    if (!isWhole || !HARMLESS_RECORDS.has(match?.[2] ?? '')) throw new BundleError('extended_header');
    at += length;
  }
}
