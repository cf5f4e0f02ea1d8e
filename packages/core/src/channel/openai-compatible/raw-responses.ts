/** The same for streams of the Responses protocol, whose frames hold the model's name inside `response`. */
import type { ChatEvent, FinishReason } from '../../chat/index.js';
import { applyEdits, findMembers, isJsonObject, type JsonObject } from '../../util/index.js';
import type { FrameDecoder, SseFrame } from './answer-stream.js';
import { cutOff } from './decode-answer.js';
import { decodeUsage } from './decode-usage.js';
import { inBandFailure, withoutSecrets } from './failure.js';
import { encodeFrame, MAX_HELD, parseFrame, type RawItem } from './raw-frames.js';

export interface RawResponsesOptions {
  readonly model: string;
  /** What the upstream was asked for. */
  readonly upstreamModel: string;
  readonly secrets: readonly string[];
  readonly now: () => number;
}

const TERMINAL: Readonly<Record<string, FinishReason>> = {
  'response.completed': 'stop',
  'response.incomplete': 'length',
  'response.failed': 'other',
};
const DELTAS: Readonly<Record<string, 'text' | 'reasoning'>> = {
  'response.output_text.delta': 'text',
  'response.reasoning_text.delta': 'reasoning',
  'response.reasoning_summary_text.delta': 'reasoning',
};

export class RawResponsesFrames implements FrameDecoder<RawItem> {
  readonly #options: RawResponsesOptions;
  #started = false;
  /** What came before the first event. Bounded by {@link MAX_HELD}. */
  #held = '';

  constructor(options: RawResponsesOptions) {
    this.#options = options;
  }

  frame(frame: SseFrame, emit: (item: RawItem) => void): boolean {
    if (frame.data === '[DONE]') return false;
    const body = parseFrame(frame.data);
    if (body === undefined) {
      this.#aside(encodeFrame(frame), emit);
      return false;
    }
    const { secrets, now } = this.#options;
    const type = typeof body.type === 'string' ? body.type : (frame.event ?? '');
    const plainError = body.error ?? (type === 'error' ? body : undefined);
    if (plainError !== undefined && plainError !== null) throw inBandFailure(plainError, secrets, now());
    const response = isJsonObject(body.response) ? body.response : undefined;
    const events: ChatEvent[] = [];
    this.#observe(type, body, response, events);
    const text = this.#held + encodeFrame({ ...frame, data: this.#asked(frame.data, response) });
    this.#held = '';
    const finish = Object.hasOwn(TERMINAL, type) ? TERMINAL[type] : undefined;
    if (finish === undefined) {
      emit({ type: 'raw', text, events });
      return false;
    }
    const failed = type === 'response.failed';
    if (failed && !this.#started) throw inBandFailure(response?.error ?? {}, secrets, now());
    const usage = decodeUsage(response?.usage) ?? { inputTokens: 0, outputTokens: 0, origin: 'estimated' as const };
    events.push({ type: 'response-end', finishReason: finish, usage });
    emit({ type: 'response-end', text: failed ? withoutSecrets(text, secrets) : text, events });
    return true;
  }

  comment(text: string, emit: (item: RawItem) => void): void {
    this.#aside(`: ${text}\n\n`, emit);
  }

  end(): void {
    throw cutOff();
  }

  /** What is no event of the answer's is not its beginning either. */
  #aside(text: string, emit: (item: RawItem) => void): void {
    if (this.#started) emit({ type: 'raw', text, events: [] });
    else if (this.#held.length + text.length <= MAX_HELD) this.#held += text;
  }

  #observe(type: string, body: JsonObject, response: JsonObject | undefined, events: ChatEvent[]): void {
    if (!this.#started && response !== undefined && type !== 'response.failed') {
      this.#started = true;
      events.push({
        type: 'response-start',
        responseId: typeof response.id === 'string' ? response.id : '',
        model: typeof response.model === 'string' ? response.model : this.#options.upstreamModel,
        createdAt: this.#options.now(),
        warnings: [],
      });
    }
    const kind = DELTAS[type];
    if (kind !== undefined && typeof body.delta === 'string') {
      events.push({ type: `${kind}-delta`, id: kind, delta: body.delta });
    }
  }

  #asked(data: string, response: JsonObject | undefined): string {
    const { model } = this.#options;
    if (model === '' || response === undefined || response.model === model) return data;
    const [outer] = findMembers(data, ['response']);
    if (outer === undefined) return data;
    const [inner] = findMembers(data.slice(outer.valueStart, outer.end), ['model']);
    if (inner === undefined) return data;
    const start = outer.valueStart + inner.valueStart;
    return applyEdits(data, [{ start, end: outer.valueStart + inner.end, text: JSON.stringify(model) }]);
  }
}
