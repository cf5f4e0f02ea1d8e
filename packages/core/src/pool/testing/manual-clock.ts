/** A clock whose time passes when the test says so. */
import type { Clock } from '../../util/index.js';

export class ManualClock implements Clock {
  #now = 1_000_000;
  readonly #due = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  schedule(ms: number, callback: () => void): () => void {
    const entry = { at: this.#now + ms, callback };
    this.#due.add(entry);
    return () => this.#due.delete(entry);
  }

  /** Timers that have not struck and were not taken back. */
  get pending(): number {
    return this.#due.size;
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#due].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.#due.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }
}
