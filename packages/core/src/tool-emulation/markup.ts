/**
 * Calls written as elements, in the dialects models were trained on: `<function=x><parameter=y>` (Qwen-Coder),
 * `<invoke name="x"><parameter name="y">` (Anthropic, MiniMax, DeepSeek's `｜DSML｜`), `<name>`/`<arguments>`. Values are not escaped XML, so an element ends where what follows makes sense, not at the
 * first closing tag.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../util/index.js';
import { type AcceptedCall, acceptCall } from './accept-call.js';
import { endOfJson } from './json-tracker.js';
import { parseLenient } from './lenient-json.js';
import type { ToolIndex } from './tool-index.js';

/** A name space before a tag's name, `minimax:` or `｜DSML｜`. */
export const TAG_PREFIX = '(?:[A-Za-z][\\w-]*:|[|｜]+\\s*DSML\\s*[|｜]+\\s*)?';
const CALL_WORD = '(?:function|invoke|tool_call|tool_use|function_call|tool|call)';
/** Attributes before the one that matters. */
const OTHERS = `(?:[\\w-]+\\s*=\\s*(?:"[^"<>]*"|'[^'<>]*')\\s+){0,4}`;
const CALL_OPEN = new RegExp(
  `<${TAG_PREFIX}${CALL_WORD}(?:\\s*=\\s*|\\s+${OTHERS}(?:name|function|tool)\\s*=\\s*)(?:"([^"<>]*)"|'([^'<>]*)'|([^"'<>\\s]+))[^<>]*>`,
  'y',
);
const CALL_CLOSE = new RegExp(`\\s*</${TAG_PREFIX}${CALL_WORD}(?:=[^<>]*)?>`, 'y');
const PARAMETER_WORD = '(?:parameter|param|argument|arg)';
const PARAMETER_OPEN = new RegExp(
  `\\s*<${TAG_PREFIX}${PARAMETER_WORD}(?:\\s*=\\s*|\\s+${OTHERS}(?:name|key)\\s*=\\s*)(?:"([^"<>]*)"|'([^'<>]*)'|([^"'<>\\s]+))([^<>]*)>`,
  'y',
);
const PARAMETER_CLOSE = new RegExp(`</${TAG_PREFIX}(?:${PARAMETER_WORD}(?:=[^<>]*)?)>`, 'g');
/** What may stand after a value's closing tag; anything else means that the tag is part of the value. */
const AFTER_VALUE = new RegExp(
  `\\s*(?:$|<${TAG_PREFIX}${PARAMETER_WORD}[=\\s]|</${TAG_PREFIX}(?:${CALL_WORD}|tool_calls|function_calls)(?:=[^<>]*)?>)`,
  'y',
);
const NEXT_PARAMETER = new RegExp(`\\n[ \\t]*<${TAG_PREFIX}${PARAMETER_WORD}(?:=|\\s+name=)`, 'g');
const CALL_CLOSE_ANYWHERE = new RegExp(`</${TAG_PREFIX}(?:function|invoke)>`, 'g');
const CHILD_OPEN = /\s*<([A-Za-z_][\w.-]*)>/y;
const AFTER_CHILD = new RegExp(
  `\\s*(?:$|<[A-Za-z_][\\w.-]*>|</${TAG_PREFIX}(?:${CALL_WORD}|tool_calls|function_calls)>)`,
  'y',
);

/** Attributes of a parameter that is described. MiniMax writes `type` in calls too. */
const DEFINING = /\s(?:required|optional|default|description|value|in|use|minOccurs|maxOccurs|nullable)\s*=/i;
const FUNCTION_TAG = /^<[^<>]{0,40}?function\s/;

/** Every missing closing tag costs a look through the whole text, so there must not be many. */
const MAX_MEMBERS = 256;

/** How far the text around an element reaches. `whole`: up to its closing tag. `cut`: the answer ended. */
export type Extent = 'whole' | 'cut';

export interface ElementCall {
  readonly name: string;
  readonly input: JsonObject | string;
  /** Members are named by their elements, so any markup would do: they must be the tool's own. */
  readonly hasChildren?: boolean;
  /** Exclusive. */
  readonly end: number;
}

/**
 * A call element at `at`; `open`: it may go on behind the text; `undefined`: there is none. `mayQuote`: its closing tag
 * may be part of a value, so that it is worth waiting for another one.
 */
