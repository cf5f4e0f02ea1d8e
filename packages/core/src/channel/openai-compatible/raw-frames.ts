/**
 * A stream that is handed on, frame by frame: the name of the model becomes the one that was asked for, usage that only we asked
 * for is taken out, and all else stays as it came. What the frames say is told beside them.
 */
import type { ChatEvent, RawEnd, RawPiece } from '../../chat/index.js';
import {
  applyEdits,
  findMembers,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type TextEdit,
  withoutMember,
} from '../../util/index.js';
import type { FrameDecoder, SseFrame } from './answer-stream.js';
import type { AnswerDecoder } from './decode-answer.js';

export type RawItem = RawPiece | RawEnd;
type Emit = (item: RawItem) => void;

export interface RawFramesOptions {
  readonly decoder: AnswerDecoder;
  /** As it was asked for; empty where none was. */
  readonly model: string;
  /** Whether the caller asked for usage. */
  readonly includeUsage: boolean;
}

const NO_EVENTS: readonly ChatEvent[] = [];
const DONE = '[DONE]';

/** Of chat and of the older completions. */
export class RawChatFrames implements FrameDecoder<RawItem> {
  readonly #options: RawFramesOptions;
  #events: ChatEvent[] = [];
  readonly #keep = (event: ChatEvent): void => {
    this.#events.push(event);
  };

  constructor(options: RawFramesOptions) {
    this.#options = options;
  }

  frame(frame: SseFrame, emit: Emit): boolean {
    const { decoder, model, includeUsage } = this.#options;
    if (frame.data === DONE) {
      this.#end(emit, true);
      return true;
    }
    const chunk = parseFrame(frame.data);
    if (chunk === undefined) {
      emit({ type: 'raw', text: encodeFrame(frame), events: NO_EVENTS });
      return false;
    }
    decoder.push(chunk, this.#keep);
    const edits: TextEdit[] = [];
    let isDropped = false;
    if (model !== '' && typeof chunk.model === 'string' && chunk.model !== model) {
      edits.push(...replaceModel(frame.data, model));
    }
    if (!includeUsage && chunk.usage !== undefined) {
      isDropped = Array.isArray(chunk.choices) && chunk.choices.length === 0 && chunk.usage !== null;
      const [usage] = findMembers(frame.data, ['usage']);
      if (usage !== undefined && !isDropped) edits.push(withoutMember(frame.data, usage));
    }
    const text = isDropped
      ? ''
      : encodeFrame(edits.length === 0 ? frame : { ...frame, data: applyEdits(frame.data, edits) });
    emit({ type: 'raw', text, events: this.#take() });
    return false;
  }

  comment(text: string, emit: Emit): void {
    emit({ type: 'raw', text: `: ${text}\n\n`, events: NO_EVENTS });
  }

  end(emit: Emit): void {
    this.#end(emit, false);
  }

  whole(body: JsonObject, text: string, emit: Emit): void {
    // What was asked for as a stream is told as one, of a single frame.
    this.#options.decoder.push(body, this.#keep);
    emit({ type: 'raw', text: encodeFrame({ data: asChunk(body, text) }), events: this.#take() });
    this.#end(emit, false);
  }

  #end(emit: Emit, isDone: boolean): void {
    this.#options.decoder.end(this.#keep, isDone);
    emit({ type: 'response-end', text: encodeFrame({ data: DONE }), events: this.#take() });
  }

  #take(): readonly ChatEvent[] {
    if (this.#events.length === 0) return NO_EVENTS;
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

/** A whole completion in the form of a chunk. */
function asChunk(body: JsonObject, text: string): string {
  if (!Array.isArray(body.choices)) return text;
  const choices = (body.choices as readonly JsonValue[]).map((choice) => {
    if (!isJsonObject(choice)) return choice;
    const { message, ...rest } = choice;
    return message === undefined ? rest : { ...rest, delta: message };
  });
  return JSON.stringify({ ...body, object: 'chat.completion.chunk', choices });
}

export function replaceModel(text: string, model: string): readonly TextEdit[] {
  return findMembers(text, ['model']).map(({ valueStart, end }) => ({
    start: valueStart,
    end,
    text: JSON.stringify(model),
  }));
}

export function parseFrame(data: string): JsonObject | undefined {
  try {
    const value = JSON.parse(data) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** As a frame of ours: whatever line ends it came with. */
export function encodeFrame({ event, id, data }: SseFrame): string {
  const head = `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}`;
  const lines = data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data;
  return `${head}data: ${lines}\n\n`;
}
