/**
 * Drops what was said before from a text that is said again in pieces. Where it turns out different it goes on with the
 * word that differs, whole; where nothing is the same it gives all of it.
 */
export class RepeatedPrefixFilter {
  readonly #expected: string;
  /** How much of it was said again; beyond its end nothing is expected any more. */
  #at = 0;
  #over: boolean;

  constructor(expected: string) {
    this.#expected = expected;
    this.#over = expected === '';
  }

  /** What of `delta` is new; `''` while it repeats. */
  skip(delta: string): string {
    if (this.#over) return delta;
    const expected = this.#expected;
    let taken = 0;
    while (taken < delta.length && delta.charCodeAt(taken) === expected.charCodeAt(this.#at)) {
      taken++;
      this.#at++;
    }
    if (this.#at === expected.length) {
      this.#over = true;
      return delta.slice(taken);
    }
    if (taken === delta.length) return '';
    this.#over = true;
    return expected.slice(wordStart(expected, this.#at), this.#at) + delta.slice(taken);
  }
}

/** Letters and digits of scripts that put spaces between words, and the first half of a character. */
const INSIDE = /[\w\u00c0-\u024f\u0370-\u052f\ud800-\udbff]/;

function wordStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && INSIDE.test(text.charAt(start - 1))) start--;
  return start;
}
