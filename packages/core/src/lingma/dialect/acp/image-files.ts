/**
 * Pictures as files for a process that reads them by path (protocol section 10.1). It may read late, so a file stays
 * a while after its turn; all are gone when the client closes, and what a crash left behind goes at the next start.
 */
import { lstat, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewayError } from '../../../chat/index.js';
import { type Clock, createId, systemClock } from '../../../util/index.js';
import type { PreparedImage } from '../../turn/turn-contract.js';
import type { PlacedImage } from './build-prompt.js';

const PREFIX = 'lingma-gateway-images-';
/** How long a file outlives its turn. */
const KEEP_MS = 10 * 60 * 1000;
/** Of all files that are there at a time; those whose turns are over go early for want of room. */
const MAX_BYTES = 512 * 1024 * 1024;
const MAX_FILES = 1000;
/** Folders of other runs older than this are nobody's. */
const STALE_MS = 24 * 60 * 60 * 1000;

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/jpg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/bmp': 'bmp',
  'image/svg+xml': 'svg',
};

export interface ImageFilesOptions {
  readonly clock?: Clock;
  /** Default: the system's temporary folder. */
  readonly parent?: string;
  readonly keepMs?: number;
  readonly maxBytes?: number;
  readonly maxFiles?: number;
  /** Creates a file. Default: with mode 0600. */
  readonly write?: (path: string, content: Uint8Array) => Promise<void>;
  /** What files are dated by. Default: the system's time of day. */
  readonly dateNow?: () => number;
}

interface StoredFile {
  readonly bytes: number;
  /** Set once its turn is over: takes back the timer that would remove it. */
  cancel?: () => void;
}

export class ImageFiles {
  readonly #clock: Clock;
  readonly #parent: string;
  readonly #keepMs: number;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  readonly #dateNow: () => number;
  readonly #writeFile: (path: string, content: Uint8Array) => Promise<void>;
  /** By path, the oldest first; a file counts from before it is written until it is removed. */
  readonly #files = new Map<string, StoredFile>();
  #bytes = 0;
  #folder: Promise<string> | undefined;

  constructor(options: ImageFilesOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#parent = options.parent ?? tmpdir();
    this.#keepMs = options.keepMs ?? KEEP_MS;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    this.#maxFiles = options.maxFiles ?? MAX_FILES;
    this.#dateNow = options.dateNow ?? Date.now;
    this.#writeFile = options.write ?? writePrivately;
  }

  /**
   * Writes all or none, with mode 0600 into a folder of mode 0700.
   *
   * @throws GatewayError `not_ready` when there is no room, or the folder can't be written to
   */
  async placeAll(images: readonly PreparedImage[]): Promise<readonly PlacedImage[]> {
    const placed: PlacedImage[] = [];
    try {
      for (const image of images) placed.push({ ...image, path: await this.#place(image) });
      return placed;
    } catch (error) {
      await Promise.all(placed.map(({ path }) => this.#remove(path)));
      if (GatewayError.isInstance(error)) throw error;
      throw new GatewayError('not_ready', 'The image could not be written for Lingma to read; try again later', {
        cause: error,
      });
    }
  }

  async #place(image: PreparedImage): Promise<string> {
    const content = Buffer.from(image.data, 'base64');
    const name = `lingma-img-${createId()}.${EXTENSIONS[image.mediaType.toLowerCase()] ?? 'bin'}`;
    await this.#makeRoom(content.length);
    const file: StoredFile = { bytes: content.length };
    for (let attempt = 0; ; attempt++) {
      this.#folder ??= this.#createFolder();
      const folder = this.#folder;
      try {
        const path = join(await folder, name);
        await this.#write(path, content, file);
        return path;
      } catch (error) {
        // A folder that could not be made, or that was cleaned away since, is made again.
        if (this.#folder === folder) this.#folder = undefined;
        if (attempt > 0 || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }

  async #write(path: string, content: Buffer, file: StoredFile): Promise<void> {
    this.#files.set(path, file);
    this.#bytes += file.bytes;
    try {
      await this.#writeFile(path, content);
    } catch (error) {
      // Where the disk is full, a part of it is there.
      await this.#remove(path);
      throw error;
    }
  }

  /** @throws GatewayError when the files of running turns leave none */
  async #makeRoom(bytes: number): Promise<void> {
    const isFull = (): boolean => this.#bytes + bytes > this.#maxBytes || this.#files.size >= this.#maxFiles;
    for (const [path, { cancel }] of this.#files) {
      if (!isFull()) return;
      if (cancel !== undefined) await this.#remove(path);
    }
    if (isFull()) throw new GatewayError('not_ready', 'Too many images are in use at once; try again later');
  }

  async #remove(path: string): Promise<void> {
    const file = this.#files.get(path);
    if (file !== undefined) {
      this.#files.delete(path);
      this.#bytes -= file.bytes;
      file.cancel?.();
    }
    await rm(path, { force: true }).catch(() => undefined);
  }

  /** The turn that needed these is over. */
  releaseLater(images: readonly PlacedImage[]): void {
    for (const { path } of images) {
      const file = this.#files.get(path);
      if (file === undefined || file.cancel !== undefined) continue;
      file.cancel = this.#clock.schedule(this.#keepMs, () => void this.#remove(path));
    }
  }

  /** Removes everything. Never rejects. */
  async close(): Promise<void> {
    for (const { cancel } of this.#files.values()) cancel?.();
    this.#files.clear();
    this.#bytes = 0;
    const folder = this.#folder;
    this.#folder = undefined;
    if (folder === undefined) return;
    await folder.then((path) => rm(path, { recursive: true, force: true })).catch(() => undefined);
  }

  async #createFolder(): Promise<string> {
    void this.#sweep();
    return mkdtemp(join(this.#parent, PREFIX));
  }

  /** Each on its own: another run may sweep at the same time, and not every folder is ours to clean. */
  async #sweep(): Promise<void> {
    const names = await readdir(this.#parent).catch(() => []);
    for (const name of names) {
      if (!name.startsWith(PREFIX)) continue;
      const path = join(this.#parent, name);
      try {
        const { mtimeMs } = await lstat(path);
        if (this.#dateNow() - mtimeMs > STALE_MS) await rm(path, { recursive: true, force: true });
      } catch {
        // The next start tries again.
      }
    }
  }
}

const writePrivately = (path: string, content: Uint8Array): Promise<void> =>
  writeFile(path, content, { mode: 0o600, flag: 'wx' });
