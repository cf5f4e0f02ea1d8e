/** Those who wait until turns can run: as many as whoever admits turns lets through. */
import { type Clock, Deadline } from '../../util/index.js';

export class ReadyWaiters {
  readonly #looks = new Set<() => void>();

  /** `check`: `true` when it is so, an error when it will not be, `undefined` as long as nobody knows. */
  constructor(
    private readonly check: () => true | Error | undefined,
    private readonly clock: Clock,
  ) {}

  /** Something has changed. */
  look(): void {
    for (const look of [...this.#looks]) look();
  }

  /** @throws what `check` returns, `late()` after `ms`, or the signal's reason */
  wait(signal: AbortSignal, ms: number, late: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error: unknown): void => {
        limit.clear();
        this.#looks.delete(look);
        signal.removeEventListener('abort', onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      const look = (): void => {
        const found = this.check();
        if (found !== undefined) settle(found === true ? undefined : found);
      };
      const onAbort = (): void => settle(signal.reason);
      const limit = new Deadline(ms, () => settle(late()), this.clock);
      this.#looks.add(look);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else look();
    });
  }
}
