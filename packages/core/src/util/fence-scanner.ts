/**
 * Incremental scanner for fenced blocks and tag blocks in a text that arrives in pieces. It finds where blocks begin
 * and end and knows no meaning; what becomes of them is the sink's business. Text passes on at once: only what may be
 * the start of a marker is held back. The concatenated output does not depend on how the input was cut.
 * Over 250 lines: one state machine, whose states are of no use apart.
 */

export interface FenceBlock {
  readonly kind: 'fence' | 'tag';
  /** Fence: the run of backticks or tildes. Tag: its name. */
  readonly mark: string;
  /** What follows the mark on its line, trimmed; `''` for tags. */
  readonly info: string;
  /** The opening as it stood in the text, indent and line end included. */
  readonly raw: string;
}

/**
 * How a fence's body ends: with a line of its own (`closing-line`, as in Markdown), with the next run of its mark
 * wherever it stands (`mark`), or with a mark that must follow at once, else the block is just its first line (`empty`).
 * Tags always end with their closing tag.
 */
export type BodyEnd = 'closing-line' | 'mark' | 'empty';

export interface FenceSink {
  /** Text outside blocks. */
  text(chunk: string): void;
  open(block: FenceBlock): BodyEnd;
  /** Text inside the open block. Line ends next to the marks of `mark` and tag blocks belong to the marks. */
  body(chunk: string): void;
  /** `raw`: the closing as it stood; `''` when the text ended without one. */
  close(raw: string): void;
}

export interface FenceScannerOptions {
  /** Names of tags that open a block where they stand at the start of a line: `think` for `<think>`. */
  readonly tags?: readonly string[];
  /** Info strings that make a fence also where it stands in mid-line, by their beginning: `toolCall::`. */
  readonly inlineInfo?: readonly string[];
  /** Whether an info string longer than {@link MAX_INFO} is worth waiting for. Default: none is. */
  readonly keepsInfo?: (start: string) => boolean;
}

/** Characters of an ordinary info string held back until its line ends. */
const MAX_INFO = 80;
/** The same for info strings the sink wants to read whole. */
const MAX_KEPT_INFO = 8192;
const MAX_RUN = 64;
const MAX_INDENT = 3;

const NEWLINE = 0x0a;
const BACKTICK = 0x60;
const TILDE = 0x7e;
const LESS_THAN = 0x3c;

type Mode = 'prose' | BodyEnd | 'tag';

export class FenceScanner {
  readonly #sink: FenceSink;
  readonly #tags: readonly { readonly name: string; readonly open: string; readonly close: string }[];
  readonly #inlineInfo: readonly string[];
  readonly #keepsInfo: (start: string) => boolean;
  #mode: Mode = 'prose';
  #lineStart = true;
  #mark = '';
  #closeTag = '';
  #held = '';
  readonly #newlines = new NextPlace('\n');
  readonly #ticks = new NextPlace('`');
  /** A line end right after `<tag>` belongs to the tag. */
  #skipNewline = false;

  constructor(sink: FenceSink, options: FenceScannerOptions = {}) {
    this.#sink = sink;
    this.#tags = (options.tags ?? []).map((name) => ({ name, open: `<${name}>`, close: `</${name}>` }));
    this.#inlineInfo = options.inlineInfo ?? [];
    this.#keepsInfo = options.keepsInfo ?? (() => false);
  }

