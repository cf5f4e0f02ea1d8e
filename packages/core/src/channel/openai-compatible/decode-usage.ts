/** `usage` as servers of this kind tell it. */
import type { FinishReason, Usage } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';

const count = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;

const members = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

/** `undefined` where nothing is told. The names of chat, of Responses and of embeddings are all read. */
export function decodeUsage(value: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const total = count(value.total_tokens);
  const inputTokens = count(value.prompt_tokens) ?? count(value.input_tokens) ?? total;
  if (inputTokens === undefined) return undefined;
  const outputTokens = count(value.completion_tokens) ?? count(value.output_tokens) ?? 0;
  const input = members(value.prompt_tokens_details ?? value.input_tokens_details);
  const output = members(value.completion_tokens_details ?? value.output_tokens_details);
  const cached = count(input.cached_tokens) ?? count(value.prompt_cache_hit_tokens) ?? count(value.cached_tokens);
  const reasoning = count(output.reasoning_tokens);
  return {
    inputTokens,
    outputTokens,
    ...(reasoning !== undefined && reasoning > 0 && { reasoningTokens: Math.min(reasoning, outputTokens) }),
    ...(cached !== undefined && cached > 0 && { cachedInputTokens: cached }),
    origin: 'reported',
  };
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool-calls',
  tool_use: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  sensitive: 'content-filter',
};

export const decodeFinishReason = (word: string): FinishReason =>
  Object.hasOwn(FINISH_REASONS, word.toLowerCase()) ? (FINISH_REASONS[word.toLowerCase()] as FinishReason) : 'other';
