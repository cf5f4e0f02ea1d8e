/** Those who wait until turns can run: as many as whoever admits turns lets through. */
import { setMaxListeners } from 'node:events';
import { type Clock, Deadline } from '../../util/index.js';
import { holdProcess } from './system/hold-process.js';

export class ReadyWaiters {
  readonly #looks = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  /** Something has changed. */
  look(): void {
    for (const look of [...this.#looks]) look();
  }

  /**
   * `check`: `true` when it is so, an error when it will not be, `undefined` as long as nobody knows.
   *
   * @throws what `check` returns, `late()` after `ms`, or the signal's reason
   */
  wait(
    check: () => true | Error | undefined,
    { signal, ms, late }: { readonly signal: AbortSignal; readonly ms: number; readonly late: () => Error },
  ): Promise<void> {
    // One signal may end any number of turns.
    if (signal instanceof EventTarget) setMaxListeners(0, signal);
    return new Promise((resolve, reject) => {
      const settle = (error: unknown): void => {
        limit.clear();
        letGo();
        this.#looks.delete(look);
        signal.removeEventListener('abort', onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      const look = (): void => {
        const found = check();
        if (found !== undefined) settle(found === true ? undefined : found);
      };
      const onAbort = (): void => settle(signal.reason);
      const letGo = holdProcess();
      const limit = new Deadline(ms, () => settle(late()), this.clock);
      this.#looks.add(look);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else look();
    });
  }
}
