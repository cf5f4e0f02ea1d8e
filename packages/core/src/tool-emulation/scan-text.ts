/**
 * Finds calls in an answer while it comes in. Text passes at once; only what may be a call is held back, up to a
 * bound. The result depends on the text alone: however it is cut into deltas, the same calls and the same text come
 * out, and no character is lost or doubled.
 *
 * Over 250 lines: one state machine, whose modes share all of its state.
 */
import { QUOTE_MARK } from '../util/index.js';
import type { AcceptedCall } from './accept-call.js';
import { isInvented, readLeftover } from './continuation.js';
import type { Reading } from './formats/block.js';
import { endOfRun, readCodeLine, skipBlank, skipSpace } from './formats/code-line.js';
import { openLine } from './formats/line-opener.js';
import { openMinimax } from './formats/minimax-block.js';
import { isCallWord, type Opening, openMark, openTag } from './formats/openers.js';
import { opensThought, passThought } from './formats/thought.js';
import { readTicks } from './formats/ticks.js';
import { triggerFor } from './formats/trigger.js';
import { BARE, BareValueBlock } from './formats/value-block.js';
import { XmlDocument } from './formats/xml-document.js';
import { HeldBlock, MAX_HELD_LENGTH } from './held-block.js';
import { cutCall } from './partial-call.js';
import type { ScanSink } from './scan-sink.js';
import { ScanWork } from './scan-work.js';
import { TextOut } from './text-out.js';
import type { ToolIndex } from './tool-index.js';

type Mode = 'prose' | 'code' | 'thought' | 'block' | 'after-call' | 'stopped';

export class ToolScanner {
  readonly #index: ToolIndex;
  readonly #sink: ScanSink;
  readonly #out: TextOut;
  readonly #trigger: RegExp;
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
  /** The fence or tag that ends the code or thought we are in. */
  #closer = '';
  /** Nothing but white space and a thought was passed on. */
  #isBare = true;
  #held: HeldBlock | undefined;
  /** Ends that are known not to come any more. */
  readonly #missing = new Set<string>();
  /** The line we are in is a quotation: nothing begins there. */
  #isQuoted = false;
  /** The line we are in began with blanks. */
  #isIndented = false;
  readonly #document = new XmlDocument();
  readonly #work = new ScanWork();
  /** Where in the answer the buffer begins. */
  #offset = 0;
  readonly #isEcho: (block: string) => boolean;

  /** @param isEcho whether a call, as written, only repeats what the model was shown: then it is text */
  constructor(index: ToolIndex, sink: ScanSink, isEcho: (block: string) => boolean = () => false) {
    this.#index = index;
    this.#sink = sink;
    this.#isEcho = isEcho;
    this.#trigger = triggerFor(index);
    this.#out = new TextOut((text) => sink.text(text));
  }

