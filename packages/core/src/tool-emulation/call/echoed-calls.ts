/**
 * Whether a call in the answer merely repeats one that stands in what the model was shown: a tool's result or a document.
 * Such a call is what somebody else wrote, so it is text. White space, quote marks and line numbers may differ.
 */

/** Characters of shown text that are searched for the calls of one answer; beyond that every call counts as repeated. */
export const MAX_SEARCHED = 512 * 1024 * 1024;
/** Characters of one text that are looked at closely for one call. */
const MAX_COMPARED = 4 * 1024 * 1024;
/** Longer lines are looked for by their beginning. */
const MAX_ANCHOR = 512;
/** White space and line numbers that may come to a call's own characters: for each line, and in all. */
const LINE_SLACK = 64;
const SLACK = 512;
/** Before a line of a file that a tool shows: quote marks, a number. */
const LINE_HEAD = /^[\s|>]*(?:\d{1,7}\s?[→|:\t-])?[\s|>]*/;

export class EchoedCalls {
  readonly #shown: readonly string[] | (() => readonly string[]);
  #searched = 0;

  /** @param shown all that was shown and is nobody's wish: tool results, documents; a function is asked when there is a call */
  constructor(shown: readonly string[] | (() => readonly string[])) {
    this.#shown = shown;
  }

  /** @param block the call as written, with its marks */
  has(block: string): boolean {
    const lines = block.split('\n').map((line) => line.trim());
    const anchor = lines.reduce((longest, line) => (line.length > longest.length ? line : longest), '');
    if (anchor === '') return false;
    const wanted = squeeze(lines);
    const escaped = JSON.stringify(block.trim()).slice(1, -1);
    const shown = typeof this.#shown === 'function' ? this.#shown() : this.#shown;
    for (const text of shown) {
      if (text.length < wanted.length) continue;
      this.#searched += text.length;
      if (this.#searched > MAX_SEARCHED) return true;
      // A result that is JSON holds the text of a file as a string.
      if (escaped !== block && text.includes(escaped)) return true;
      if (standsIn(text, anchor.slice(0, MAX_ANCHOR), wanted, lines.length)) return true;
    }
    return false;
  }
}

function standsIn(text: string, anchor: string, wanted: string, lineCount: number): boolean {
  const reach = 2 * wanted.length + lineCount * LINE_SLACK + SLACK;
  let compared = 0;
  let at = text.indexOf(anchor);
  while (at >= 0 && compared < MAX_COMPARED) {
    const around = text.slice(Math.max(0, at - reach), at + reach);
    if (squeeze(around.split('\n')).includes(wanted)) return true;
    compared += around.length;
    // What begins in this stretch was compared with it.
    at = text.indexOf(anchor, at + Math.max(anchor.length, reach - wanted.length));
  }
  return false;
}

/** The lines without what may differ. */
const squeeze = (lines: readonly string[]): string =>
  lines.map((line) => line.replace(LINE_HEAD, '').replace(/\s+/g, '')).join('');
