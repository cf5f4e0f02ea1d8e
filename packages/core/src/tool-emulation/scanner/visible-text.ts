/**
 * The visible text of an answer. Line ends are held back until something follows: the blank lines around a call go
 * with it, those of ordinary text are passed on untouched.
 */

/** Runs of white space longer than this are passed on, whatever follows. */
const MAX_HELD = 64;

export class TextOut {
  readonly #send: (text: string) => void;
  /** Ready to go: one piece for all that a delta brought. */
  #ready = '';
  #held = '';
  #overflown = false;
  #hasText = false;
  /** What was passed on last. */
  #last = '';
  /** What stood around the calls since the last text; `undefined`: no call since. */
  #gap: string | undefined;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  /** Sends what is not held back. */
  flush(): void {
    if (this.#ready === '') return;
    const ready = this.#ready;
    this.#ready = '';
    this.#send(ready);
  }

  #emit(text: string): void {
    this.#ready += text;
    this.#last = text;
  }

  /** Nothing but white space came since the last call. */
  get isAfterCall(): boolean {
    return this.#gap !== undefined;
  }

  write(text: string): void {
    if (text === '') return;
    const last = text.charCodeAt(text.length - 1);
    // The common case: the middle of a line.
    if (!isSpace(last) && this.#held === '' && this.#gap === undefined) {
      this.#hasText = true;
      this.#overflown = false;
      this.#emit(text);
      return;
    }
    const end = solidEnd(text);
    if (end > 0) {
      const solid = this.#held + text.slice(0, end);
      this.#held = '';
      this.#overflown = false;
      this.#pass(solid);
    }
    if (end < text.length) this.#hold(text.slice(end));
  }

  /** A call stands here: the white space before it is dropped. */
  call(): void {
    this.flush();
    this.#gap = (this.#gap ?? '') + this.#held;
    this.#held = '';
  }

  /** The answer is over. */
  end(): void {
    const rest = this.#held;
    this.#held = '';
    // What stands behind the last call is its blank line.
    if (this.#gap === undefined && rest !== '') this.#emit(rest);
    this.flush();
  }

  /** Forgets what is held back. */
  reset(): void {
    this.#ready = '';
    this.#held = '';
    this.#gap = undefined;
    this.#hasText = false;
    this.#overflown = false;
  }

  #pass(text: string): void {
    const gap = this.#gap;
    this.#gap = undefined;
    if (gap === undefined) {
      this.#hasText = true;
      this.#emit(text);
      return;
    }
    const bare = text.slice(solidStart(text));
    const space = gap + text.slice(0, text.length - bare.length);
    const separator = this.#hasText && space !== '' ? this.#separator(space) : '';
    this.#hasText = true;
    this.#emit(separator + bare);
  }

  /** A line of its own where there was one; a blank only where the text before did not end with one. */
  #separator(space: string): string {
    if (/[\r\n]/.test(space)) return '\n\n';
    return isSpace(this.#last.charCodeAt(this.#last.length - 1)) ? '' : ' ';
  }

  /** `space` may be held from its first line end on; at the very beginning of an answer, as a whole. */
  #hold(space: string): void {
    if (this.#overflown) {
      this.#emit(space);
      return;
    }
    const isOpen = this.#held !== '' || !this.#hasText || this.#gap !== undefined;
    const from = isOpen ? 0 : space.search(/[\r\n]/);
    const begin = from < 0 ? space.length : from;
    if (begin > 0) this.#emit(space.slice(0, begin));
    this.#held += space.slice(begin);
    if (this.#held.length <= MAX_HELD || this.#gap !== undefined) return;
    this.#overflown = true;
    const rest = this.#held;
    this.#held = '';
    this.#emit(rest);
  }
}

function solidEnd(text: string): number {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}

function solidStart(text: string): number {
  let start = 0;
  while (start < text.length && isSpace(text.charCodeAt(start))) start++;
  return start;
}

/** ASCII and the byte order mark: what counts as white space must not depend on what stands beside it. */
function isSpace(code: number): boolean {
  return code <= 0x20 || code === 0xfeff;
}
