/** Drops what was said before from a text that is said again in pieces; gives all of it where it turns out different. */

export class PrefixSkipper {
  #expected: string;
  #matched = '';

  constructor(expected: string) {
    this.#expected = expected;
  }

  /** What of `delta` is new; `''` while it repeats. */
  skip(delta: string): string {
    if (this.#expected === '') return delta;
    if (this.#expected.startsWith(delta)) {
      this.#matched += delta;
      this.#expected = this.#expected.slice(delta.length);
      return '';
    }
    const rest = delta.startsWith(this.#expected) ? delta.slice(this.#expected.length) : this.#matched + delta;
    this.#expected = '';
    this.#matched = '';
    return rest;
  }
}
