/** Listeners of a pool by event. What one of them does wrong is its own. */
import type { Logger } from '../util/index.js';
import type { PoolEvents } from './pool-contract.js';

type Listener = (value: never) => void;

export class PoolListeners {
  readonly #listeners = new Map<keyof PoolEvents, Set<Listener>>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  on<Name extends keyof PoolEvents>(event: Name, listener: (value: PoolEvents[Name]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    // The same function may listen twice.
    const own: Listener = (value) => listener(value);
    listeners.add(own);
    return () => listeners.delete(own);
  }

  has(event: keyof PoolEvents): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }

  tell<Name extends keyof PoolEvents>(event: Name, value: PoolEvents[Name]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(value as never);
      } catch (error) {
        this.#logger.error('Listener of the Lingma pool failed', { error });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
