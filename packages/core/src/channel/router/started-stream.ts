/** A stream that has begun: until its first events are there, whatever it fails with can be tried elsewhere. */
import {
  type ChatEvent,
  type ChatEventFlow,
  type ChatEventSink,
  type ChatEventStream,
  eventStream,
  GatewayError,
} from '../../chat/index.js';

/** @throws what the stream fails with before its first events */
export function startedStream(stream: ChatEventStream): Promise<ChatEventStream> {
  return new Promise((resolve, reject) => {
    let first: readonly ChatEvent[] | undefined;
    let ending: { readonly error?: unknown } | undefined;
    let flow: ChatEventFlow | undefined;
    let sink: ChatEventSink | undefined;
    const started = eventStream(
      (wanted) => {
        sink = wanted;
        const batch = first ?? [];
        first = [];
        if (batch.length > 0) wanted.events(batch);
        if (ending !== undefined) wanted.end(ending.error);
        else flow?.resume();
        return { pause: () => flow?.pause(), resume: () => flow?.resume() };
      },
      () => stream.close(),
    );
    flow = stream.pipe({
      events(batch) {
        if (sink !== undefined) {
          sink.events(batch);
          return;
        }
        flow?.pause();
        if (first === undefined) {
          first = batch;
          resolve(started);
        } else first = [...first, ...batch];
      },
      end(error) {
        if (sink !== undefined) {
          sink.end(error);
          return;
        }
        ending = error === undefined ? {} : { error };
        if (first === undefined) {
          reject(error ?? new GatewayError('upstream_protocol', 'The upstream ended the turn without an answer'));
        }
      },
    });
    if (first !== undefined) flow.pause();
  });
}
