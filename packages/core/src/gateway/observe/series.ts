/**
 * Numbers by label: counters and histograms as plain arrays, so that counting costs an addition and no module has to be loaded
 * for it. Knows nothing of how they are told; `metrics.ts` does.
 */

/** Label values of one family; further ones are counted as {@link OTHER} each. Callers use closed sets: this is the net below. */
const MAX_SERIES = 200;
export const OTHER = 'other';

export interface FamilyOptions {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

interface Labelled<Cell> {
  readonly values: readonly string[];
  readonly cell: Cell;
}

/** Cells by the values of their labels. */
abstract class Family<Cell> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly #cells = new Map<string, Labelled<Cell>>();

  constructor({ name, help, labels = [] }: FamilyOptions) {
    this.name = name;
    this.help = help;
    this.labels = labels;
  }

  protected abstract create(): Cell;

  /** To be kept where it is used often. */
  of(...values: readonly string[]): Cell {
    const key = values.join('\u0000');
    const known = this.#cells.get(key);
    if (known !== undefined) return known.cell;
    if (this.#cells.size >= MAX_SERIES && values.some((value) => value !== OTHER)) {
      return this.of(...values.map(() => OTHER));
    }
    const cell = this.create();
    this.#cells.set(key, { values, cell });
    return cell;
  }

  *entries(): Generator<{ readonly labels: Readonly<Record<string, string>>; readonly cell: Cell }> {
    for (const { values, cell } of this.#cells.values()) {
      yield { labels: Object.fromEntries(this.labels.map((name, at) => [name, values[at] ?? ''])), cell };
    }
  }
}

export interface Count {
  value: number;
}

export class CounterFamily extends Family<Count> {
  constructor(options: FamilyOptions) {
    super(options);
    // Without labels there is one series, and it begins at zero.
    if (this.labels.length === 0) this.of();
  }

  protected create(): Count {
    return { value: 0 };
  }

  add(amount: number, ...values: readonly string[]): void {
    this.of(...values).value += amount;
  }

  /** Of a family without labels. */
  get value(): number {
    return this.of().value;
  }
}

/** Observations by upper bound. */
export class Distribution {
  readonly bounds: readonly number[];
  /** Observations of each bound alone, and behind the last one those above it. */
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let at = 0;
    while (at < this.bounds.length && value > (this.bounds[at] as number)) at++;
    this.counts[at] = (this.counts[at] as number) + 1;
    this.sum += value;
    this.count++;
  }

  /** What was observed elsewhere, by the same bounds. */
  add(other: Distribution): void {
    for (const [at, count] of other.counts.entries()) this.counts[at] = (this.counts[at] ?? 0) + count;
    this.sum += other.sum;
    this.count += other.count;
  }
}

export class HistogramFamily extends Family<Distribution> {
  readonly bounds: readonly number[];

  constructor(options: FamilyOptions & { readonly bounds: readonly number[] }) {
    super(options);
    this.bounds = options.bounds;
    if (this.labels.length === 0) this.of();
  }

  protected create(): Distribution {
    return new Distribution(this.bounds);
  }
}
