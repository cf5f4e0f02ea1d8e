/**
 * Finds calls in an answer while it comes in. Text passes at once; only what may be a call is held back, up to a
 * bound. The result depends on the text alone: however it is cut into deltas, the same calls and the same text come
 * out, and no character is lost or doubled.
 *
 * Over 250 lines: one state machine, whose modes share all of its state.
 */
import { isInvented, readLeftover } from '../block/after-call.js';
import type { Reading } from '../block/block.js';
import { endOfRun, skipBlank, skipSpace } from '../block/code-line.js';
import { openLine } from '../block/line-opener.js';
import { openMinimax } from '../block/minimax-block.js';
import { isCallWord, type Opening, openMark, openTag } from '../block/openers.js';
import { readTicks } from '../block/ticks.js';
import { BareValueBlock } from '../block/value-block.js';
import { XmlDocument } from '../block/xml-document.js';
import type { AcceptedCall } from '../call/accept-call.js';
import type { ToolIndex } from '../call/tool-index.js';
import { BlockJudge } from './block-judge.js';
import { HeldBlock, MAX_HELD_LENGTH } from './held-block.js';
import { cutCall } from './partial-call.js';
import type { ScanSink } from './scan-sink.js';
import { NEVER, ScanWork, STEPS_A_LOOK } from './scan-work.js';
import { TextCursor } from './text-cursor.js';
import { opensThought, passThought } from './thought.js';
import { triggerFor } from './trigger.js';

type Mode = 'prose' | 'code' | 'thought' | 'block' | 'after-call' | 'stopped';

export class ToolScanner {
  readonly #index: ToolIndex;
  readonly #sink: ScanSink;
  readonly #text: TextCursor;
  readonly #trigger: RegExp;
  readonly #work = new ScanWork();
  readonly #judge: BlockJudge;
  readonly #document = new XmlDocument();
  #mode: Mode = 'prose';
  #hasCalls = false;
  /** Unmarked JSON may follow a call of a format that repeats. */
  #repeats = false;
  /** The fence or tag that ends the code or thought we are in. */
  #closer = '';
  #held: HeldBlock | undefined;
  #busy = false;
  #ending: { readonly isCut: boolean } | undefined;
  /** Ends that are known not to come any more. */
  readonly #missing = new Set<string>();

  /** @param isEcho whether a call, as written, only repeats what the model was shown: then it is text */
  constructor(index: ToolIndex, sink: ScanSink, isEcho: (block: string) => boolean = () => false) {
    this.#index = index;
    this.#sink = sink;
    this.#judge = new BlockJudge(this.#work, isEcho);
    this.#trigger = triggerFor(index);
    this.#text = new TextCursor((text) => sink.text(text));
  }

  /** Work was left when `isOver()` said that the time was: `proceed()` goes on with it, else the next call does. */
  get busy(): boolean {
    return this.#busy;
  }

