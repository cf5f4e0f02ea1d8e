/**
 * Calls between an opening and a closing mark: `<tool_call>…</tool_call>` and its kin, bare `<function=…>` and
 * `<invoke …>`, and the special tokens of Kimi, DeepSeek and others.
 */

import type { Extent } from '../body/markup-call.js';
import type { BodyReading } from '../body/read-body.js';
import { JsonTracker } from '../json/json-tracker.js';
import { withoutCutMark } from './after-call.js';
import { type Block, callsReading, NOT_YET, REJECTED, type Reading } from './block.js';

const MAX_MARKS = 64;
const CLOSED_VALUE = /<\/[^<>/]*(?:param(?:eter)?|arg(?:ument)?|arg_value|arguments|parameters|input)(?:=[^<>]*)?>\s*$/;
/** No mark is longer. */
const MAX_MARK_LENGTH = 96;
/** White space and a name before what tells a call from prose; longer heads are left to the closing mark. */
const MAX_HEAD = 160;

export interface TagBlockOptions {
  readonly opener: string;
  /** Any of these ends the block. */
  readonly closers: readonly string[];
  /** The opener again means that the block before it was not closed. Default true. */
  readonly reopens?: boolean;
  /** Whether the closing mark is part of what {@link read} is given. Default false. */
  readonly includeClose?: boolean;
  /** What the text behind the opener begins like, as far as it goes; anything else is no call. Default: anything. */
  readonly head?: RegExp;
  readonly read: (body: string, extent: Extent) => BodyReading;
}

export class TagBlock implements Block {
  readonly otherwise = 'rescan' as const;
  readonly openerLength: number;
  readonly endKey: string;
  readonly #options: TagBlockOptions;
  readonly #tracker = new JsonTracker();
  /** JSON is followed through its strings; elements are not, their quotes need not pair. */
  #isJson: boolean | undefined;
  /** The characters before the last one of all marks; `undefined`: some mark has no other. */
  readonly #lastButOne: string | undefined;
  #head: string | undefined = '';
  #offset: number;
  #carry = '';
  #bodyEnd = 0;
  #end = 0;
  #marks = 0;
  #soft: { readonly bodyEnd: number; readonly end: number } | undefined;

  constructor(options: TagBlockOptions) {
    this.#options = options;
    this.openerLength = options.opener.length;
    this.#offset = options.opener.length;
    this.endKey = options.closers.join(' ');
    const marks = [options.opener, ...options.closers];
    this.#lastButOne = marks.some(({ length }) => length < 2) ? undefined : marks.map((mark) => mark.at(-2)).join('');
  }

  scan(chunk: string, from: number): number {
    if (this.#head !== undefined && !this.#begins(chunk, from)) return REJECTED;
    let index = from;
    while (this.#isJson === undefined && index < chunk.length) {
      const char = chunk[index] as string;
      if (!/\s/.test(char)) this.#isJson = char === '{' || char === '[';
      else {
        index++;
        this.#offset++;
      }
    }
    for (; index < chunk.length; index++) {
      const code = chunk.charCodeAt(index);
      this.#offset++;
      if (this.#isJson === true) this.#tracker.feed(code);
      else if (code !== 0x3e && code !== 0x5d) {
        const next = chunk.slice(index + 1).search(/[>\]]/);
        const skip = next < 0 ? chunk.length - index - 1 : next;
        index += skip;
        this.#offset += skip;
        continue;
      }
      if ((code === 0x3e || code === 0x5d) && this.#mayEnd(chunk, from, index) && this.#isMark(chunk, from, index)) {
        return index + 1;
      }
    }
    this.#carry = (this.#carry + chunk.slice(from)).slice(-MAX_MARK_LENGTH);
    return NOT_YET;
  }

  /** Whether the text so far may be what this block holds. Asked for each character, so that the cut does not matter. */
  #begins(chunk: string, from: number): boolean {
    const { head } = this.#options;
    for (let index = from; index < chunk.length && this.#head !== undefined; index++) {
      const code = chunk.charCodeAt(index);
      if (this.#head === '' && code <= 0x20) continue;
      this.#head += chunk[index];
      if (head !== undefined && !head.test(this.#head)) return false;
      if (head === undefined || code === 0x3c || code === 0x7b || this.#head.length > MAX_HEAD) this.#head = undefined;
    }
    return true;
  }

  /** By far the most of these characters end no mark. */
  #mayEnd(chunk: string, from: number, index: number): boolean {
    return index === from || this.#lastButOne?.includes(chunk[index - 1] as string) !== false;
  }

  /** Whether a mark ends at `index` and counts. */
  #isMark(chunk: string, from: number, index: number): boolean {
    const here = chunk.slice(Math.max(from, index + 1 - MAX_MARK_LENGTH), index + 1);
    const tail = here.length < MAX_MARK_LENGTH ? (this.#carry + here).slice(-MAX_MARK_LENGTH) : here;
    const { closers, opener, includeClose, reopens } = this.#options;
    const closer = closers.find((mark) => tail.endsWith(mark));
    const isReopening = closer === undefined && reopens !== false && tail.endsWith(opener);
    if (closer === undefined && !isReopening) return false;
    const bodyEnd = this.#offset - (closer ?? opener).length;
    this.#bodyEnd = includeClose === true && closer !== undefined ? this.#offset : bodyEnd;
    this.#end = closer === undefined ? bodyEnd : this.#offset;
    if (this.#isJson === true && this.#tracker.inString) {
      if (closer !== undefined) this.#soft ??= { bodyEnd: this.#bodyEnd, end: this.#end };
      return false;
    }
    // What `scan` is given next begins behind the mark.
    this.#carry = '';
    return true;
  }

  read(raw: string, at: 'mark' | 'end' | 'limit'): Reading {
    if (at !== 'mark') {
      const body = raw.slice(this.openerLength);
      // Behind a value's closing tag the model stopped of its own accord: only the outer tags are missing.
      const isWhole = at === 'end' && CLOSED_VALUE.test(body);
      const items =
        this.#readSoft(raw) ?? this.#items(body, 'cut') ?? (isWhole ? this.#items(body, 'whole') : undefined);
      return items ?? { type: 'none' };
    }
    const body = raw.slice(this.openerLength, this.#bodyEnd);
    const reading = this.#options.read(body, 'whole');
    if (reading === 'open' && ++this.#marks < MAX_MARKS) return { type: 'open' };
    return (
      (reading === 'open' ? undefined : callsReading(reading, this.#end)) ?? this.#readSoft(raw) ?? { type: 'none' }
    );
  }

  #readSoft(raw: string): Reading | undefined {
    if (this.#soft === undefined) return undefined;
    const items = this.#options.read(raw.slice(this.openerLength, this.#soft.bodyEnd), 'whole');
    return items === 'open' ? undefined : callsReading(items, this.#soft.end);
  }

  #items(body: string, extent: Extent): Reading | undefined {
    const reading = this.#options.read(body, extent);
    return reading === 'open' ? undefined : callsReading(reading && withoutCutMark(reading));
  }
}
