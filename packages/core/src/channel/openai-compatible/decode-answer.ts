/**
 * Chunks of a chat completion → events; a whole completion is one chunk whose `message` is its delta. Only the first choice
 * is told. Ends when the upstream has said why it ended, or said `[DONE]`: anything else was cut off.
 */
import {
  type ChatEvent,
  type ChatRequest,
  countPromptTokens,
  estimatingCounter,
  type FinishReason,
  type Usage,
} from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue, SurrogateBuffer } from '../../util/index.js';
import { UpstreamFailure } from '../router/upstream.js';
import { CallBlocks } from './call-blocks.js';
import { decodeFinishReason, decodeUsage } from './decode-usage.js';
import { estimatePrompt } from './estimate-usage.js';
import { inBandFailure } from './failure.js';
import type { ToolNames } from './tool-names.js';

export interface DecoderOptions {
  /** Counted where the upstream tells no usage. Absent: a request that was passed on as it is. */
  readonly request?: ChatRequest;
  /** The text of a request that was passed on, counted in place of {@link request}. */
  readonly requestText?: string;
  readonly names: ToolNames;
  /** What the upstream was asked for. */
  readonly model: string;
  readonly secrets: readonly string[];
  readonly now: () => number;
}

/** Characters of output that are kept before they are counted. */
const COUNTED_AT_ONCE = 65_536;

/** Of further choices that are looked after. */
const MAX_CHOICES = 128;

type Emit = (event: ChatEvent) => void;

export class AnswerDecoder {
  readonly #options: DecoderOptions;
  readonly #calls: CallBlocks;
  #started = false;
  #ended = false;
  #block: { readonly type: 'text' | 'reasoning'; readonly id: string } | undefined;
  #blocks = 0;
  readonly #characters = new SurrogateBuffer();
  #finish: FinishReason | undefined;
  /** Further choices, and whether each has said why it ended. Bounded by {@link MAX_CHOICES}. */
  readonly #others = new Map<number, boolean>();
  #usage: Usage | undefined;
  /** Only where no usage was told. */
  #uncounted = '';
  #counted = 0;

  constructor(options: DecoderOptions) {
    this.#options = options;
    this.#calls = new CallBlocks(options.names);
  }

