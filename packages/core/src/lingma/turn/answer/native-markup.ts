/**
 * Splits the text stream of an answer into what a program can read: thoughts that came as fences or tags become
 * reasoning, tool cards are taken out and reported, edit blocks and file references become plain code blocks
 * (protocol section 7.7). Everything else streams on at once.
 */

import { FenceScanner } from '../../../util/fence-scanner.js';
import { SurrogateBuffer } from '../../../util/index.js';

export interface ToolCard {
  readonly name: string;
  readonly toolCallId: string;
  /** `INIT`, `RUNNING`, …; `''` when the card names none. */
  readonly status: string;
}

export interface NativeMarkupSink {
  text(delta: string): void;
  reasoning(delta: string): void;
  toolCard(card: ToolCard): void;
}

const EDIT_BLOCK = /^([^|\s]*)\|CODE_EDIT_BLOCK\|/;
const FILE_REFERENCE = /^([\w+#.-]{0,32})::[^:].*::/;
const MAYBE_NATIVE = /^(?:think::|toolCall::|[^|\s]{0,32}\|CODE_EDIT_BLOCK\||[\w+#.-]{0,32}::)/;
/** Blank text at the start of an answer, held back in case a thought follows. */
const MAX_LEAD = 64;

export class NativeMarkup {
  readonly #sink: NativeMarkupSink;
  readonly #scanner: FenceScanner;
  /** What stands in the open block: code passes through, thoughts and cards do not. */
  #inside: 'code' | 'reasoning' | 'card' = 'code';
  #lead = '';
  #begun = false;
  /** Line ends at the end of the visible text so far, up to two. */
  #newlines = 0;
  /** Line ends still to be swallowed after a block that was taken out. */
  #swallow = 0;
  readonly #characters = new SurrogateBuffer();
  /**
   * Kept for whoever has a piece at hand: whole characters without a line end, and in prose without a backtick, are text as
   * they stand and change nothing here. `undefined`: every piece has to be pushed.
   */
  passing: 'prose' | 'code' | undefined;

  constructor(sink: NativeMarkupSink) {
    this.#sink = sink;
    this.#scanner = new FenceScanner(
      {
        text: (chunk) => this.#visible(chunk),
        open: ({ kind, mark, info, raw }) => {
          if (kind === 'tag') return this.#openReasoning('closing-line');
          // Three backticks occur inside thoughts, four do not: only those may close the block in mid-line.
          if (info.startsWith('think::')) return this.#openReasoning(mark.length > 3 ? 'mark' : 'closing-line');
          if (info.startsWith('toolCall::')) return this.#openCard(info);
          this.#inside = 'code';
          const native = EDIT_BLOCK.exec(info) ?? FILE_REFERENCE.exec(info);
          this.#visible(native === null ? raw : `${raw.slice(0, raw.indexOf(mark))}${mark}${native[1]}\n`);
          return 'closing-line';
        },
        body: (chunk) => {
          if (this.#inside === 'code') this.#visible(chunk);
          else if (this.#inside === 'reasoning') this.#sink.reasoning(chunk);
        },
        close: (raw) => {
          if (this.#inside === 'code') this.#visible(raw);
          else this.#swallow = this.#begun && this.#newlines < 2 ? 1 : Number.POSITIVE_INFINITY;
        },
      },
      {
        tags: ['think', 'thinking'],
        inlineInfo: ['toolCall::', 'think::'],
        keepsInfo: (start) => MAYBE_NATIVE.test(start),
      },
    );
  }

  push(text: string): void {
    this.#scanner.push(text);
    const isOpen = this.#begun && this.#swallow === 0 && this.#characters.half === '';
    const { passing } = this.#scanner;
    this.passing = isOpen && (passing === 'prose' || this.#inside === 'code') ? passing : undefined;
  }

  /** The answer is complete: lets go of what is held back. */
  end(): void {
    this.#scanner.end();
    if (this.#lead !== '') this.#show(this.#lead);
    const half = this.#characters.end();
    if (half !== '') this.#sink.text(half);
    this.reset();
  }

  /** Forgets everything: the upstream starts its answer anew. */
  reset(): void {
    this.#scanner.reset();
    this.passing = undefined;
    this.#lead = '';
    this.#begun = false;
    this.#newlines = 0;
    this.#swallow = 0;
    this.#characters.reset();
  }

  #openReasoning<End>(end: End): End {
    this.#inside = 'reasoning';
    this.#lead = '';
    return end;
  }

  #openCard(info: string): 'empty' {
    this.#inside = 'card';
    this.#lead = '';
    const [, name = '', ...rest] = info.split('::');
    const status = rest.length > 1 ? (rest.at(-1) as string) : '';
    this.#sink.toolCard({ name, toolCallId: (rest.length > 1 ? rest.slice(0, -1) : rest).join('::'), status });
    return 'empty';
  }

  #visible(chunk: string): void {
    let text = chunk;
    if (this.#swallow > 0) {
      let at = 0;
      while (at < text.length && this.#swallow > 0) {
        const code = text.charCodeAt(at);
        if (code === 0x0a) this.#swallow--;
        else if (code !== 0x0d) this.#swallow = 0;
        if (code === 0x0a || code === 0x0d) at++;
      }
      text = text.slice(at);
    }
    if (text === '') return;
    if (!this.#begun) {
      text = this.#lead + text;
      this.#lead = '';
      if (text.length <= MAX_LEAD && text.trim() === '') {
        this.#lead = text;
        return;
      }
    }
    this.#show(text);
  }

  #show(text: string): void {
    this.#begun = true;
    let newlines = 0;
    while (newlines < 2 && text.charCodeAt(text.length - 1 - newlines) === 0x0a) newlines++;
    this.#newlines = newlines === text.length ? Math.min(2, this.#newlines + newlines) : newlines;
    const out = this.#characters.push(text);
    if (out !== '') this.#sink.text(out);
  }
}
