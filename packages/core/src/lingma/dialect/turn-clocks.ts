/** The three clocks of a turn: until the first piece of the answer, between two pieces, and for the whole. */
import { type Clock, Deadline } from '../../util/index.js';
import type { TurnDeadlines } from './dialect.js';

/** Timers cannot hold more; longer means never. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface TurnClocksOptions {
  readonly deadlines: TurnDeadlines;
  readonly clock: Clock;
  readonly onFirst: () => void;
  /** The clock runs on: it strikes again after another silence. */
  readonly onIdle: () => void;
  readonly onTotal: () => void;
}

export class TurnClocks {
  readonly #options: TurnClocksOptions;
  #first: Deadline | undefined;
  #idle: Deadline | undefined;
  #total: Deadline | undefined;
  #answering = false;
  /** Counts the signs of life, so that one can ask whether any came since. */
  signs = 0;

  constructor(options: TurnClocksOptions) {
    this.#options = options;
    const { deadlines, onFirst, onTotal } = options;
    this.#first = this.#start(deadlines.firstEventMs, onFirst);
    this.#total = this.#start(deadlines.totalMs, onTotal);
  }

  /** A piece of the answer came. */
  answered(): void {
    if (this.#answering) {
      this.signs++;
      this.#idle?.touch();
      return;
    }
    this.#answering = true;
    this.signs++;
    this.#first?.clear();
    this.#startIdle();
  }

  /** Something of the turn came, if not of its answer. */
  touch(): void {
    this.signs++;
    if (this.#answering) this.#idle?.touch();
    else this.#first?.touch();
  }

  /** The reader has caught up: silence counts from now. */
  caughtUp(): void {
    this.#idle?.touch();
  }

  clear(): void {
    for (const deadline of [this.#first, this.#idle, this.#total]) deadline?.clear();
    this.#first = undefined;
    this.#idle = undefined;
    this.#total = undefined;
    this.#answering = true;
  }

  #startIdle(): void {
    this.#idle = this.#start(this.#options.deadlines.idleMs, () => {
      this.#startIdle();
      this.#options.onIdle();
    });
  }

  #start(ms: number, onExpire: () => void): Deadline | undefined {
    return ms > MAX_TIMER_MS ? undefined : new Deadline(ms, onExpire, this.#options.clock);
  }
}
