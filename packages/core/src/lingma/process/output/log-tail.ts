/** Follows a log file from where it ends now: what is added is told, what is too much is passed over. */
import { open, stat } from 'node:fs/promises';
import type { Clock } from '../../../util/index.js';

/** Bytes read at a look; of more the newest. */
const MAX_READ_BYTES = 64 * 1024;
const LOOK_MS = 500;

interface Place {
  readonly inode: number;
  readonly size: number;
}

/** A file that is not there yet counts as an empty one; one that was put in another's place is read from its start. */
export class LogTail {
  #place: Place | undefined;
  #offset = 0;
  #cancel: (() => void) | undefined;
  #stopped = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly clock: Clock,
    private readonly onText: (text: string) => void,
  ) {}

  /** What stands in it by now is old. */
  async start(): Promise<void> {
    this.#place = await placeOf(this.path);
    this.#offset = this.#place?.size ?? 0;
    this.#arm();
  }

  /** Tells what was added since the last look. One look at a time, or both would tell the same. Never rejects. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#read()).catch(() => undefined);
    return this.#looking;
  }

  async #read(): Promise<void> {
    const place = await placeOf(this.path);
    if (place === undefined) return;
    const isOther = this.#place === undefined || place.inode !== this.#place.inode || place.size < this.#offset;
    const from = Math.max(isOther ? 0 : this.#offset, place.size - MAX_READ_BYTES);
    this.#place = place;
    this.#offset = place.size;
    if (place.size === from) return;
    const text = await readRange(this.path, from, place.size);
    if (text !== undefined) this.onText(text);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#cancel = this.clock.schedule(LOOK_MS, () => {
      void this.look().then(() => this.#arm());
    });
  }
}

async function placeOf(path: string): Promise<Place | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? { inode: found.ino, size: found.size } : undefined;
}

async function readRange(path: string, from: number, to: number): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(to - from);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
