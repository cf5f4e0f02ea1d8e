/**
 * A controller whose signal is one of ours: making Node's, and listening to it, costs more than much of what it would end.
 * Where code of others asks for a signal (`fetch`, `AbortSignal.any`), it must get a real one.
 */

type Listener = EventListenerOrEventListenerObject;
type Target = Parameters<AbortSignal['addEventListener']>;

export interface CancelSource {
  readonly signal: AbortSignal;
  /** The first reason counts. */
  abort(reason?: unknown): void;
}

export function createCancelSource(): CancelSource {
  return new CancelSignal();
}

/** Both in one object; whoever gets the signal sees an `AbortSignal`. */
class CancelSignal implements AbortSignal, CancelSource {
  onabort: AbortSignal['onabort'] = null;
  aborted = false;
  reason: unknown = undefined;
  /** In the order in which they came, each once; bounded by the parts of one request, which take theirs back. */
  #listeners: Listener[] = [];

  get signal(): AbortSignal {
    return this;
  }

  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    // Most are aborted when all is over, with nobody left to hear it.
    if (this.#listeners.length > 0 || this.onabort !== null) this.dispatchEvent(new Event('abort'));
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** Every listener is heard once at most, for there is one event. */
  addEventListener(type: string, listener: Target[1] | Listener | null): void {
    if (type !== 'abort' || listener === null || this.aborted) return;
    if (!this.#listeners.includes(listener as Listener)) this.#listeners.push(listener as Listener);
  }

  removeEventListener(_type: string, listener: Target[1] | Listener | null): void {
    const index = this.#listeners.indexOf(listener as Listener);
    if (index !== -1) this.#listeners.splice(index, 1);
  }

  dispatchEvent(event: Event): boolean {
    this.#tell(this.onabort as EventListener | null, event);
    // One that another takes back before its turn is not heard any more.
    for (let next = this.#listeners.shift(); next !== undefined; next = this.#listeners.shift())
      this.#tell(next, event);
    return true;
  }

  #tell(listener: Listener | null, event: Event): void {
    try {
      if (typeof listener === 'function') listener.call(this, event);
      else listener?.handleEvent(event);
    } catch (error) {
      // As an `EventTarget` does it: the others hear of it all the same.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
