import type { Clock } from '@lingma-gateway/core';

/** Time passes when the test says so. */
export class TestClock implements Clock {
  #now = 0;
  readonly #due = new Set<{ readonly at: number; readonly callback: () => void }>();
  now = (): number => this.#now;
  schedule(ms: number, callback: () => void): () => void {
    const one = { at: this.#now + ms, callback };
    this.#due.add(one);
    return () => this.#due.delete(one);
  }
  async pass(ms: number): Promise<void> {
    for (const end = this.#now + ms; ; ) {
      for (let turn = 0; turn < 40; turn++) await Promise.resolve();
      const [next] = [...this.#due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) {
        this.#now = end;
        return;
      }
      this.#due.delete(next);
      this.#now = next.at;
      next.callback();
    }
  }
}
