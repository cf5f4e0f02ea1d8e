/**
 * Token counts as the process reports them, if at all: Lingma tells the size of the whole context after the turn,
 * standard ACP agents tell input and output.
 */
import { countOutput, estimatingCounter, type Usage } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { numberOf } from '../protocol/turn-end.js';
import type { TokenEstimate } from './turn-contract.js';

/** More than any model reads or writes in a turn: a count above this is a mistake, and none at all. */
const MAX_TOKENS = 1_000_000_000;

/** Where the caller brings none. */
const ESTIMATE: TokenEstimate = { input: () => 1, count: (text) => estimatingCounter.count(text) };

export class UsageReport {
  readonly #tokens: TokenEstimate;
  #used: number | undefined;
  #input: number | undefined;
  #output: number | undefined;
  #cached: number | undefined;
  #estimatedInput: number | undefined;
  #contextTokens: number | undefined;
  /** What the turn has cost, where the process tells. */
  cost: Usage['cost'];

  constructor(tokens: TokenEstimate = ESTIMATE) {
    this.#tokens = tokens;
  }

  /** The estimated size of the conversation, counted once. */
  get estimatedInput(): number {
    this.#estimatedInput ??= Math.max(1, this.#tokens.input());
    return this.#estimatedInput;
  }

  /** Tokens that fit into the model's context, where the process tells. */
  get contextTokens(): number | undefined {
    return this.#contextTokens;
  }

  /** `context_usage`, `context/usage/sync`, `usage_update`, or a `usage` object of any agent. */
  see(data: JsonValue | undefined): void {
    if (!isJsonObject(data)) return;
    if (isJsonObject(data.token_count)) this.see(data.token_count);
    const size = first(data, ['limitTokens', 'size', 'maxTokens', 'limit_tokens']);
    if (size !== undefined && size > 0) this.#contextTokens = size;
    this.#used = first(data, ['usedTokens', 'used', 'used_tokens']) ?? this.#used;
    this.#input = first(data, ['inputTokens', 'promptTokens', 'input_tokens', 'prompt_tokens', 'input']) ?? this.#input;
    this.#output =
      first(data, ['outputTokens', 'completionTokens', 'output_tokens', 'completion_tokens', 'output']) ?? this.#output;
    this.#cached = first(data, ['cachedReadTokens', 'cachedInputTokens', 'cacheReadTokens']) ?? this.#cached;
  }

  /** Counts the output, once and at the end. */
  total(text: string, reasoning: string): Usage {
    const { outputTokens: counted, ...thought } = countOutput(this.#tokens, text, reasoning);
    const reasoningTokens = thought.reasoningTokens ?? 0;
    const cached = this.#cached ?? 0;
    const cost = this.cost === undefined ? {} : { cost: this.cost };
    const extras = { ...thought, ...(cached > 0 && { cachedInputTokens: cached }), ...cost };
    if (this.#input !== undefined && this.#input > 0) {
      // Some count what was cached as part of the input, as we do, some beside it.
      const inputTokens = cached > this.#input ? this.#input + cached : this.#input;
      const outputTokens = Math.max(this.#output ?? counted, reasoningTokens);
      return { inputTokens, outputTokens, ...extras, origin: 'reported' };
    }
    if (this.#used !== undefined && this.#used > 0) {
      const outputTokens = Math.max(this.#output ?? counted, reasoningTokens);
      // The sum is the process's, how it is shared out is a guess.
      const origin = this.#output === undefined ? 'estimated' : 'reported';
      return { inputTokens: Math.max(1, this.#used - outputTokens), outputTokens, ...thought, ...cost, origin };
    }
    return { inputTokens: this.estimatedInput, outputTokens: counted, ...thought, ...cost, origin: 'estimated' };
  }
}

function first(data: JsonObject, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = numberOf(data[name]);
    if (value !== undefined && value >= 0 && value <= MAX_TOKENS) return Math.round(value);
  }
  return undefined;
}
