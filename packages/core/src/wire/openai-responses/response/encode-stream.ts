/**
 * Events → the Responses event stream. Every frame has an `event:` line and a `sequence_number` without gaps; there is
 * exactly one last event, however the turn ends.
 *
 * No `[DONE]` follows it: the protocol's own server sends none, no SDK waits for one, and some readers parse every
 * `data:` line as JSON.
 */
import type { BlockEvent, ChatEvent, GatewayError, ResponseStart, Usage } from '../../../chat/index.js';
import { type Clock, type JsonObject, stringifyJson, systemClock } from '../../../util/index.js';
import type { ResponseOptions, StreamEncoder } from '../../protocol.js';
import { SSE_KEEP_ALIVE } from '../../response/sse.js';
import { createFrameStream, type FrameEncoder } from '../../response/stream-encoder.js';
import { CompactionEncoder } from './compaction-stream.js';
import { RESPONSE_ENDING } from './finish-reason.js';
import {
  type OpenItem,
  openBuiltInCall,
  openCompaction,
  openCustomCall,
  openFunctionCall,
  openMessage,
  openReasoning,
} from './open-item.js';
import { builtInOf } from './output-items.js';
import { responseError } from './response-error.js';
import {
  outputTextOf,
  type ResponseFrame,
  type ResponseState,
  responseFrame,
  responseProgress,
  responseProgressJson,
  toSeconds,
  wholeResponse,
} from './response-object.js';

export interface StreamEncoderOptions {
  /** Called once with what makes the whole response and its length as JSON, before its last event is handed out. */
  readonly onEnd?: (response: () => JsonObject, length: number) => void;
  readonly clock?: Clock;
}

export function createStreamEncoder(response: ResponseOptions, options: StreamEncoderOptions = {}): StreamEncoder {
  const encoder = new ResponseEventEncoder(response, options);
  return createFrameStream(response.compacts === true ? new CompactionEncoder(encoder) : encoder);
}

class ResponseEventEncoder implements FrameEncoder {
  readonly keepAlive = SSE_KEEP_ALIVE;
  readonly trailer = '';
  readonly #frame: ResponseFrame;
  /** The settings as JSON without braces: with many tools they are most of every event that carries the response. */
  readonly #settingsJson: string;
  readonly #clock: Clock;
  readonly #openText: typeof openMessage;
  readonly #onEnd: StreamEncoderOptions['onEnd'];
  readonly #output: JsonObject[] = [];
  /** {@link #output} as JSON, and what its messages said. */
  readonly #outputJson: string[] = [];
  readonly #said: string[] = [];
  #sequence = 0;
  #createdAt: number | undefined;
  #beginning: ResponseStart | undefined;
  #item: OpenItem | undefined;
  /** The text has ended, its item has not: only what comes next tells whether the limit fell into it. */
  #textEnded = false;
  #ended = false;

  constructor(response: ResponseOptions, options: StreamEncoderOptions) {
    this.#frame = responseFrame(response);
    this.#settingsJson = stringifyJson(this.#frame.settings).slice(1, -1);
    this.#clock = options.clock ?? systemClock;
    this.#onEnd = options.onEnd;
    this.#openText = response.compacts === true ? openCompaction : openMessage;
  }

  encode(event: ChatEvent): string {
    if (this.#ended) return '';
    switch (event.type) {
      case 'response-start':
        return this.#start(event);
      case 'response-end': {
        const ending = RESPONSE_ENDING[event.finishReason];
        return this.#closeItem(ending.status) + this.#finish(`response.${ending.status}`, ending, event.usage);
      }
      case 'tool-result':
        // The tool ran upstream; this protocol has no place for what it brought.
        return this.#settleText();
      default:
        return this.#block(event);
    }
  }

  encodeFailure(error: GatewayError): string {
    // The one last event has gone out with `response-end`.
    if (this.#ended) return '';
    const begun = this.#createdAt === undefined ? this.#begin(toSeconds(this.#clock.now())) : '';
    const ended = this.#closeItem('incomplete') + this.#finish('response.failed', responseError(error), undefined);
    return begun + ended;
  }

  #start(event: ResponseStart): string {
    this.#beginning = event;
    return this.#begin(toSeconds(event.createdAt));
  }

  #begin(createdAt: number): string {
    this.#createdAt = createdAt;
    const json = this.#responseJson(this.#state({ ending: { status: 'in_progress' }, usage: this.#usageSoFar() }));
    return (
      this.#writeJson('response.created', `"response":${json}`) +
      this.#writeJson('response.in_progress', `"response":${json}`)
    );
  }

