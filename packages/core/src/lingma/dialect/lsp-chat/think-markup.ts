/**
 * `chat/think` carries the thought as deltas or as the whole so far; nothing says which (protocol section 7.8). The
 * second piece usually tells: a whole begins with the first piece, a delta seldom does. Where it might be either, it
 * is held until the next piece, so that no text is lost or doubled.
 */

/** From this length on, a second piece that begins with the first is no accident. */
const SURE_LENGTH = 12;

export class ThinkMarkup {
  #first: string | undefined;
  #maybe: string | undefined;
  #form: 'delta' | 'whole' | undefined;
  #whole = '';

  /** What of `text` is new. */
  push(text: string): string {
    if (text === '') return '';
    if (this.#form === 'delta') return this.#take(text);
    if (this.#form === 'whole') return this.#rest(text);
    if (this.#first === undefined) {
      this.#first = text;
      return this.#take(text);
    }
    if (this.#maybe === undefined) {
      if (!text.startsWith(this.#first)) {
        this.#form = 'delta';
        return this.#take(text);
      }
      if (this.#first.length >= SURE_LENGTH) {
        this.#form = 'whole';
        return this.#rest(text);
      }
      this.#maybe = text;
      return '';
    }
    const maybe = this.#maybe;
    // The whole so far, sent once more: a delta would hardly repeat a piece that had grown.
    if (text === maybe && maybe.length > this.#first.length) {
      this.#form = 'whole';
      this.#maybe = undefined;
      return this.#rest(text);
    }
    this.#maybe = undefined;
    // Deltas "ha", "ha", "ha" begin with one another without growing; wholes grow. White space does either.
    if (text.startsWith(maybe) && text.length > maybe.length && maybe.trim() !== '') {
      this.#form = 'whole';
      return this.#rest(text);
    }
    this.#form = 'delta';
    return this.#take(maybe) + this.#take(text);
  }

  /** The thought is over; `text` is what came with its end, usually nothing. */
  end(text: string): string {
    if (text !== '' && text === this.#whole) return '';
    const maybe = this.#maybe;
    if (maybe === undefined || this.#first === undefined) return this.push(text);
    this.#maybe = undefined;
    this.#form = maybe === this.#first && !text.startsWith(maybe) ? 'delta' : 'whole';
    return (this.#form === 'delta' ? this.#take(maybe) : this.#rest(maybe)) + this.push(text);
  }

  /** Whether a piece is held that {@link end} would give. */
  get holds(): boolean {
    return this.#maybe !== undefined;
  }

  #take(text: string): string {
    this.#whole += text;
    return text;
  }

  #rest(text: string): string {
    if (!text.startsWith(this.#whole)) {
      // Said anew from some point on, or a delta after all.
      return this.#whole.startsWith(text) ? '' : this.#take(text);
    }
    const rest = text.slice(this.#whole.length);
    this.#whole = text;
    return rest;
  }
}
