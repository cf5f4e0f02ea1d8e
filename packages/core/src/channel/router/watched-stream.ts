/** An answer that has begun: how it ends says how its channel fares, and that its place is free. */
import {
  type ChatEventSink,
  type ChatEventStream,
  eventStream,
  type RawAnswer,
  type RawSink,
  type RawStream,
} from '../../chat/index.js';
import type { Attempt } from './routed-channel.js';

export function watchChat(stream: ChatEventStream, attempt: Attempt): ChatEventStream {
  attempt.succeed();
  return eventStream(
    (sink: ChatEventSink) => stream.pipe(told(attempt, sink)),
    () => {
      attempt.release();
      return stream.close();
    },
  );
}

export function watchRaw(
  answer: Exclude<RawAnswer, { type: 'events' }>,
  attempt: Attempt,
): Exclude<RawAnswer, { type: 'events' }> {
  attempt.succeed();
  if (answer.type === 'whole') {
    attempt.release();
    return answer;
  }
  const { stream } = answer;
  const watched: RawStream = {
    pipe: (sink: RawSink) => stream.pipe(told(attempt, sink)),
    close() {
      attempt.release();
      return stream.close();
    },
  };
  return { ...answer, stream: watched };
}

interface Sink<Batch> {
  events(batch: Batch): void;
  end(error?: unknown): void;
}

const told = <Batch>(attempt: Attempt, sink: Sink<Batch>): Sink<Batch> => ({
  events: (batch) => sink.events(batch),
  end(error) {
    if (error !== undefined) attempt.fail(error);
    attempt.release();
    sink.end(error);
  },
});
