/** What a `Message` consists of beside its content, the same in an answer and in the events of a stream. */
import type { FinishReason, Usage } from '../../chat/index.js';
import { createId, type JsonObject } from '../../util/index.js';
import { ANTHROPIC_STOP_REASON } from './finish-reason.js';

/** The members before `content`, up to the model. */
export const messageHead = (model: string): JsonObject => ({
  id: createId('msg_'),
  type: 'message',
  role: 'assistant',
  model,
});

export interface Ending {
  readonly stop_reason: string | null;
  readonly stop_sequence: string | null;
  readonly [name: string]: string | null;
}

export function messageEnding(reason: FinishReason, stopSequence: string | undefined): Ending {
  const hit = reason === 'stop' && stopSequence !== undefined;
  return {
    stop_reason: hit ? 'stop_sequence' : ANTHROPIC_STOP_REASON[reason],
    stop_sequence: hit ? stopSequence : null,
    stop_details: null,
    container: null,
  };
}

/** Of a message that has only begun. */
export const NO_ENDING: Ending = { stop_reason: null, stop_sequence: null, stop_details: null, container: null };

/**
 * Whole wherever it stands: clients read `input_tokens` and the cache counts from the first event as from the last, and
 * take no tokens at all for a broken answer. A count that nobody reported carries `estimated: true`.
 */
export function encodeUsage(usage: Usage): JsonObject {
  // Here what came from a cache is not part of the input.
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens);
  return {
    input_tokens: Math.max(cached > 0 ? 0 : 1, usage.inputTokens - cached),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: usage.outputTokens,
    ...(usage.reasoningTokens !== undefined && { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
    server_tool_use: null,
    service_tier: 'standard',
    ...(usage.origin === 'estimated' && { estimated: true }),
  };
}
