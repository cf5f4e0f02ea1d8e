/** Completions out: the object of a whole answer and the chunks of a stream, which share one shape. */
import {
  type ChatEvent,
  type ChatResult,
  type FinishReason,
  type GatewayError,
  textOf,
  type Usage,
} from '../../chat/index.js';
import { createId, type JsonObject } from '../../util/index.js';
import { OPENAI_FINISH_REASON } from '../openai-chat/finish-reason.js';
import { encodeUsage } from '../openai-chat/usage.js';
import type { ResponseOptions, StreamEncoder } from '../protocol.js';
import { openAiErrorBody } from '../response/openai-error.js';
import { encodeSse, SSE_KEEP_ALIVE } from '../response/sse.js';
import { createFrameStream, type FrameEncoder } from '../response/stream-encoder.js';

/** There is no such end in this protocol: calls that nobody offered tools for are none. */
const finishWord = (reason: FinishReason): string => OPENAI_FINISH_REASON[reason === 'tool-calls' ? 'stop' : reason];

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
    choices: results.map((result, index) =>
      choice(index, (echoes[index] ?? '') + textOf(result), finishWord(result.finishReason)),
    ),
    usage: encodeUsage(usage),
  };
}

/**
 * Several turns in one stream: each `response-start` but the first begins the next choice, and the last `response-end`
 * ends them all. How a turn before the last one ended is asked of `endingOf`.
 */
export function createStreamEncoder(
  response: ResponseOptions,
  echoes: readonly string[],
  endingOf: (index: number) => FinishReason,
): StreamEncoder {
  return createFrameStream(new CompletionChunkEncoder(response, echoes, endingOf));
}

class CompletionChunkEncoder implements FrameEncoder {
  readonly keepAlive = SSE_KEEP_ALIVE;
  readonly trailer = 'data: [DONE]\n\n';
  #head = '';
  #index = -1;

  constructor(
    private readonly response: ResponseOptions,
    private readonly echoes: readonly string[],
    private readonly endingOf: (index: number) => FinishReason,
  ) {}

  encode(event: ChatEvent): string {
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
        return this.#finish(event.finishReason) + this.#usage(event.usage);
      default:
        return '';
    }
  }

  encodeFailure(error: GatewayError): string {
    return encodeSse({ data: JSON.stringify(openAiErrorBody(error)) });
  }

  #finish(reason: FinishReason): string {
    return this.#chunk('', finishWord(reason));
  }

  #chunk(text: string, finishReason: string | null): string {
    // Asked for usage, every chunk but the last has the member, as `null`.
    const usage = this.response.includeUsage ? ',"usage":null' : '';
    return `${this.#head}${JSON.stringify(choice(this.#index, text, finishReason))}]${usage}}\n\n`;
  }

  #usage(usage: Usage): string {
    return this.response.includeUsage ? `${this.#head}],"usage":${JSON.stringify(encodeUsage(usage))}}\n\n` : '';
  }
}
