/**
 * A turn's events as batches: everything that has arrived together is pushed on at once, from the socket's callback
 * through synchronous stages to the encoder, so a chunk crosses no promise on its way, however many stages there are.
 * `read()` and `for await` are the comfortable skins over the same stream.
 */
import type { ChatEvent } from './event.js';
import type { ChatEventFlow, ChatEventSink } from './event-flow.js';
import { StreamReader } from './stream-reader.js';

export type { ChatEventFlow, ChatEventSink } from './event-flow.js';

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
          // It may still hold something of a turn that failed.
          void source.close();
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
  let reader: StreamReader | undefined;
  const stream: ChatEventStream = {
    pipe(sink) {
      if (!closed) return start(sink);
      sink.end();
      return STILL;
    },
    read() {
      reader ??= new StreamReader((sink) => stream.pipe(sink));
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
