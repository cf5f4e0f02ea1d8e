/**
 * Calls in what the model is shown (a file, a log, a pasted answer) are quoted line by line, so that the model's own look
 * different, and a repetition of them is seen to be one: the scanner reads no call in a quoted line.
 */
import { QUOTE_MARK, splitLines } from '../../util/index.js';

const PREFIX = '(?:[A-Za-z][\\w-]{0,40}:|[|｜]{1,4}\\s?DSML\\s?[|｜]{1,4})?';
const WORD = '(?:(?:\\w{1,40}_)?(?:tool|function)[_-]?(?:calls?|uses?|code)|use_mcp_tool)';
const INFO =
  '(?:json[ :_-]?(?:action|tool|function)|actions?\\b|tool[ _-]?(?:calls?|use|request|json|code)|tool\\b|function[ _-]?calls?)';
/** What begins a call in any of the forms that say so themselves; plain JSON does not. */
const OPENER = new RegExp(
  [
    `(?:\`{3,}|~{3,})[ \\t]*${INFO}`,
    `<${PREFIX}${WORD}\\b`,
    `<${PREFIX}(?:function|invoke|tool|call)(?:\\s*=|\\s+(?:name|function|tool)\\s*=)`,
    '<[|｜](?:tool|python|channel|plugin|action|open|START_ACTION)',
    '<start_function_call>',
    '\\[TOOL_(?:CALLS?|REQUEST)\\]',
    '\\]<\\]minimax',
    '^\\s*(?:#{1,6}[ \\t]*|\\*\\*[ \\t]*)tool[ _-]?calls?\\b',
    '^\\s*(?:json action|Action Input:|✿FUNCTION✿:|functions\\.[\\w.-]+:\\d)',
  ].join('|'),
  'i',
);
/** What ends one; a fence does only where one was opened. */
const CLOSER = new RegExp(
  `</${PREFIX}(?:${WORD}|function|invoke|tool|call)>|end_function_call>|[|｜][^<>|｜]{0,40}end[|｜]>|END_ACTION|\\[/TOOL|END\\]`,
  'i',
);
const FENCE = /^[\s|>]*(?:`{3,}|~{3,})[ \t\r]*$/;
const FENCE_OPENER = /(?:`{3,}|~{3,})[ \t]*[a-z]/i;
const MAYBE = /[`~]{3}|<|\[TOOL|\]<\]|tool[ _-]?call|json action|action input|✿|functions\./i;
/** Lines of one call at most; where none ends it by then, only the line that begins it is quoted. */
const MAX_LINES = 2000;

export function quoteCalls(text: string): string {
  if (!MAYBE.test(text)) return text;
  const pieces = splitLines(text);
  const endOf = { mark: nextLine(pieces, CLOSER), fence: nextLine(pieces, FENCE) };
  let isChanged = false;
  for (let at = 0; at < pieces.length; at += 2) {
    const line = pieces[at] as string;
    if (!OPENER.test(line)) continue;
    const isFence = FENCE_OPENER.test(line);
    const end = !isFence && CLOSER.test(line) ? at : (isFence ? endOf.fence : endOf.mark)(at + 2);
    const last = end - at <= 2 * MAX_LINES ? end : at;
    for (; at <= last; at += 2) pieces[at] = QUOTE_MARK + (pieces[at] as string);
    at = last;
    isChanged = true;
  }
  return isChanged ? pieces.join('') : text;
}

/** Finds the next line from a place on that matches; asked from ever later places, it looks at each line once. */
function nextLine(pieces: readonly string[], pattern: RegExp): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found >= from) return found;
    for (found = from; found < pieces.length; found += 2) if (pattern.test(pieces[found] as string)) return found;
    found = Number.POSITIVE_INFINITY;
    return found;
  };
}
