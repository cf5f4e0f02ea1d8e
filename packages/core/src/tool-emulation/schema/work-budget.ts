/**
 * How much work a caller's schema may cost. Counted, not timed: the same schema and answer give the same verdict on any
 * machine, and nobody else waits for them.
 */

/** Thrown where the work ends unfinished: what was to be found out stays unknown. */
export class WorkLimitError extends Error {
  override readonly name = 'WorkLimitError';
}

/** One unit is about 20 ns of a common processor. */
export class WorkBudget {
  #left: number;

  constructor(units: number) {
    this.#left = units;
  }

  get left(): number {
    return this.#left;
  }

  /** @throws WorkLimitError when there is less left than that */
  spend(units: number): void {
    this.#left -= units;
    if (!(this.#left >= 0)) throw new WorkLimitError('This takes too much work');
  }
}