  push(delta: string): void {
    if (delta === '' || this.#mode === 'stopped') return;
    if (!this.#lineStart && this.#at === this.#buffer.length && this.#longRun === 0) {
      const isPlain =
        this.#mode === 'prose' ? delta.search(this.#trigger) < 0 : this.#mode === 'code' && !delta.includes('\n');
      if (isPlain) {
        this.#offset += this.#buffer.length + delta.length;
        this.#buffer = '';
        this.#at = 0;
        this.#out.write(delta);
        this.#out.flush();
        return;
      }
    }
    this.#buffer = this.#at === this.#buffer.length ? delta : this.#buffer.slice(this.#at) + delta;
    this.#offset += this.#at;
    this.#at = 0;
    this.#run();
    this.#out.flush();
  }

  /** The answer is over. `isCut`: by the length limit, so a call that is not whole is shown as such. */
  end(isCut: boolean): void {
    this.#final = true;
    this.#run();
    while (this.#held !== undefined) {
      this.#endBlock(this.#held, isCut);
      this.#run();
    }
    if (this.#mode !== 'stopped') this.#out.end();
    this.#mode = 'stopped';
  }

  /** The upstream took its text back: what is held is dropped, the next text is scanned from its beginning. */
  restart(): void {
    if (this.#mode === 'stopped') return;
    this.#held = undefined;
    this.#mode = 'prose';
    this.#buffer = '';
    this.#at = 0;
    this.#lineStart = true;
    this.#span = 0;
    this.#longRun = 0;
    this.#isBare = true;
    this.#isQuoted = false;
    this.#isIndented = false;
    this.#document.leave();
    this.#out.reset();
  }

  /** Passes on whatever is held, as text. */
  release(): void {
    if (this.#mode === 'stopped') return;
    this.#out.write((this.#held?.text() ?? '') + this.#buffer.slice(this.#at));
    this.#out.end();
    this.#mode = 'stopped';
  }

  /** Nothing that comes from now on counts. */
  stop(): void {
    this.#held = undefined;
    this.#mode = 'stopped';
  }

  #run(): void {
    // Each step consumes something or changes the mode.
    while (this.#at < this.#buffer.length && this.#step());
    if (this.#at === this.#buffer.length) {
      this.#offset += this.#at;
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
      case 'thought': {
        const { end, isOver } = passThought(this.#buffer, this.#at, this.#closer, this.#final);
        this.#pass(end);
        if (!isOver) return false;
        this.#mode = 'prose';
        this.#beginLine();
        this.#isBare = true;
        return true;
      }
      case 'block':
        return this.#feedBlock(this.#held as HeldBlock);
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
    if (this.#isQuoted) return this.#skipQuotation();
    if (this.#lineStart) {
      const begin = skipBlank(buffer, this.#at);
      if (begin > this.#at) {
        this.#isIndented = true;
        this.#pass(begin);
        if (begin === buffer.length) return true;
      }
      if (buffer[begin] === QUOTE_MARK[0]) {
        if (begin + 1 === buffer.length && !this.#final) return false;
        this.#isQuoted = buffer.startsWith(QUOTE_MARK, begin);
        if (this.#isQuoted) return true;
      }
      const decided = this.#openLine(begin);
      if (decided !== undefined) return decided;
      if (this.#document.line(buffer, begin, this.#isIndented, this.#final, isCallWord) === 'more') return false;
      this.#lineStart = false;
    }
    this.#trigger.lastIndex = this.#at;
    const match = this.#trigger.exec(buffer);
    if (match === null) {
      this.#pass(buffer.length);
      return true;
    }
    if (match.index > this.#at) this.#pass(match.index);
    switch (match[0]) {
      case '\n':
        this.#pass(match.index + 1);
        this.#beginLine();
        return true;
      case '`':
        return this.#ticks(match.index, false);
      default:
        return this.#span > 0 ? this.#skip(1) : this.#open(match[0], match.index);
    }
  }

  #skipQuotation(): boolean {
    const newline = this.#buffer.indexOf('\n', this.#at);
    this.#isQuoted = newline < 0;
    if (newline >= 0) this.#beginLine();
    this.#pass(newline < 0 ? this.#buffer.length : newline + 1);
    return true;
  }

  /** What may begin at the start of a line; `undefined`: nothing does. */
  #openLine(at: number): boolean | undefined {
    const char = this.#buffer[at] as string;
    if (this.#hasCalls) {
      const invented = isInvented(this.#buffer, at);
      if (invented === true) {
        this.#out.call();
        this.#mode = 'stopped';
        this.#sink.invented();
        return false;
      }
      if (invented === 'more' && !this.#final) return false;
    }
    if (char === '`' || char === '~') return this.#ticks(at, true);
    const options = { isFirst: this.#isBare && !this.#hasCalls, isFinal: this.#final };
    return this.#begin(openLine(this.#buffer, at, this.#index, options));
  }

  #open(char: string, at: number): boolean {
    if (char === '{') return this.#begin(new BareValueBlock(this.#index, 'forced')) ?? this.#skip(1);
    if (char === '<' && this.#isBare && !this.#hasCalls) {
      const thought = opensThought(this.#buffer, at, this.#final);
      if (thought === 'more') return false;
      if (thought !== undefined) {
        this.#closer = thought.closer;
        this.#mode = 'thought';
        return true;
      }
    }
    if (char === '<') {
      const isShown = this.#document.holds(this.#buffer, at, this.#isIndented, this.#final);
      if (isShown !== false) return isShown === 'more' ? false : this.#skip(1);
    }
    const open = char === '<' ? openTag : char === '[' ? openMark : openMinimax;
    return this.#begin(open(this.#buffer, at, this.#index, this.#final)) ?? this.#skip(1);
  }

  /** Enters a block; `undefined`: there is none. */
  #begin(opening: Opening): boolean | undefined {
    if (opening === undefined || opening === 'more') return opening === 'more' ? false : undefined;
    if (this.#missing.has(opening.endKey) || !this.#work.allows(this.#offset + this.#at)) return undefined;
    const end = this.#at + opening.openerLength;
    this.#held = new HeldBlock(opening, this.#buffer.slice(this.#at, end));
    this.#mode = 'block';
    this.#at = end;
    return true;
  }

  /** A run of backticks or tildes. */
  #ticks(at: number, lineStart: boolean): boolean {
    const ticks = readTicks(this.#buffer, at, this.#span, { index: this.#index, lineStart, final: this.#final });
    switch (ticks.type) {
      case 'more':
        return false;
      case 'block':
        this.#document.leave();
        return this.#begin(ticks.block) ?? this.#skip(endOfRun(this.#buffer, at) - at);
      case 'code':
        this.#closer = this.#buffer.slice(at, at + ticks.length);
        this.#mode = 'code';
        break;
      case 'long':
        this.#longRun = this.#buffer.charCodeAt(at);
        break;
      case 'text':
        this.#span = ticks.span;
    }
    return this.#skip(ticks.length);
  }

  #skipLongRun(): boolean {
    const goesOn = this.#buffer.charCodeAt(this.#at) === this.#longRun;
    const end = goesOn ? endOfRun(this.#buffer, this.#at) : this.#at;
    if (end < this.#buffer.length) this.#longRun = 0;
    this.#pass(end);
    return true;
  }

  /** Code of any language passes as it is; only the line that closes it is looked for. */
  #codeLine(): boolean {
    const [fence, lineStart, final] = [this.#closer, this.#lineStart, this.#final];
    const line = readCodeLine(this.#buffer, this.#at, { fence, lineStart, final });
    if (line.type === 'more') return false;
    this.#pass(line.end);
    this.#lineStart = line.type === 'code' && line.lineStart;
    if (line.type === 'closed') this.#mode = 'prose';
    return true;
  }

  #feedBlock(held: HeldBlock): boolean {
    const { end, result } = held.feed(this.#buffer, this.#at);
    this.#at = end;
    switch (result) {
      case 'more':
        return true;
      case 'rejected':
        this.#work.rejected();
        return this.#giveUp(held, Math.max(1, held.block.openerLength), true);
      case 'too-long':
        return this.#giveUp(held, MAX_HELD_LENGTH);
      default:
        return this.#decide(held, this.#read(held, 'mark'));
    }
  }

  #read(held: HeldBlock, at: 'mark' | 'end' | 'limit'): Reading {
    if (!this.#work.allows(this.#offset + this.#at)) return { type: 'none' };
    const raw = held.text();
    const reading = held.block.read(raw, at);
    if (reading.type !== 'calls') this.#work.readInVain(raw.length, reading.type === 'open');
    return reading;
  }

  #decide(held: HeldBlock, reading: Reading): boolean {
    if (reading.type === 'open') return true;
    const raw = held.text();
    if (reading.type === 'none') {
      const { otherwise, openerLength } = held.block;
      return this.#giveUp(held, otherwise === 'release' ? raw.length : Math.max(1, openerLength));
    }
    this.#held = undefined;
    if (this.#repeatsShown(held, raw, reading)) {
      this.#putBack(raw);
      this.#mode = 'prose';
      return this.#skip(reading.end ?? raw.length);
    }
    this.#putBack(raw.slice(reading.end ?? raw.length));
    this.#repeats = reading.repeats === true;
    this.#mode = 'after-call';
    for (const item of reading.items) this.#emit(item);
    return true;
  }

  /** Demanded input without a name or a mark is what was asked for, wherever else it stands. */
  #repeatsShown({ block }: HeldBlock, raw: string, { items, end }: Extract<Reading, { type: 'calls' }>): boolean {
    const isNamed = items.some((item) => typeof item === 'object' && raw.includes(item.tool.name));
    return (isNamed || block.endKey !== BARE) && this.#isEcho(raw.slice(0, end));
  }

  #emit(item: AcceptedCall | string): void {
    // The reader of the first call may have had enough.
    if (this.#mode === 'stopped') return;
    if (typeof item === 'string') {
      this.#out.write(item);
      return;
    }
    this.#hasCalls = true;
    this.#out.call();
    this.#sink.call(item);
  }

  /** No call: the first `length` characters are text, the rest is looked at again. */
  #giveUp(held: HeldBlock, length: number, isRejected = false): boolean {
    const raw = held.text();
    const { otherwise } = held.block;
    if (!isRejected) this.#work.rescanned(Math.max(0, raw.length - length));
    this.#held = undefined;
    this.#putBack(raw);
    if (typeof otherwise === 'object') {
      this.#closer = otherwise.fence;
      this.#mode = 'code';
      this.#pass(this.#at + length);
      this.#lineStart = raw[length - 1] === '\n';
      return true;
    }
    this.#mode = 'prose';
    // Of a fence in mid-line the closing run is to be taken as such.
    const run = /^`+/.exec(raw)?.[0].length ?? 0;
    if (run >= 3) this.#span = run;
    return this.#skip(length);
  }

  /** The answer ended inside a block. */
  #endBlock(held: HeldBlock, isCut: boolean): void {
    const raw = held.text();
    // A call tag that was to close the one before.
    if (this.#out.isAfterCall && raw.startsWith('<') && raw.trimEnd().length <= held.block.openerLength) {
      this.#held = undefined;
      return;
    }
    const reading = this.#read(held, isCut ? 'limit' : 'end');
    const cut = isCut ? cutCall(reading, raw, this.#index) : undefined;
    if (reading.type === 'calls') {
      this.#decide(held, cut?.rest ?? reading);
      // A repetition is text, what was cut of it too.
      if (this.#mode === 'prose') return;
    } else if (cut === undefined) {
      this.#missing.add(held.block.endKey);
      this.#giveUp(held, Math.max(1, held.block.openerLength));
    }
    if (cut === undefined || this.#mode === 'stopped') return;
    this.#held = undefined;
    this.#mode = 'after-call';
    this.#out.call();
    this.#sink.partial(cut.call);
  }

  /** Behind a call: its left-over marks are dropped, a further value of the same kind is a call too. */
  #afterCall(): boolean {
    const begin = skipSpace(this.#buffer, this.#at);
    if (begin > this.#at) this.#pass(begin);
    if (begin === this.#buffer.length) return true;
    const leftover = readLeftover(this.#buffer, begin, this.#repeats, this.#final);
    switch (leftover.type) {
      case 'more':
        return false;
      case 'stray':
        this.#at += leftover.length;
        if (leftover.isFence) this.#repeats = false;
        return true;
      default:
        this.#mode = 'prose';
        this.#beginLine();
        if (leftover.type === 'none') return true;
        return this.#begin(new BareValueBlock(this.#index, this.#index.forced ? 'forced' : 'after-call')) ?? true;
    }
  }

  #beginLine(): void {
    this.#lineStart = true;
    this.#isIndented = false;
    this.#span = 0;
  }

  #skip(length: number): boolean {
    this.#pass(this.#at + length);
    this.#lineStart = false;
    return true;
  }

  #pass(to: number): void {
    const text = this.#buffer.slice(this.#at, to);
    if (this.#isBare && /[^\0- \uFEFF]/.test(text)) this.#isBare = false;
    this.#out.write(text);
    this.#at = to;
  }

  /** `text` is what was consumed last. Mostly it still stands in the buffer, which must not be copied each time. */
  #putBack(text: string): void {
    if (text.length <= this.#at) this.#at -= text.length;
    else {
      this.#buffer = text + this.#buffer.slice(this.#at);
      this.#offset += this.#at - text.length;
      this.#at = 0;
    }
  }
}
