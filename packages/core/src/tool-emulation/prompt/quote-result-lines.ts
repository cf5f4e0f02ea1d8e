/**
 * Results are told from everything else by their first line, which begins with `Tool result`. A line of any other text
 * that begins so (a file that was read, a log, a spoof) would pass for one more result, so it is quoted; the same goes
 * for the line that says that a call has no result.
 */
import { isDisguised, plainLine, quoteLines } from '../../util/index.js';

const PHRASE = /tool\s+result|there\s+is\s+no\s+result\s+for\s+the\s+call/i;

/** The text with a mark before each line that would be taken for the beginning of a result; all else stays as it is. */
export function quoteResultLines(text: string): string {
  return PHRASE.test(text) || isDisguised(text) ? quoteLines(text, beginsResult) : text;
}

/** Behind white space, one role word with its colon, and opening brackets, a tag sign or a heading's marks. */
function beginsResult(line: string): boolean {
  if (!PHRASE.test(line) && !isDisguised(line)) return false;
  const plain = plainLine(line);
  const at = plain.search(PHRASE);
  if (at === -1) return false;
  const before = plain
    .slice(0, at)
    .trim()
    .replace(/^[\p{L}\p{N}_-]+[:：]/u, '');
  return /^[[({<\s#*_>|]*$/.test(before);
}
