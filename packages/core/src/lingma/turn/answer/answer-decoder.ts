/**
 * The answer of one turn, from the pieces the process writes to events: native markers are split off, what is said
 * again after an overwrite is not doubled, calls for the caller end the text.
 */
import type { ChatEvent, FinishReason, ResponseStart, Usage } from '../../../chat/index.js';
import { BlockWriter, type FinishedCall, type ReportedResult } from './block-writer.js';
import { NativeMarkup, type ToolCard } from './native-markup.js';
import { RepeatedPrefixFilter } from './repeated-prefix-filter.js';

export interface AnswerDecoderOptions {
  readonly emit: (event: ChatEvent) => void;
  readonly start: () => ResponseStart;
  readonly onToolCard: (card: ToolCard) => void;
  /** The model writes on after a call that is the caller's to run; what it writes is dropped. */
  readonly onTextAfterCall: () => void;
}

export class AnswerDecoder {
  readonly #options: AnswerDecoderOptions;
  readonly #writer: BlockWriter;
  /** Nothing of what still comes is wanted. */
  #closed = false;
  readonly #markup: NativeMarkup;
  #raw = '';
  #called = false;
  /** Set by an overwrite. */
  #skipText: RepeatedPrefixFilter | undefined;
  #skipReasoning: RepeatedPrefixFilter | undefined;
  /** What the last overwrite and the pieces after it said, as far as it is visible. */
  #said = '';
  /** Thoughts that stood in the text since the last overwrite. */
  #thoughts = '';

  constructor(options: AnswerDecoderOptions) {
    this.#options = options;
    this.#writer = new BlockWriter(options.emit, options.start);
    this.#markup = new NativeMarkup({
      text: (delta) => this.#visible(delta),
      reasoning: (delta) => this.#thought(delta),
      toolCard: options.onToolCard,
    });
  }

  /** Whether any event was emitted. */
  get started(): boolean {
    return this.#writer.started;
  }

  /** Whether the process wrote anything, if only what is still held back. */
  get hasContent(): boolean {
    return this.#writer.started || this.#raw !== '';
  }

  /** Whether there is anything to read besides thoughts. */
  get hasText(): boolean {
    return this.#writer.visibleText.trim() !== '';
  }

  get hasCalls(): boolean {
    return this.#called;
  }

  get visibleText(): string {
    return this.#writer.visibleText;
  }

  /**
   * Takes a piece of text with nothing to look for in it, as most are, and spares it the way of all others. False: it is no
   * such piece, and was not taken.
   */
  plainText(delta: string): boolean {
    const { passing } = this.#markup;
    const isPlain =
      passing !== undefined &&
      delta !== '' &&
      !delta.includes('\n') &&
      (passing === 'code' || !delta.includes('`')) &&
      delta.isWellFormed();
    if (!isPlain || this.#called || this.#closed || this.#skipText !== undefined) return false;
    this.#raw += delta;
    this.#writer.text(delta);
    return true;
  }

  /** The same for a piece of a thought. */
  plainReasoning(delta: string): boolean {
    if (delta === '' || this.#called || this.#closed) return false;
    return this.#writer.plainReasoning(delta);
  }

  /** A piece as the process wrote it, markers and all. */
  text(delta: string): void {
    this.#raw += delta;
    this.#markup.push(delta);
  }

  /** All of the text so far, said anew. */
  overwrite(text: string): void {
    if (text.startsWith(this.#raw)) {
      this.text(text.slice(this.#raw.length));
      return;
    }
    this.#markup.reset();
    // What stands before a thought or a call cannot be taken back; at least none of it is said twice.
    const said = this.#skipText === undefined ? this.#writer.visibleText : this.#said;
    this.#skipText = new RepeatedPrefixFilter(said.slice(0, said.length - this.#writer.retract()));
    this.#skipReasoning = new RepeatedPrefixFilter(this.#thoughts);
    this.#said = '';
    this.#thoughts = '';
    this.#raw = '';
    this.text(text);
  }

  /** The whole answer as the process reports it at its end: counts where nothing to read came before. */
  complete(fullAnswer: string): void {
    if (!this.#called && !this.hasText && fullAnswer.trim() !== '') this.overwrite(fullAnswer);
    this.#markup.end();
  }

  reasoning(delta: string): void {
    if (!this.#called) this.#writer.reasoning(delta);
  }

  call(call: FinishedCall): void {
    this.#called = true;
    this.#writer.call(call);
  }

  /** A call of the process's own, to be shown. */
  report(call: FinishedCall): void {
    if (!this.#called) this.#writer.call(call, 'upstream');
  }

  /** What came of a call that was reported. */
  reportResult({ toolCallId, output, isError }: ReportedResult): void {
    if (!this.#called) this.#writer.toolResult(toolCallId, output, isError);
  }

  /** No more text: lets go of what is held back. */
  flush(): void {
    this.#markup.end();
  }

  /** All of the output that is not thought, for counting. */
  get outputText(): string {
    return this.#writer.outputText;
  }

  get reasoningText(): string {
    return this.#writer.reasoningText;
  }

  /** Nothing is taken the short way any more. */
  close(): void {
    this.#closed = true;
  }

  end(reason: FinishReason, usage: Usage): void {
    this.#writer.end(reason, usage);
  }

  #visible(delta: string): void {
    if (this.#called) {
      if (delta.trim() !== '') this.#options.onTextAfterCall();
      return;
    }
    if (this.#skipText === undefined) {
      this.#writer.text(delta);
      return;
    }
    this.#said += delta;
    const fresh = this.#skipText.skip(delta);
    if (fresh !== '') this.#writer.text(fresh);
  }

  #thought(delta: string): void {
    if (this.#called) return;
    this.#thoughts += delta;
    const fresh = this.#skipReasoning === undefined ? delta : this.#skipReasoning.skip(delta);
    if (fresh !== '') this.#writer.reasoning(fresh);
  }
}