  /**
   * In the middle of a line with nothing held: what follows on that line passes on as it is, in prose up to a backtick.
   */
  get passing(): 'prose' | 'code' | undefined {
    if (this.#held !== '' || this.#lineStart) return undefined;
    if (this.#mode === 'closing-line') return 'code';
    return this.#mode === 'prose' ? 'prose' : undefined;
  }

  push(chunk: string): void {
    // The common case by far: the middle of a line of prose or code.
    if (this.#held === '' && !this.#lineStart && !chunk.includes('\n')) {
      if (this.#mode === 'closing-line') {
        if (chunk !== '') this.#sink.body(chunk);
        return;
      }
      if (this.#mode === 'prose' && !chunk.includes('`')) {
        if (chunk !== '') this.#sink.text(chunk);
        return;
      }
    }
    this.#scan(chunk, false);
  }

  /** The text is complete: what was held back is decided, an open block is closed. The scanner starts anew. */
  end(): void {
    this.#scan('', true);
    if (this.#mode !== 'prose') this.#sink.close('');
    this.reset();
  }

  /** Forgets everything, as at the start of a text. */
  reset(): void {
    this.#mode = 'prose';
    this.#lineStart = true;
    this.#held = '';
    this.#skipNewline = false;
  }

  #scan(chunk: string, final: boolean): void {
    const buffer = this.#held === '' ? chunk : this.#held + chunk;
    this.#newlines.forget();
    this.#ticks.forget();
    let at = 0;
    while (at < buffer.length) {
      const next = this.#step(buffer, at, final);
      if (next < 0) break;
      at = next;
    }
    this.#held = at === 0 ? buffer : buffer.slice(at);
  }

  /** Consumes something from `at` and returns the new position, or -1 when more text is needed. */
  #step(buffer: string, at: number, final: boolean): number {
    switch (this.#mode) {
      case 'prose':
        return this.#prose(buffer, at, final);
      case 'closing-line':
        return this.#code(buffer, at, final);
      case 'empty':
        return this.#empty(buffer, at, final);
      default:
        return this.#marked(buffer, at, final);
    }
  }

  #prose(buffer: string, at: number, final: boolean): number {
    if (this.#lineStart) {
      const opened = this.#tryOpen(buffer, at, final);
      if (opened !== 0) return opened;
    }
    // Nothing opens here: up to the end of the line, or to a fence that counts in mid-line too.
    this.#lineStart = false;
    let from = at;
    for (;;) {
      const newline = this.#newlines.from(buffer, from);
      const tick = this.#inlineInfo.length === 0 ? -1 : this.#ticks.from(buffer, from);
      if (tick < 0 || (newline >= 0 && newline < tick)) {
        const end = newline < 0 ? buffer.length : newline + 1;
        this.#sink.text(buffer.slice(at, end));
        this.#lineStart = newline >= 0;
        return end;
      }
      const runEnd = endOfRun(buffer, tick, BACKTICK);
      if (tick > at && (runEnd - tick >= 3 || runEnd === buffer.length)) {
        // What stands before goes out first; the run is looked at in a step of its own.
        this.#sink.text(buffer.slice(at, tick));
        return tick;
      }
      const opened = tick > at ? 0 : this.#tryInline(buffer, tick, runEnd, final);
      if (opened !== 0) return opened;
      from = runEnd;
    }
  }

