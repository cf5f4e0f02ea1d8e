/** How many may use something at a time; the others wait in the order they came. A counter where nobody waits. */
export class PlaceQueue {
  #taken = 0;
  /** Bounded by who asks: each is a request that is under way. */
  readonly #waiting = new Set<() => void>();

  constructor(private readonly limit: number) {}

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether there was a place at once. What was taken is given back with {@link leave}. */
  tryTake(): boolean {
    if (this.#taken >= this.limit) return false;
    this.#taken++;
    return true;
  }

  /** Waits for a place. @throws the reason of whichever of the signals aborts first */
  take(...signals: readonly AbortSignal[]): Promise<void> {
    if (this.tryTake()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(start);
        for (const signal of signals) signal.removeEventListener('abort', onAbort);
      };
      const start = (): void => {
        stop();
        resolve();
      };
      const onAbort = (): void => {
        stop();
        reject(signals.find(({ aborted }) => aborted)?.reason);
      };
      this.#waiting.add(start);
      for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
      if (signals.some(({ aborted }) => aborted)) onAbort();
    });
  }

  /** The place goes to the first who waits. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#taken--;
    else next();
  }
}
