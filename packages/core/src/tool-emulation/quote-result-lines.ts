/**
 * Results are told from everything else by their first line, which begins with `Tool result`. A line of any other text
 * that begins so (a file that was read, a log, a spoof) would pass for one more result; it gets a mark in front.
 */

const PHRASE = /tool result/i;
const LINE_BREAK = /[\n\r\u2028\u2029]/;
const MARK = '| ';

/** The text with `| ` before each line that would be taken for the beginning of a result; all else stays as it is. */
export function quoteResultLines(text: string): string {
  if (!PHRASE.test(text)) return text;
  return text
    .split(/([\n\r\u2028\u2029])/)
    .map((line) => (beginsResult(line) ? MARK + line : line))
    .join('');
}

/** Text that has to stay on one line: an id, a name. */
export function toOneLine(text: string): string {
  return LINE_BREAK.test(text) ? text.replace(/\s+/g, ' ').trim() : text;
}

/** Behind white space, one role word with its colon, and opening brackets or a tag sign. */
function beginsResult(line: string): boolean {
  const at = line.search(PHRASE);
  if (at === -1) return false;
  const before = line
    .slice(0, at)
    .trim()
    .replace(/^[\p{L}\p{N}_-]+[:：]/u, '');
  return /^[[({<\s]*$/.test(before);
}
