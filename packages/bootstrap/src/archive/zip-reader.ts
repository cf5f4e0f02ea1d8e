/**
 * A ZIP file, whose every entry is checked before any is read: names, kinds, sizes, doubles. Only what is then asked for is
 * unpacked, and counted while it is.
 *
 * Over 250 lines: the rules are only worth something together: each is one that the others rely on.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { PassThrough, pipeline } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import yauzl from 'yauzl';
import { BootstrapError, type BootstrapErrorCode, isOfSystem, reasonOf, writeError } from '../bootstrap-error.js';
import { ARCHIVE_LIMITS, type ArchiveLimits } from './archive-limits.js';
import { nameProblem, shownName } from './entry-name.js';
import { SeenNames } from './seen-names.js';

export interface ZipEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number;
}

export interface UnpackedFile {
  readonly size: number;
  readonly sha256: string;
}

/** Bytes that were unpacked, over all archives of one bootstrap. */
export class ByteBudget {
  #used = 0;
  constructor(readonly limits: ArchiveLimits = ARCHIVE_LIMITS) {}

  /** @throws BootstrapError `total_size` */
  use(bytes: number): void {
    this.#used += bytes;
    if (this.#used > this.limits.totalBytes) {
      throw new BootstrapError('total_size', `The archive unpacks to more than ${this.limits.totalBytes} bytes`);
    }
  }
}

const STORED = 0;
const DEFLATED = 8;
const PIECE_BYTES = 128 * 1024;

/** Unix file types, in the upper half of what an entry says of itself. */
const TYPE_MASK = 0xf000;
const TYPE_LINK = 0xa000;
const PLAIN_TYPES = [0, 0x8000, 0x4000];

export class ZipReader {
  readonly #path: string;
  readonly #zip: yauzl.ZipFile;
  readonly #budget: ByteBudget;
  readonly #entries: ReadonlyMap<string, yauzl.Entry>;

  private constructor(path: string, zip: yauzl.ZipFile, budget: ByteBudget, entries: ReadonlyMap<string, yauzl.Entry>) {
    this.#path = path;
    this.#zip = zip;
    this.#budget = budget;
    this.#entries = entries;
  }

  /** @throws BootstrapError with the rule that the archive breaks */
  static async open(path: string, budget: ByteBudget, signal: AbortSignal): Promise<ZipReader> {
    const zip = await openZip(path);
    try {
      return new ZipReader(path, zip, budget, await checkedEntries(zip, budget.limits, signal));
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  get entries(): readonly ZipEntry[] {
    return [...this.#entries].map(([name, { uncompressedSize }]) => ({
      name,
      isFolder: name.endsWith('/'),
      size: uncompressedSize,
    }));
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /**
   * Hands over the bytes of one entry, piece by piece.
   *
   * @throws BootstrapError with the rule that it breaks; the signal's reason
   */
  async read(name: string, onPiece: (piece: Uint8Array) => Promise<void>, signal: AbortSignal): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new BootstrapError('not_a_zip', `The archive has no entry ${shownName(name)}`);
    const { entryBytes, ratio, ratioFromBytes } = this.#budget.limits;
    const refuse = (code: BootstrapErrorCode, what: string): BootstrapError =>
      new BootstrapError(code, `The entry ${shownName(name)} ${what}`);
    let size = 0;
    let checksum = 0;
    try {
      for await (const piece of await this.#stream(entry, signal)) {
        size += piece.length;
        if (size > entryBytes) throw refuse('entry_size', `is larger than ${entryBytes} bytes`);
        if (size > ratioFromBytes && size > ratio * entry.compressedSize) {
          throw refuse('entry_ratio', `unpacks to more than ${ratio} times its size`);
        }
        this.#budget.use(piece.length);
        checksum = crc32(piece, checksum);
        await onPiece(piece);
        signal.throwIfAborted();
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BootstrapError || isOfSystem(error)) throw error;
      throw refuse('entry_checksum', `is broken: ${reasonOf(error)}`);
    }
    signal.throwIfAborted();
    if (size !== entry.uncompressedSize) throw refuse('entry_checksum', 'has another size than it says');
    if (checksum !== entry.crc32)
      throw refuse('entry_checksum', 'is not what it was when it was packed: its CRC differs');
  }

  /** @throws as `read`; BootstrapError `cannot_write` */
  async extract(name: string, target: string, mode: number, signal: AbortSignal): Promise<UnpackedFile> {
    const hash = createHash('sha256');
    let size = 0;
    let file: FileHandle;
    try {
      file = await open(target, 'wx', mode);
    } catch (error) {
      throw writeError(target, error);
    }
    try {
      await this.read(
        name,
        async (piece) => {
          hash.update(piece);
          size += piece.length;
          await writeAll(file, piece);
        },
        signal,
      );
      await file.chmod(mode);
    } finally {
      await file.close();
    }
    return { size, sha256: hash.digest('hex') };
  }

