/**
 * A turn's events as batches: everything that has arrived together is pushed on at once, from the socket's callback
 * through synchronous stages to the encoder, so a chunk crosses no promise on its way, however many stages there are.
 * `read()` and `for await` are the comfortable skins over the same stream.
 */
import type { ChatEvent } from './event.js';

/** Where a stream's events go. Calls never overlap. */
export interface ChatEventSink {
  /** All events that arrived together, in order and at least one. Must not throw. */
  events(batch: readonly ChatEvent[]): void;
  /** Once, after the last batch; with the `GatewayError` when the turn failed. */
  end(error?: unknown): void;
}

/** The tap of a stream that flows. */
export interface ChatEventFlow {
  /** Nothing is pushed before `resume()`; what comes meanwhile waits at its source, which bounds it. Idempotent. */
  pause(): void;
  /** What waits is pushed soon, never before this call has returned. Idempotent. */
  resume(): void;
}

export interface ChatEventStream extends AsyncIterable<ChatEvent> {
  /** Starts the stream and pushes it into `sink`. Once, in place of reading. */
  pipe(sink: ChatEventSink): ChatEventFlow;
  /**
   * All events that arrived since the last call, in order and at least one; `undefined` after the end.
   * Rejects with a `GatewayError` when the turn failed; events that came before the failure are handed over first.
   * One reader at a time.
   */
  read(): Promise<readonly ChatEvent[] | undefined>;
  /** Stops the turn if it still runs and frees what it holds. Idempotent; never rejects. */
  close(): Promise<void>;
}

export type EmitEvent = (event: ChatEvent) => void;

/** A synchronous step of the pipeline. It sees every event once, in order, and emits zero or more. */
export interface EventStage {
  push(event: ChatEvent, emit: EmitEvent): void;
  /** The turn failed: let go of what is held back, so that nothing already produced is lost. Emits no `response-end`. */
  flush?(emit: EmitEvent): void;
  /** True once the stage has emitted `response-end` of its own accord: the source is closed, the rest ignored. */
  readonly done?: boolean;
}

/** Runs `source` through `stages`, first to last. */
export function withStages(source: ChatEventStream, stages: readonly EventStage[]): ChatEventStream {
  if (stages.length === 0) return source;
  const enders = stages.filter((stage) => 'done' in stage);
  let output: ChatEvent[] = [];
  let over = false;

  const emitters: EmitEvent[] = new Array(stages.length + 1);
  emitters[stages.length] = (event) => {
    output.push(event);
  };
  for (let index = stages.length - 1; index >= 0; index--) {
    const stage = stages[index] as EventStage;
    const emitNext = emitters[index + 1] as EmitEvent;
    emitters[index] = (event) => stage.push(event, emitNext);
  }
  const first = emitters[0] as EmitEvent;

  const start = (sink: ChatEventSink): ChatEventFlow => {
    const deliver = (): void => {
      if (output.length === 0) return;
      const batch = output;
      output = [];
      sink.events(batch);
    };
    const fail = (error: unknown): void => {
      over = true;
      for (let index = 0; index < stages.length; index++) {
        try {
          stages[index]?.flush?.(emitters[index + 1] as EmitEvent);
        } catch {
          // What a stage breaks on a second time is lost; the failure itself is told all the same.
        }
      }
      deliver();
      sink.end(error);
    };
    return source.pipe({
      events(batch) {
        if (over) return;
        try {
          for (const event of batch) {
            first(event);
            if (enders.length > 0 && enders.some(({ done }) => done === true)) {
              over = true;
              break;
            }
          }
        } catch (error) {
          // A stage's own failure must not keep the source running.
          void source.close();
          fail(error);
          return;
        }
        deliver();
        if (over) source.close().then(() => sink.end());
      },
      end(error) {
        if (over) return;
        if (error !== undefined) {
          fail(error);
          return;
        }
        over = true;
        deliver();
        sink.end();
      },
    });
  };
  return eventStream(start, () => source.close());
}

/**
 * A stream of its two functions. `start` is called at the first `pipe()` or `read()`, never after `close`; `close` may
 * come before it.
 */
