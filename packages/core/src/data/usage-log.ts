/**
 * The rows of usage, one file a day: written behind the requests, once a second and at the end. Sums are kept beside them, so that a
 * start reads the rows of those days alone that have grown since.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type Logger, monotonicNow, silentLogger, systemClock } from '../util/index.js';
import { refuseLaterFolder } from './data-folder.js';
import { appendRows, endLine, readRows, sizeOf } from './usage-day-file.js';
import type { UsageRow } from './usage-row.js';
import { UsageTotals } from './usage-totals.js';
import { readTotalsFile, writeTotalsFile } from './usage-totals-file.js';

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
  /** The disk has refused rows, which is told once. */
  #isRefused = false;
  /** Days that have gone into the sums without an end, whose rows are still to be removed. */
  readonly #gone = new Set<string>();
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

  /** The sums of what is there, for whoever only looks. @throws GatewayError `not_ready` for a folder of a later gateway */
  static async read(dataFolder: string): Promise<UsageTotals> {
    await refuseLaterFolder(dataFolder);
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
    this.#flushLater();
  }

  /** Until all rows so far are written, as far as the disk takes them. Never rejects. */
  flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  /** Never rejects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.flush();
    if (this.#waiting.length > 0) {
      this.#dropped += this.#waiting.length;
      this.#logger.warn('Rows of usage are lost: the disk did not take them', { rows: this.#waiting.length });
      this.#waiting = [];
    }
    await this.#writeTotals();
  }

  #flushLater(): void {
    if (!this.#closed) this.#cancelFlush ??= this.#clock.schedule(FLUSH_MS, () => void this.flush());
  }

  async #write(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    const refused: UsageRow[] = [];
    let cause: unknown;
    for (const [day, ofDay] of byDay(rows)) {
      try {
        if (this.#isRefused) await mkdir(this.#folder, { recursive: true, mode: 0o700 });
        await appendRows(this.#path(day), ofDay);
      } catch (error) {
        cause = error;
        refused.push(...ofDay);
      }
    }
    if (refused.length > 0) this.#waitAgain(refused, cause);
    else if (rows.length > 0) this.#isRefused = false;
    if (monotonicNow(this.#clock) - this.#totalsAt >= TOTALS_MS) await this.#writeTotals();
  }

  /** A full disk may have room again: the oldest rows wait first. */
  #waitAgain(rows: readonly UsageRow[], cause: unknown): void {
    const all = [...rows, ...this.#waiting];
    this.#waiting = all.slice(0, MAX_WAITING_ROWS);
    this.#dropped += all.length - this.#waiting.length;
    if (!this.#isRefused) {
      this.#logger.warn('Usage could not be written; it is tried again', { rows: rows.length, cause });
    }
    this.#isRefused = true;
    this.#flushLater();
  }

  /** Never rejects. */
  async #writeTotals(): Promise<void> {
    this.#totalsAt = monotonicNow(this.#clock);
    this.#forgetOld();
    const sizes = new Map<string, number>();
    for (const day of this.totals.days()) sizes.set(day, await sizeOf(this.#path(day)));
    // From here to the sums nothing is awaited: rows that wait are in the sums, but not in the size of their file.
    const unwritten = new Set(this.#waiting.map(dayOf));
    const days: Parameters<typeof writeTotalsFile>[1]['days'] = {};
    for (const [day, bytes] of sizes) {
      if (!unwritten.has(day)) days[day] = { bytes, groups: [...this.totals.day(day)] };
    }
    try {
      await writeTotalsFile(this.#totalsPath, { days, gone: [...this.#gone] });
      // Not before: whoever is ended between the two finds the rows, and that they count no more.
      await this.#removeGone();
    } catch (cause) {
      this.#logger.warn('The sums of usage could not be written', { cause });
    }
  }

  /** Their sums go on in one, for quotas without an end. */
  #forgetOld(): void {
    const today = this.#clock.now();
    const first = dayOf({ at: new Date(today - this.#keepDays * DAY_MS).toISOString() });
    for (const day of this.totals.days()) {
      if (day === GONE || day >= first) continue;
      this.totals.addDay(
        GONE,
        this.totals.day(day).map((group) => ({ ...group, model: '', channel: '' })),
      );
      this.totals.forget(day);
      this.#gone.add(day);
    }
  }

  async #removeGone(): Promise<void> {
    for (const day of this.#gone) {
      await rm(this.#path(day), { force: true });
      this.#gone.delete(day);
    }
  }

  async #load(isOurs = true): Promise<void> {
    const { days: known, gone } = await readTotalsFile(this.#totalsPath);
    if (known[GONE] !== undefined) this.totals.addDay(GONE, known[GONE].groups);
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const files = names.flatMap((name) => DAY_FILE.exec(name)?.[1] ?? []).sort();
    for (const day of files) {
      if (gone.includes(day)) {
        this.#gone.add(day);
        continue;
      }
      const size = await sizeOf(this.#path(day));
      const sums = known[day];
      if (sums?.bytes === size) this.totals.addDay(day, sums.groups);
      else await readRows(this.#path(day), (row) => this.totals.add(row));
      if (isOurs) await endLine(this.#path(day), size);
    }
    if (!isOurs) return;
    this.#forgetOld();
    if (this.#gone.size > 0) await this.#writeTotals();
  }

  get #totalsPath(): string {
    return join(this.#folder, 'totals.json');
  }

  #path(day: string): string {
    return join(this.#folder, `${day}.jsonl`);
  }
}

const dayOf = ({ at }: Pick<UsageRow, 'at'>): string => at.slice(0, 10);

function byDay(rows: readonly UsageRow[]): ReadonlyMap<string, readonly UsageRow[]> {
  const days = new Map<string, UsageRow[]>();
  for (const row of rows) {
    const ofDay = days.get(dayOf(row));
    if (ofDay === undefined) days.set(dayOf(row), [row]);
    else ofDay.push(row);
  }
  return days;
}
