/**
 * Pictures as files for a process that reads them by path (protocol section 10.1). It may read late, so a file stays
 * a while after its turn; all are gone when the client closes, and what a crash left behind goes at the next start.
 */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, createId, systemClock } from '../../../util/index.js';
import type { PreparedImage } from '../dialect.js';
import type { PlacedImage } from './build-prompt.js';

const PREFIX = 'lingma-gateway-images-';
/** How long a file outlives its turn. */
const KEEP_MS = 10 * 60 * 1000;
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

export class ImageFiles {
  readonly #clock: Clock;
  readonly #parent: string;
  readonly #keepMs: number;
  readonly #pending = new Set<() => void>();
  #folder: Promise<string> | undefined;

  constructor(options: { readonly clock?: Clock; readonly parent?: string; readonly keepMs?: number } = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#parent = options.parent ?? tmpdir();
    this.#keepMs = options.keepMs ?? KEEP_MS;
  }

  /** Writes with mode 0600 into a folder of mode 0700. */
  async place(image: PreparedImage): Promise<PlacedImage> {
    this.#folder ??= this.#createFolder();
    const name = `lingma-img-${createId()}.${EXTENSIONS[image.mediaType.toLowerCase()] ?? 'bin'}`;
    const path = join(await this.#folder, name);
    await writeFile(path, Buffer.from(image.data, 'base64'), { mode: 0o600 });
    return { ...image, path };
  }

  /** The turn that needed these is over. */
  releaseLater(images: readonly PlacedImage[]): void {
    if (images.length === 0) return;
    const cancel = this.#clock.schedule(this.#keepMs, () => {
      this.#pending.delete(cancel);
      for (const { path } of images) rm(path, { force: true }).catch(() => undefined);
    });
    this.#pending.add(cancel);
  }

  /** Removes everything. Never rejects. */
  async close(): Promise<void> {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
    const folder = this.#folder;
    this.#folder = undefined;
    if (folder === undefined) return;
    await folder.then((path) => rm(path, { recursive: true, force: true })).catch(() => undefined);
  }

  async #createFolder(): Promise<string> {
    void this.#sweep();
    return mkdtemp(join(this.#parent, PREFIX));
  }

  async #sweep(): Promise<void> {
    try {
      for (const name of await readdir(this.#parent)) {
        if (!name.startsWith(PREFIX)) continue;
        const path = join(this.#parent, name);
        const { mtimeMs } = await stat(path);
        if (this.#clock.now() - mtimeMs > STALE_MS) await rm(path, { recursive: true, force: true });
      }
    } catch {
      // Another run swept at the same time, or the folder is not ours to clean.
    }
  }
}
