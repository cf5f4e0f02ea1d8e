/** Gives up calls. What an `AbortController` does for them, at a hundredth of the cost: most turns end with one call open. */
import type { CancelSignal } from './peer.js';

export class CallCancellation implements CancelSignal {
  #reason: unknown;
  #aborted = false;
  /** One a call under way; each takes its own back when the call is over. */
  readonly #listeners = new Set<() => void>();

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.#aborted) this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Later calls change nothing. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
