/**
 * The client keys of the data folder: `keys.json`, changed by this process and by others (the command line), each change whole. What
 * another has changed is seen within half a second.
 */
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../chat/index.js';
import { type Clock, type Logger, silentLogger, systemClock } from '../util/index.js';
import { refuseLaterFolder, writeWhole } from './data-folder.js';
import { withFileLock } from './file-lock.js';
import { createKey, type KeyChange, type KeyEntry, type KeyRequest, keyFile, MAX_FORMER_KEYS } from './key-entry.js';

/** How {@link KeyStore.open} opens a folder's keys. */
export interface KeyStoreOptions {
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Whether other processes' changes are looked for. Default false: each call reads the file all the same. */
  readonly watch?: boolean;
}

/** A key, told once, and what is kept of it. */
export interface IssuedKey {
  readonly key: string;
  readonly entry: KeyEntry;
}

const LOOK_MS = 500;
/** A key that was replaced is valid that long. */
export const ROTATION_GRACE_MS = 10 * 60_000;

/** Client keys that are made and changed at run time. Made by {@link KeyStore.open}. */
export class KeyStore {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #entries: readonly KeyEntry[] = [];
  #seen = '';
  /** The file that cannot be used, which is told once. */
  #refused: string | undefined;
  #stopLooking: (() => void) | undefined;
  #closed = false;
  readonly #listeners = new Set<() => void>();

