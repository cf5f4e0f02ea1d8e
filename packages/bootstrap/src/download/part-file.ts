/** A download that is not finished: what has come, and what it is the beginning of, so that a later run goes on with it. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeError } from '../bootstrap-error.js';
import { UNWRAPPED } from './unwrap-gzip.js';

/** What tells that the server still has the same file. */
export interface Validator {
  readonly url: string;
  readonly etag?: string;
  readonly lastModified?: string;
  /** Bytes of the whole, where it was told. */
  readonly total?: number;
}

const PART = '.part';
const PART_FACTS = '.part.json';
/** All of it has come; it is looked at before it gets its name. */
const WHOLE = '.whole';
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;

export class PartFile {
  readonly path: string;
  /** Where it lies once it is whole. */
  readonly whole: string;
  readonly #facts: string;
  #file: FileHandle | undefined;
  #size = 0;
  #hash: Hash = createHash('sha256');
  #validator: Validator | undefined;

  constructor(target: string) {
    this.path = `${target}${PART}`;
    this.whole = wholePath(target);
    this.#facts = `${target}${PART_FACTS}`;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes of the whole, where it was told. */
  get total(): number | undefined {
    return this.#validator?.total;
  }

  /** What a request to go on says; `undefined`: it starts over. */
  get validator(): Validator | undefined {
    return this.#size === 0 ? undefined : this.#validator;
  }

  /** Takes up what an earlier run has left of the same address. */
  async open(url: string, signal: AbortSignal): Promise<void> {
    this.#validator = await this.#readFacts();
    const known = this.#validator?.url === url;
    if (!known) this.#validator = undefined;
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o755 });
      this.#file = await open(this.path, known ? 'a' : 'w', 0o644);
    } catch (error) {
      throw writeError(this.path, error);
    }
    if (!known) return;
    for await (const piece of createReadStream(this.path)) {
      signal.throwIfAborted();
      this.#hash.update(piece as Uint8Array);
      this.#size += (piece as Uint8Array).length;
    }
  }

  /** Nothing has come yet. */
  async restart(validator: Validator): Promise<void> {
    await this.#file?.truncate(0);
    this.#size = 0;
    this.#hash = createHash('sha256');
    this.#validator = validator;
    // Before the first byte: whoever is killed after it knows what it belongs to.
    await writeFile(this.#facts, `${JSON.stringify(validator)}\n`, { mode: 0o644 });
  }

  async append(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      // Opened to append, where it was there before.
      const { bytesWritten } = (await this.#file?.write(piece, at, piece.length - at, this.#size + at)) ?? {
        bytesWritten: piece.length,
      };
      at += bytesWritten;
    }
    this.#hash.update(piece);
    this.#size += piece.length;
  }

  /** Keeps what has come. */
  async close(): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  /** It is whole: lies at {@link whole} from now on. Returns its hash. */
  async finish(): Promise<string> {
    await this.#file?.sync().catch(() => undefined);
    await this.close();
    await rename(this.path, this.whole);
    await rm(this.#facts, { force: true });
    return this.#hash.digest('hex');
  }

  async discard(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
    await rm(this.#facts, { force: true });
  }

  async #readFacts(): Promise<Validator | undefined> {
    try {
      const value = JSON.parse(await readFile(this.#facts, 'utf8')) as Partial<Validator> | null;
      if (typeof value?.url !== 'string' || (value.etag ?? value.lastModified) === undefined) return undefined;
      return typeof (value.total ?? 0) === 'number' ? (value as Validator) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Where a download, or a copy of a file, lies until it was looked at. */
export const wholePath = (target: string): string => `${target}${WHOLE}`;

/** The name that it is to have then. */
export const nameOfWhole = (path: string): string => basename(path, WHOLE);

/**
 * Takes away what a run has left that was killed, and parts that none has gone on with for a week: under the lock.
 *
 * @param now milliseconds since the epoch
 */
export async function removeLeftovers(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [] as string[])) {
    const path = join(folder, name);
    const isPart = name.endsWith(PART) || name.endsWith(PART_FACTS);
    const isUnseen = name.endsWith(WHOLE) || name.endsWith(`${WHOLE}${UNWRAPPED}`);
    if (!isPart && !isUnseen) continue;
    const found = await stat(path).catch(() => undefined);
    const isOld = found !== undefined && now - found.mtimeMs > MAX_AGE_MS;
    if (isUnseen || isOld) await rm(path, { force: true });
  }
}
