/** Where a pattern stands in a text. Whatever places are asked for, in whatever order: the text is looked through once. */

export interface Occurrence {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export class Occurrences {
  readonly #found: Occurrence[] = [];
  readonly #text: string;
  readonly #pattern: RegExp;
  readonly #counts: (end: number) => boolean;
  #next = 0;
  #isDone = false;

  /** @param pattern global; its matches do not overlap @param counts whether one that ends there is meant */
  constructor(text: string, pattern: RegExp, counts: (end: number) => boolean = () => true) {
    this.#text = text;
    this.#pattern = pattern;
    this.#counts = counts;
  }

  /** The first one that begins at `from` or later. */
  from(from: number): Occurrence | undefined {
    for (let last = this.#found.at(-1); !this.#isDone && (last === undefined || last.start < from); ) {
      this.#pattern.lastIndex = this.#next;
      const match = this.#pattern.exec(this.#text);
      if (match === null) this.#isDone = true;
      else {
        this.#next = match.index + match[0].length;
        if (!this.#counts(this.#next)) continue;
        last = { start: match.index, end: this.#next };
        this.#found.push(last);
      }
    }
    let low = 0;
    let high = this.#found.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#found[middle] as Occurrence).start < from) low = middle + 1;
      else high = middle;
    }
    return this.#found[low];
  }
}