  /** @throws as `read`; BootstrapError `entry_size` beyond `maxBytes` */
  async readText(name: string, maxBytes: number, signal: AbortSignal): Promise<string> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    await this.read(
      name,
      async (piece) => {
        size += piece.length;
        if (size > maxBytes) throw new BootstrapError('entry_size', `The entry ${shownName(name)} is too large`);
        pieces.push(piece);
      },
      signal,
    );
    return Buffer.concat(pieces, size).toString('utf8');
  }

  /** Not the library's own stream: that one does not end when it is destroyed. */
  async #stream(entry: yauzl.Entry, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const { compressionMethod, compressedSize } = entry;
    if (compressionMethod !== STORED && compressionMethod !== DEFLATED) {
      const what = `is packed by a method that is unknown: ${compressionMethod}`;
      throw new BootstrapError('compression_method', `The entry ${shownName(entryName(entry))} ${what}`);
    }
    const { fileDataStart: start } = await this.#zip.readLocalFileHeaderPromise(entry, { minimal: true });
    if (compressedSize === 0) return [] as unknown as AsyncIterable<Uint8Array>;
    const packed = createReadStream(this.#path, {
      start,
      end: start + compressedSize - 1,
      highWaterMark: PIECE_BYTES,
      signal,
    });
    const unpacked =
      compressionMethod === STORED
        ? new PassThrough({ highWaterMark: PIECE_BYTES })
        : createInflateRaw({ chunkSize: PIECE_BYTES });
    // What goes wrong in either is thrown by whoever reads the second.
    pipeline(packed, unpacked, () => undefined);
    return unpacked;
  }

  close(): void {
    this.#zip.close();
  }
}

async function openZip(path: string): Promise<yauzl.ZipFile> {
  try {
    // Names are checked here, by more rules than the library's; it would put a slash in the place of a backslash.
    return await yauzl.openPromise(path, { lazyEntries: true, decodeStrings: false, autoClose: false });
  } catch (error) {
    if (isOfSystem(error)) throw error;
    throw new BootstrapError('not_a_zip', `The archive cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

async function checkedEntries(
  zip: yauzl.ZipFile,
  limits: ArchiveLimits,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, yauzl.Entry>> {
  const tooMany = (): BootstrapError =>
    new BootstrapError('entry_count', `The archive has more than ${limits.entries} entries`);
  if (zip.entryCount > limits.entries) throw tooMany();
  const entries = new Map<string, yauzl.Entry>();
  const seen = new SeenNames();
  let total = 0;
  for await (const entry of eachEntry(zip)) {
    signal.throwIfAborted();
    const name = checkedName(entry);
    checkKind(entry, name, limits);
    total += entry.uncompressedSize;
    if (total > limits.totalBytes) {
      throw new BootstrapError('total_size', `The archive says it unpacks to more than ${limits.totalBytes} bytes`);
    }
    seen.add(name);
    entries.set(name, entry);
    if (entries.size > limits.entries) throw tooMany();
  }
  seen.end();
  return entries;
}

async function* eachEntry(zip: yauzl.ZipFile): AsyncGenerator<yauzl.Entry> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    if (error instanceof BootstrapError || isOfSystem(error)) throw error;
    const isEncrypted = /encrypt/i.test(reasonOf(error));
    throw new BootstrapError(isEncrypted ? 'encrypted' : 'not_a_zip', `The archive is broken: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

const entryName = ({ generalPurposeBitFlag, fileNameRaw, extraFields }: yauzl.Entry): string =>
  yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);

function checkedName(entry: yauzl.Entry): string {
  const name = entryName(entry);
  const problem = nameProblem(name);
  if (problem === undefined) return name;
  throw new BootstrapError('entry_name', `The archive has the name ${shownName(name)}, which is refused: ${problem}`);
}

function checkKind(entry: yauzl.Entry, name: string, limits: ArchiveLimits): void {
  const refuse = (code: BootstrapErrorCode, what: string): BootstrapError =>
    new BootstrapError(code, `The entry ${shownName(name)} ${what}`);
  if (entry.isEncrypted()) throw refuse('encrypted', 'is encrypted');
  const type = (entry.externalFileAttributes >>> 16) & TYPE_MASK;
  // Whatever system it says it was packed on.
  if (type === TYPE_LINK) throw refuse('link', 'is a symbolic link');
  if (!PLAIN_TYPES.includes(type)) throw refuse('device', 'is neither a file nor a folder');
  if (entry.uncompressedSize > limits.entryBytes) {
    throw refuse('entry_size', `says it is larger than ${limits.entryBytes} bytes`);
  }
  const { uncompressedSize: size, compressedSize } = entry;
  if (size > limits.ratioFromBytes && size > limits.ratio * compressedSize) {
    throw refuse('entry_ratio', `says it unpacks to more than ${limits.ratio} times its size`);
  }
}

/** @throws the system's error, such as ENOSPC */
async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length; ) {
    const { bytesWritten } = await file.write(piece, at);
    at += bytesWritten;
  }
}