  private constructor(path: string, { clock = systemClock, logger = silentLogger }: KeyStoreOptions) {
    this.#path = path;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @throws GatewayError `not_ready` where the file is none of ours, or a later gateway's */
  static async open(folder: string, options: KeyStoreOptions = {}): Promise<KeyStore> {
    await refuseLaterFolder(folder);
    const store = new KeyStore(join(folder, 'keys.json'), options);
    await store.#read();
    if (options.watch === true) store.#lookLater();
    return store;
  }

  list(): readonly KeyEntry[] {
    return this.#entries;
  }

  /** Called after each change, whoever made it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws GatewayError `invalid_request` for a name that is there */
  async add(request: KeyRequest, taken: readonly string[] = []): Promise<IssuedKey> {
    const { key, ...made } = createKey();
    return { key, entry: await this.adopt(request, made, taken) };
  }

  /** A key that its owner has already, made elsewhere. @throws GatewayError `invalid_request` for a name that is there */
  async adopt(
    request: KeyRequest,
    made: Pick<KeyEntry, 'sha256' | 'prefix' | 'disabled'>,
    taken: readonly string[] = [],
  ): Promise<KeyEntry> {
    const entry: KeyEntry = {
      id: `key_${randomBytes(6).toString('hex')}`,
      ...withoutNulls(request),
      ...made,
      created_at: this.#now(),
    };
    await this.#change((entries) => {
      checkName(entry.name, [...taken, ...entries.map(({ name }) => name)]);
      return [...entries, entry];
    });
    return entry;
  }

  /** By id or name. @throws GatewayError `not_found`, `invalid_request` */
  async update(id: string, { status, ...change }: KeyChange, taken: readonly string[] = []): Promise<KeyEntry> {
    return this.#replace(id, (entry, others) => {
      if (change.name !== undefined) checkName(change.name, [...taken, ...others.map(({ name }) => name)]);
      const next = Object.entries(change).filter(([, value]) => value !== undefined);
      return withoutNulls({
        ...entry,
        ...Object.fromEntries(next),
        ...(status !== undefined && { disabled: status === 'disabled' }),
      });
    });
  }

  /** The key as it was is valid for ten minutes more, and so are those before it for what is left of theirs. @throws GatewayError `not_found` */
  async rotate(id: string): Promise<IssuedKey> {
    const { key, ...made } = createKey();
    const now = this.#clock.now();
    const until = new Date(now + ROTATION_GRACE_MS).toISOString();
    const entry = await this.#replace(id, ({ former = [], ...before }) => {
      const valid = former.filter((each) => Date.parse(each.until) > now);
      return {
        ...before,
        ...made,
        former: [...valid, { sha256: before.sha256, until }].slice(-MAX_FORMER_KEYS),
      };
    });
    return { key, entry };
  }

  /** @throws GatewayError `not_found` */
  async remove(id: string): Promise<KeyEntry> {
    let removed: KeyEntry | undefined;
    await this.#change((entries) => {
      removed = found(entries, id);
      return entries.filter((entry) => entry !== removed);
    });
    return removed as unknown as KeyEntry;
  }

  close(): void {
    this.#closed = true;
    this.#stopLooking?.();
    this.#listeners.clear();
  }

  async #replace(id: string, change: (entry: KeyEntry, others: readonly KeyEntry[]) => KeyEntry): Promise<KeyEntry> {
    let changed: KeyEntry | undefined;
    await this.#change((entries) => {
      const entry = found(entries, id);
      const others = entries.filter((each) => each !== entry);
      const next = change(entry, others);
      changed = next;
      return entries.map((each) => (each === entry ? next : each));
    });
    return changed as unknown as KeyEntry;
  }

  /** One after the other, over all processes. */
  async #change(change: (entries: readonly KeyEntry[]) => readonly KeyEntry[]): Promise<void> {
    await withFileLock(`${this.#path}.lock`, async () => {
      await this.#read();
      const keys = change(this.#entries);
      await writeWhole(this.#path, `${JSON.stringify({ keys }, null, 2)}\n`);
      await this.#read();
    });
  }

  async #read(): Promise<void> {
    const seen = await this.#look();
    if (seen === this.#seen) return;
    const text = seen === '' ? '' : await readFile(this.#path, 'utf8');
    const entries = text === '' ? [] : parse(text);
    this.#seen = seen;
    this.#entries = entries;
    for (const listener of this.#listeners) listener();
  }

  /** Of a file that was replaced at least one of these is another. */
  async #look(): Promise<string> {
    const found = await stat(this.#path).catch(() => undefined);
    return found === undefined ? '' : `${found.ino} ${found.mtimeMs} ${found.size}`;
  }

  #lookLater(): void {
    if (this.#closed) return;
    this.#stopLooking = this.#clock.schedule(LOOK_MS, () => {
      this.#readAgain().finally(() => this.#lookLater());
    });
  }

  /** Never rejects: the keys before stay where the file cannot be used. */
  async #readAgain(): Promise<void> {
    const seen = await this.#look();
    if (seen === this.#refused) return;
    this.#refused = undefined;
    await this.#read().catch((cause: unknown) => {
      this.#refused = seen;
      this.#logger.warn('The keys of the data folder could not be read; those before stay', { cause });
    });
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

function parse(text: string): readonly KeyEntry[] {
  const unusable = (why: string): GatewayError =>
    new GatewayError('not_ready', `keys.json of the data folder cannot be used: ${why}`);
  let value: unknown;
  try {
    // Some editors begin a file with a byte order mark.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw unusable('it is no JSON');
  }
  const result = keyFile.safeParse(value);
  if (result.success) return result.data.keys;
  const [issue] = result.error.issues;
  throw unusable([issue?.path.join('.'), issue?.message].filter(Boolean).join(': '));
}

function found(entries: readonly KeyEntry[], id: string): KeyEntry {
  const entry = entries.find((each) => each.id === id) ?? entries.find((each) => each.name === id);
  if (entry !== undefined) return entry;
  throw new GatewayError('not_found', `There is no key "${id.slice(0, 64)}" that was made at run time`);
}

function checkName(name: string, taken: readonly string[]): void {
  if (taken.includes(name))
    throw new GatewayError('invalid_request', `There is a key named ${name}`, { param: 'name' });
}

/** `null` says that there is none. */
function withoutNulls<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== undefined)) as T;
}
