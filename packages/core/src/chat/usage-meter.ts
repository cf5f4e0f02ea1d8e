/** What an answer cost, where its upstream does not say: counted from what was sent, and summed over several turns. */
import type { ChatEvent, ResponseStart, Usage } from './event.js';
import type { TokenCounter } from './token-counter.js';

/** What an answer cost; thoughts are part of it. */
export type OutputTokens = Pick<Usage, 'outputTokens' | 'reasoningTokens'>;

/** Thoughts are output, too. `atMost`: pieces of a text may count for one more than the whole. */
export function countOutput(
  counter: Pick<TokenCounter, 'count'>,
  text: string,
  reasoning: string,
  atMost = Number.POSITIVE_INFINITY,
): OutputTokens {
  const reasoningTokens = counter.count(reasoning);
  const outputTokens = Math.min(atMost, counter.count(text) + reasoningTokens);
  return { outputTokens, ...(reasoningTokens > 0 && { reasoningTokens: Math.min(reasoningTokens, outputTokens) }) };
}

/** Of a turn that ends before its upstream could report. Keeps what was said: no more than the turn itself may say. */
export class UsageMeter {
  readonly #counter: TokenCounter;
  readonly #output: string[] = [];
  readonly #reasoning: string[] = [];
  #start: ResponseStart | undefined;

  constructor(counter: TokenCounter) {
    this.#counter = counter;
  }

  /** To be shown every event that counts. */
  push(event: ChatEvent): void {
    if (event.type === 'text-delta' || event.type === 'tool-input-delta') this.#output.push(event.delta);
    else if (event.type === 'reasoning-delta') this.#reasoning.push(event.delta);
    else if (event.type === 'response-start') this.#start = event;
  }

  /** Counted now. */
  usage(atMost?: number): Usage {
    const output = countOutput(this.#counter, this.#output.join(''), this.#reasoning.join(''), atMost);
    return { inputTokens: this.#start?.inputTokens ?? 1, ...output, origin: 'estimated' };
  }
}

/** Of several turns that make one answer. */
export function sumUsage(usages: readonly Usage[]): Usage {
  const total = (count: (usage: Usage) => number | undefined): number =>
    usages.reduce((sum, usage) => sum + (count(usage) ?? 0), 0);
  const reasoningTokens = total((usage) => usage.reasoningTokens);
  const cachedInputTokens = total((usage) => usage.cachedInputTokens);
  return {
    inputTokens: total(({ inputTokens }) => inputTokens),
    outputTokens: total(({ outputTokens }) => outputTokens),
    ...(reasoningTokens > 0 && { reasoningTokens }),
    ...(cachedInputTokens > 0 && { cachedInputTokens }),
    origin: usages.every(({ origin }) => origin === 'reported') ? 'reported' : 'estimated',
  };
}
