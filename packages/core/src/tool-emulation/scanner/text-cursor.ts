/**
 * The answer's text as it comes in: what is not looked at yet, where in its line we are, and what goes out as the visible
 * text. Text in which nothing begins (code, quotations, long runs of a mark) passes here.
 */
import { QUOTE_MARK } from '../../util/index.js';
import { endOfRun, readCodeLine } from '../block/code-line.js';
import { TextOut } from './visible-text.js';

export class TextCursor {
  readonly out: TextOut;
  /** Text not yet looked at, from `at` on. */
  buffer = '';
  at = 0;
  /** No more will come. */
  isFinal = false;
  isLineStart = true;
  /** The line began with blanks. */
  isIndented = false;
  /** Marks of an open inline code span on this line; 0: none. */
  span = 0;
  /** Nothing but white space and a thought was passed on. */
  isBare = true;
  /** A run too long to mean anything goes on with this character; 0: none does. */
  longRun = 0;
  /** The line is a quotation: nothing begins in it. */
  #isQuoted = false;
  /** Where in the answer the buffer begins. */
  #offset = 0;

  constructor(send: (text: string) => void) {
    this.out = new TextOut(send);
  }

  /** Where in the answer we are. */
  get position(): number {
    return this.#offset + this.at;
  }

  get isEmpty(): boolean {
    return this.at === this.buffer.length;
  }

  add(delta: string): void {
    this.#offset += this.at;
    this.buffer = this.isEmpty ? delta : this.buffer.slice(this.at) + delta;
    this.at = 0;
  }

  /** Lets go of what was looked at. */
  compact(): void {
    if (this.isEmpty) this.add('');
  }

  /** Passes on a whole delta of which nothing need be looked at. */
  passUnread(delta: string): void {
    this.add('');
    this.#offset += delta.length;
    this.out.write(delta);
  }

  pass(to: number): void {
    const text = this.buffer.slice(this.at, to);
    if (this.isBare && /[^\0- \uFEFF]/.test(text)) this.isBare = false;
    this.out.write(text);
    this.at = to;
  }

  /** Passes on what belongs to the line we are in. */
  skip(length: number): true {
    this.pass(this.at + length);
    this.isLineStart = false;
    return true;
  }

  beginLine(): void {
    this.isLineStart = true;
    this.isIndented = false;
    this.span = 0;
  }

  /** `text` is what was consumed last. Mostly it still stands in the buffer, which must not be copied each time. */
  putBack(text: string): void {
    if (text.length <= this.at) this.at -= text.length;
    else {
      this.buffer = text + this.buffer.slice(this.at);
      this.#offset += this.at - text.length;
      this.at = 0;
    }
  }

  /** Forgets what is not passed on yet. */
  restart(): void {
    this.#offset += this.buffer.length;
    this.buffer = '';
    this.at = 0;
    this.beginLine();
    this.longRun = 0;
    this.isBare = true;
    this.#isQuoted = false;
    this.out.reset();
  }

  /** Whether the line that begins at `at` is a quotation; `more`: the text ends before that is clear. */
  beginsQuotation(at: number): boolean | 'more' {
    if (this.buffer[at] !== QUOTE_MARK[0]) return false;
    if (at + 1 === this.buffer.length && !this.isFinal) return 'more';
    this.#isQuoted = this.buffer.startsWith(QUOTE_MARK, at);
    return this.#isQuoted;
  }

  /** The rest of a quoted line, or of a run that means nothing. False: we are in neither. */
  passMeaningless(): boolean {
    if (this.longRun > 0) {
      const goesOn = this.buffer.charCodeAt(this.at) === this.longRun;
      const end = goesOn ? endOfRun(this.buffer, this.at) : this.at;
      if (end < this.buffer.length) this.longRun = 0;
      this.pass(end);
      return true;
    }
    if (!this.#isQuoted) return false;
    const newline = this.buffer.indexOf('\n', this.at);
    this.#isQuoted = newline < 0;
    this.pass(newline < 0 ? this.buffer.length : newline + 1);
    if (newline >= 0) this.beginLine();
    return true;
  }

  /** Code of any language passes as it is; only the line that closes it is looked for. */
  passCode(fence: string): 'code' | 'closed' | 'more' {
    const line = readCodeLine(this.buffer, this.at, { fence, lineStart: this.isLineStart, final: this.isFinal });
    if (line.type === 'more') return 'more';
    this.pass(line.end);
    this.isLineStart = line.type === 'code' && line.lineStart;
    return line.type;
  }
}
