/**
 * Calls written as elements, in the dialects models were trained on: `<function=x><parameter=y>` (Qwen-Coder),
 * `<invoke name="x"><parameter name="y">` (Anthropic, MiniMax, DeepSeek's `｜DSML｜`), `<name>`/`<arguments>`. Values are not escaped XML, so an element ends where what follows makes sense, not at the
 * first closing tag.
 *
 * Over 250 lines: one reader and the patterns that only make sense beside it.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { type AcceptedCall, acceptCall } from '../call/accept-call.js';
import { Occurrences } from '../call/occurrences.js';
import type { ToolIndex } from '../call/tool-index.js';
import { endOfJson } from '../json/json-tracker.js';
import { parseLenient } from '../json/lenient-json.js';

/** A name space before a tag's name, `minimax:` or `｜DSML｜`. */
export const TAG_PREFIX = '(?:[A-Za-z][\\w-]*:|[|｜]+\\s*DSML\\s*[|｜]+\\s*)?';
const CALL_WORD = '(?:function|invoke|tool_call|tool_use|function_call|tool|call)';
/** Attributes before the one that matters. */
const OTHERS = `(?:[\\w-]+\\s*=\\s*(?:"[^"<>]*"|'[^'<>]*')\\s+){0,4}`;
const CALL_OPEN = new RegExp(
  `<${TAG_PREFIX}${CALL_WORD}(?:\\s*=\\s*|\\s+${OTHERS}(?:name|function|tool)\\s*=\\s*)(?:"([^"<>]*)"|'([^'<>]*)'|([^"'<>\\s]{1,256}))[^<>]{0,400}>`,
  'y',
);
const CALL_CLOSE = new RegExp(`\\s*</${TAG_PREFIX}${CALL_WORD}(?:=[^<>]*)?>`, 'y');
const PARAMETER_WORD = '(?:parameter|param|argument|arg)';
const PARAMETER_OPEN = new RegExp(
  `\\s*<${TAG_PREFIX}${PARAMETER_WORD}(?:\\s*=\\s*|\\s+${OTHERS}(?:name|key)\\s*=\\s*)(?:"([^"<>]*)"|'([^'<>]*)'|([^"'<>\\s]{1,256}))([^<>]{0,400})>`,
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

/** Members of all elements of one text that are read, those of elements that come to nothing included. */
const MAX_MEMBERS = 512;
const SOLID = /\S/g;

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

interface Member {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  /** DeepSeek says itself whether a value is a string. */
  readonly isLiteral?: boolean;
}

interface MemberOptions {
  readonly extent: Extent;
  readonly mayQuote: boolean;
  readonly isFunction: boolean;
}

/** Reads elements of one text, from any place. What closes them is looked for once, however many are left open. */
export class MarkupReader {
  readonly #text: string;
  readonly #callCloses: Occurrences;
  /** Closing tags of parameters: all, and those that end a value. */
  readonly #closes: Occurrences;
  readonly #ends: Occurrences;
  readonly #nextParameters: Occurrences;
  readonly #childCloses = new Map<string, { readonly all: Occurrences; readonly ends: Occurrences }>();
  #membersLeft = MAX_MEMBERS;

  constructor(text: string) {
    this.#text = text;
    this.#callCloses = new Occurrences(text, CALL_CLOSE_ANYWHERE);
    this.#closes = new Occurrences(text, PARAMETER_CLOSE);
    this.#ends = new Occurrences(text, PARAMETER_CLOSE, (end) => matchAt(AFTER_VALUE, text, end) !== undefined);
    this.#nextParameters = new Occurrences(text, NEXT_PARAMETER);
  }

  /**
   * A call element at `at`; `open`: it may go on behind the text; `undefined`: there is none. `mayQuote`: its closing tag
   * may be part of a value, so that it is worth waiting for another one.
   */
  callElement(at: number, extent: Extent, mayQuote = true): ElementCall | 'open' | undefined {
    const opening = matchAt(CALL_OPEN, this.#text, at);
    if (opening === undefined) return undefined;
    const name = nameOf(opening);
    const end = at + opening[0].length;
    if (opening[0].endsWith('/>')) return { name: name.replace(/\/$/, ''), input: {}, end };
    return this.#members(end, name, { extent, mayQuote, isFunction: FUNCTION_TAG.test(opening[0]) });
  }

  /** The bare text of a call element at `at`: the input of a free-form tool. */
  freeElement(at: number, isFree: (name: string) => boolean): ElementCall | undefined {
    const opening = matchAt(CALL_OPEN, this.#text, at);
    if (opening === undefined) return undefined;
    const name = nameOf(opening);
    const from = at + opening[0].length;
    const close = isFree(name) ? this.#callCloses.from(from) : undefined;
    if (close === undefined || '<{["'.includes(this.#text[this.#solid(from)] ?? '<')) return undefined;
    return { name, input: tidyValue(this.#text.slice(from, close.start)), end: close.end };
  }

  /** Members written as elements from `at` to the end: `<path>a.ts</path>`. `undefined`: anything else stands there. */
  children(): JsonObject | undefined {
    const members: Member[] = [];
    for (let at = 0; this.#solid(at) < this.#text.length; ) {
      const child = this.#child(at);
      if (child === undefined) return undefined;
      members.push(child.member);
      at = child.end;
    }
    return this.#inputOf(members);
  }

  #members(start: number, name: string, options: MemberOptions): ElementCall | 'open' | undefined {
    const { extent, mayQuote, isFunction } = options;
    const text = this.#text;
    const members: Member[] = [];
    let at = start;
    let hasChildren = false;
    const element = (end: number): ElementCall => ({ name, input: this.#inputOf(members), hasChildren, end });
    while (this.#membersLeft-- > 0) {
      const closing = matchAt(CALL_CLOSE, text, at);
      if (closing !== undefined) return element(at + closing[0].length);
      const parameter = matchAt(PARAMETER_OPEN, text, at);
      if (parameter !== undefined) {
        if (isDefinition(parameter, isFunction)) return undefined;
        const from = at + parameter[0].length;
        const value = this.#value(from, mayQuote && extent === 'whole');
        if (value === undefined) return 'open';
        const isLiteral = /string\s*=\s*["']?false/.test(parameter[4] ?? '');
        members.push({ key: nameOf(parameter), from, to: value.to, isLiteral });
        at = value.end;
        continue;
      }
      const solid = this.#solid(at);
      // The element's own closing tag is missing, that of its section stands.
      if (solid === text.length) return extent === 'whole' ? element(at) : 'open';
      if (members.length === 0 && (text[solid] === '{' || text[solid] === '[')) {
        return this.#jsonBody(solid, name, extent);
      }
      const child = this.#child(at);
      if (child === undefined) {
        return extent === 'cut' && /^<[^<>]*$/.test(text.slice(solid)) ? 'open' : undefined;
      }
      members.push(child.member);
      hasChildren = true;
      at = child.end;
    }
    return undefined;
  }

  /** `<function=x>{"a": 1}</function>` */
  #jsonBody(at: number, name: string, extent: Extent): ElementCall | 'open' | undefined {
    const text = this.#text;
    const jsonEnd = endOfJson(text, at);
    const direct = jsonEnd < 0 ? undefined : matchAt(CALL_CLOSE, text, jsonEnd);
    const close =
      direct === undefined
        ? this.#callCloses.from(jsonEnd < 0 ? at : jsonEnd)
        : { start: jsonEnd, end: jsonEnd + direct[0].length };
    const end = close === undefined ? jsonEnd : close.start;
    if (end < 0) return extent === 'cut' ? 'open' : undefined;
    const value = parseLenient(text.slice(at, end));
    if (!isJsonObject(value)) return undefined;
    return { name, input: value, end: close === undefined ? end : close.end };
  }

  /** Where the value from `from` on ends: at the closing tag that makes sense. `undefined`: none is there yet. */
  #value(from: number, mayQuote: boolean): { readonly to: number; readonly end: number } | undefined {
    const close = this.#ends.from(from);
    const next = this.#nextParameters.from(from);
    // The closing tag belongs to a later parameter: this one was left open.
    if (next !== undefined && (close === undefined || next.start < close.start))
      return { to: next.start, end: next.start };
    if (close !== undefined) return { to: close.start, end: close.end };
    const callClose = this.#callCloses.from(from);
    // A closing tag is part of the value: that of the call may be quoted too, then there is another one.
    const isQuoting = mayQuote && this.#closes.from(from) !== undefined;
    if (callClose === undefined || (isQuoting && this.#callCloses.from(callClose.end) === undefined)) return undefined;
    return { to: callClose.start, end: callClose.start };
  }

  /** `<path>a.ts</path>` inside a call element. */
  #child(at: number): { readonly member: Member; readonly end: number } | undefined {
    const opening = matchAt(CHILD_OPEN, this.#text, at);
    const key = opening?.[1];
    if (opening === undefined || key === undefined) return undefined;
    const from = at + opening[0].length;
    let closes = this.#childCloses.get(key);
    if (closes === undefined) {
      const pattern = new RegExp(`</${key.replaceAll('.', '\\.')}>`, 'g');
      const isEnd = (end: number): boolean => matchAt(AFTER_CHILD, this.#text, end) !== undefined;
      closes = { all: new Occurrences(this.#text, pattern), ends: new Occurrences(this.#text, pattern, isEnd) };
      this.#childCloses.set(key, closes);
    }
    // Markup as content may hold the tag itself: the one that ends the member is followed by another tag or by nothing.
    const close = closes.ends.from(from) ?? closes.all.from(from);
    return close === undefined ? undefined : { member: { key, from, to: close.start }, end: close.end };
  }

  #inputOf(members: readonly Member[]): JsonObject {
    return Object.fromEntries(
      members.map(({ key, from, to, isLiteral }): [string, JsonValue] => {
        const value = tidyValue(this.#text.slice(from, to));
        return [key, isLiteral === true ? (parseLenient(value) ?? value) : value];
      }),
    );
  }

  /** The next character that is no white space, or the end. */
  #solid(from: number): number {
    SOLID.lastIndex = from;
    return SOLID.exec(this.#text)?.index ?? this.#text.length;
  }
}

const nameOf = (opening: RegExpExecArray): string => (opening[1] ?? opening[2] ?? opening[3] ?? '').trim();

/** An element without content, or one that says what may stand in it, tells of a parameter and gives it no value. */
function isDefinition([tag, , , , attributes = '']: RegExpExecArray, isFunction: boolean): boolean {
  return tag.endsWith('/>') || DEFINING.test(attributes) || (isFunction && /\stype\s*=/.test(attributes));
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
