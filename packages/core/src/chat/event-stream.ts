/**
 * A turn's events as batches: everything that has arrived is handed over at once, and the stages between source and
 * encoder are synchronous, so a chunk crosses two promise boundaries however many stages there are.
 * `for await` is the comfortable skin over the same stream.
 */
import type { ChatEvent } from './event.js';

export interface ChatEventStream extends AsyncIterable<ChatEvent> {
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
  let output: ChatEvent[] = [];
  let failure: { readonly error: unknown } | undefined;
  let ended = false;

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

  const takeOutput = (): readonly ChatEvent[] => {
    const batch = output;
    output = [];
    return batch;
  };

  const read = async (): Promise<readonly ChatEvent[] | undefined> => {
    for (;;) {
      if (output.length > 0) return takeOutput();
      if (failure !== undefined) throw failure.error;
      if (ended) return undefined;
      try {
        const batch = await source.read();
        if (batch === undefined) {
          ended = true;
          continue;
        }
        for (const event of batch) {
          first(event);
          if (stages.some((stage) => stage.done === true)) {
            ended = true;
            await source.close();
            break;
          }
        }
      } catch (error) {
        failure = { error };
        // A stage's own failure must not keep the source running.
        void source.close();
        for (let index = 0; index < stages.length; index++) stages[index]?.flush?.(emitters[index + 1] as EmitEvent);
      }
    }
  };

  return eventStream(read, () => source.close());
}

/** The two functions of a stream with the `for await` skin on top. */
export function eventStream(
  read: () => Promise<readonly ChatEvent[] | undefined>,
  close: () => Promise<void>,
): ChatEventStream {
  return {
    read,
    close,
    async *[Symbol.asyncIterator]() {
      try {
        for (let batch = await read(); batch !== undefined; batch = await read()) yield* batch;
      } finally {
        await close();
      }
    },
  };
}

/** Makes a {@link ChatEventStream} of any iterable of events; one that is a stream already is returned as it is. */
export function toEventStream(events: AsyncIterable<ChatEvent> | Iterable<ChatEvent>): ChatEventStream {
  if ('read' in events && 'close' in events) return events as ChatEventStream;
  const iterator =
    Symbol.asyncIterator in events
      ? events[Symbol.asyncIterator]()
      : (events as Iterable<ChatEvent>)[Symbol.iterator]();
  let closed = false;
  return eventStream(
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
