/**
 * The rows of usage, one file a day: written behind the requests, once a second and at the end. Sums are kept beside them, so that a
 * start reads the rows of those days alone that have grown since.
 */
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Clock, type Logger, monotonicNow, silentLogger, systemClock } from '../util/index.js';
import { writeWhole } from './data-folder.js';
import type { UsageRow } from './usage-row.js';
import { type DaySums, UsageTotals } from './usage-totals.js';

/** How {@link UsageLog.open} keeps rows. */
export interface UsageLogOptions {
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Days that rows are kept. Default 90. */
  readonly keepDays?: number;
}

const FLUSH_MS = 1_000;
/** Sums are written that often, and at the end. */
const TOTALS_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Rows that wait for the disk, some 4 MB; what comes beyond is counted and left. */
export const MAX_WAITING_ROWS = 10_000;
const DAY_FILE = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;
/** Key of the sums of days whose rows are gone, for quotas without an end. */
const GONE = '0000-00-00';

/** Rows of usage on disk, and their sums. Made by {@link UsageLog.open}. */
export class UsageLog {
  readonly totals = new UsageTotals();
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #keepDays: number;
  #waiting: UsageRow[] = [];
  #dropped = 0;
  #flushing: Promise<void> = Promise.resolve();
  #cancelFlush: (() => void) | undefined;
  /** By {@link monotonicNow}. */
  #totalsAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  private constructor(folder: string, { clock = systemClock, logger = silentLogger, keepDays = 90 }: UsageLogOptions) {
    this.#folder = folder;
    this.#clock = clock;
    this.#logger = logger;
    this.#keepDays = keepDays;
  }

  /** Reads what is there. */
  static async open(dataFolder: string, options: UsageLogOptions = {}): Promise<UsageLog> {
    const log = new UsageLog(join(dataFolder, 'usage'), options);
    await mkdir(log.#folder, { recursive: true, mode: 0o700 });
    await log.#load();
    return log;
  }

  /** The sums of what is there, for whoever only looks. */
  static async read(dataFolder: string): Promise<UsageTotals> {
    const log = new UsageLog(join(dataFolder, 'usage'), {});
    await log.#load(false);
    return log.totals;
  }

  /** Rows that were left, for want of a disk that keeps up. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Never waits, never throws. */
  record(row: UsageRow): void {
    this.totals.add(row);
    if (this.#waiting.length >= MAX_WAITING_ROWS) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(row);
    this.#cancelFlush ??= this.#clock.schedule(FLUSH_MS, () => void this.flush());
  }

  /** Until all rows so far are written, as far as the disk takes them. Never rejects. */
  flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.flush();
    await this.#writeTotals();
  }

  async #write(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    const byDay = new Map<string, string>();
    for (const row of rows) {
      const day = row.at.slice(0, 10);
      byDay.set(day, `${byDay.get(day) ?? ''}${JSON.stringify(row)}\n`);
    }
    try {
      for (const [day, text] of byDay) await appendFile(this.#path(day), text, { mode: 0o600 });
      if (monotonicNow(this.#clock) - this.#totalsAt >= TOTALS_MS) await this.#writeTotals();
    } catch (cause) {
      this.#dropped += rows.length;
      this.#logger.warn('Usage could not be written', { rows: rows.length, cause });
    }
  }

  async #writeTotals(): Promise<void> {
    this.#totalsAt = monotonicNow(this.#clock);
    await this.#forgetOld();
    const days: Record<string, unknown> = {};
    for (const day of this.totals.days()) {
      const size = day === GONE ? 0 : await sizeOf(this.#path(day));
      days[day] = { bytes: size, groups: this.totals.day(day) };
    }
    await writeWhole(join(this.#folder, 'totals.json'), JSON.stringify({ days })).catch((cause: unknown) =>
      this.#logger.warn('The sums of usage could not be written', { cause }),
    );
  }

  /** Their sums go on in one, for quotas without an end. */
  async #forgetOld(): Promise<void> {
    const today = this.#clock.now();
    const first = new Date(today - this.#keepDays * DAY_MS).toISOString().slice(0, 10);
    for (const day of this.totals.days()) {
      if (day === GONE || day >= first) continue;
      this.totals.addDay(
        GONE,
        this.totals.day(day).map((group) => ({ ...group, model: '', channel: '' })),
      );
      this.totals.forget(day);
      await rm(this.#path(day), { force: true });
    }
  }

  async #load(isOurs = true): Promise<void> {
    const known = await this.#readTotals();
    const gone = known.get(GONE);
    if (gone !== undefined) this.totals.addDay(GONE, gone.groups);
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const files = names.flatMap((name) => DAY_FILE.exec(name)?.[1] ?? []).sort();
    for (const day of files) {
      const size = await sizeOf(this.#path(day));
      const sums = known.get(day);
      if (sums?.bytes === size) this.totals.addDay(day, sums.groups);
      else await this.#readRows(day);
      if (isOurs) await endLine(this.#path(day), size);
    }
    if (isOurs) await this.#forgetOld();
  }

  async #readTotals(): Promise<ReadonlyMap<string, { readonly bytes: number; readonly groups: readonly DaySums[] }>> {
    try {
      const { days } = JSON.parse(await readFile(join(this.#folder, 'totals.json'), 'utf8'));
      return new Map(Object.entries(days));
    } catch {
      return new Map();
    }
  }

  /** A row that was cut off by the end of a process, or by a copy, is none. */
  async #readRows(day: string): Promise<void> {
    const lines = createInterface({ input: createReadStream(this.#path(day)), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const line of lines) {
      const row = parseRow(line);
      if (row !== undefined) this.totals.add(row);
    }
  }

  #path(day: string): string {
    return join(this.#folder, `${day}.jsonl`);
  }
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** So that the next row begins a line of its own. */
async function endLine(path: string, size: number): Promise<void> {
  if (size === 0) return;
  const file = await open(path, 'r+');
  try {
    const last = Buffer.alloc(1);
    await file.read(last, 0, 1, size - 1);
    if (last.toString() !== '\n') await file.write('\n', size);
  } finally {
    await file.close();
  }
}

function parseRow(line: string): UsageRow | undefined {
  try {
    const row = JSON.parse(line);
    return typeof row?.at === 'string' && typeof row.key === 'string' && Number.isFinite(row.prompt_tokens)
      ? row
      : undefined;
  } catch {
    return undefined;
  }
}
