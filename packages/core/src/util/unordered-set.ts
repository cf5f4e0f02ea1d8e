/**
 * A set for what comes and goes with every request. The table of a `Set` that was left for a larger or a cleaner one still points to that,
 * and to all that was in it: once V8 holds such a table for old, every request that comes after lives until it collects everything,
 * and to move them there cost a tenth of a short request.
 */
export class UnorderedSet<Value> {
  readonly #values: Value[] = [];

  get size(): number {
    return this.#values.length;
  }

  /** Must not be in it yet. */
  add(value: Value): void {
    this.#values.push(value);
  }

  /** Looks through all of them: for hundreds, not for millions. Whether it was there. */
  delete(value: Value): boolean {
    const index = this.#values.indexOf(value);
    if (index === -1) return false;
    const last = this.#values.pop() as Value;
    if (index < this.#values.length) this.#values[index] = last;
    return true;
  }

  /** Those that are in it now: it may change meanwhile. */
  values(): readonly Value[] {
    return [...this.#values];
  }
}