export function readCallElement(
  text: string,
  at: number,
  extent: Extent,
  mayQuote = true,
): ElementCall | 'open' | undefined {
  const opening = matchAt(CALL_OPEN, text, at);
  if (opening === undefined) return undefined;
  const name = (opening[1] ?? opening[2] ?? opening[3] ?? '').trim();
  if (opening[0].endsWith('/>')) return { name: name.replace(/\/$/, ''), input: {}, end: at + opening[0].length };
  return readMembers(text, at + opening[0].length, name, {
    extent,
    mayQuote,
    isFunction: FUNCTION_TAG.test(opening[0]),
  });
}

/** The bare text of a call element at `at`: the input of a free-form tool. */
export function readFreeElement(text: string, at: number): (ElementCall & { readonly input: string }) | undefined {
  const opening = matchAt(CALL_OPEN, text, at);
  if (opening === undefined) return undefined;
  const from = at + opening[0].length;
  const close = callCloseFrom(text, from);
  if (close === undefined || /^\s*[<{["]/.test(text.slice(from, close.start))) return undefined;
  const name = (opening[1] ?? opening[2] ?? opening[3] ?? '').trim();
  return { name, input: tidyValue(text.slice(from, close.start)), end: close.end };
}

function readMembers(
  text: string,
  start: number,
  name: string,
  {
    extent,
    mayQuote,
    isFunction,
  }: { readonly extent: Extent; readonly mayQuote: boolean; readonly isFunction: boolean },
): ElementCall | 'open' | undefined {
  const members: [string, JsonValue][] = [];
  let at = start;
  let hasChildren = false;
  while (members.length <= MAX_MEMBERS) {
    const closing = matchAt(CALL_CLOSE, text, at);
    if (closing !== undefined) {
      return { name, input: Object.fromEntries(members), hasChildren, end: at + closing[0].length };
    }
    const parameter = matchAt(PARAMETER_OPEN, text, at);
    if (parameter !== undefined) {
      if (isDefinition(parameter, isFunction)) return undefined;
      const from = at + parameter[0].length;
      const value = readValue(text, from, mayQuote && extent === 'whole');
      if (value === undefined) return 'open';
      const key = (parameter[1] ?? parameter[2] ?? parameter[3] ?? '').trim();
      // DeepSeek says itself whether a value is a string.
      const isLiteral = /string\s*=\s*["']?false/.test(parameter[4] ?? '');
      members.push([key, isLiteral ? (parseLenient(value.text) ?? value.text) : value.text]);
      at = value.end;
      continue;
    }
    const rest = /\S/.exec(text.slice(at));
    // The element's own closing tag is missing, that of its section stands.
    if (rest === null) {
      return extent === 'whole' ? { name, input: Object.fromEntries(members), hasChildren, end: at } : 'open';
    }
    if (members.length === 0 && (rest[0] === '{' || rest[0] === '['))
      return readJsonBody(text, at + rest.index, name, extent);
    const child = readChild(text, at);
    if (child === undefined)
      return /^<[^<>]*$/.test(text.slice(at + rest.index)) && extent === 'cut' ? 'open' : undefined;
    members.push([child.key, child.text]);
    hasChildren = true;
    at = child.end;
  }
  return undefined;
}

/** An element without content, or one that says what may stand in it, tells of a parameter and gives it no value. */
function isDefinition([tag, , , , attributes = '']: RegExpExecArray, isFunction: boolean): boolean {
  return tag.endsWith('/>') || DEFINING.test(attributes) || (isFunction && /\stype\s*=/.test(attributes));
}

/** `<function=x>{"a": 1}</function>` */
function readJsonBody(text: string, at: number, name: string, extent: Extent): ElementCall | 'open' | undefined {
  const jsonEnd = endOfJson(text, at);
  const direct = jsonEnd < 0 ? undefined : matchAt(CALL_CLOSE, text, jsonEnd);
  const close =
    direct === undefined
      ? callCloseFrom(text, jsonEnd < 0 ? at : jsonEnd)
      : { start: jsonEnd, end: jsonEnd + direct[0].length };
  const end = close === undefined ? jsonEnd : close.start;
  if (end < 0) return extent === 'cut' ? 'open' : undefined;
  const value = parseLenient(text.slice(at, end));
  if (!isJsonObject(value)) return undefined;
  return { name, input: value, end: close === undefined ? end : close.end };
}

function callCloseFrom(text: string, from: number): { readonly start: number; readonly end: number } | undefined {
  CALL_CLOSE_ANYWHERE.lastIndex = from;
  const match = CALL_CLOSE_ANYWHERE.exec(text);
  return match === null ? undefined : { start: match.index, end: match.index + match[0].length };
}

/** A parameter's value from `from` to the closing tag that makes sense; `undefined` when none is there yet. */
function readValue(
  text: string,
  from: number,
  mayQuote: boolean,
): { readonly text: string; readonly end: number } | undefined {
  // A closing tag was found that is part of the value.
  let isQuoting = false;
  PARAMETER_CLOSE.lastIndex = from;
  for (let match = PARAMETER_CLOSE.exec(text); match !== null; match = PARAMETER_CLOSE.exec(text)) {
    const end = match.index + match[0].length;
    const follows = matchAt(AFTER_VALUE, text, end);
    if (follows === undefined) {
      isQuoting = true;
      continue;
    }
    const next = nextParameter(text, from, match.index);
    // The closing tag belongs to a later parameter: this one was left open.
    return next === undefined
      ? { text: tidyValue(text.slice(from, match.index)), end }
      : { text: tidyValue(text.slice(from, next)), end: next };
  }
  const next = nextParameter(text, from, text.length);
  if (next !== undefined) return { text: tidyValue(text.slice(from, next)), end: next };
  CALL_CLOSE_ANYWHERE.lastIndex = from;
  const close = CALL_CLOSE_ANYWHERE.exec(text);
  // The call's closing tag may be quoted too: then there is another one.
  if (isQuoting && mayQuote && CALL_CLOSE_ANYWHERE.exec(text) === null) return undefined;
  return close === null ? undefined : { text: tidyValue(text.slice(from, close.index)), end: close.index };
}

function nextParameter(text: string, from: number, to: number): number | undefined {
  NEXT_PARAMETER.lastIndex = from;
  const match = NEXT_PARAMETER.exec(text);
  return match !== null && match.index < to ? match.index : undefined;
}

/** `<path>a.ts</path>` inside a call element. */
function readChild(
  text: string,
  at: number,
): { readonly key: string; readonly text: string; readonly end: number } | undefined {
  const opening = matchAt(CHILD_OPEN, text, at);
  const key = opening?.[1];
  if (opening === undefined || key === undefined) return undefined;
  const from = at + opening[0].length;
  const close = `</${key}>`;
  const first = text.indexOf(close, from);
  let found = first;
  // Markup as content may hold the tag itself: the one that ends the member is followed by another tag or by nothing.
  for (let count = 0; found >= 0 && count < MAX_MEMBERS; count++) {
    if (matchAt(AFTER_CHILD, text, found + close.length) !== undefined) break;
    found = text.indexOf(close, found + close.length);
  }
  if (found < 0) found = first;
  return found < 0 ? undefined : { key, text: tidyValue(text.slice(from, found)), end: found + close.length };
}

/** Members written as elements: `<path>a.ts</path><limit>3</limit>`. `undefined` when anything else stands there. */
export function readChildren(text: string): JsonObject | undefined {
  const members: [string, JsonValue][] = [];
  for (let at = 0; at < text.length; ) {
    const child = readChild(text, at);
    if (child === undefined) return text.slice(at).trim() === '' ? Object.fromEntries(members) : undefined;
    members.push([child.key, child.text]);
    at = child.end;
  }
  return Object.fromEntries(members);
}

/**
 * Templates that put a value on lines of its own add one line end on either side. Without the first one the value
 * stands between its tags as it is, and a line end before the closing tag is its own: the last of a file, say.
 */
export function tidyValue(value: string): string {
  const inner = value.replace(/^[ \t]*\r?\n/, '');
  const bare = inner === value ? value : inner.replace(/\r?\n[ \t]*$/, '');
  const data = /^\s*<!\[CDATA\[([\s\S]*)\]\]>\s*$/.exec(bare);
  if (data !== null) return data[1] ?? '';
  return unescapeEntities(bare);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
};

/** Only where the whole value is escaped: a raw `<` or a lone `&` means that it is not. */
function unescapeEntities(value: string): string {
  if (!value.includes('&') || value.includes('<') || /&(?!(?:lt|gt|amp|quot|apos|#39);)/.test(value)) return value;
  return value.replace(/&(?:lt|gt|amp|quot|apos|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** The call an element describes, when the tool is known and the call is whole. */
export function acceptElement(element: ElementCall, index: ToolIndex): AcceptedCall | undefined {
  const tool = index.resolve(element.name.replace(/:\d+$/, ''));
  if (tool === undefined) return undefined;
  return acceptCall(tool, element.input, { textual: true, strictMembers: element.hasChildren === true });
}

/** For sticky patterns. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