  #block(event: BlockEvent): string {
    const { output } = this.#frame;
    switch (event.type) {
      case 'text-start':
      case 'reasoning-start':
        // Opened by the first delta: an item without text is no item.
        return this.#settleText();
      case 'text-delta':
        return this.#delta(event.delta, () => this.#openText(this.#output.length, output));
      case 'reasoning-delta':
        return output.showReasoning ? this.#delta(event.delta, () => openReasoning(this.#output.length, output)) : '';
      case 'text-end':
        // What was sent cannot be taken back; its status says that it is not the answer.
        if (event.retracted === true) return this.#closeItem('incomplete');
        this.#textEnded = this.#item !== undefined;
        return '';
      case 'reasoning-end':
        return this.#closeItem('completed');
      case 'tool-input-start': {
        const settled = this.#settleText();
        // A call that runs upstream would look like one for the client to run.
        if (event.executedBy === 'upstream') return settled;
        const index = this.#output.length;
        const builtIn = builtInOf({ ...event, toolCallId: event.id }, output);
        if (event.kind === 'custom') this.#item = openCustomCall(index, event, output);
        else if (builtIn === undefined) this.#item = openFunctionCall(index, event, output);
        else this.#item = openBuiltInCall(index, event, builtIn, output);
        return settled + this.#item.open(this.#write);
      }
      case 'tool-input-delta':
        return this.#item === undefined || event.delta === '' ? '' : this.#item.delta(event.delta, this.#writeDelta);
      case 'tool-input-end': {
        if (this.#item === undefined) return '';
        return this.#closeItem(event.incomplete === true ? 'incomplete' : 'completed');
      }
    }
  }

  #delta(delta: string, create: () => OpenItem): string {
    if (delta === '') return '';
    if (this.#item !== undefined) return this.#item.delta(delta, this.#writeDelta);
    this.#item = create();
    return this.#item.open(this.#write) + this.#item.delta(delta, this.#writeDelta);
  }

  #settleText(): string {
    return this.#textEnded ? this.#closeItem('completed') : '';
  }

  #closeItem(status: 'completed' | 'incomplete'): string {
    this.#textEnded = false;
    if (this.#item === undefined) return '';
    const closed = this.#item.close(status, this.#write, this.#writeDelta);
    this.#item = undefined;
    this.#output.push(closed.item);
    this.#outputJson.push(closed.json ?? stringifyJson(closed.item));
    if (closed.said !== undefined) this.#said.push(closed.said);
    return closed.text;
  }

  #finish(type: string, ending: ResponseState['ending'], usage: Usage | undefined): string {
    this.#ended = true;
    const endedAt = toSeconds(this.#clock.now());
    const state = this.#state({ ending, usage: usage ?? this.#usageSoFar(), endedAt });
    const json = this.#responseJson(state);
    this.#onEnd?.(() => wholeResponse(responseProgress(this.#frame.id, state), this.#frame), json.length);
    return this.#writeJson(type, `"response":${json}`);
  }

  #usageSoFar(): Usage {
    return { inputTokens: this.#beginning?.inputTokens ?? 0, outputTokens: 0, origin: 'estimated' };
  }

  #state(state: Pick<ResponseState, 'ending' | 'usage' | 'endedAt'>): ResponseState {
    return Object.assign({ createdAt: this.#createdAt ?? 0, output: this.#output }, state);
  }

  #responseJson(state: ResponseState): string {
    // Of several messages the text is put together before it is written: a character may be cut in two by their ends.
    const said = this.#said.length > 1 ? JSON.stringify(outputTextOf(this.#output)) : (this.#said[0] ?? '""');
    return `${responseProgressJson(this.#frame.id, state, this.#outputJson.join(','), said)},${this.#settingsJson}}`;
  }

  readonly #write = (type: string, members: JsonObject | string): string =>
    this.#writeJson(type, typeof members === 'string' ? members : stringifyJson(members).slice(1, -1));

  readonly #writeDelta = (type: string, head: string, delta: string): string =>
    this.#writeJson(type, `${head},"delta":${JSON.stringify(delta)}`);

  #writeJson(type: string, members: string): string {
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#sequence++},${members}}\n\n`;
  }
}
