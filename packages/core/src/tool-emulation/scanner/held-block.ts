/** A possible call while its text comes in: gathers it, asks the format where it ends, keeps the bound. */
import { type Block, NOT_YET, REJECTED } from '../block/block.js';

/** A possible call that grows longer is passed on as text. In characters. */
export const MAX_HELD_LENGTH = 1024 * 1024;

export interface HeldOutcome {
  /** Up to where the text was taken in. */
  readonly end: number;
  /** What came of it: nothing yet, not a call at all, or a place where the block may end. */
  readonly result: 'more' | 'rejected' | 'too-long' | 'mark';
}

export class HeldBlock {
  readonly block: Block;
  #parts: string[];
  #length: number;

  constructor(block: Block, opener: string) {
    this.block = block;
    this.#parts = [opener];
    this.#length = opener.length;
  }

  /** Takes in `text` from `at` on. */
  feed(text: string, at: number): HeldOutcome {
    // The block never sees more than the bound, so that where it gives up does not depend on the cut.
    const room = MAX_HELD_LENGTH - this.#length;
    const chunk = text.length - at > room ? text.slice(0, at + room) : text;
    const found = this.block.scan(chunk, at);
    if (found === REJECTED) return { end: at, result: 'rejected' };
    const end = found === NOT_YET ? chunk.length : found;
    this.#parts.push(text.slice(at, end));
    this.#length += end - at;
    if (found === NOT_YET) return { end, result: this.#length < MAX_HELD_LENGTH ? 'more' : 'too-long' };
    return { end, result: 'mark' };
  }

  /** All that was taken in, the opener included. Joined once, however many deltas it came in. */
  text(): string {
    if (this.#parts.length > 1) this.#parts = [this.#parts.join('')];
    return this.#parts[0] as string;
  }
}
