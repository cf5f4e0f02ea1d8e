/** Numbers whose digits a double cannot hold: ids of 64 bits, amounts with many decimals. */

/**
 * A JSON number as it was written. Stands among plain numbers, typed as one, and behaves like its nearest double wherever
 * it is reckoned with; only `stringifyJson` writes it out digit by digit. `typeof` says `object`: ask {@link isNumber}.
 */
export class ExactNumber extends Number {
  readonly #source: string;

  constructor(source: string) {
    super(source);
    this.#source = source;
  }

  /** The literal itself. */
  override toString(): string {
    return this.#source;
  }

  /** Called by `JSON.stringify`: the nearest double, but for {@link writingExactNumbers}. */
  toJSON(): string | number {
    if (mark === undefined) return Number(this.#source);
    marked = true;
    return mark + this.#source;
  }
}

let mark: string | undefined;
let marked = false;

/**
 * What `write` makes of exact numbers as JSON is a string: `prefix` and the literal. Spares a walk through every value;
 * `marked` says whether there was any.
 */
export function writingExactNumbers<Result>(
  prefix: string,
  write: () => Result,
): { readonly result: Result; readonly marked: boolean } {
  mark = prefix;
  marked = false;
  try {
    const result = write();
    return { result, marked };
  } finally {
    mark = undefined;
  }
}

/** Longer literals are not compared: no double has as many digits. */
const MAX_COMPARED = 64;

/** What a JSON number literal stands for: a plain number where that keeps its digits, else an {@link ExactNumber}. */
export function toNumber(source: string): number {
  return losesDigits(source) ? (new ExactNumber(source) as unknown as number) : Number(source);
}

export function losesDigits(source: string): boolean {
  if (source.length < 16 && !/e/i.test(source)) return false;
  if (source.length > MAX_COMPARED) return true;
  const value = Number(source);
  if (String(value) === source) return false;
  return !Number.isFinite(value) || significantDigits(source) !== significantDigits(String(value));
}

function significantDigits(source: string): string {
  const [mantissa = ''] = source.toLowerCase().split('e', 1);
  return mantissa.replace(/[-+.]/g, '').replace(/^0+|0+$/g, '');
}

/** Plain or exact. */
export const isNumber = (value: unknown): value is number => typeof value === 'number' || value instanceof ExactNumber;

/** The nearest double; other values as they are. */
export const toPlainNumber = <Value>(value: Value): Value =>
  value instanceof ExactNumber ? (Number(value) as unknown as Value) : value;
