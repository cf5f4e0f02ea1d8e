/** What begins a call at the start of a line only: headings, labels, unmarked JSON, a list of call expressions. */
import type { ToolIndex } from '../call/tool-index.js';
import { type Opening, openHash, openMark } from './openers.js';
import { BareValueBlock, MarkedValueBlock } from './value-block.js';

/** Labels and names longer than this begin no call. */
const MAX_HEAD = 120;
const LIST = /\[\s*([A-Za-z_][\w.]*)\(/y;
const MAYBE_LIST = /^\[\s*[\w.]*$/;
/** Functionary: `>>>name` and the arguments on the next line. */
const TURN = />>>([A-Za-z_][\w.-]*)[ \t]*\r?\n(?=\s*\{)/y;
const MAYBE_TURN = /^>{1,3}$|^>>>[A-Za-z_][\w.-]*[ \t]*(?:\r?(?:\n\s*)?)$/;
/** ReAct, and Qwen's own labels before it had tags. */
const LABELS = /(?:Action|✿FUNCTION✿):[ \t]*([\w.:/-]+)[ \t]*\r?\n\s*(?:Action[ _]Input|✿ARGS✿):/iy;
/** Command-R: a label before a fence. */
const FENCED = /Action:(?=[ \t]{0,20}\r?\n?[ \t]{0,20}```)/iy;
const MAYBE_FENCED = /^Action:[ \t]{0,20}\r?\n?[ \t]{0,20}`{0,2}$/i;
const MAYBE_LABELS = /^(?:Action|✿FUNCTION✿):[ \t]*[\w.:/-]*[ \t]*\r?(?:\n\s*([A-Za-z_✿ ]*))?$/i;
const JSON_INFO = /(?:json action[ \t]*\r?\n|Tool Call:[ \t]*\r?\n?)(?=\s*\{)/y;
/** Phi's and FireFunction's mark before a list; GigaChat's before an object. */
const WORD_MARK = /functools(?=[ \t]*\[)|function call(?:<\|role_sep\|>)?(?=\s*\{)/y;
/** Kimi's head where its tokens were taken out. */
const NUMBERED = /functions\.([\w.-]+):\d{1,4}[ \t]*>?\s*(?=\{)/y;
/** GLM-4: the name on a line of its own. */
const NAMED = /([A-Za-z_][\w.-]*)[ \t]*\r?\n(?=\s*\{)/y;
const MAYBE_NAMED = /^([A-Za-z_][\w.-]*)([ \t]*\r?(?:\n\s*)?)$/;
const CODE_INFO = /(tool_code:?[ \t]*\r?\n\s*)(?:print\(\s*)?((?!print\()[A-Za-z_][\w.]*)\(/y;
/** What may come of a text that ends before it is clear: a label, and what stands behind it. */
const INFO_HEADS: readonly (readonly [label: string, rest: RegExp])[] = [
  ['json action', /^[ \t]*\r?(?:\n\s*)?$/],
  ['Tool Call:', /^[ \t]*\r?(?:\n\s*)?$/],
  ['functools', /^[ \t]*$/],
  ['functions.', /^[\w.-]*(?::\d{0,4}[ \t]*>?\s*)?$/],
  ['function call<|role_sep|>', /^\s*$/],
  ['function call', /^\s*$/],
  ['tool_code', /^:?[ \t]*\r?(?:\n\s*(?:print\(\s*)?[\w.]*)?$/],
];
const FIRST_LABELS = ['action:', '✿function✿:'];
const SECOND_LABELS = ['action input', 'action_input', '✿args✿'];

export interface LineOptions {
  /** Nothing but white space stands before it. */
  readonly isFirst: boolean;
  readonly isFinal: boolean;
}

export function openLine(text: string, at: number, index: ToolIndex, options: LineOptions): Opening {
  return openMarkedLine(text, at, index, options) ?? openNamed(text, at, index, options);
}

function openMarkedLine(text: string, at: number, index: ToolIndex, options: LineOptions): Opening {
  switch (text[at]) {
    case '#':
    case '*':
      return openHash(text, at, index, options.isFinal);
    case '{':
      return openValue(index, options);
    case '[':
      return (
        openMark(text, at, index, options.isFinal) ?? openList(text, at, index, options) ?? openValue(index, options)
      );
    case '>':
      return openTurn(text, at, index, options.isFinal);
    case 'f':
    case 'j':
    case 'T':
    case 't':
      return openInfo(text, at, index, options.isFinal);
    case 'A':
    case 'a':
    case '✿':
      return openLabels(text, at, index, options.isFinal);
    default:
      return undefined;
  }
}

function openValue(index: ToolIndex, { isFirst }: LineOptions): Opening {
  if (!isFirst && !index.forced) return undefined;
  return new BareValueBlock(index, index.forced ? 'forced' : 'whole');
}

/** `[read_file(path="a"), get_time()]` */
function openList(text: string, at: number, index: ToolIndex, { isFirst, isFinal }: LineOptions): Opening {
  if (!isFirst && !index.forced) return undefined;
  const name = matchAt(LIST, text, at)?.[1];
  if (name === undefined) return maybe(text, at, isFinal, (head) => MAYBE_LIST.test(head));
  return index.resolve(name) === undefined ? undefined : new MarkedValueBlock('', index);
}

/** Little speaks for a call, so only a tool's own name counts. */
function openNamed(text: string, at: number, index: ToolIndex, { isFirst, isFinal }: LineOptions): Opening {
  if (!isFirst && !index.forced) return undefined;
  const match = matchAt(NAMED, text, at);
  if (match !== undefined) {
    const [opener, written = ''] = match;
    const isOwn = index.resolve(written)?.name === written;
    return isOwn ? new MarkedValueBlock(opener, index, written) : undefined;
  }
  return maybe(text, at, isFinal, (head) => {
    const [, word = '', rest] = MAYBE_NAMED.exec(head) ?? [];
    if (word === '') return false;
    return index.tools.some(({ name }) => (rest === '' ? name.startsWith(word) : name === word));
  });
}

function openTurn(text: string, at: number, index: ToolIndex, isFinal: boolean): Opening {
  const match = matchAt(TURN, text, at);
  if (match === undefined) return maybe(text, at, isFinal, (head) => MAYBE_TURN.test(head));
  const [opener, name = ''] = match;
  return index.resolve(name) === undefined ? undefined : new MarkedValueBlock(opener, index, name);
}

function openLabels(text: string, at: number, index: ToolIndex, isFinal: boolean): Opening {
  const match = matchAt(LABELS, text, at);
  if (match !== undefined) {
    const [opener, name = ''] = match;
    return index.resolve(name) === undefined ? undefined : new MarkedValueBlock(opener, index, name);
  }
  const fenced = matchAt(FENCED, text, at);
  if (fenced !== undefined) return new MarkedValueBlock(fenced[0], index);
  return maybe(text, at, isFinal, (head) => {
    const lower = head.toLowerCase();
    if (FIRST_LABELS.some((label) => label.startsWith(lower)) || MAYBE_FENCED.test(head)) return true;
    const second = MAYBE_LABELS.exec(head);
    return second !== null && SECOND_LABELS.some((label) => label.startsWith((second[1] ?? '').toLowerCase()));
  });
}

/** An info string whose fence was left out. */
function openInfo(text: string, at: number, index: ToolIndex, isFinal: boolean): Opening {
  const json = matchAt(JSON_INFO, text, at);
  if (json !== undefined) return new MarkedValueBlock(json[0], index);
  const numbered = matchAt(NUMBERED, text, at);
  if (numbered !== undefined) {
    const [opener, name = ''] = numbered;
    return index.resolve(name) === undefined ? undefined : new MarkedValueBlock(opener, index, name);
  }
  const mark = matchAt(WORD_MARK, text, at);
  if (mark !== undefined) return new MarkedValueBlock(mark[0], index);
  const code = matchAt(CODE_INFO, text, at);
  if (code !== undefined) {
    return index.resolve(code[2] ?? '') === undefined ? undefined : new MarkedValueBlock(code[1] ?? '', index);
  }
  return maybe(text, at, isFinal, (head) =>
    INFO_HEADS.some(
      ([label, rest]) => label.startsWith(head) || (head.startsWith(label) && rest.test(head.slice(label.length))),
    ),
  );
}

/** `more` when the text ends and what has come may yet become an opener. */
function maybe(text: string, at: number, isFinal: boolean, test: (head: string) => boolean): Opening {
  if (isFinal || text.length - at > MAX_HEAD) return undefined;
  return test(text.slice(at)) ? 'more' : undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  // A longer head is none, however much of the text is there to look at.
  return match === null || match[0].length > MAX_HEAD ? undefined : match;
}
