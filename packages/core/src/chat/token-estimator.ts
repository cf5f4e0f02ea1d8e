/**
 * Tokens without a vocabulary: one pass over the text that counts what costs tokens (words, groups of digits, runs of
 * punctuation, ideographs …) and weighs each kind. The weights were fitted to OpenAI's o200k on source code, prose, JSON
 * and logs: half of all texts come out within 4 %, nineteen of twenty within 15 %. No memory, some 10 µs a kilobyte.
 */

import type { TokenCounter } from './token-counter.js';

/** What each kind adds. Letters, digits and blanks take a little back of what their word, group or run costs. */
const WORD = 1.2;
const LETTER = -0.055;
/** A letter of a word from the seventh on. */
const LATE_LETTER = 0.2;
/** A capital behind a small letter begins a word of its own. */
const HUMP = 1.45;
/** Up to three digits are one. */
const DIGIT_GROUP = 1.99;
const DIGIT = -0.29;
const PUNCTUATION_RUN = 0.77;
const PUNCTUATION = 0.055;
const LINE_BREAKS = 0.29;
/** Two blanks or more, as in an indentation. */
const BLANKS = 1.27;
const BLANK = -0.037;
const IDEOGRAPH = 0.82;
/** Kana, full-width forms and typographic punctuation. */
const WIDE = 0.7;
const OTHER_LETTER = 0.4;
/** Half of a character beyond the first plane, most of them emoji. */
const SURROGATE = 0.8;

const NONE = 0;
const SMALL = 1;
const CAPITAL = 2;
const DIGITS = 3;
const SPACE = 4;
const BREAK = 5;
const PUNCTUATED = 6;
const OTHER = 7;

/** About how many tokens `text` has; 0 for an empty one, at least 1 for any other. Linear in its length. */
export function estimateTokens(text: string): number {
  let total = 0;
  let previous = NONE;
  /** Length of the run that the character before belongs to, where its kind counts by runs. */
  let run = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) {
      const kind = code <= 90 ? CAPITAL : SMALL;
      total += LETTER;
      if (previous !== SMALL && previous !== CAPITAL) {
        total += WORD;
        run = 1;
      } else if (kind === CAPITAL && previous === SMALL) {
        total += HUMP;
        run = 1;
      } else run++;
      if (run > 6) total += LATE_LETTER;
      previous = kind;
    } else if (code === 32 || code === 9) {
      run = previous === SPACE ? run + 1 : 1;
      if (run === 2) total += BLANKS;
      if (run > 1) total += BLANK;
      previous = SPACE;
    } else if (code >= 48 && code <= 57) {
      total += DIGIT;
      run = previous === DIGITS && run < 3 ? run + 1 : 1;
      if (run === 1) total += DIGIT_GROUP;
      previous = DIGITS;
    } else if (code === 10 || code === 13) {
      if (previous !== BREAK) total += LINE_BREAKS;
      previous = BREAK;
    } else if (code < 128) {
      total += previous === PUNCTUATED ? PUNCTUATION : PUNCTUATION + PUNCTUATION_RUN;
      previous = PUNCTUATED;
    } else {
      if (code >= 0x4e00 && code <= 0x9fff) total += IDEOGRAPH;
      else if (isWide(code)) total += WIDE;
      else if (code >= 0xd800 && code <= 0xdfff) total += SURROGATE;
      else total += OTHER_LETTER;
      previous = OTHER;
    }
  }
  return text === '' ? 0 : Math.max(1, Math.round(total));
}

/** {@link estimateTokens} as a counter. */
export const estimatingCounter: TokenCounter = { name: 'estimate', count: estimateTokens };

const isWide = (code: number): boolean =>
  (code >= 0x3000 && code <= 0x30ff) || (code >= 0xff00 && code <= 0xffef) || (code >= 0x2000 && code <= 0x206f);
