/** Text in pieces of whole characters: the first half of one at the end of a piece waits for its second half. */

/**
 * In place of half a character whose other half never came: half of one is no text that could be encoded, and strict readers of JSON
 * refuse it.
 */
const REPLACEMENT = '\ufffd';

export class SurrogateBuffer {
  /** The first half of a character, or `''`. */
  half = '';

  /** What can be passed on by now; `''` when the piece is no more than half a character. */
  push(piece: string): string {
    const text = this.half === '' ? piece : this.half + piece;
    const last = text.charCodeAt(text.length - 1);
    if (last < 0xd800 || last > 0xdbff || text === '') {
      this.half = '';
      return text.toWellFormed();
    }
    this.half = text.slice(-1);
    return text.slice(0, -1).toWellFormed();
  }

  /** No second half will come: what stands for the first, if there is one. */
  end(): string {
    const rest = this.half === '' ? '' : REPLACEMENT;
    this.half = '';
    return rest;
  }

  /** Forgets what is held. */
  reset(): void {
    this.half = '';
  }
}
