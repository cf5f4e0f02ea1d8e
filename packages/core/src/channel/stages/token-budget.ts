/**
 * Counts an answer against a limit while it arrives, without counting it anew at every delta: a text has no more tokens
 * than twice its bytes, so nothing is counted until what came since the last count could exceed what is left.
 */
import type { TokenCounter } from '../../chat/index.js';

/** Text without a space to cut at is counted anew as a whole up to this length, so that no cut adds tokens. */
const MAX_RECOUNTED = 2048;

/** An estimate may take a lone digit for two; a vocabulary has none for less than a byte. */
const MAX_TOKENS_A_BYTE = 2;

export class TokenBudget {
  readonly #counter: TokenCounter;
  /** What the text that is booked has left of the limit. */
  #left: number;
  /** The text since then: its last word may go on, so it is counted together with what follows. */
  #pending = '';
  /** Tokens of `#pending` when it was counted last, and what the bytes since could be: an upper bound for both. */
  #pendingBound = 0;

  constructor(limit: number, counter: TokenCounter) {
    this.#counter = counter;
    this.#left = limit;
  }

  /** How much of `delta` still fits, in UTF-16 units and never in the middle of a character. */
  take(delta: string): number {
    const text = this.#pending + delta;
    const bound = this.#pendingBound + MAX_TOKENS_A_BYTE * Buffer.byteLength(delta);
    if (bound > this.#left) {
      const fitting = this.#longestFit(text, this.#pending.length);
      if (fitting < text.length) return fitting - this.#pending.length;
      this.#book(text);
    } else {
      this.#pending = text;
      this.#pendingBound = bound;
    }
    return delta.length;
  }

  /** The length of the longest prefix of `text` that fits; `known` is one that does. */
  #longestFit(text: string, known: number): number {
    // Doubling keeps the work near the limit even when a huge delta comes.
    let low = known;
    let step = Math.max(16, this.#left * 4);
    let high = known;
    while (high < text.length) {
      high = Math.min(text.length, high + step);
      if (!this.#fits(text, high)) break;
      low = high;
      step *= 2;
    }
    if (low === text.length) return low;
    while (high - low > 1) {
      const middle = low + Math.floor((high - low) / 2);
      if (this.#fits(text, middle)) low = middle;
      else high = middle;
    }
    return low > known && splitsPair(text, low) ? low - 1 : low;
  }

  #fits(text: string, length: number): boolean {
    return this.#counter.count(text.slice(0, length)) <= this.#left;
  }

  #book(text: string): void {
    const space = lastWordStart(text);
    const cut = space > 0 || text.length <= MAX_RECOUNTED ? Math.max(0, space) : text.length - MAX_RECOUNTED / 2;
    const end = splitsPair(text, cut) ? cut - 1 : cut;
    this.#left -= this.#counter.count(text.slice(0, end));
    this.#pending = text.slice(end);
    this.#pendingBound = this.#counter.count(this.#pending);
  }
}

/** The last space with a letter on either side: vocabularies never have a token across it. */
function lastWordStart(text: string): number {
  for (let at = text.lastIndexOf(' '); at > 0; at = text.lastIndexOf(' ', at - 1)) {
    if (/^\S $/.test(text.slice(at - 1, at + 1)) && /\p{L}/u.test(text[at + 1] ?? '')) return at;
  }
  return -1;
}

function splitsPair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at > 0 && at < text.length && code >= 0xdc00 && code <= 0xdfff;
}
