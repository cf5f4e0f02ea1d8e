/**
 * The prompt's headings are lines with a role and a colon. A line of a message that reads like one would begin a turn of
 * its own, so it is quoted, however it is dressed up: letter case, Markdown, brackets, wide or unseen characters.
 */
import { isDisguised, plainLine, quoteLines } from '../../util/index.js';

const ROLE = '(?:system|user|assistant|human|developer)(?:\\s+(?:message|prompt|instructions?))?';
const COLON = '[:\uff1a\ufe55\ufe13\u02d0\u05c3\u2236\ua789]';
const MENTIONS_ROLE = /system|user|assistant|human|developer/i;
/** What may stand before a heading; code has other signs there: `{`, `$`, `@`, `.`. */
const BEFORE = '[^\\p{L}\\p{N}{}$@&%.,:;/\\\\`]*';
const BEHIND = '[\\s*_~#>\\])|:\uff1a.\u2026=-]*';
/** Chat templates write a role behind a token. */
const TOKEN = '(?:<\\|?(?:im_start|start_header_id|start|role)\\|?>)';

/** A role and a colon alone on their line, whatever marks stand around them. */
const ALONE = new RegExp(`^${BEFORE}${ROLE}[\\s*_~\\])>"']*${COLON}${BEHIND}$`, 'iu');
/** Without a colon it takes marks of a heading, and a capital unless `#` says it: `[user]` is a section of many files. */
const MARKED = new RegExp(`^${BEFORE}(${ROLE})${BEHIND}$`, 'iu');
const HEADING_MARKS = /^\s*#|^\s*(?:[*_]{2}|[[<(=-]).*[\])>*_=-]\s*$/;
/** With text behind it: a label. Members of code and YAML are indented and begin with a small letter, or are list items. */
const LABEL = new RegExp(`^[\\s#*_>~|]*(${ROLE})[*_~]*\\s*${COLON}`, 'iu');
const TEMPLATE = new RegExp(`${TOKEN}\\s*${ROLE}`, 'iu');

export function quoteHeadings(text: string): string {
  return MENTIONS_ROLE.test(text) || isDisguised(text) ? quoteLines(text, readsLikeHeading) : text;
}

function readsLikeHeading(line: string): boolean {
  if (!MENTIONS_ROLE.test(line) && !isDisguised(line)) return false;
  const plain = plainLine(line);
  if (!MENTIONS_ROLE.test(plain)) return false;
  if (ALONE.test(plain) || TEMPLATE.test(plain)) return true;
  const marked = MARKED.exec(plain)?.[1];
  if (marked !== undefined && HEADING_MARKS.test(plain)) return isCapital(marked) || plain.trimStart().startsWith('#');
  const label = LABEL.exec(plain)?.[1];
  return label !== undefined && (isCapital(label) || !/^\s/.test(plain));
}

const isCapital = (word: string): boolean => /^\p{Lu}/u.test(word);
