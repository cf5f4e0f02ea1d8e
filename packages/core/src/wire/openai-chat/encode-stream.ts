/**
 * Events → `chat.completion.chunk` frames. The first has the role, the last but for usage the one finish reason.
 *
 * A stream that failed ends with an error frame and without `[DONE]`: the SDKs raise the error when they read it, and
 * readers that look only for `[DONE]` must not find a good end.
 */
import type { BlockEvent, ChatEvent, GatewayError, ResponseEnd, ToolInputStart } from '../../chat/index.js';
import { createId, type JsonObject } from '../../util/index.js';
import type { ResponseOptions, StreamEncoder } from '../protocol.js';
import { openAiErrorBody } from '../response/openai-error.js';
import { encodeSse, SSE_KEEP_ALIVE } from '../response/sse.js';
import { createFrameStream, type FrameEncoder } from '../response/stream-encoder.js';
import { OPENAI_FINISH_REASON } from './finish-reason.js';
import { encodeUsage } from './usage.js';

export function createStreamEncoder(response: ResponseOptions): StreamEncoder {
  return createFrameStream(new ChunkEncoder(response));
}

interface OpenCall {
  readonly start: ToolInputStart;
  readonly index: number;
  /** Frame up to the text of a delta; custom calls are gathered instead. */
  readonly head: string;
}

class ChunkEncoder implements FrameEncoder {
  readonly keepAlive = SSE_KEEP_ALIVE;
  readonly trailer = 'data: [DONE]\n\n';
  readonly #response: ResponseOptions;
  readonly #legacy: boolean;
  /** `data: {… "delta":` with all that stays the same in a stream. */
  #frameHead = '';
  #textHead = '';
  #thoughtHead = '';
  /** What follows a delta up to the end of the frame. */
  readonly #frameTail: string;
  #call: OpenCall | undefined;
  #customInput = '';
  #calls = 0;

  constructor(response: ResponseOptions) {
    this.#response = response;
    this.#legacy = response.echo.legacyFunctions === true;
    this.#frameTail = `},"logprobs":null,"finish_reason":null}]${this.#usageMember()}}\n\n`;
  }

  encode(event: ChatEvent): string {
    switch (event.type) {
      case 'response-start':
        return this.#begin(event.createdAt, event.model);
      case 'response-end':
        return this.#finish(event);
      case 'tool-result':
        return '';
      default:
        return this.#block(event);
    }
  }

  encodeFailure(error: GatewayError): string {
    return encodeSse({ data: JSON.stringify(openAiErrorBody(error)) });
  }

  #begin(createdAt: number, model: string): string {
    const constant = JSON.stringify({
      id: createId('chatcmpl-'),
      object: 'chat.completion.chunk',
      created: Math.floor(createdAt / 1000),
      model: this.#response.model || model,
    });
    this.#frameHead = `data: ${constant.slice(0, -1)},"choices":[`;
    const deltaHead = `${this.#frameHead}{"index":0,"delta":{`;
    this.#textHead = `${deltaHead}"content":`;
    this.#thoughtHead = `${deltaHead}"reasoning_content":`;
    return `${deltaHead}"role":"assistant","content":"","refusal":null${this.#frameTail}`;
  }

  #block(event: BlockEvent): string {
    switch (event.type) {
      case 'text-delta':
        return event.delta === '' ? '' : this.#textHead + JSON.stringify(event.delta) + this.#frameTail;
      case 'reasoning-delta':
        return event.delta === '' || this.#response.reasoning !== 'visible'
          ? ''
          : this.#thoughtHead + JSON.stringify(event.delta) + this.#frameTail;
      case 'tool-input-start':
        return this.#openCall(event);
      case 'tool-input-delta':
        if (this.#call === undefined || event.delta === '') return '';
        if (this.#call.start.kind === 'custom') {
          this.#customInput += event.delta;
          return '';
        }
        return `${this.#call.head}${JSON.stringify(event.delta)}}${this.#legacy ? '' : '}]'}${this.#frameTail}`;
      case 'tool-input-end':
        return this.#closeCall(event.incomplete === true);
      default:
        return '';
    }
  }

  #openCall(start: ToolInputStart): string {
    // What ran upstream is not the client's to run, and the older form has room for one call.
    if (start.executedBy === 'upstream' || (this.#legacy && this.#calls > 0)) return '';
    const index = this.#calls++;
    const member = this.#legacy ? '"function_call":{' : `"tool_calls":[{"index":${index},"function":{`;
    const head = `${this.#frameHead}{"index":0,"delta":{${member}"arguments":`;
    this.#call = { start, index, head };
    this.#customInput = '';
    if (start.kind === 'custom') return '';
    const called = { name: start.toolName, arguments: '' };
    return this.#delta(
      this.#legacy
        ? { function_call: called }
        : { tool_calls: [{ index, id: start.id, type: 'function', function: called }] },
    );
  }

  #closeCall(incomplete: boolean): string {
    const call = this.#call;
    if (call === undefined) return '';
    this.#call = undefined;
    if (call.start.kind !== 'custom') return '';
    // Cut free-form input looks like whole input, so the call is not told at all; its index goes to the next.
    if (incomplete) {
      this.#calls--;
      return '';
    }
    const { id, toolName: name } = call.start;
    // In one frame: the accumulator of the official JavaScript SDK keeps only the last piece of a custom input.
    return this.#delta(
      this.#legacy
        ? { function_call: { name, arguments: this.#customInput } }
        : { tool_calls: [{ index: call.index, id, type: 'custom', custom: { name, input: this.#customInput } }] },
    );
  }

  #finish(event: ResponseEnd): string {
    const { finishReason } = event;
    const word = this.#legacy && finishReason === 'tool-calls' ? 'function_call' : OPENAI_FINISH_REASON[finishReason];
    const last = `${this.#frameHead}{"index":0,"delta":{},"logprobs":null,"finish_reason":"${word}"}]${this.#usageMember()}}\n\n`;
    if (!this.#response.includeUsage) return last;
    return `${last}${this.#frameHead}],"usage":${JSON.stringify(encodeUsage(event.usage))}}\n\n`;
  }

  #delta(members: JsonObject): string {
    return `${this.#frameHead}{"index":0,"delta":{${JSON.stringify(members).slice(1, -1)}${this.#frameTail}`;
  }

  /** Asked for usage, every chunk but the last has the member, as `null`. */
  #usageMember(): string {
    return this.#response.includeUsage ? ',"usage":null' : '';
  }
}
