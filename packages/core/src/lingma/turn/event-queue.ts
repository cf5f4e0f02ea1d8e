/**
 * The bridge from push to pull: decoders push events from the socket's callback, `read()` hands over everything that
 * has arrived. Bounded in bytes: a reader that lags holds the process up, and in the end fails its own turn, never
 * its neighbours'. A reader that waits never lags, however large the piece that comes.
 */
import type { ChatEvent } from '../../chat/index.js';

export interface TurnInboxOptions {
  /** Unread bytes above which `onFull` is called. Default 1 MiB. */
  readonly highWaterBytes?: number;
  /** Unread bytes below which `onDrained` is called. Default 256 KiB. */
  readonly lowWaterBytes?: number;
  /** Unread bytes a reader who lags may leave; above, what comes after `onFull` means `onOverflow`. Default 32 MiB. */
  readonly maxBytes?: number;
  readonly onFull: () => void;
  readonly onDrained: () => void;
  readonly onOverflow: () => void;
  /** The reader has taken everything there was. */
  readonly onTaken?: () => void;
}

/** What an event weighs besides its text. */
const EVENT_BYTES = 64;

export class TurnInbox {
  readonly #options: TurnInboxOptions;
  readonly #highWater: number;
  readonly #lowWater: number;
  readonly #max: number;
  #events: ChatEvent[] = [];
  #bytes = 0;
  #full = false;
  /** A `read()` waits: it takes all there is as soon as the socket's callback is over. */
  #awaited = false;
  #end: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(options: TurnInboxOptions) {
    this.#options = options;
    this.#highWater = options.highWaterBytes ?? 1024 * 1024;
    this.#lowWater = options.lowWaterBytes ?? 256 * 1024;
    this.#max = options.maxBytes ?? 32 * 1024 * 1024;
  }

  /** Whether events wait to be read. */
  get waiting(): boolean {
    return this.#events.length > 0;
  }

  push(event: ChatEvent): void {
    if (this.#end !== undefined) return;
    this.#events.push(event);
    // Two bytes a UTF-16 unit is what the string may take in memory.
    this.#bytes += EVENT_BYTES + ('delta' in event ? event.delta.length * 2 : 0);
    if (this.#bytes > this.#highWater) this.#overHighWater();
    if (this.#wake !== undefined) this.#wakeUp();
  }

  /** No more events; those unread are still handed over. Later calls change nothing. */
  end(): void {
    if (this.#end !== undefined) return;
    this.#end = {};
    this.#wakeUp();
  }

  /** As `end()`, but the reader then gets `error`. */
  fail(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#wakeUp();
  }

  /** The reader has lost interest: ends and drops what is unread. */
  discard(): void {
    this.#events = [];
    this.#bytes = 0;
    this.end();
    this.#drained();
  }

  async read(): Promise<readonly ChatEvent[] | undefined> {
    // The promise only wakes: the batch is taken after the socket's callback has run to its end.
    while (this.#events.length === 0) {
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error;
        return undefined;
      }
      this.#awaited = true;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#awaited = false;
    const batch = this.#events;
    this.#events = [];
    this.#bytes = 0;
    this.#drained();
    this.#options.onTaken?.();
    return batch;
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #overHighWater(): void {
    if (this.#awaited) return;
    if (!this.#full) {
      this.#full = true;
      this.#options.onFull();
    } else if (this.#bytes > this.#max) {
      this.#options.onOverflow();
    }
  }

  #drained(): void {
    if (!this.#full || this.#bytes > this.#lowWater) return;
    this.#full = false;
    this.#options.onDrained();
  }
}
