/** `CompletionUsage`, whole in every answer. */
import type { Usage } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { usageCost } from '../response/usage-cost.js';

/**
 * A count that nobody reported carries `estimated: true`. The SDKs' types allow further members, and a boolean is the
 * one kind that the libraries which add up usage over several answers do not stumble over.
 */
export function encodeUsage(usage: Usage): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    ...usageCost(usage),
    ...(usage.origin === 'estimated' && { estimated: true }),
  };
}
