/** Completions out: the object of a whole answer and the chunks of a stream, which share one shape. */
import { type ChatEvent, type ChatResult, type FinishReason, GatewayError, type Usage } from '../../chat/index.js';
import { createId, type JsonObject } from '../../util/index.js';
import { OPENAI_FINISH_REASON } from '../openai-chat/finish-reason.js';
import { encodeUsage } from '../openai-chat/usage.js';
import type { ResponseOptions, StreamEncoder } from '../protocol.js';
import { openAiErrorBody } from '../response/openai-error.js';
import { settleFinishReason } from '../response/settle-finish-reason.js';
import { encodeSse, SSE_KEEP_ALIVE, withoutLineEnds } from '../response/sse.js';

/** There is no such end in this protocol: calls that nobody offered tools for are none. */
const finishWord = (reason: FinishReason): string =>
  OPENAI_FINISH_REASON[settleFinishReason(reason, { complete: 0, incomplete: 0 })];

const choice = (index: number, text: string, finishReason: string | null): JsonObject => ({
  text,
  index,
  logprobs: null,
  finish_reason: finishReason,
});

const head = (createdAt: number, model: string): JsonObject => ({
  id: createId('cmpl-'),
  object: 'text_completion',
  created: Math.floor(createdAt / 1000),
  model,
});

/** @param echoes what goes before the text of each result; as many as there are results */
export function encodeCompletion(
  results: readonly ChatResult[],
  echoes: readonly string[],
  usage: Usage,
  response: ResponseOptions,
): JsonObject {
  const [first] = results;
  return {
    ...head(first?.createdAt ?? 0, response.model || (first?.model ?? '')),
    choices: results.map(({ content, finishReason }, index) =>
      choice(index, (echoes[index] ?? '') + textOf(content), finishWord(finishReason)),
    ),
    usage: encodeUsage(usage),
  };
}

const textOf = (content: ChatResult['content']): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');

/**
 * Several turns in one stream: each `response-start` but the first begins the next choice, and the last `response-end`
 * ends them all. How a turn before the last one ended is asked of `endingOf`.
 */
export class CompletionStreamEncoder implements StreamEncoder {
  readonly keepAlive = SSE_KEEP_ALIVE;
  #head = '';
  #index = -1;
  #ended = false;
  #spent = false;

  constructor(
    private readonly response: ResponseOptions,
    private readonly echoes: readonly string[],
    private readonly endingOf: (index: number) => FinishReason,
  ) {}

  push(event: ChatEvent): string {
    if (this.#spent) return '';
    switch (event.type) {
      case 'response-start': {
        const before = this.#index < 0 ? '' : this.#finish(this.endingOf(this.#index));
        if (this.#index < 0) {
          const written = JSON.stringify(head(event.createdAt, this.response.model || event.model));
          this.#head = `data: ${written.slice(0, -1)},"choices":[`;
        }
        this.#index++;
        const echo = this.echoes[this.#index] ?? '';
        return before + (echo === '' ? '' : this.#chunk(echo, null));
      }
      case 'text-delta':
        return event.delta === '' ? '' : this.#chunk(event.delta, null);
      case 'response-end':
        this.#ended = true;
        return this.#finish(event.finishReason) + this.#usage(event.usage);
      default:
        return '';
    }
  }

  end(): string {
    if (this.#spent) return '';
    if (!this.#ended) {
      return this.fail(new GatewayError('upstream_protocol', 'The upstream ended the turn without a proper end'));
    }
    this.#spent = true;
    return 'data: [DONE]\n\n';
  }

  fail(error: GatewayError): string {
    if (this.#spent) return '';
    this.#spent = true;
    return encodeSse({ data: JSON.stringify(openAiErrorBody(error)) });
  }

  #finish(reason: FinishReason): string {
    return this.#chunk('', finishWord(reason));
  }

  #chunk(text: string, finishReason: string | null): string {
    // Asked for usage, every chunk but the last has the member, as `null`.
    const usage = this.response.includeUsage ? ',"usage":null' : '';
    return withoutLineEnds(`${this.#head}${JSON.stringify(choice(this.#index, text, finishReason))}]${usage}}\n\n`);
  }

  #usage(usage: Usage): string {
    return this.response.includeUsage ? `${this.#head}],"usage":${JSON.stringify(encodeUsage(usage))}}\n\n` : '';
  }
}
