/**
 * Leases that found no idle connection, first come, first served. A new connection is opened for each; whichever comes
 * first, a new one or one given back, goes to the first in line. Whoever needs none any more leaves the line, but what
 * is being opened for him is opened to its end, for whoever comes next: the process has its requests answered. Where
 * none can be opened now, one try a second finds out when that is over.
 */
import { type Clock, systemClock } from '../../util/index.js';

export interface ConnectionWaitersOptions<Connection> {
  /** Brings its own time limit. */
  readonly open: () => Promise<Connection>;
  /** It was opened, and fewer wait than it has places for: `taken` of them got one. */
  readonly onSurplus: (connection: Connection, taken: number) => void;
  /** How many a new connection serves. Default 1. */
  readonly places?: number;
  /** What a failure to open means: that there is none, that one may be had by now, or that one will be given back. */
  readonly onRefused: () => 'fail' | 'look-again' | 'wait';
  /** Whether there is none at all yet: then one that is being opened is worth any wait. Default: no. */
  readonly isAlone?: () => boolean;
  readonly clock?: Clock;
}

/** While some only wait for what is given back, opening is tried again this often, in milliseconds, for one of them. */
const RETRY_MS = 1000;
/** How much longer than its patience one waits for an opening that is under way, in milliseconds. */
const OPENING_MS = 5000;

interface Waiter<Connection> {
  readonly joinedAt: number;
  /** Aborts when it has waited long enough for what others hold. */
  readonly patience: AbortSignal;
  take(connection: Connection | undefined): void;
  fail(error: unknown): void;
}

export class ConnectionWaiters<Connection> {
  readonly #options: ConnectionWaitersOptions<Connection>;
  readonly #clock: Clock;
  readonly #places: number;
  readonly #hopeful = new Set<Waiter<Connection>>();
  /** Nothing is opened for these: they wait for what is given back. */
  readonly #refused = new Set<Waiter<Connection>>();
  #opening = 0;
  /** Counts joins and openings, to tell which of two came first. */
  #step = 0;
  #cancelRetry: (() => void) | undefined;

  constructor(options: ConnectionWaitersOptions<Connection>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#places = options.places ?? 1;
  }

  /**
   * A new connection or one that was given back; `undefined`: look again. `patience` ends the wait for what others hold;
   * an opening that is under way gets a little longer, and the first of all as long as it takes: it has its own limit.
   *
   * @throws what `open` fails with, or the reason of either signal
   */
  join(signal: AbortSignal, patience: AbortSignal): Promise<Connection | undefined> {
    return new Promise((resolve, reject) => {
      let cancelLast: (() => void) | undefined;
      const leave = (): void => {
        cancelLast?.();
        this.#hopeful.delete(waiter);
        this.#refused.delete(waiter);
        signal.removeEventListener('abort', onAbort);
        patience.removeEventListener('abort', onImpatience);
        if (this.#refused.size === 0) this.#stopRetrying();
      };
      const waiter: Waiter<Connection> = {
        joinedAt: ++this.#step,
        patience,
        take: (connection) => {
          leave();
          resolve(connection);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = (): void => waiter.fail(signal.reason);
      const onImpatience = (): void => {
        if (this.#refused.has(waiter)) waiter.fail(patience.reason);
        else
          cancelLast = this.#clock.schedule(OPENING_MS, () => {
            if (this.#options.isAlone?.() !== true) waiter.fail(patience.reason);
          });
      };
      signal.addEventListener('abort', onAbort, { once: true });
      patience.addEventListener('abort', onImpatience, { once: true });
      this.#hopeful.add(waiter);
      if (patience.aborted) onImpatience();
      this.#openForAll();
    });
  }

  /** Hands it to the first in line; false when nobody waits. */
  give(connection: Connection): boolean {
    const [hopeful] = this.#hopeful;
    const [refused] = this.#refused;
    const first =
      (refused?.joinedAt ?? Number.POSITIVE_INFINITY) < (hopeful?.joinedAt ?? 0) ? refused : (hopeful ?? refused);
    first?.take(connection);
    return first !== undefined;
  }

  /** Connections have ended: up to `count` of those that only wait look again. */
  wake(count: number): void {
    for (const waiter of [...this.#refused].slice(0, count)) waiter.take(undefined);
  }

  #openForAll(): void {
    while (this.#opening * this.#places < this.#hopeful.size) void this.#openOne();
  }

  async #openOne(): Promise<void> {
    this.#opening++;
    const startedAt = ++this.#step;
    try {
      const connection = await this.#options.open();
      this.#opening--;
      let taken = 0;
      while (taken < this.#places && this.give(connection)) taken++;
      if (taken < this.#places) this.#options.onSurplus(connection, taken);
      // There is room again, perhaps for more than one.
      this.#retry();
    } catch (error) {
      this.#opening--;
      this.#onFailure(error, startedAt);
    }
    this.#openForAll();
  }

  #onFailure(error: unknown, startedAt: number): void {
    const [first] = this.#hopeful;
    if (first === undefined || this.#opening * this.#places >= this.#hopeful.size) return;
    // An attempt begun before it came tells it nothing of now: it gets one of its own.
    if (first.joinedAt > startedAt) return;
    const next = this.#options.onRefused();
    if (next === 'fail') first.fail(error);
    else if (next === 'look-again') first.take(undefined);
    else {
      this.#hopeful.delete(first);
      if (first.patience.aborted) {
        first.fail(first.patience.reason);
        return;
      }
      this.#refused.add(first);
      this.#cancelRetry ??= this.#clock.schedule(RETRY_MS, () => {
        this.#cancelRetry = undefined;
        this.#retry();
        this.#openForAll();
      });
    }
  }

  /** The first of those that only wait may hope again. */
  #retry(): void {
    const [first] = this.#refused;
    if (first === undefined) return;
    this.#refused.delete(first);
    this.#hopeful.add(first);
  }

  #stopRetrying(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }
}
