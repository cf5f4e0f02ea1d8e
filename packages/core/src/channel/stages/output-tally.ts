/** What a turn has said so far, for the usage of an answer that ends before its upstream could report one. */
import type { ChatEvent, ResponseStart, TokenCounter, Usage } from '../../chat/index.js';

export class OutputTally {
  readonly #counter: TokenCounter;
  readonly #output: string[] = [];
  readonly #reasoning: string[] = [];
  #start: ResponseStart | undefined;

  constructor(counter: TokenCounter) {
    this.#counter = counter;
  }

  /** To be shown every event that is passed on. */
  push(event: ChatEvent): void {
    if (event.type === 'text-delta' || event.type === 'tool-input-delta') this.#output.push(event.delta);
    else if (event.type === 'reasoning-delta') this.#reasoning.push(event.delta);
    else if (event.type === 'response-start') this.#start = event;
  }

  /** Counted now, with `atMost` output tokens: pieces of a text may count for one more than the whole. */
  usage(atMost = Number.POSITIVE_INFINITY): Usage {
    const reasoningTokens = this.#counter.count(this.#reasoning.join(''));
    const outputTokens = Math.min(atMost, this.#counter.count(this.#output.join('')) + reasoningTokens);
    return {
      inputTokens: this.#start?.inputTokens ?? 1,
      outputTokens,
      ...(reasoningTokens > 0 && { reasoningTokens: Math.min(reasoningTokens, outputTokens) }),
      origin: 'estimated',
    };
  }
}
