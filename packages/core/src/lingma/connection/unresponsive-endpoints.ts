/**
 * Where somebody accepted a connection and then kept silent. A second look that follows at once must not wait there for
 * as long as the first did.
 */
import { type Clock, monotonicNow, systemClock } from '../../util/index.js';

export class UnresponsiveEndpoints {
  readonly #found = new Map<string, { readonly error: Error; readonly until: number }>();

  constructor(
    /** Milliseconds for which a silence counts. */
    private readonly memoryMs: number,
    private readonly clock: Clock = systemClock,
  ) {}

  note(place: string, error: Error): void {
    this.#found.set(place, { error, until: monotonicNow(this.clock) + this.memoryMs });
  }

  forget(place: string): void {
    this.#found.delete(place);
  }

  /** What connecting to `place` failed with a short while ago. */
  failureAt(place: string): Error | undefined {
    const found = this.#found.get(place);
    if (found === undefined || monotonicNow(this.clock) < found.until) return found?.error;
    this.#found.delete(place);
    return undefined;
  }
}
