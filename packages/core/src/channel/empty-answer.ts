/** The answer to a request that wants no output: clients warm up a prompt cache with one (Anthropic's `max_tokens: 0`). */
import { type ChatEvent, type ChatEventStream, toEventStream } from '../chat/index.js';
import { createId } from '../util/index.js';

export interface EmptyAnswerOptions {
  readonly model: string;
  readonly inputTokens: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Begins and ends at the limit; nothing is run for it. */
export function emptyAnswer({ model, inputTokens, createdAt }: EmptyAnswerOptions): ChatEventStream {
  const events: readonly ChatEvent[] = [
    { type: 'response-start', responseId: createId('turn-'), model, createdAt, inputTokens, warnings: [] },
    { type: 'response-end', finishReason: 'length', usage: { inputTokens, outputTokens: 0, origin: 'estimated' } },
  ];
  return toEventStream(events);
}
