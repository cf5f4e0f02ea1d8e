/** What stands inside a fence or a tag that says "call": JSON, elements, a call expression or a name with its input. */
import { isJsonObject, type JsonObject } from '../../util/index.js';
import { type AcceptedCall, acceptCall } from '../call/accept-call.js';
import type { ToolIndex } from '../call/tool-index.js';
import { endOfJson } from '../json/json-tracker.js';
import { parseLenient, parseStrict, parseValues } from '../json/lenient-json.js';
import { objectView } from '../schema/schema-view.js';
import { readPairs } from './argument-pairs.js';
import { readHashCall } from './hash-call.js';
import { argumentsOnly, callsInJson, type Trust } from './json-call.js';
import { acceptElement, type Extent, MarkupReader, TAG_PREFIX } from './markup-call.js';
import { type CallExpression, parseCallExpressions } from './python-call.js';

/** Calls, and between them the text that is none; `open`: the text may go on. */
export type BodyReading = readonly (AcceptedCall | string)[] | 'open' | undefined;

// White space is bounded where two patterns could share it: that would cost time squared.
const NAME_AND_JSON =
  /^\s*(?:name\s{0,9}[:=]\s{0,9})?["'`]?([\w.:/-]+)["'`]?\s{0,99}(?:[:,>]|=>|arguments\s{0,9}[:=])?\s{0,99}(\{[\s\S]*\})\s*$/;
const NAME_THEN_INPUT =
  /^\s*(?:<server_name>[^<]*<\/server_name>\s*)?<(name|tool_name|tool|function|function_name)>([^<]{1,300})<\/\1>\s*(?:<(arguments|parameters|input|args|params|parameter)>([\s\S]*)<\/\3>\s*)?$/;
const NESTED = new RegExp(`<(${TAG_PREFIX}(?:tool_call|function_call|tool_use|tool|invoke))>`, 'y');
/** What says that JSON follows, before the JSON: the info string once more, a comment. */
const LABEL = /^\s*(?:(?:json(?: action)?|action)[ \t]*:?|(?:\/\/|#)[^\n]{0,200})\r?\n\s*(?=[{[])/i;
const SENTENCE = /^\s*[\p{L}*_(]/u;
/** Unclosed elements cost a look through the whole text each, so there must not be many. */
const MAX_ELEMENTS = 256;
/** Elements inside the body that are read as bodies in vain. */
const MAX_NESTED = 16;

/** Reads a body that is whole or (`cut`) whose answer ended. Never completes what was cut off. */
export function readBody(body: string, index: ToolIndex, trust: Trust, extent: Extent = 'whole'): BodyReading {
  const first = /\S/.exec(body);
  if (first === null) return undefined;
  switch (first[0]) {
    case '{':
    case '[':
      if (trust !== 'marked') return readJson(body, index, trust, extent);
      return readJson(body, index, trust, extent) ?? readExpressions(body, index) ?? readHashCall(body, index);
    case '<':
      return trust === 'marked' ? readElements(body, index, extent) : undefined;
    case '`':
    case '~': {
      const inner = insideFence(body);
      return inner === undefined || trust !== 'marked' || /^\s*[`~]/.test(inner)
        ? undefined
        : readBody(inner, index, trust, extent);
    }
    case '"':
      return trust === 'marked' ? (readEncoded(body, index) ?? readNamed(body, index, extent)) : undefined;
    default: {
      if (trust !== 'marked') return undefined;
      const label = LABEL.exec(body)?.[0];
      return label === undefined
        ? readNamed(body, index, extent)
        : readJson(body.slice(label.length), index, trust, extent);
    }
  }
}

/** The whole call, made a JSON string once more. */
function readEncoded(body: string, index: ToolIndex): BodyReading {
  const inner = parseStrict(body.trim());
  return typeof inner === 'string' && /^\s*[{[]/.test(inner) ? readJson(inner, index, 'marked') : undefined;
}

/** What a fence around the whole body holds; its closing line may be missing. */
function insideFence(body: string): string | undefined {
  const opening = /^\s*(`{3,}|~{3,})[^\n`{[]*\n?/.exec(body);
  if (opening === null) return undefined;
  const rest = body.slice(opening[0].length).trimEnd();
  const fence = opening[1] ?? '';
  return rest.endsWith(fence) ? rest.slice(0, -fence.length) : rest;
}

/** The JSON values of a text as calls. */
export function readJson(
  text: string,
  index: ToolIndex,
  trust: Trust,
  extent: Extent = 'whole',
): readonly (AcceptedCall | string)[] | undefined {
  const items: (AcceptedCall | string)[] = [];
  for (const { source, value } of parseValues(text, { isCut: extent === 'cut', skipsBroken: trust === 'marked' }) ??
    []) {
    const calls = value === undefined ? undefined : callsInJson(value, index, trust);
    if (calls !== undefined) items.push(...calls);
    else if (trust === 'marked' && Array.isArray(value)) {
      items.push(...callsAmong(source, index));
    } else {
      const only = value === undefined ? undefined : argumentsOnly(value, index);
      items.push(only ?? source);
    }
  }
  return withCalls(items);
}

/** The calls of a list of which not every item is one; the others are text as they stand. */
function callsAmong(source: string, index: ToolIndex): readonly (AcceptedCall | string)[] {
  const items: (AcceptedCall | string)[] = [];
  let at = source.indexOf('[') + 1;
  for (let count = 0; count < MAX_ELEMENTS; count++) {
    const gap = /^[\s,]*/.exec(source.slice(at))?.[0].length ?? 0;
    const from = at + gap;
    if (source[from] === ']') return items;
    const end = source[from] === '{' ? endOfJson(source, from) : -1;
    if (end < 0) break;
    const item = source.slice(from, end);
    const value = parseLenient(item);
    items.push(...((value === undefined ? undefined : callsInJson(value, index, 'marked')) ?? [item]));
    at = end;
  }
  return [source];
}

/** Python-like call expressions: `read_file(path="a")`. */
export function readExpressions(text: string, index: ToolIndex): readonly AcceptedCall[] | undefined {
  const calls: AcceptedCall[] = [];
  for (const expression of parseCallExpressions(text) ?? []) {
    const call = acceptExpression(expression, index);
    if (call === undefined) return undefined;
    calls.push(call);
  }
  return calls.length === 0 ? undefined : calls;
}

function acceptExpression({ name, positional, named }: CallExpression, index: ToolIndex): AcceptedCall | undefined {
  const tool = index.resolve(name) ?? index.resolve(name.replace(/\.call$/, ''));
  if (tool === undefined) return undefined;
  const [first] = positional;
  if (first === undefined) return acceptCall(tool, named);
  if (positional.length > 1 || Object.keys(named).length > 0) return undefined;
  if (tool.kind === 'custom') return acceptCall(tool, first);
  const { properties } = objectView(tool.inputSchema);
  const [only] = properties.keys();
  if (properties.size === 1 && only !== undefined) {
    const asMembers = isJsonObject(first) && Object.hasOwn(first, only) ? first : { [only]: first };
    return acceptCall(tool, asMembers);
  }
  // `read_file({"path": "a"})`: the members themselves.
  return isJsonObject(first) ? acceptCall(tool, first, { strictMembers: properties.size > 0 }) : undefined;
}

function readNamed(body: string, index: ToolIndex, extent: Extent): BodyReading {
  const named = NAME_AND_JSON.exec(body);
  const isCut = extent === 'cut';
  if (named !== null && !(isCut && endOfJson(named[2] ?? '', 0) < 0)) {
    const tool = index.resolve(named[1] ?? '');
    const input = tool === undefined ? undefined : parseLenient(named[2] ?? '');
    const call = tool === undefined || !isJsonObject(input) ? undefined : acceptCall(tool, input);
    if (call !== undefined) return [call];
  }
  // Free text under the name of a tool that takes one.
  const free = isCut ? null : /^\s*([\w.:/-]+)[ \t]*\r?\n([\s\S]*)$/.exec(body);
  const custom = free === null ? undefined : index.resolve(free[1] ?? '');
  if (free !== null && custom?.kind === 'custom' && !/^\s*[<{"]/.test(free[2] ?? '')) {
    return [{ tool: custom, input: (free[2] ?? '').replace(/\r?\n[ \t]*$/, '') }];
  }
  // Of a cut text nobody knows whether another pair would have followed.
  const pairs = isCut ? undefined : readPairs(body);
  if (pairs === 'open') return 'open';
  const call = pairs === undefined ? undefined : acceptElement(pairs, index);
  if (call !== undefined) return [call];
  // A sentence may stand before the JSON.
  return readExpressions(body, index) ?? (SENTENCE.test(body) ? readJson(body, index, 'marked', extent) : undefined);
}

function readElements(body: string, index: ToolIndex, extent: Extent): BodyReading {
  const described = NAME_THEN_INPUT.exec(body);
  if (described !== null) {
    const tool = index.resolve((described[2] ?? '').trim());
    const inner = described[4] ?? '';
    const input: JsonObject | string = inner.trimStart().startsWith('<')
      ? (new MarkupReader(inner).children() ?? inner)
      : inner;
    const textual = isJsonObject(input);
    const call = tool === undefined ? undefined : acceptCall(tool, input, { textual });
    if (call !== undefined) return [call];
  }
  const items: (AcceptedCall | string)[] = [];
  let textFrom = 0;
  const addText = (to: number): void => {
    const text = body.slice(textFrom, to);
    if (text.trim() !== '') items.push(text);
  };
  const reader = new MarkupReader(body);
  const isFree = (name: string): boolean => index.resolve(name)?.kind === 'custom';
  let nested = MAX_NESTED;
  let at = body.indexOf('<');
  for (let count = 0; at >= 0 && at < body.length && count < MAX_ELEMENTS; count++) {
    const element = reader.callElement(at, extent, items.length === 0) ?? reader.freeElement(at, isFree);
    if (element === 'open') {
      if (extent === 'whole') return 'open';
      break;
    }
    const inner = element === undefined && nested > 0 ? readNested(body, at, index) : undefined;
    if (inner === 'none') nested--;
    const found = inner === 'none' ? undefined : inner;
    const end = element?.end ?? found?.end;
    const calls = found?.calls ?? (element === undefined ? undefined : [acceptElement(element, index)]);
    if (end !== undefined && calls !== undefined) {
      addText(at);
      const known = calls.filter((call) => call !== undefined);
      if (known.length > 0) items.push(...known);
      else items.push(body.slice(at, end));
      textFrom = end;
      at = body.indexOf('<', end);
    } else at = body.indexOf('<', at + 1);
  }
  addText(body.length);
  return withCalls(items);
}

/** `<tool_calls><tool_call>{…}</tool_call></tool_calls>`: the inner element, read as a body of its own; `none`: no calls. */
function readNested(
  body: string,
  at: number,
  index: ToolIndex,
): { readonly calls: readonly (AcceptedCall | undefined)[]; readonly end: number } | 'none' | undefined {
  NESTED.lastIndex = at;
  const opening = NESTED.exec(body);
  if (opening === null) return undefined;
  const close = `</${opening[1]}>`;
  const found = body.indexOf(close, at);
  if (found < 0) return 'none';
  const inner = readBody(body.slice(at + opening[0].length, found), index, 'marked');
  if (inner === undefined || inner === 'open' || inner.some((item) => typeof item === 'string')) return 'none';
  return { calls: inner as readonly AcceptedCall[], end: found + close.length };
}

function withCalls(items: readonly (AcceptedCall | string)[]): readonly (AcceptedCall | string)[] | undefined {
  return items.some((item) => typeof item !== 'string') ? items : undefined;
}
