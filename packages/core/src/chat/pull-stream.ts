/** From pulling to pushing: streams of functions and iterables that give events when they are asked. */
import type { ChatEvent } from './event.js';
import type { ChatEventSink } from './event-flow.js';
import { type ChatEventStream, eventStream } from './event-stream.js';

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
