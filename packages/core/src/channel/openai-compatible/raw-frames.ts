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
import { type Around, TextTemplate } from './text-template.js';

/** No server's. */
const MARK = '\u{f0000}text\u{f0001}';

export type RawItem = RawPiece | RawEnd;
type Emit = (item: RawItem) => void;

export interface RawFramesOptions {
  readonly decoder: AnswerDecoder;
  /** As it was asked for; empty where none was. */
  readonly model: string;
  /** Whether the caller asked for usage. */
  readonly includeUsage: boolean;
}

const DONE = '[DONE]';

/** Characters that are kept of what comes before the first event: until then nothing has been seen of an answer. */
export const MAX_HELD = 4_096;

/** How most servers tell that usage will come, or not: no text can hold this, for the quotes in one are escaped. */
const NO_USAGE = ',"usage":null';

/** Of chat and of the older completions. What one read brings is one piece. */
export class RawChatFrames implements FrameDecoder<RawItem> {
  readonly #options: RawFramesOptions;
  #text = '';
  #events: ChatEvent[] = [];
  #begun = false;
  readonly #template = new TextTemplate();
  /** What stands around the text of the template, as the caller asked for it. */
  #around: Around | undefined;
  readonly #keep = (event: ChatEvent): void => {
    this.#events.push(event);
  };

  constructor(options: RawFramesOptions) {
    this.#options = options;
  }

  frame(frame: SseFrame, emit: Emit): boolean {
    if (frame.data === DONE) {
      this.#end(emit, true);
      return true;
    }
    const isPlain = frame.event === undefined && frame.id === undefined;
    const said = isPlain && this.#around !== undefined ? this.#template.textOf(frame.data) : undefined;
    if (said !== undefined) {
      const { before, after } = this.#around as Around;
      this.#options.decoder.pushText(said, this.#keep);
      this.#text += before + said + after;
      return false;
    }
    const chunk = parseFrame(frame.data);
    if (chunk !== undefined) {
      this.#options.decoder.push(chunk, this.#keep);
      const { data } = frame;
      frame.data = this.#asked(data, chunk);
      if (isPlain && this.#template.learn(data, chunk)) this.#around = this.#askedAround(chunk);
    }
    if (frame.data !== '') this.#text += encodeFrame(frame);
    return false;
  }

  comment(text: string): void {
    if (this.#begun || this.#text.length + text.length <= MAX_HELD) this.#text += `: ${text}\n\n`;
  }

  flush(emit: Emit): void {
    if (this.#events.length > 0) this.#begun = true;
    else if (!this.#begun) {
      this.#text = this.#text.slice(0, MAX_HELD);
      return;
    }
    if (this.#text === '' && this.#events.length === 0) return;
    emit({ type: 'raw', text: this.#text, events: this.#events });
    this.#text = '';
    this.#events = [];
  }

  end(emit: Emit): void {
    this.#end(emit, false);
  }

  whole(body: JsonObject, text: string, emit: Emit): void {
    // What was asked for as a stream is told as one, of a single frame.
    this.#options.decoder.push(body, this.#keep);
    const data = asChunk(body, text);
    this.#text += encodeFrame({ data: this.#asked(data, body) });
    this.#end(emit, false);
  }

  /** As the caller asked for it; empty: nothing is left. */
  #asked(data: string, chunk: JsonObject): string {
    const { model, includeUsage } = this.#options;
    let asked = data;
    if (model !== '' && typeof chunk.model === 'string' && chunk.model !== model) {
      asked = applyEdits(asked, replaceModel(asked, model));
    }
    const { usage, choices } = chunk;
    if (includeUsage || usage === undefined) return asked;
    if (usage === null) {
      const at = asked.lastIndexOf(NO_USAGE);
      const next = at === -1 ? '' : asked[at + NO_USAGE.length];
      if (next === '}' || next === ',') return asked.slice(0, at) + asked.slice(at + NO_USAGE.length);
    } else if (Array.isArray(choices) && choices.length === 0) return '';
    const [found] = findMembers(asked, ['usage']);
    return found === undefined ? asked : applyEdits(asked, [withoutMember(asked, found)]);
  }

  /** As a frame of ours, whose text is still missing. */
  #askedAround(chunk: JsonObject): Around | undefined {
    const { before, after } = this.#template.around;
    // Edits never touch the text: a mark in its place tells where it would stand.
    const asked = encodeFrame({ data: this.#asked(before + MARK + after, chunk) });
    const at = asked.indexOf(MARK);
    const isOne = at !== -1 && asked.indexOf(MARK, at + 1) === -1 && !before.includes('\n') && !after.includes('\n');
    return isOne ? { before: asked.slice(0, at), after: asked.slice(at + MARK.length) } : undefined;
  }

  #end(emit: Emit, isDone: boolean): void {
    this.#options.decoder.end(this.#keep, isDone);
    emit({ type: 'response-end', text: `${this.#text}data: ${DONE}\n\n`, events: this.#events });
    this.#text = '';
    this.#events = [];
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
  if (event === undefined && id === undefined && !data.includes('\n')) return `data: ${data}\n\n`;
  const head = `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}`;
  const lines = data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data;
  return `${head}data: ${lines}\n\n`;
}
