/** Has a cache drop in time what is too old, also where nobody asks for anything: by itself it drops it when it is asked. */
import type { Clock } from './clock.js';

/** As `LRUCache` has it; its items are in order of their age. */
interface ExpiringCache<Key> {
  purgeStale(): boolean;
  rkeys(): Iterator<Key>;
  getRemainingTTL(key: Key): number;
}

export class ExpirySweep<Key> {
  readonly #cache: ExpiringCache<Key>;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  #cancel: (() => void) | undefined;

  /** @param ttlMs 0: nothing grows too old */
  constructor(cache: ExpiringCache<Key>, clock: Clock, ttlMs: number) {
    this.#cache = cache;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  /** Something was put into the cache. */
  start(): void {
    if (this.#ttlMs > 0) this.#cancel ??= this.#clock.schedule(this.#ttlMs, () => this.#sweep());
  }

  /** The cache was emptied. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #sweep(): void {
    this.#cancel = undefined;
    this.#cache.purgeStale();
    const oldest = this.#cache.rkeys().next();
    if (oldest.done === true) return;
    const left = Math.max(1, this.#cache.getRemainingTTL(oldest.value));
    this.#cancel = this.#clock.schedule(left, () => this.#sweep());
  }
}
