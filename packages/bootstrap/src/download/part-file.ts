/** A download that is not finished: what has come, and what it is the beginning of, so that a later run goes on with it. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BootstrapError, reasonOf } from '../bootstrap-error.js';

/** What tells that the server still has the same file. */
export interface Validator {
  readonly url: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

const PART = '.part';
const PART_FACTS = '.part.json';
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;

export class PartFile {
  readonly path: string;
  readonly #facts: string;
  #file: FileHandle | undefined;
  #size = 0;
  #hash: Hash = createHash('sha256');
  #validator: Validator | undefined;

  constructor(readonly target: string) {
    this.path = `${target}${PART}`;
    this.#facts = `${target}${PART_FACTS}`;
  }

  get size(): number {
    return this.#size;
  }

  /** What a request to go on says; `undefined`: it starts over. */
  get validator(): Validator | undefined {
    return this.#size === 0 ? undefined : this.#validator;
  }

  /** Takes up what an earlier run has left of the same address. */
  async open(url: string, signal: AbortSignal): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o755 });
    this.#validator = await this.#readFacts();
    const known = this.#validator?.url === url;
    if (!known) this.#validator = undefined;
    this.#file = await open(this.path, known ? 'a' : 'w', 0o644).catch((error: unknown) => {
      throw new BootstrapError('cannot_write', `${this.path} cannot be written: ${reasonOf(error)}`, { cause: error });
    });
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

  /** It is whole: takes its own name. Returns its hash. */
  async finish(): Promise<string> {
    await this.#file?.sync().catch(() => undefined);
    await this.close();
    await rename(this.path, this.target);
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
      return value as Validator;
    } catch {
      return undefined;
    }
  }
}

/** Takes away what no run has gone on with for a week. @param now milliseconds since the epoch */
export async function removeOldParts(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [] as string[])) {
    if (!name.endsWith(PART) && !name.endsWith(PART_FACTS)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && now - found.mtimeMs > MAX_AGE_MS) await rm(path, { force: true });
  }
}
