/**
 * Quoting of lines, so that text from outside cannot pass for a mark of ours: such a line gets `| ` in front. A line that
 * bears the mark already gets one more, so quoting can be undone: one mark less for each line that needs one.
 */

export const QUOTE_MARK = '| ';

/** Whatever any reader may take for the end of a line: line separators, and every control character but the tab. */
const LINE_BREAK = /(\r\n|(?!\t)[\p{Cc}\u2028\u2029])/u;
const MARKS = /^(?:\| )+/;
/** Colour codes, their escape character taken off as a line end. */
const COLOUR = /^\[[\d;]{0,20}m/;
const UNSEEN = /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Greek and Cyrillic letters that look like the Latin ones of roles and results, and those. */
const LOOKALIKES = new Map(
  Object.entries({
    a: 'аαΑА',
    c: 'сС',
    d: 'ԁ',
    e: 'еεΕЕ',
    h: 'һΗН',
    i: 'іιΙІ',
    l: 'ӏΙӀ',
    m: 'мΜМ',
    n: 'ηΝ',
    o: 'оοΟО',
    p: 'рρΡР',
    r: 'г',
    s: 'ѕЅ',
    t: 'тτΤТ',
    u: 'υՍս',
    v: 'ѵν',
    y: 'уγΥУ',
  }).flatMap(([latin, others]) =>
    [...others].map((other) => [other, /\p{Lu}/u.test(other) ? latin.toUpperCase() : latin]),
  ),
);
/** Unseen characters, and letters in another dress: long s, raised, letter-like, circled, wide, mathematical, boxed, look-alikes. */
const DISGUISE =
  /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\u0370-\u058f\u017f\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u1d9b-\u1dbf\u2070-\u209c\u2100-\u214f\u2460-\u24ff\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d7ff}\u{1f100}-\u{1f19f}]/u;

/**
 * The ranges that hold every {@link DISGUISE}. One look at each unit of UTF-16 is many times cheaper than classes of
 * Unicode over pairs of surrogates, and most texts have none of these.
 */
const MAY_DISGUISE =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: ranges of code units, not letters with marks
  /[\u302a-\u302f\u3099-\u309a\xad\u017f-\u200f\u2028-\u202f\u205f-\u209f\u20d0-\u214f\u2460-\u24ff\u2cef-\u2fff\u3164\ua66f-\uabff\ud7a4-\uff00\uff21-\uff3a\uff41-\uff5a\uffa0-\uffff]/;

/** The lines and, between them, their line ends: even places hold lines. */
export function splitLines(text: string): string[] {
  return text.split(LINE_BREAK);
}

/** Whether the text may read otherwise than its characters say, see {@link plainLine}. */
export function isDisguised(text: string): boolean {
  return MAY_DISGUISE.test(text) && DISGUISE.test(text);
}

/** What a reader sees of a line: without quote marks and unseen characters, letters in their plain form. */
export function plainLine(line: string): string {
  const bare = line.replace(MARKS, '').replace(COLOUR, '');
  return isDisguised(bare)
    ? bare
        .normalize('NFKD')
        .replace(UNSEEN, '')
        .replace(/[\u0370-\u058f]/g, latin)
    : bare;
}

const latin = (letter: string): string => LOOKALIKES.get(letter) ?? letter;

/** `text` with a mark before each line that `needsMark`; the rest stays as it is. */
export function quoteLines(text: string, needsMark: (line: string) => boolean): string {
  const pieces = splitLines(text);
  let isChanged = false;
  for (let at = 0; at < pieces.length; at += 2) {
    const line = pieces[at] as string;
    if (line === '' || !needsMark(line)) continue;
    pieces[at] = QUOTE_MARK + line;
    isChanged = true;
  }
  return isChanged ? pieces.join('') : text;
}

/** Text that has to stay on one line: an id, a name. */
export function toOneLine(text: string): string {
  return LINE_BREAK.test(text) ? text.replace(/[\s\p{Cc}]+/gu, ' ').trim() : text;
}