  push(delta: string, isOver: () => boolean = NEVER): void {
    this.proceed();
    if (delta === '' || this.#mode === 'stopped') return;
    const text = this.#text;
    if (!text.isLineStart && text.isEmpty && text.longRun === 0) {
      const inCode = this.#mode === 'code' && !delta.includes('\n');
      if (inCode || (this.#mode === 'prose' && delta.search(this.#trigger) < 0)) {
        text.passUnread(delta);
        text.out.flush();
        return;
      }
    }
    text.add(delta);
    this.#advance(isOver);
  }

  proceed(isOver: () => boolean = NEVER): void {
    if (this.#busy) this.#advance(isOver);
  }

  /** The answer is over. `isCut`: by the length limit, so a call that is not whole is shown as such. */
  end(isCut: boolean, isOver: () => boolean = NEVER): void {
    this.proceed();
    this.#text.isFinal = true;
    this.#ending = { isCut };
    this.#advance(isOver);
  }

  /** The upstream took its text back: what is held is dropped, the next text is scanned from its beginning. */
  restart(): void {
    this.#busy = false;
    if (this.#mode === 'stopped') return;
    this.#held = undefined;
    this.#mode = 'prose';
    this.#document.leave();
    this.#text.restart();
  }

  /** Passes on whatever is held, as text. */
  release(): void {
    this.#busy = false;
    if (this.#mode === 'stopped') return;
    this.#text.out.write((this.#held?.text() ?? '') + this.#text.buffer.slice(this.#text.at));
    this.#text.out.end();
    this.#mode = 'stopped';
  }

  /** Nothing that comes from now on counts. */
  stop(): void {
    this.#held = undefined;
    this.#mode = 'stopped';
  }

  #advance(isOver: () => boolean): void {
    this.#busy = !this.#scan(isOver);
    this.#text.out.flush();
  }

  /** False: the time was over first. */
  #scan(isOver: () => boolean): boolean {
    while (this.#run(isOver)) {
      if (this.#ending === undefined) return true;
      if (this.#held === undefined) {
        if (this.#mode !== 'stopped') this.#text.out.end();
        this.#mode = 'stopped';
        return true;
      }
      this.#endBlock(this.#held, this.#ending.isCut);
      if (isOver()) return false;
    }
    return false;
  }

  #run(isOver: () => boolean): boolean {
    let inTime = true;
    // Each step consumes something or changes the mode.
    for (let steps = 1; inTime && !this.#text.isEmpty && this.#step(); steps++)
      inTime = steps % STEPS_A_LOOK !== 0 || !isOver();
    this.#text.compact();
    return inTime;
  }

  /** False: more text is needed. */
  #step(): boolean {
    switch (this.#mode) {
      case 'prose':
        return this.#prose();
      case 'code': {
        const line = this.#text.passCode(this.#closer);
        if (line === 'closed') this.#mode = 'prose';
        return line !== 'more';
      }
      case 'thought': {
        const { end, isOver } = passThought(this.#text.buffer, this.#text.at, this.#closer, this.#text.isFinal);
        this.#text.pass(end);
        if (!isOver) return false;
        this.#mode = 'prose';
        this.#text.beginLine();
        this.#text.isBare = true;
        return true;
      }
      case 'block':
        return this.#feedBlock(this.#held as HeldBlock);
      case 'after-call':
        return this.#afterCall();
      default:
        this.#text.at = this.#text.buffer.length;
        return false;
    }
  }

  #prose(): boolean {
    const buffer = this.#text.buffer;
    if (this.#text.passMeaningless()) return true;
    if (this.#text.isLineStart) {
      const begin = skipBlank(buffer, this.#text.at);
      if (begin > this.#text.at) {
        this.#text.isIndented = true;
        this.#text.pass(begin);
        if (begin === buffer.length) return true;
      }
      const isQuoted = this.#text.beginsQuotation(begin);
      if (isQuoted !== false) return isQuoted !== 'more';
      const decided = this.#openLine(begin);
      if (decided !== undefined) return decided;
      if (this.#document.line(buffer, begin, this.#text.isIndented, this.#text.isFinal, isCallWord) === 'more')
        return false;
      this.#text.isLineStart = false;
    }
    this.#trigger.lastIndex = this.#text.at;
    const match = this.#trigger.exec(buffer);
    if (match === null) {
      this.#text.pass(buffer.length);
      return true;
    }
    if (match.index > this.#text.at) this.#text.pass(match.index);
    switch (match[0]) {
      case '\n':
        this.#text.pass(match.index + 1);
        this.#text.beginLine();
        return true;
      case '`':
        return this.#ticks(match.index, false);
      default:
        return this.#text.span > 0 ? this.#text.skip(1) : this.#open(match[0], match.index);
    }
  }

  /** What may begin at the start of a line; `undefined`: nothing does. */
  #openLine(at: number): boolean | undefined {
    const char = this.#text.buffer[at] as string;
    if (this.#hasCalls) {
      const invented = isInvented(this.#text.buffer, at);
      if (invented === true) {
        this.#text.out.call();
        this.#mode = 'stopped';
        this.#sink.invented();
        return false;
      }
      if (invented === 'more' && !this.#text.isFinal) return false;
    }
    if (char === '`' || char === '~') return this.#ticks(at, true);
    const options = { isFirst: this.#text.isBare && !this.#hasCalls, isFinal: this.#text.isFinal };
    return this.#begin(openLine(this.#text.buffer, at, this.#index, options));
  }

  #open(char: string, at: number): boolean {
    if (char === '{') return this.#begin(new BareValueBlock(this.#index, 'forced')) ?? this.#text.skip(1);
    if (char === '<' && this.#text.isBare && !this.#hasCalls) {
      const thought = opensThought(this.#text.buffer, at, this.#text.isFinal);
      if (thought === 'more') return false;
      if (thought !== undefined) {
        this.#closer = thought.closer;
        this.#mode = 'thought';
        return true;
      }
    }
    if (char === '<') {
      const isShown = this.#document.holds(this.#text.buffer, at, this.#text.isIndented, this.#text.isFinal);
      if (isShown !== false) return isShown === 'more' ? false : this.#text.skip(1);
    }
    const open = char === '<' ? openTag : char === '[' ? openMark : openMinimax;
    return this.#begin(open(this.#text.buffer, at, this.#index, this.#text.isFinal)) ?? this.#text.skip(1);
  }

  /** Enters a block; `undefined`: there is none. */
  #begin(opening: Opening): boolean | undefined {
    if (opening === undefined || opening === 'more') return opening === 'more' ? false : undefined;
    if (this.#missing.has(opening.endKey) || !this.#work.allows(this.#text.position)) return undefined;
    const end = this.#text.at + opening.openerLength;
    this.#held = new HeldBlock(opening, this.#text.buffer.slice(this.#text.at, end));
    this.#mode = 'block';
    this.#text.at = end;
    return true;
  }

  /** A run of backticks or tildes. */
  #ticks(at: number, lineStart: boolean): boolean {
    const ticks = readTicks(this.#text.buffer, at, this.#text.span, {
      index: this.#index,
      lineStart,
      final: this.#text.isFinal,
    });
    switch (ticks.type) {
      case 'more':
        return false;
      case 'block':
        this.#document.leave();
        return this.#begin(ticks.block) ?? this.#text.skip(endOfRun(this.#text.buffer, at) - at);
      case 'code':
        this.#closer = this.#text.buffer.slice(at, at + ticks.length);
        this.#mode = 'code';
        break;
      case 'long':
        this.#text.longRun = this.#text.buffer.charCodeAt(at);
        break;
      default:
        this.#text.span = ticks.span;
    }
    return this.#text.skip(ticks.length);
  }

  #feedBlock(held: HeldBlock): boolean {
    const { end, result } = held.feed(this.#text.buffer, this.#text.at);
    this.#text.at = end;
    switch (result) {
      case 'more':
        return true;
      case 'rejected':
        this.#work.rejected();
        return this.#giveUp(held, Math.max(1, held.block.openerLength), true);
      case 'too-long':
        return this.#giveUp(held, MAX_HELD_LENGTH);
      default:
        return this.#decide(held, this.#judge.read(held, 'mark', this.#text.position));
    }
  }

  #decide(held: HeldBlock, reading: Reading): boolean {
    if (reading.type === 'open') return true;
    const raw = held.text();
    if (reading.type === 'none') {
      const { otherwise, openerLength } = held.block;
      return this.#giveUp(held, otherwise === 'release' ? raw.length : Math.max(1, openerLength));
    }
    this.#held = undefined;
    if (this.#judge.isEcho(held, reading)) {
      this.#text.putBack(raw);
      this.#mode = 'prose';
      return this.#text.skip(reading.end ?? raw.length);
    }
    this.#text.putBack(raw.slice(reading.end ?? raw.length));
    this.#repeats = reading.repeats === true;
    this.#mode = 'after-call';
    for (const item of reading.items) this.#emit(item);
    return true;
  }

  #emit(item: AcceptedCall | string): void {
    // The reader of the first call may have had enough.
    if (this.#mode === 'stopped') return;
    if (typeof item === 'string') {
      this.#text.out.write(item);
      return;
    }
    this.#hasCalls = true;
    this.#text.out.call();
    this.#sink.call(item);
  }

  /** No call: the first `length` characters are text, the rest is looked at again. */
  #giveUp(held: HeldBlock, length: number, isRejected = false): boolean {
    const raw = held.text();
    const { otherwise } = held.block;
    if (!isRejected) this.#work.rescanned(Math.max(0, raw.length - length));
    this.#held = undefined;
    this.#text.putBack(raw);
    if (typeof otherwise === 'object') {
      this.#closer = otherwise.fence;
      this.#mode = 'code';
      this.#text.pass(this.#text.at + length);
      this.#text.isLineStart = raw[length - 1] === '\n';
      return true;
    }
    this.#mode = 'prose';
    // Of a fence in mid-line the closing run is to be taken as such.
    const run = /^`+/.exec(raw)?.[0].length ?? 0;
    if (run >= 3) this.#text.span = run;
    return this.#text.skip(length);
  }

  /** The answer ended inside a block. */
  #endBlock(held: HeldBlock, isCut: boolean): void {
    const raw = held.text();
    // A call tag that was to close the one before.
    if (this.#text.out.isAfterCall && raw.startsWith('<') && raw.trimEnd().length <= held.block.openerLength) {
      this.#held = undefined;
      return;
    }
    const reading = this.#judge.read(held, isCut ? 'limit' : 'end', this.#text.position);
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
    this.#text.out.call();
    this.#sink.partial(cut.call);
  }

  /** Behind a call: its left-over marks are dropped, a further value of the same kind is a call too. */
  #afterCall(): boolean {
    const begin = skipSpace(this.#text.buffer, this.#text.at);
    if (begin > this.#text.at) this.#text.pass(begin);
    if (begin === this.#text.buffer.length) return true;
    const leftover = readLeftover(this.#text.buffer, begin, this.#repeats, this.#text.isFinal);
    switch (leftover.type) {
      case 'more':
        return false;
      case 'stray':
        this.#text.at += leftover.length;
        if (leftover.isFence) this.#repeats = false;
        return true;
      default:
        this.#mode = 'prose';
        this.#text.beginLine();
        if (leftover.type === 'none') return true;
        return this.#begin(new BareValueBlock(this.#index, this.#index.forced ? 'forced' : 'after-call')) ?? true;
    }
  }
}
