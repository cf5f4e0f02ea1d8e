/**
 * The way of a turn's events from the decoders to whoever wants them. While they are wanted, all that one read of the
 * socket brought is pushed on when its callback is over. A reader who lags holds the process up where the connection
 * is the turn's alone, and in the end fails its own turn, never its neighbours'; one who wants everything at once never lags, however large the piece that comes.
 */
import type { ChatEvent, ChatEventFlow, ChatEventSink } from '../../chat/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';

export interface EventQueueOptions {
  /** Held up while too much is unread. Absent: others share the connection, and what is unread is kept here. */
  readonly peer?: Pick<JsonRpcPeer, 'pause' | 'resume'>;
  /** Unread bytes above which the connection is held up. Default 1 MiB. */
  readonly highWaterBytes?: number;
  /** Unread bytes a reader who lags may leave; above, what still comes means `onOverflow`. Default 32 MiB. */
  readonly maxBytes?: number;
  /** The reader lags so far behind that the turn cannot go on. */
  readonly onOverflow: () => void;
  /** Events came: told once for all that one read of the socket brought. */
  readonly onProgress?: () => void;
  /** The reader who kept the turn waiting has taken everything there was. */
  readonly onTaken?: () => void;
}

/** What an event weighs besides its text. */
const EVENT_BYTES = 64;
/** Node's `queueMicrotask` makes a resource to be traced by for each call, which costs more than the call. */
const SOON = Promise.resolve();

export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #highWater: number;
  readonly #max: number;
  #events: ChatEvent[] = [];
  /** Of the unread events while nobody wants them. */
  #bytes = 0;
  #sink: ChatEventSink | undefined;
  /** Nobody wants more: nobody has begun to read, or whoever has is busy. */
  #paused = true;
  #scheduled = false;
  /** Too much is unread, and the connection, if it is the turn's alone, is held up. */
  #holding = false;
  /** It is not to be held up any more. */
  #free = false;
  #end: { readonly error?: unknown } | undefined;
  #ended = false;

  constructor(options: EventQueueOptions) {
    this.#options = options;
    this.#highWater = options.highWaterBytes ?? 1024 * 1024;
    this.#max = options.maxBytes ?? 32 * 1024 * 1024;
  }

  /** Whether the reader keeps the turn waiting. */
  get held(): boolean {
    return this.#holding || (this.#paused && this.#events.length > 0);
  }

  /** The events go to `sink` from now on. Once. */
  start(sink: ChatEventSink): ChatEventFlow {
    this.#sink = sink;
    const resume = (): void => {
      this.#paused = false;
      if (this.#events.length > 0 || this.#end !== undefined) this.#schedule();
    };
    const pause = (): void => {
      if (this.#paused) return;
      this.#paused = true;
      for (const event of this.#events) this.#bytes += bytesOf(event);
    };
    resume();
    return { pause, resume };
  }

  /** A function of its own, so that it can be handed to whoever makes the events. */
  readonly push = (event: ChatEvent): void => {
    if (this.#end !== undefined) return;
    this.#events.push(event);
    if (this.#paused) {
      this.#options.onProgress?.();
      this.#weigh(event);
    } else if (!this.#scheduled) this.#schedule();
  };

  /** No more events; those unread are still handed over. Later calls change nothing. */
  end(): void {
    this.#endWith({});
  }

  /** As `end()`, but the reader then gets `error`. */
  fail(error: unknown): void {
    this.#endWith({ error });
  }

  /** The reader has lost interest: ends and drops what is unread. */
  discard(): void {
    this.#events = [];
    this.end();
    this.#paused = false;
    this.#schedule();
    this.#letFlow();
  }

  /** From now on the connection is never held up: what still comes is not for the reader. */
  letGo(): void {
    this.#free = true;
    this.#letFlow();
  }

  #endWith(end: { readonly error?: unknown }): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (!this.#paused) this.#schedule();
  }

  /** After the socket's callback, so that all it brought leaves together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    SOON.then(this.#flush);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    const sink = this.#sink;
    if (this.#paused || sink === undefined || this.#ended) return;
    const lagged = this.#bytes > 0;
    const batch = this.#events;
    this.#events = [];
    this.#bytes = 0;
    if (batch.length > 0) {
      this.#options.onProgress?.();
      sink.events(batch);
    }
    this.#letFlow();
    if (lagged) this.#options.onTaken?.();
    // The sink may have had enough with that.
    if (this.#paused || this.#end === undefined || this.#ended) return;
    this.#ended = true;
    sink.end(this.#end.error);
  };

  #weigh(event: ChatEvent): void {
    this.#bytes += bytesOf(event);
    if (this.#bytes <= this.#highWater) return;
    if (!this.#holding) {
      if (this.#free) return;
      this.#holding = true;
      this.#options.peer?.pause();
    } else if (this.#bytes > this.#max) this.#options.onOverflow();
  }

  #letFlow(): void {
    if (!this.#holding) return;
    this.#holding = false;
    this.#options.peer?.resume();
  }
}

/** Two bytes a UTF-16 unit is what the text may take in memory. */
function bytesOf(event: ChatEvent): number {
  return EVENT_BYTES + ('delta' in event ? event.delta.length * 2 : 0);
}