  /** A block that opens at the start of a line: new position, -1 for "more text needed", 0 for "no block". */
  #tryOpen(buffer: string, at: number, final: boolean): number {
    let start = at;
    while (start < buffer.length && start - at < MAX_INDENT && isBlank(buffer.charCodeAt(start))) start++;
    if (start === buffer.length) return final ? 0 : -1;
    const code = buffer.charCodeAt(start);
    if (code === LESS_THAN) return this.#tryTag(buffer, at, start, final);
    if (code !== BACKTICK && code !== TILDE) return 0;
    const runEnd = endOfRun(buffer, start, code);
    if (runEnd - start > MAX_RUN) return 0;
    if (runEnd === buffer.length && !final) return -1;
    if (runEnd - start < 3) return 0;
    return this.#tryFence(buffer, at, start, runEnd, final);
  }

  #tryFence(buffer: string, at: number, start: number, runEnd: number, final: boolean): number {
    const mark = buffer.slice(start, runEnd);
    const newline = buffer.indexOf('\n', runEnd);
    const known = buffer.slice(runEnd, newline < 0 ? buffer.length : newline);
    const head = known.slice(0, MAX_INFO);
    // By Markdown's rule a backtick in the info string makes the line inline code.
    if (mark.startsWith('`') && head.includes('`')) return 0;
    if (known.length >= MAX_INFO && (!this.#keepsInfo(head) || known.length >= MAX_KEPT_INFO)) {
      const end = runEnd + head.length;
      this.#open({ kind: 'fence', mark, info: head.trim(), raw: buffer.slice(at, end) }, false);
      return end;
    }
    if (newline < 0 && !final) return -1;
    const end = newline < 0 ? buffer.length : newline + 1;
    this.#open({ kind: 'fence', mark, info: known.trim(), raw: buffer.slice(at, end) }, true);
    return end;
  }

  /** As {@link FenceScanner.#tryOpen}, for a run of backticks in mid-line. */
  #tryInline(buffer: string, start: number, runEnd: number, final: boolean): number {
    if (runEnd - start > MAX_RUN) return 0;
    if (runEnd === buffer.length) return final ? 0 : -1;
    if (runEnd - start < 3) return 0;
    const info = this.#inlineInfo.find((name) => startsAlike(buffer, runEnd, name));
    if (info === undefined) return 0;
    if (buffer.length - runEnd < info.length) return final ? 0 : -1;
    return this.#tryFence(buffer, start, start, runEnd, final);
  }

  #tryTag(buffer: string, at: number, start: number, final: boolean): number {
    for (const tag of this.#tags) {
      if (buffer.startsWith(tag.open, start)) {
        const end = start + tag.open.length;
        this.#closeTag = tag.close;
        this.#skipNewline = true;
        this.#sink.open({ kind: 'tag', mark: tag.name, info: '', raw: buffer.slice(at, end) });
        this.#mode = 'tag';
        return end;
      }
    }
    const partial = !final && this.#tags.some((tag) => startsAlike(buffer, start, tag.open));
    return partial ? -1 : 0;
  }

  #open(block: FenceBlock, wholeLine: boolean): void {
    this.#mark = block.mark;
    this.#mode = this.#sink.open(block);
    this.#lineStart = wholeLine;
  }

  #close(raw: string): void {
    this.#sink.close(raw);
    this.#mode = 'prose';
    this.#lineStart = true;
  }

  #code(buffer: string, at: number, final: boolean): number {
    if (this.#lineStart) {
      const closed = this.#tryClosingLine(buffer, at, final);
      if (closed < 0) return -1;
      if (closed > 0) {
        this.#close(buffer.slice(at, closed));
        return closed;
      }
    }
    const newline = buffer.indexOf('\n', at);
    const end = newline < 0 ? buffer.length : newline + 1;
    this.#sink.body(buffer.slice(at, end));
    this.#lineStart = newline >= 0;
    return end;
  }

  #tryClosingLine(buffer: string, at: number, final: boolean): number {
    let start = at;
    while (start < buffer.length && start - at < MAX_INDENT && isBlank(buffer.charCodeAt(start))) start++;
    if (start === buffer.length) return final ? 0 : -1;
    const code = this.#mark.charCodeAt(0);
    if (buffer.charCodeAt(start) !== code) return 0;
    const runEnd = endOfRun(buffer, start, code);
    if (runEnd - start > MAX_RUN) return 0;
    if (runEnd < buffer.length && runEnd - start < this.#mark.length) return 0;
    let end = runEnd;
    while (end < buffer.length && end - runEnd < MAX_RUN && isBlank(buffer.charCodeAt(end))) end++;
    if (end === buffer.length) {
      if (!final) return -1;
      return runEnd - start >= this.#mark.length ? end : 0;
    }
    return buffer.charCodeAt(end) === NEWLINE ? end + 1 : 0;
  }

  /** The second mark of a block without a body. */
  #empty(buffer: string, at: number, final: boolean): number {
    let start = at;
    while (start < buffer.length && start - at < MAX_RUN && isSpace(buffer.charCodeAt(start))) start++;
    if (!final && startsAlike(buffer, start, this.#mark) && buffer.length - start < this.#mark.length) return -1;
    if (!buffer.startsWith(this.#mark, start)) {
      this.#close('');
      return at;
    }
    const end = start + this.#mark.length;
    this.#close(buffer.slice(at, end));
    return end;
  }

  /** A body that ends with its mark or closing tag wherever that stands. */
  #marked(buffer: string, at: number, final: boolean): number {
    if (this.#skipNewline) {
      const width = newlineWidth(buffer, at);
      if (width < 0 && !final) return -1;
      this.#skipNewline = false;
      if (width > 0) return at + width;
    }
    const isTag = this.#mode === 'tag';
    const closing = isTag ? this.#closeTag : this.#mark;
    const found = buffer.indexOf(closing, at);
    if (found >= 0) {
      const end = isTag ? found + closing.length : endOfRun(buffer, found, closing.charCodeAt(0));
      if (!isTag && end === buffer.length && !final) {
        // The run may go on; all of it closes the block.
        const before = withoutNewline(buffer, at, found);
        if (before === at) return -1;
        this.#sink.body(buffer.slice(at, before));
        return before;
      }
      const before = withoutNewline(buffer, at, found);
      if (before > at) this.#sink.body(buffer.slice(at, before));
      this.#close(buffer.slice(found, end));
      return end;
    }
    const end = final ? buffer.length : withoutNewline(buffer, at, partialAtEnd(buffer, at, closing));
    if (end === at) return -1;
    this.#sink.body(buffer.slice(at, end));
    return end;
  }
}

