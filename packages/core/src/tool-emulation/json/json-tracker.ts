/**
 * Follows JSON character by character without building it: how deep we are and whether we stand inside a string. It
 * tells a fence or a closing tag inside an argument's text from the one that ends the call.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export class JsonTracker {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #started = false;

  /** Only double quotes count: apostrophes in prose and in Python-style JSON would lead astray. */
  get inString(): boolean {
    return this.#inString;
  }

  get depth(): number {
    return this.#depth;
  }

  /** At least one object or array has begun and all that began have ended. */
  get balanced(): boolean {
    return this.#started && this.#depth === 0 && !this.#inString;
  }

  feed(code: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (code === BACKSLASH) this.#escaped = true;
      else if (code === QUOTE) this.#inString = false;
      return;
    }
    switch (code) {
      case QUOTE:
        this.#inString = true;
        return;
      case 0x7b:
      case 0x5b:
        this.#depth++;
        this.#started = true;
        return;
      case 0x7d:
      case 0x5d:
        if (this.#depth > 0) this.#depth--;
        return;
    }
  }

  feedText(text: string, from = 0, to = text.length): void {
    for (let index = from; index < to; index++) this.feed(text.charCodeAt(index));
  }
}

/** Where the object or array that begins at `from` ends (exclusive), or -1 when it does not end. */
export function endOfJson(text: string, from: number): number {
  const tracker = new JsonTracker();
  for (let index = from; index < text.length; index++) {
    tracker.feed(text.charCodeAt(index));
    if (tracker.balanced) return index + 1;
  }
  return -1;
}
