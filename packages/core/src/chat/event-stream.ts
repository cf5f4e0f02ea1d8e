/**
 * A turn's events as batches: everything that has arrived together is pushed on at once, from the socket's callback
 * through synchronous stages to the encoder, so a chunk crosses no promise on its way, however many stages there are.
 * `read()` and `for await` are the comfortable skins over the same stream.
 */
import type { ChatEvent } from './event.js';
import type { ChatEventFlow, ChatEventSink } from './event-flow.js';
import { StreamReader } from './stream-reader.js';

export type { ChatEventFlow, ChatEventSink } from './event-flow.js';

/** The events of one turn: to be piped, read in batches, or iterated over. Started by whoever wants them first. */
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