  /** The upstream has said why it ended: what is missing behind that is nobody's loss. */
  get finished(): boolean {
    return this.#finish !== undefined;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** @throws UpstreamFailure for an error in place of a chunk */
  push(chunk: JsonObject, emit: Emit): void {
    if (this.#ended) return;
    if (chunk.error !== undefined && chunk.error !== null) {
      throw inBandFailure(chunk.error, this.#options.secrets, this.#options.now());
    }
    if (!this.#started) this.#start(chunk, emit);
    this.#usage = decodeUsage(chunk.usage) ?? this.#usage;
    const { choices } = chunk;
    if (!Array.isArray(choices)) return;
    for (const choice of choices as readonly JsonValue[]) if (isJsonObject(choice)) this.#choice(choice, emit);
  }

  /** A chunk of the first choice that holds this text and nothing else; never the first of an answer. */
  pushText(text: string, emit: Emit): void {
    if (!this.#ended) this.#say('text', text, emit);
  }

  /** `[DONE]`, or the end of an answer that said why it ended. @throws UpstreamFailure when it did not */
  end(emit: Emit, isDone: boolean): void {
    if (this.#ended) return;
    if (!this.#started || (!isDone && !this.#isWhole())) throw cutOff();
    this.#ended = true;
    const finishReason = this.#finish ?? (this.#calls.any ? 'tool-calls' : 'stop');
    this.#closeBlock(emit);
    this.#calls.end(emit, finishReason === 'length' || finishReason === 'content-filter');
    emit({ type: 'response-end', finishReason, usage: this.#usage ?? this.#estimate() });
  }

  #isWhole(): boolean {
    return this.#finish !== undefined && [...this.#others.values()].every(Boolean);
  }

  #other({ index, finish_reason: reason }: JsonObject): void {
    if (typeof index !== 'number' || (this.#others.size >= MAX_CHOICES && !this.#others.has(index))) return;
    const ends = typeof reason === 'string' && reason !== '';
    if (ends || !this.#others.has(index)) this.#others.set(index, ends);
  }

  #start(chunk: JsonObject, emit: Emit): void {
    const { model, now } = this.#options;
    const isCompletion = Array.isArray(chunk.choices) || typeof chunk.id === 'string';
    if (!isCompletion) throw new UpstreamFailure('failed', 'upstream_protocol', 'The upstream sent no chat completion');
    this.#started = true;
    const created = typeof chunk.created === 'number' && chunk.created > 0 ? chunk.created * 1000 : now();
    emit({
      type: 'response-start',
      responseId: typeof chunk.id === 'string' ? chunk.id : '',
      model: typeof chunk.model === 'string' && chunk.model !== '' ? chunk.model : model,
      createdAt: created,
      warnings: [],
    });
  }

  #choice(choice: JsonObject, emit: Emit): void {
    if (choice.index !== undefined && choice.index !== null && choice.index !== 0) {
      this.#other(choice);
      return;
    }
    const delta = isJsonObject(choice.delta) ? choice.delta : isJsonObject(choice.message) ? choice.message : undefined;
    if (delta !== undefined) this.#delta(delta, emit);
    // Of the older completions.
    else if (typeof choice.text === 'string') this.#say('text', choice.text, emit);
    const { finish_reason: reason } = choice;
    if (typeof reason === 'string' && reason !== '') this.#finish = decodeFinishReason(reason);
  }

  #delta(delta: JsonObject, emit: Emit): void {
    const thought = delta.reasoning_content ?? delta.reasoning;
    if (typeof thought === 'string') this.#say('reasoning', thought, emit);
    this.#say('text', textOf(delta.content), emit);
    if (typeof delta.refusal === 'string') this.#say('text', delta.refusal, emit);
    const { tool_calls: calls, function_call: older } = delta;
    if (Array.isArray(calls)) {
      for (const [position, piece] of (calls as readonly JsonValue[]).entries()) {
        if (isJsonObject(piece)) this.#call(piece, position, emit);
      }
    }
    if (isJsonObject(older)) this.#call({ index: 0, function: older }, 0, emit);
  }

  #call(piece: JsonObject, position: number, emit: Emit): void {
    this.#closeBlock(emit);
    this.#calls.push(piece, position, (event) => {
      if (event.type === 'tool-input-delta') this.#keep(event.delta);
      emit(event);
    });
  }

  #say(type: 'text' | 'reasoning', piece: string, emit: Emit): void {
    if (piece === '') return;
    if (this.#calls.any) {
      // Text behind calls: they are over.
      this.#calls.end(emit, false);
    }
    if (this.#block?.type !== type) {
      this.#closeBlock(emit);
      this.#block = { type, id: `${type}-${++this.#blocks}` };
      emit({ type: `${type}-start`, id: this.#block.id });
    }
    const delta = this.#characters.push(piece);
    if (delta === '') return;
    this.#keep(delta);
    emit({ type: `${type}-delta`, id: this.#block.id, delta });
  }

  #closeBlock(emit: Emit): void {
    if (this.#block === undefined) return;
    const { type, id } = this.#block;
    const rest = this.#characters.end();
    if (rest !== '') emit({ type: `${type}-delta`, id, delta: rest });
    emit({ type: `${type}-end`, id });
    this.#block = undefined;
  }

  #keep(delta: string): void {
    if (this.#usage !== undefined) return;
    this.#uncounted += delta;
    if (this.#uncounted.length > COUNTED_AT_ONCE) this.#count();
  }

  #count(): void {
    this.#counted += estimatingCounter.count(this.#uncounted);
    this.#uncounted = '';
  }

  #estimate(): Usage {
    this.#count();
    const { request, requestText = '' } = this.#options;
    const inputTokens =
      request === undefined ? estimatePrompt(requestText) : countPromptTokens(request, estimatingCounter);
    return { inputTokens, outputTokens: this.#counted, origin: 'estimated' };
  }
}

export const cutOff = (): UpstreamFailure =>
  new UpstreamFailure('failed', 'upstream_protocol', 'The answer was cut off before its end');

/** A text, or parts of which some are. */
function textOf(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as readonly JsonValue[])
    .map((part) => (isJsonObject(part) && typeof part.text === 'string' ? part.text : ''))
    .join('');
}