/** Whether `buffer` from `at` begins with `word`, as far as it goes. */
function startsAlike(buffer: string, at: number, word: string): boolean {
  return word.startsWith(buffer.slice(at, at + word.length));
}

function endOfRun(buffer: string, at: number, code: number): number {
  let end = at;
  while (end < buffer.length && buffer.charCodeAt(end) === code) end++;
  return end;
}

/** Where the longest beginning of `word` at the end of `buffer` starts. */
function partialAtEnd(buffer: string, at: number, word: string): number {
  for (let start = Math.max(at, buffer.length - word.length + 1); start < buffer.length; start++) {
    if (startsAlike(buffer, start, word)) return start;
  }
  return buffer.length;
}

/** `end` without one line end before it; a lone `\r` may become one. */
function withoutNewline(buffer: string, at: number, end: number): number {
  let cut = end;
  if (cut > at && buffer.charCodeAt(cut - 1) === NEWLINE) cut--;
  if (cut > at && buffer.charCodeAt(cut - 1) === 0x0d) cut--;
  return cut;
}

/** Length of the line end at `at`: 0 for none, -1 when a `\r` stands last. */
function newlineWidth(buffer: string, at: number): number {
  if (buffer.charCodeAt(at) === NEWLINE) return 1;
  if (buffer.charCodeAt(at) !== 0x0d) return 0;
  if (at + 1 === buffer.length) return -1;
  return buffer.charCodeAt(at + 1) === NEWLINE ? 2 : 0;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}

function isSpace(code: number): boolean {
  return isBlank(code) || code === NEWLINE;
}

/** Where a character comes next. Asked line by line it would be looked for to the end of the text each time. */
class NextPlace {
  readonly #char: string;
  /** The place that was found last; -1: there is none any more. */
  #at: number | undefined;

  constructor(char: string) {
    this.#char = char;
  }

  /** Another text follows. */
  forget(): void {
    this.#at = undefined;
  }

  /** @param from never before the one asked with last */
  from(text: string, from: number): number {
    if (this.#at === undefined || (this.#at !== -1 && this.#at < from)) this.#at = text.indexOf(this.#char, from);
    return this.#at;
  }
}
