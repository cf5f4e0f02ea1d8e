/**
 * Events → the Messages event stream: `message_start`, one content block at a time, `message_delta`, `message_stop`.
 * A block opens with its first text, so there are no empty ones. A failure is the `error` event and nothing after it.
 */
import type { BlockEvent, ChatEvent, GatewayError, ResponseEnd, ToolInputStart } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import type { ResponseOptions, StreamEncoder } from '../protocol.js';
import { createFrameStream, type FrameEncoder } from '../response/stream-encoder.js';
import { errorBody } from './encode-error.js';
import { encodeUsage, messageEnding, messageHead, NO_ENDING } from './message-object.js';
import { CUSTOM_INPUT } from './tool-input.js';
import { toToolUseId } from './tool-use-id.js';

export function createStreamEncoder(response: ResponseOptions): StreamEncoder {
  return createFrameStream(new MessageEventEncoder(response));
}

const frame = (type: string, members: string): string => `event: ${type}\ndata: {"type":"${type}",${members}}\n\n`;

interface OpenBlock {
  readonly kind: 'text' | 'thinking' | 'function' | 'custom';
  /** A delta's frame up to its text. */
  readonly deltaHead: string;
}

class MessageEventEncoder implements FrameEncoder {
  readonly trailer = '';
  readonly keepAlive = 'event: ping\ndata: {"type":"ping"}\n\n';
  readonly #response: ResponseOptions;
  #open: OpenBlock | undefined;
  #blocks = 0;

  constructor(response: ResponseOptions) {
    this.#response = response;
  }

  encode(event: ChatEvent): string {
    switch (event.type) {
      case 'response-start': {
        const usage = encodeUsage({ inputTokens: event.inputTokens ?? 1, outputTokens: 0, origin: 'reported' });
        const message = Object.assign(messageHead(this.#response.model || event.model), { content: [] }, NO_ENDING, {
          usage,
        });
        return frame('message_start', `"message":${JSON.stringify(message)}`);
      }
      case 'response-end':
        return this.#finish(event);
      case 'tool-result':
        return '';
      default:
        return this.#block(event);
    }
  }

  encodeFailure(error: GatewayError): string {
    // The open block stays open: a block that ended would be a whole one, and a client may act on it.
    return `event: error\ndata: ${JSON.stringify(errorBody(error))}\n\n`;
  }

  #block(event: BlockEvent): string {
    switch (event.type) {
      case 'text-delta':
        return event.delta === '' ? '' : this.#begin('text') + this.#delta(JSON.stringify(event.delta));
      case 'reasoning-delta':
        if (event.delta === '' || this.#response.reasoning === 'hidden') return '';
        if (this.#response.reasoning === 'omitted') return this.#begin('thinking');
        return this.#begin('thinking') + this.#delta(JSON.stringify(event.delta));
      case 'tool-input-start':
        return event.executedBy === 'upstream' ? '' : this.#openCall(event);
      case 'tool-input-delta':
        if (this.#open === undefined || event.delta === '') return '';
        return this.#delta(
          JSON.stringify(this.#open.kind === 'custom' ? CUSTOM_INPUT.piece(event.delta) : event.delta),
        );
      case 'tool-input-end':
        return this.#closeCall(event.incomplete === true);
      case 'text-end':
      case 'reasoning-end':
        return this.#close();
      default:
        return '';
    }
  }

  #begin(kind: 'text' | 'thinking'): string {
    if (this.#open !== undefined) return '';
    return kind === 'text'
      ? this.#start(kind, '"text_delta","text":', { type: 'text', text: '' })
      : this.#start(kind, '"thinking_delta","thinking":', { type: 'thinking', thinking: '', signature: '' });
  }

  #openCall({ id: toolCallId, toolName: name, kind }: ToolInputStart): string {
    const id = toToolUseId(toolCallId);
    const started = this.#start(kind, '"input_json_delta","partial_json":', { type: 'tool_use', id, name, input: {} });
    return kind === 'custom' ? started + this.#delta(JSON.stringify(CUSTOM_INPUT.before)) : started;
  }

  #closeCall(incomplete: boolean): string {
    if (this.#open === undefined) return '';
    if (incomplete) return this.#close();
    const rest = this.#open.kind === 'custom' ? this.#delta(JSON.stringify(CUSTOM_INPUT.after)) : '';
    return rest + this.#close();
  }

  #start(kind: OpenBlock['kind'], deltaType: string, block: JsonObject): string {
    const index = this.#blocks;
    const deltaHead = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":${deltaType}`;
    this.#open = { kind, deltaHead };
    return frame('content_block_start', `"index":${index},"content_block":${JSON.stringify(block)}`);
  }

  #delta(json: string): string {
    return this.#open === undefined ? '' : `${this.#open.deltaHead}${json}}}\n\n`;
  }

  #close(): string {
    if (this.#open === undefined) return '';
    this.#open = undefined;
    return frame('content_block_stop', `"index":${this.#blocks++}`);
  }

  #finish(event: ResponseEnd): string {
    const delta = JSON.stringify(messageEnding(event.finishReason, event.stopSequence));
    const usage = JSON.stringify(encodeUsage(event.usage));
    return (
      frame('message_delta', `"delta":${delta},"usage":${usage}`) +
      'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    );
  }
}
