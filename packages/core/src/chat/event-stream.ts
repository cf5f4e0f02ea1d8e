/**
 * A turn's events as batches: everything that has arrived is handed over at once, and the stages between source and
 * encoder are synchronous, so a chunk crosses two promise boundaries however many stages there are.
 * `for await` is the comfortable skin over the same stream.
 */
import { monotonicNow, sleep, systemClock } from '../util/index.js';
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

/** Milliseconds that stages may work before others get their turn. */
const SLICE_MS = 10;
/** Characters of text that a stage gets at once; a source may hand over an answer in one piece. */
const MAX_DELTA = 16_384;

/** Runs `source` through `stages`, first to last, in slices of time: a long batch keeps no other request waiting. */
export function withStages(source: ChatEventStream, stages: readonly EventStage[]): ChatEventStream {
  if (stages.length === 0) return source;
  let output: ChatEvent[] = [];
  let failure: { readonly error: unknown } | undefined;
  let ended = false;
  /** What the source handed over and no stage has seen yet, the next one last. */
  let waiting: ChatEvent[] = [];

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
        if (waiting.length > 0) await nextTask();
        else {
          const batch = await source.read();
          if (batch === undefined) {
            ended = true;
            continue;
          }
          waiting = batch.flatMap(inPieces).reverse();
        }
        const start = monotonicNow(systemClock);
        for (let event = waiting.pop(); event !== undefined; event = waiting.pop()) {
          first(event);
          if (stages.some((stage) => stage.done === true)) {
            ended = true;
            waiting = [];
            await source.close();
            break;
          }
          if (monotonicNow(systemClock) - start > SLICE_MS) break;
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

/** Others' sockets and timers get their turn first; a promise alone would go before them. */
const nextTask = (): Promise<void> => sleep(0);

function inPieces(event: ChatEvent): ChatEvent | readonly ChatEvent[] {
  if (event.type !== 'text-delta' || event.delta.length <= MAX_DELTA) return event;
  const pieces: ChatEvent[] = [];
  for (let from = 0; from < event.delta.length; ) {
    const last = event.delta.charCodeAt(from + MAX_DELTA - 1);
    // A character of two units stays whole.
    const end = from + MAX_DELTA + (last >= 0xd800 && last < 0xdc00 ? 1 : 0);
    pieces.push({ ...event, delta: event.delta.slice(from, end) });
    from = end;
  }
  return pieces;
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
