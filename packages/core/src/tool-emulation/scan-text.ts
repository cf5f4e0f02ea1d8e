/**
 * Finds calls in an answer while it comes in. Text passes at once; only what may be a call is held back, up to a
 * bound. The result depends on the text alone: however it is cut into deltas, the same calls and the same text come
 * out, and no character is lost or doubled.
 */
import type { AcceptedCall } from './accept-call.js';
import { isInvented, strayFence, strayLength } from './continuation.js';
import { type Block, NOT_YET, REJECTED, type Reading } from './formats/block.js';
import { openFence } from './formats/fence-opener.js';
import { type Opening, openHash, openMark, openTag } from './formats/openers.js';
import { BareValueBlock } from './formats/value-block.js';
import { type PartialCall, readPartialCall } from './partial-call.js';
import { TextOut } from './text-out.js';
import type { ToolIndex } from './tool-index.js';

/** A possible call that grows longer is passed on as text. In characters. */
export const MAX_HELD_LENGTH = 1024 * 1024;
const TRIGGER = /[`<[\n]/g;
const ANY_TRIGGER = /[`<[\n]/;
/** Longer runs of a fence's mark are decoration. */
const MAX_RUN = 32;

export interface ScanSink {
  text(text: string): void;
  call(call: AcceptedCall): void;
  /** The answer was cut inside this call. */
  partial(call: PartialCall): void;
  /** The model went on with results of its own invention: nothing behind this counts. */
  invented(): void;
}

type Mode = 'prose' | 'code' | 'block' | 'after-call' | 'stopped';

export class ToolScanner {
  readonly #index: ToolIndex;
  readonly #sink: ScanSink;
  readonly #out: TextOut;
  #mode: Mode = 'prose';
  /** Text not yet looked at, from `#at` on. */
  #buffer = '';
  #at = 0;
  #final = false;
  #lineStart = true;
  /** Marks of an open inline code span on this line; 0: none. */
  #span = 0;
  /** A run too long to mean anything goes on with this character; 0: none does. */
  #longRun = 0;
  #hasCalls = false;
  /** Unmarked JSON may follow: the last call came from a format that repeats. */
  #repeats = false;
  #code: { readonly fence: string; readonly afterCall: boolean } | undefined;
  #block: Block | undefined;
  #raw: string[] = [];
  #rawLength = 0;
  /** Ends that are known not to come any more. */
  readonly #missing = new Set<string>();

  constructor(index: ToolIndex, sink: ScanSink) {
    this.#index = index;
    this.#sink = sink;
    this.#out = new TextOut((text) => sink.text(text));
  }

  push(delta: string): void {
    if (delta === '' || this.#mode === 'stopped') return;
    const isIdle = this.#mode === 'prose' && !this.#lineStart && this.#at === this.#buffer.length;
    if (isIdle && !ANY_TRIGGER.test(delta)) {
      this.#out.write(delta);
      return;
    }
    this.#buffer = this.#at === this.#buffer.length ? delta : this.#buffer.slice(this.#at) + delta;
    this.#at = 0;
    this.#run();
  }

  /** The answer is over. `isCut`: by the length limit, so a call that is not whole is shown as such. */
  end(isCut: boolean): void {
    this.#final = true;
    this.#run();
    while (this.#block !== undefined) {
      this.#endBlock(this.#block, isCut);
      this.#run();
    }
    if (this.#mode !== 'stopped') this.#out.end();
    this.#mode = 'stopped';
  }

  /** The upstream took its text back: what is held is dropped, the next text is scanned from its beginning. */
  restart(): void {
    if (this.#mode === 'stopped') return;
    this.#mode = 'prose';
    this.#buffer = '';
    this.#at = 0;
    this.#lineStart = true;
    this.#span = 0;
    this.#code = undefined;
    this.#repeats = false;
    this.#leaveBlock();
    this.#out.reset();
  }

  /** Passes on whatever is held, as text. */
  release(): void {
    if (this.#mode === 'stopped') return;
    this.#out.write(this.#takeRaw() + this.#buffer.slice(this.#at));
    this.#out.end();
    this.#mode = 'stopped';
  }

  /** Nothing that comes from now on counts. */
  stop(): void {
    this.#leaveBlock();
    this.#mode = 'stopped';
  }

  #run(): void {
    while (this.#at < this.#buffer.length && this.#step()) {
      // Each step consumes something or changes the mode.
    }
    if (this.#at === this.#buffer.length) {
      this.#buffer = '';
      this.#at = 0;
    }
  }

  /** False: more text is needed. */
  #step(): boolean {
    switch (this.#mode) {
      case 'prose':
        return this.#prose();
      case 'code':
        return this.#codeLine();
      case 'block':
        return this.#feedBlock(this.#block as Block);
      case 'after-call':
        return this.#afterCall();
      case 'stopped':
        this.#at = this.#buffer.length;
        return false;
    }
  }

  #prose(): boolean {
    const buffer = this.#buffer;
    if (this.#longRun > 0) return this.#skipLongRun();
    if (this.#lineStart) {
      const begin = skipBlank(buffer, this.#at);
      if (begin > this.#at) {
        this.#pass(begin);
        if (begin === buffer.length) return true;
      }
      const decided = this.#openLine(begin);
      if (decided !== undefined) return decided;
      this.#lineStart = false;
    }
    TRIGGER.lastIndex = this.#at;
    const match = TRIGGER.exec(buffer);
    if (match === null) {
      this.#pass(buffer.length);
      return true;
    }
    if (match.index > this.#at) this.#pass(match.index);
    switch (match[0]) {
      case '\n':
        this.#pass(match.index + 1);
        this.#lineStart = true;
        this.#span = 0;
        return true;
      case '`':
        return this.#ticks(match.index, false);
      default:
        return this.#span > 0 ? this.#skip(1) : this.#open(match[0], match.index);
    }
  }

  /** What may begin at the start of a line; `undefined`: nothing does. */
  #openLine(at: number): boolean | undefined {
    const char = this.#buffer[at] as string;
    if (this.#hasCalls) {
      const invented = isInvented(this.#buffer, at);
      if (invented === true) return this.#stopInvented();
      if (invented === 'more' && !this.#final) return false;
    }
    switch (char) {
      case '`':
      case '~':
        return this.#ticks(at, true);
      case '#':
      case '*':
        return this.#begin(openHash(this.#buffer, at, this.#index, this.#final));
      case '{':
      case '[': {
        const isFirst = !this.#out.hasText && !this.#hasCalls;
        if (char === '[') {
          const mark = this.#begin(openMark(this.#buffer, at, this.#index, this.#final));
          if (mark !== undefined) return mark;
        }
        if (!isFirst && !this.#index.forced) return undefined;
        return this.#begin(new BareValueBlock(this.#index, this.#index.forced ? 'forced' : 'whole'));
      }
      default:
        return undefined;
    }
  }

  #open(char: string, at: number): boolean {
    const opening =
      char === '<'
        ? openTag(this.#buffer, at, this.#index, this.#final)
        : openMark(this.#buffer, at, this.#index, this.#final);
    return this.#begin(opening) ?? this.#skip(1);
  }

  /** Enters a block; `undefined`: there is none. */
  #begin(opening: Opening): boolean | undefined {
    if (opening === undefined || opening === 'more') return opening === 'more' ? false : undefined;
    if (this.#missing.has(opening.endKey)) return undefined;
    this.#block = opening;
    this.#mode = 'block';
    const end = this.#at + opening.openerLength;
    this.#raw = [this.#buffer.slice(this.#at, end)];
    this.#rawLength = opening.openerLength;
    this.#at = end;
    // An answer may end right behind an opener: the block must not wait for text that does not come.
    return true;
  }

  /** A run of backticks or tildes. */
  #ticks(at: number, lineStart: boolean): boolean {
    const buffer = this.#buffer;
    const code = buffer.charCodeAt(at);
    let end = at;
    while (end < buffer.length && buffer.charCodeAt(end) === code) end++;
    if (end === buffer.length && !this.#final && end - at <= MAX_RUN) return false;
    const run = end - at;
    if (run > MAX_RUN) {
      this.#longRun = code;
      return this.#skip(run);
    }
    const closesSpan = code === 0x60 && this.#span === run;
    if (run >= 3 && !closesSpan) {
      const opening = openFence(buffer, at, run, { index: this.#index, lineStart, final: this.#final });
      if (opening.type === 'more') return false;
      if (opening.type === 'block') return this.#begin(opening.block) ?? this.#skip(run);
      if (opening.type === 'code') {
        this.#code = {
          fence: buffer.slice(at, end),
          afterCall: opening.bare && this.#hasCalls && this.#out.isAfterCall,
        };
        return this.#enterCode(run);
      }
      if (code === 0x60 && opening.inline) this.#span = run;
    } else if (closesSpan) this.#span = 0;
    else if (code === 0x60 && this.#span === 0) this.#span = run;
    return this.#skip(run);
  }

  #skipLongRun(): boolean {
    let end = this.#at;
    while (end < this.#buffer.length && this.#buffer.charCodeAt(end) === this.#longRun) end++;
    if (end < this.#buffer.length) this.#longRun = 0;
    if (end > this.#at) this.#pass(end);
    return true;
  }

  #enterCode(length: number): boolean {
    this.#pass(this.#at + length);
    this.#mode = 'code';
    this.#lineStart = false;
    return true;
  }

  /** Code of any language passes as it is; only the line that closes it is looked for. */
  #codeLine(): boolean {
    const buffer = this.#buffer;
    const { fence, afterCall } = this.#code as { readonly fence: string; readonly afterCall: boolean };
    if (this.#lineStart) {
      const begin = skipBlank(buffer, this.#at);
      if (begin === buffer.length && !this.#final) return begin - this.#at > MAX_RUN ? this.#passLine() : false;
      let end = begin;
      while (end < buffer.length && buffer[end] === fence[0]) end++;
      const run = end - begin;
      if (run > 0 && end === buffer.length && !this.#final && run <= MAX_RUN) return false;
      if (run >= fence.length && run <= MAX_RUN && begin - this.#at <= MAX_RUN) {
        const lineEnd = skipBlank(buffer, end);
        if (lineEnd === buffer.length && !this.#final && lineEnd - end <= MAX_RUN) return false;
        if (lineEnd - end <= MAX_RUN && (lineEnd === buffer.length || buffer[lineEnd] === '\n')) {
          this.#mode = 'prose';
          this.#code = undefined;
          this.#pass(lineEnd);
          this.#lineStart = false;
          return true;
        }
        // A stray fence behind a call opened this "code"; what follows is a call again.
        if (afterCall) {
          const opening = openFence(buffer, begin, run, { index: this.#index, lineStart: true, final: this.#final });
          if (opening.type === 'more') return false;
          if (opening.type === 'block' && opening.marked) {
            this.#pass(begin);
            this.#code = undefined;
            return this.#begin(opening.block) ?? true;
          }
        }
      }
    }
    return this.#passLine();
  }

  #passLine(): boolean {
    const newline = this.#buffer.indexOf('\n', this.#at);
    this.#lineStart = newline >= 0;
    this.#pass(newline < 0 ? this.#buffer.length : newline + 1);
    return true;
  }

  #feedBlock(block: Block): boolean {
    // The block never sees more than the bound, so that where it gives up does not depend on the cut.
    const room = MAX_HELD_LENGTH - this.#rawLength;
    const chunk = this.#buffer.length - this.#at > room ? this.#buffer.slice(0, this.#at + room) : this.#buffer;
    const end = block.scan(chunk, this.#at);
    if (end === REJECTED) return this.#giveUp(block, this.#takeRaw(), Math.max(1, block.openerLength));
    const reach = end === NOT_YET ? chunk.length : end;
    this.#raw.push(this.#buffer.slice(this.#at, reach));
    this.#rawLength += reach - this.#at;
    this.#at = reach;
    if (end === NOT_YET) {
      if (this.#rawLength < MAX_HELD_LENGTH) return true;
      const raw = this.#takeRaw();
      return this.#giveUp(block, raw, raw.length);
    }
    const raw = this.#raw.join('');
    this.#raw = [raw];
    return this.#decide(block, raw, block.read(raw, 'mark'));
  }

  #decide(block: Block, raw: string, reading: Reading): boolean {
    switch (reading.type) {
      case 'open':
        return true;
      case 'none':
        this.#leaveBlock();
        return this.#giveUp(block, raw, block.otherwise === 'release' ? raw.length : Math.max(1, block.openerLength));
      case 'calls':
        this.#leaveBlock();
        this.#putBack(raw.slice(reading.end ?? raw.length));
        for (const item of reading.items) this.#emit(item);
        this.#repeats = reading.repeats === true;
        if (this.#mode !== 'stopped') this.#mode = 'after-call';
        return true;
    }
  }

  #emit(item: AcceptedCall | string): void {
    if (this.#mode === 'stopped') return;
    if (typeof item === 'string') {
      this.#out.write(item);
      return;
    }
    this.#hasCalls = true;
    this.#out.call();
    this.#sink.call(item);
  }

  /** No call: the first `length` characters of `raw` are text, the rest is looked at again. */
  #giveUp(block: Block, raw: string, length: number): boolean {
    this.#putBack(raw);
    this.#mode = 'prose';
    const { otherwise } = block;
    if (typeof otherwise === 'object') {
      this.#code = { fence: otherwise.fence, afterCall: false };
      this.#pass(this.#at + length);
      this.#mode = 'code';
      this.#lineStart = raw[length - 1] === '\n';
      return true;
    }
    // Of a fence in mid-line the closing run is to be taken as such.
    const run = /^`+/.exec(raw)?.[0].length ?? 0;
    const passed = this.#skip(length);
    if (run >= 3) this.#span = run;
    return passed;
  }

  /** The answer ended inside a block. */
  #endBlock(block: Block, isCut: boolean): void {
    const raw = this.#takeRaw();
    const reading = block.read(raw, 'end');
    if (reading.type === 'calls') {
      const items = [...reading.items];
      const last = items.at(-1);
      const partial = isCut && typeof last === 'string' ? readPartialCall(last, this.#index) : undefined;
      if (partial !== undefined) items.pop();
      this.#decide(block, raw, { ...reading, items });
      if (partial !== undefined) this.#emitPartial(partial);
      return;
    }
    const partial = isCut ? readPartialCall(raw, this.#index) : undefined;
    if (partial !== undefined) {
      this.#mode = 'after-call';
      this.#emitPartial(partial);
      return;
    }
    this.#missing.add(block.endKey);
    this.#giveUp(block, raw, Math.max(1, block.openerLength));
  }

  #emitPartial(partial: PartialCall): void {
    this.#out.call();
    this.#sink.partial(partial);
  }

  /** Behind a call: its left-over marks are dropped, a further value of the same kind is a call too. */
  #afterCall(): boolean {
    const begin = skipSpace(this.#buffer, this.#at);
    if (begin > this.#at) this.#pass(begin);
    if (begin === this.#buffer.length) return true;
    const stray = strayLength(this.#buffer, begin);
    if (stray < 0 && !this.#final) return false;
    if (stray > 0) {
      this.#at += stray;
      return true;
    }
    const char = this.#buffer[begin] as string;
    if (this.#repeats && (char === ',' || char === ';')) {
      this.#at++;
      return true;
    }
    if (char === '`') {
      const stray = strayFence(this.#buffer, begin, this.#repeats, this.#final);
      if (stray < 0) return false;
      if (stray > 0) {
        this.#at += stray;
        this.#repeats = false;
        return true;
      }
    }
    this.#mode = 'prose';
    this.#lineStart = true;
    this.#span = 0;
    if (this.#repeats && (char === '{' || char === '[')) {
      const mark = char === '[' ? openMark(this.#buffer, begin, this.#index, this.#final) : undefined;
      if (mark === 'more') {
        this.#mode = 'after-call';
        return false;
      }
      return this.#begin(mark ?? new BareValueBlock(this.#index, this.#index.forced ? 'forced' : 'after-call')) ?? true;
    }
    return true;
  }

  #stopInvented(): boolean {
    this.#out.call();
    this.#mode = 'stopped';
    this.#sink.invented();
    return false;
  }

  #skip(length: number): boolean {
    this.#pass(this.#at + length);
    this.#lineStart = false;
    return true;
  }

  #pass(to: number): void {
    this.#out.write(this.#buffer.slice(this.#at, to));
    this.#at = to;
  }

  #putBack(text: string): void {
    if (text === '') return;
    this.#buffer = text + this.#buffer.slice(this.#at);
    this.#at = 0;
  }

  #takeRaw(): string {
    const raw = this.#raw.join('');
    this.#leaveBlock();
    return raw;
  }

  #leaveBlock(): void {
    this.#block = undefined;
    this.#raw = [];
    this.#rawLength = 0;
  }
}

/** Blanks only: a line end begins a new line. */
function skipBlank(text: string, at: number): number {
  let end = at;
  while (end < text.length && (text[end] === ' ' || text[end] === '\t' || text[end] === '\r')) end++;
  return end;
}

function skipSpace(text: string, at: number): number {
  let end = at;
  while (end < text.length && /\s/.test(text[end] as string)) end++;
  return end;
}
