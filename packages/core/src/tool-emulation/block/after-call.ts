/** What models write behind a call: stray closing marks, and results they make up. */

/** The beginnings of invented results and turns, lower case; they count at the start of a line, after a call. */
const INVENTED: readonly string[] = [
  'tool result for',
  'tool result:',
  'tool results:',
  '[tool result',
  '<tool_response',
  '<tool_result',
  '<tool_output',
  '<function_result',
  '<function_response',
  '<function_output',
  '<|observation|>',
  '<｜tool▁outputs▁begin｜>',
  '<|tool_response',
  'observation:',
  '✿result✿',
  '```tool_result',
  '```tool_output',
  '```tool_response',
  'user:\n',
  'human:',
];
const LONGEST = Math.max(...INVENTED.map((mark) => mark.length));

/** Whether an invented result begins at `at`; `more`: the text ends before that is clear. */
export function isInvented(text: string, at: number): boolean | 'more' {
  const here = text.slice(at, at + LONGEST).toLowerCase();
  let maybe = false;
  for (const mark of INVENTED) {
    if (here.startsWith(mark)) return true;
    if (mark.startsWith(here)) maybe = true;
  }
  return maybe ? 'more' : false;
}

/** Mistral's mark before a call. */
const TOOL_CALLS_MARK = '[TOOL_CALLS]';
/** That of LM Studio; `[END_TOOL_REQUEST]` closes it. */
const TOOL_REQUEST_MARK = '[TOOL_REQUEST]';
/** That of MiniMax M2 where its template is not known; `[/TOOL_CALL]` closes it. */
const TOOL_CALL_MARK = '[TOOL_CALL]';
export const VALUE_MARKS: readonly string[] = [TOOL_CALLS_MARK, TOOL_CALL_MARK, TOOL_REQUEST_MARK];

/** Marks that close a call or a turn; behind a call they are left-overs. */
const STRAY =
  /<\/(?:[A-Za-z][\w-]*:|[|｜]+\s*DSML\s*[|｜]+\s*)?(?:tool_calls?|toolcall|function_calls?|function|invoke|tool_uses?|tools?|tool_code|parameter|call)>|<[|｜](?:tool[▁_ ]calls?[▁_ ](?:section[▁_ ])?end|im_end|eot_id|eom_id|end|call|return|end_of_text|endoftext|end▁of▁sentence|END_ACTION|action_end|tool_call_end|\/tool_call|python_end|tools_suffix)[|｜]>|<\/s>|\[\/TOOL_CALLS?\]|\[(?:END_TOOL_REQUEST|TOOL_REQUEST_END)\]/y;
/** What may be left of such a mark at the end of an answer; a call tag opened in place of the closing one. */
const CUT_MARK = /^(?:<\/[A-Za-z:_]*|<[|｜][^<>\s]*|<(?:tool_call|function_call)>|`{1,2})\s*$/;
const MAX_STRAY = 64;

/** `items` of an answer that ended, without what is left of a closing mark behind the last call. */
export function withoutCutMark<T>(items: readonly (T | string)[]): readonly (T | string)[] {
  const last = items.at(-1);
  if (items.length < 2 || typeof last !== 'string') return items;
  const rest = last.trim();
  const isMark = CUT_MARK.test(rest) || (rest.length < MAX_STRAY && strayLength(rest, 0, true) === rest.length);
  return isMark ? items.slice(0, -1) : items;
}

/** Length of the stray closing mark at `at`; 0: none, -1: the text ends before that is clear. */
function strayLength(text: string, at: number, isFinal: boolean): number {
  STRAY.lastIndex = at;
  const match = STRAY.exec(text);
  if (match !== null) return match[0].length;
  const rest = text.slice(at, at + MAX_STRAY);
  if (isFinal) return CUT_MARK.test(rest) ? rest.length : 0;
  const isOpen = /^(?:<(?:\/?[A-Za-z][\w:-]*|\/[^<>\n]*|[|｜][^<>\n]*)?|\[(?:\/?[A-Z_]*)?)$/.test(rest);
  return isOpen && rest.length < MAX_STRAY ? -1 : 0;
}

/** Longer runs are decoration. */
const MAX_FENCE = 32;
/** More than this between a stray fence and what follows is not looked through. */
const MAX_GAP = 64;

/**
 * Length of a closing fence at `at` that closes nothing: the one around a value that was marked in another way
 * (`isExpected`), or a second one before the next call or the end. 0: none, -1: the text ends before that is clear.
 */
function strayFence(text: string, at: number, isExpected: boolean, isFinal: boolean): number {
  let end = at;
  while (text[end] === '`' && end - at <= MAX_FENCE) end++;
  if (end - at > MAX_FENCE) return 0;
  let next = end;
  while (next < text.length && next - end < MAX_GAP && text.charCodeAt(next) <= 0x20) next++;
  const gap = text.slice(end, next);
  if (next === text.length && gap.length < MAX_GAP && !(isExpected && gap.includes('\n'))) {
    return isFinal ? strayRun(end - at) : -1;
  }
  if (!gap.includes('\n')) return gap === '' ? gluedFence(text, at, end, isFinal) : 0;
  if (isExpected) return strayRun(end - at);
  if (text[next] !== '`') return 0;
  const rest = text.slice(next, next + 4);
  if (rest.length < 4 && !isFinal && /^`{1,3}$/.test(rest)) return -1;
  // Another fence opens: this one closed nothing.
  return /^```[A-Za-z]/.test(rest) ? strayRun(end - at) : 0;
}

/** A closing fence with text behind it; what may be an info string makes it an opening one. */
function gluedFence(text: string, at: number, end: number, isFinal: boolean): number {
  const newline = text.indexOf('\n', end);
  const line = text.slice(end, newline < 0 ? end + MAX_GAP : Math.min(newline, end + MAX_GAP));
  if (newline < 0 && line.length < MAX_GAP && !isFinal) return -1;
  return /^[\w+#-]*(?:[ _-]\w+)?(?:[ \t]*[{[<(].*)?\s*$/.test(line) ? 0 : strayRun(end - at);
}

function strayRun(length: number): number {
  return length >= 3 ? length : 0;
}

export type Leftover =
  | { readonly type: 'more' | 'none' }
  | { readonly type: 'stray'; readonly length: number; readonly isFence: boolean }
  /** JSON without a mark of its own, behind a call of a format that repeats. */
  | { readonly type: 'value' };

/** What stands at `at`, behind a call and the white space after it. */
export function readLeftover(text: string, at: number, repeats: boolean, isFinal: boolean): Leftover {
  const stray = strayLength(text, at, isFinal);
  if (stray < 0) return { type: 'more' };
  if (stray > 0) return { type: 'stray', length: stray, isFence: false };
  const char = text[at];
  if (char === '`') {
    const fence = strayFence(text, at, repeats, isFinal);
    if (fence < 0) return { type: 'more' };
    return fence > 0 ? { type: 'stray', length: fence, isFence: true } : { type: 'none' };
  }
  if (!repeats) return { type: 'none' };
  if (char === ',' || char === ';') return { type: 'stray', length: 1, isFence: false };
  if (char === '{') return { type: 'value' };
  if (char !== '[') return { type: 'none' };
  // Such a mark once more is none of the list's.
  for (const mark of VALUE_MARKS) {
    if (text.startsWith(mark, at)) return { type: 'none' };
    if (!isFinal && text.length - at < mark.length && mark.startsWith(text.slice(at))) return { type: 'more' };
  }
  return { type: 'value' };
}
