/** Puts what a decoder says into events that keep the grammar: one block at a time, every id once. */

import type { ChatEvent, FinishReason, ResponseStart, ToolKind, Usage } from '../../../chat/index.js';
import { SurrogateBuffer } from '../../../util/index.js';

export interface FinishedCall {
  readonly id: string;
  readonly toolName: string;
  readonly namespace?: string;
  readonly kind: ToolKind;
  /** JSON of the input object; free text for custom tools. */
  readonly input: string;
}

/** What came of a call that ran upstream. */
export interface ReportedResult {
  readonly toolCallId: string;
  readonly output: string;
  readonly isError: boolean;
}

export class BlockWriter {
  readonly #emit: (event: ChatEvent) => void;
  readonly #start: () => ResponseStart;
  #started = false;
  #block: { readonly kind: 'text' | 'reasoning'; readonly id: string } | undefined;
  #blocks = 0;
  #closedText = '';
  #openText = '';
  #reasoning = '';
  /** Of the open thought. The text comes whole already. */
  readonly #characters = new SurrogateBuffer();
  #calls = '';

  constructor(emit: (event: ChatEvent) => void, start: () => ResponseStart) {
    this.#emit = emit;
    this.#start = start;
  }

  /** Whether anything of the answer was written. */
  get started(): boolean {
    return this.#started;
  }

  /** The visible text so far, without what was retracted. */
  get visibleText(): string {
    return this.#closedText + this.#openText;
  }

  get reasoningText(): string {
    return this.#reasoning;
  }

  /** All of the output that is not thought, for counting. */
  get outputText(): string {
    return this.visibleText + this.#calls;
  }

  text(delta: string): void {
    const block = this.#block?.kind === 'text' ? this.#block : this.#open('text');
    this.#openText += delta;
    this.#emit({ type: 'text-delta', id: block.id, delta });
  }

  /** A piece that goes on with the open thought, in whole characters; false: it is none, and was not taken. */
  plainReasoning(piece: string): boolean {
    if (this.#block?.kind !== 'reasoning' || this.#characters.half !== '' || !piece.isWellFormed()) return false;
    this.#reason(piece);
    return true;
  }

  reasoning(piece: string): void {
    const delta = this.#characters.push(piece);
    if (delta !== '') this.#reason(delta);
  }

  #reason(delta: string): void {
    const block = this.#block?.kind === 'reasoning' ? this.#block : this.#open('reasoning');
    this.#reasoning += delta;
    this.#emit({ type: 'reasoning-delta', id: block.id, delta });
  }

  /** `upstream`: shown, and nobody's to run. */
  call({ input: written, ...call }: FinishedCall, executedBy: 'client' | 'upstream' = 'client'): void {
    const input = written.toWellFormed();
    this.#begin();
    this.#close();
    if (executedBy === 'client') this.#calls += call.toolName + input;
    this.#emit({ type: 'tool-input-start', ...call, executedBy });
    if (input !== '') this.#emit({ type: 'tool-input-delta', id: call.id, delta: input });
    this.#emit({ type: 'tool-input-end', id: call.id });
  }

  /** What came of a call that ran upstream. */
  toolResult(toolCallId: string, output: string, isError: boolean): void {
    this.#begin();
    this.#close();
    this.#emit({ type: 'tool-result', toolCallId, output: output.toWellFormed(), isError });
  }

  /**
   * The upstream takes back its text. What stands in blocks closed before, a stream cannot take back: it is kept.
   * Returns how many characters, the last ones, were taken back.
   */
  retract(): number {
    if (this.#block?.kind !== 'text') return 0;
    const { length } = this.#openText;
    this.#emit({ type: 'text-end', id: this.#block.id, retracted: true });
    this.#block = undefined;
    this.#openText = '';
    return length;
  }

  end(finishReason: FinishReason, usage: Usage): void {
    this.#begin();
    this.#close();
    this.#emit({ type: 'response-end', finishReason, usage });
  }

  #begin(): void {
    if (this.#started) return;
    this.#started = true;
    this.#emit(this.#start());
  }

  #open(kind: 'text' | 'reasoning'): { readonly kind: 'text' | 'reasoning'; readonly id: string } {
    this.#begin();
    this.#close();
    const block = { kind, id: `${kind}-${++this.#blocks}` };
    this.#block = block;
    this.#emit({ type: `${kind}-start`, id: block.id });
    return block;
  }

  #close(): void {
    const block = this.#block;
    if (block === undefined) return;
    if (block.kind === 'reasoning') {
      const half = this.#characters.end();
      if (half !== '') this.#reason(half);
    }
    this.#block = undefined;
    if (block.kind === 'text') {
      this.#closedText += this.#openText;
      this.#openText = '';
    }
    this.#emit({ type: `${block.kind}-end`, id: block.id });
  }
}