export function eventStream(
  start: (sink: ChatEventSink) => ChatEventFlow,
  close: () => Promise<void>,
): ChatEventStream {
  let closed = false;
  let reader: Reader | undefined;
  const stream: ChatEventStream = {
    pipe(sink) {
      if (!closed) return start(sink);
      sink.end();
      return STILL;
    },
    read() {
      reader ??= new Reader(stream);
      return reader.read();
    },
    close() {
      closed = true;
      return close();
    },
    async *[Symbol.asyncIterator]() {
      try {
        for (let batch = await stream.read(); batch !== undefined; batch = await stream.read()) yield* batch;
      } finally {
        await stream.close();
      }
    },
  };
  return stream;
}

const STILL: ChatEventFlow = { pause: () => undefined, resume: () => undefined };

/** Pulls a stream that pushes: it flows while somebody waits, and no longer. */
class Reader implements ChatEventSink {
  readonly #stream: ChatEventStream;
  #flow: ChatEventFlow | undefined;
  #batch: readonly ChatEvent[] = [];
  #end: { readonly error: unknown } | undefined;
  #waiting: { resolve(batch: readonly ChatEvent[] | undefined): void; reject(error: unknown): void } | undefined;

  constructor(stream: ChatEventStream) {
    this.#stream = stream;
  }

  read(): Promise<readonly ChatEvent[] | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#batch.length > 0 || this.#end !== undefined) this.#answer();
      else if (this.#flow !== undefined) this.#flow.resume();
      else {
        this.#flow = this.#stream.pipe(this);
        // It was there at once.
        if (this.#waiting === undefined) this.#flow.pause();
      }
    });
  }

  events(batch: readonly ChatEvent[]): void {
    this.#batch = this.#batch.length === 0 ? batch : [...this.#batch, ...batch];
    if (this.#waiting === undefined) return;
    this.#flow?.pause();
    this.#answer();
  }

  end(error?: unknown): void {
    this.#end ??= { error };
    if (this.#waiting !== undefined) this.#answer();
  }

  #answer(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#batch.length > 0) {
      const batch = this.#batch;
      this.#batch = [];
      waiting?.resolve(batch);
    } else if (this.#end?.error === undefined) waiting?.resolve(undefined);
    else waiting?.reject(this.#end.error);
  }
}

/** A stream of a function that gives one batch a call, `undefined` at the end. Called only while somebody wants more. */
export function pullStream(
  read: () => Promise<readonly ChatEvent[] | undefined>,
  close: () => Promise<void>,
): ChatEventStream {
  let over = false;
  let paused = false;
  let wake: () => void = () => undefined;
  const pump = async (sink: ChatEventSink): Promise<void> => {
    while (!over) {
      if (paused) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const batch = await read();
      if (batch === undefined) return;
      sink.events(batch);
    }
  };
  return eventStream(
    (sink) => {
      pump(sink).then(
        () => sink.end(),
        (error: unknown) => sink.end(error),
      );
      return {
        pause: () => {
          paused = true;
        },
        resume: () => {
          paused = false;
          wake();
        },
      };
    },
    () => {
      over = true;
      wake();
      return close();
    },
  );
}

/** Makes a {@link ChatEventStream} of any iterable of events; one that is a stream already is returned as it is. */
export function toEventStream(events: AsyncIterable<ChatEvent> | Iterable<ChatEvent>): ChatEventStream {
  if ('pipe' in events && 'close' in events) return events as ChatEventStream;
  const iterator =
    Symbol.asyncIterator in events
      ? events[Symbol.asyncIterator]()
      : (events as Iterable<ChatEvent>)[Symbol.iterator]();
  let closed = false;
  return pullStream(
    async () => {
      if (closed) return undefined;
      const next = await iterator.next();
      if (next.done !== true) return [next.value];
      closed = true;
      return undefined;
    },
    async () => {
      if (closed) return;
      closed = true;
      try {
        await iterator.return?.();
      } catch {
        // Whoever closes wants nothing of it any more.
      }
    },
  );
}
