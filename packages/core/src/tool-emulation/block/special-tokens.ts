/**
 * The special tokens of Kimi K2 and DeepSeek. Both write `begin`, a head, a separator, the arguments and `end`, with a
 * section around; spelling varies (`|` or `｜`, `_`, `▁` or a space).
 */
import type { JsonValue } from '../../util/index.js';
import { callsInJson } from '../body/json-call.js';
import { acceptElement, type Extent, MarkupReader } from '../body/markup-call.js';
import type { BodyReading } from '../body/read-body.js';
import { type AcceptedCall, acceptCall } from '../call/accept-call.js';
import type { ToolIndex } from '../call/tool-index.js';
import { endOfJson, JsonTracker } from '../json/json-tracker.js';
import { parseLenient, parseStrict } from '../json/lenient-json.js';

/** A name and the opening of a fence are no longer. */
const MAX_HEAD = 200;
/** Marks that may stand inside the strings of one call. */
const MAX_MARKS = 64;
const GAP = '[▁_ ]';
const BAR = '[|｜]';
const token = (name: string): string => `<${BAR}${name.replaceAll(' ', GAP)}${BAR}>`;

/** Opens a section or, where the model left that out, a single call. */
export const SPECIAL_OPEN = new RegExp(
  token(`tool (?:calls(?: section)?|call section) begin`).concat('|', token('tool call begin')),
  'y',
);
const CALL_ID = /^(?:call|chatcmpl|toolu)[_-][\w-]+$/;
const CALL = new RegExp(token('tool call begin'), 'g');
const CALL_OR_END = new RegExp(token('tool call (?:begin|end)'), 'g');
const SEPARATOR = new RegExp(token(`tool (?:sep|call argument begin)`));
const SECTION_END = new RegExp(token(`tool (?:calls(?: section)?|call section) end`), 'g');

/** The closing mark that belongs to an opening one. */
export function specialCloser(opener: string): string {
  return opener.replace('begin', 'end');
}

export function readSpecialTokens(body: string, opener: string, index: ToolIndex, extent: Extent): BodyReading {
  const isCall = !/calls|section/.test(opener);
  const text = isCall ? opener + body : body;
  const items: (AcceptedCall | string)[] = [];
  const add = (piece: string): void => {
    const shown = piece.replace(SECTION_END, '');
    if (shown.trim() !== '') items.push(shown);
  };
  CALL.lastIndex = 0;
  let start = CALL.exec(text);
  add(text.slice(0, start?.index ?? text.length));
  while (start !== null) {
    const from = start.index + start[0].length;
    const { innerEnd, end } = boundary(text, from);
    CALL.lastIndex = end ?? innerEnd;
    const next = CALL.exec(text);
    const whole = text.slice(from, next?.index ?? text.length);
    const inner = text.slice(from, innerEnd);
    const isWhole = end !== undefined || next !== null || (extent === 'whole' && isCall);
    const call = readCall(inner, index, isWhole ? 'whole' : 'cut');
    if (call === undefined) add(start[0] + whole);
    else {
      items.push(call.call);
      add(end === undefined ? inner.slice(call.length) : text.slice(end, next?.index ?? text.length));
    }
    start = next;
  }
  return items.some((item) => typeof item !== 'string') ? items : undefined;
}

/** Where the call that begins at `from` ends: at its end mark or before the next call. Marks in JSON strings are text. */
function boundary(text: string, from: number): { readonly innerEnd: number; readonly end: number | undefined } {
  // Looked for nearby only: a text of many openers must not be looked through once for each.
  const separator = SEPARATOR.exec(text.slice(from, from + MAX_HEAD));
  const bodyFrom = from + (separator === null ? 0 : separator.index + separator[0].length);
  const near = text.slice(bodyFrom, bodyFrom + MAX_HEAD).indexOf('{');
  const brace = near < 0 ? -1 : bodyFrom + near;
  const isJson =
    brace >= 0 && /^\s*(?:[^\s`{]*\s*`{3,}\w*\s*)?$/.test(text.slice(bodyFrom, Math.min(brace, bodyFrom + MAX_HEAD)));
  const tracker = new JsonTracker();
  let fed = brace;
  let first: { readonly innerEnd: number; readonly end: number | undefined } | undefined;
  CALL_OR_END.lastIndex = from;
  for (let count = 0; count < MAX_MARKS; count++) {
    const mark = CALL_OR_END.exec(text);
    if (mark === null) break;
    const isEnd = mark[0].includes('end');
    const found = { innerEnd: mark.index, end: isEnd ? mark.index + mark[0].length : undefined };
    first ??= found;
    if (!isJson || mark.index < brace) return found;
    tracker.feedText(text, fed, mark.index);
    fed = mark.index;
    if (!tracker.inString) return found;
  }
  return first ?? { innerEnd: text.length, end: undefined };
}

function readCall(
  inner: string,
  index: ToolIndex,
  extent: Extent,
): { readonly call: AcceptedCall; readonly length: number } | undefined {
  const separator = SEPARATOR.exec(inner);
  if (separator === null) return undefined;
  const head = inner.slice(0, separator.index).trim();
  let rest = inner.slice(separator.index + separator[0].length);
  let name = head;
  // DeepSeek V3: the head is the word `function`, the name stands behind the separator on a line of its own.
  if (head === 'function' || head === '') {
    if (/^\s*</.test(rest)) return readStepElement(rest, inner.length, index);
    const line = /^\s*([^\n{`]{1,300})(?=\n|\{|`)/.exec(rest);
    if (line === null) return undefined;
    name = (line[1] ?? '').trimEnd();
    rest = rest.slice(line[0].length);
  }
  const tool = index.resolve(name.replace(/:\d+$/, ''));
  if (tool === undefined) return CALL_ID.test(name) ? readNamedInside(rest, inner.length, index) : undefined;
  const written = withoutFence(rest.replace(/^\s*`{3,}\w*[ \t]*\n?/, '').trimEnd());
  const value = readInput(written, extent);
  if (value === undefined) return undefined;
  const call = acceptCall(tool, value.input ?? (tool.kind === 'custom' ? written : undefined));
  return call === undefined ? undefined : { call, length: inner.length - written.length + value.length };
}

function withoutFence(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '`') end--;
  return text.length - end >= 3 ? text.slice(0, end) : text;
}

/** Kimi after a history with ids of OpenAI's kind: such an id in place of the name, which stands in the JSON. */
function readNamedInside(
  rest: string,
  length: number,
  index: ToolIndex,
): { readonly call: AcceptedCall; readonly length: number } | undefined {
  const value = parseLenient(rest);
  const calls = value === undefined ? undefined : callsInJson(value, index, 'marked');
  const [call] = calls ?? [];
  return call === undefined || calls?.length !== 1 ? undefined : { call, length };
}

/** Step3: an element in place of name and arguments. */
function readStepElement(
  rest: string,
  length: number,
  index: ToolIndex,
): { readonly call: AcceptedCall; readonly length: number } | undefined {
  const element = new MarkupReader(rest.trimStart()).callElement(0, 'whole');
  const call = element === undefined || element === 'open' ? undefined : acceptElement(element, index);
  return call === undefined ? undefined : { call, length };
}

function readInput(
  written: string,
  extent: Extent,
): { readonly input: JsonValue | undefined; readonly length: number } | undefined {
  const trimmed = written.trim();
  if (trimmed === '') return extent === 'whole' ? { input: {}, length: written.length } : undefined;
  const strict = parseStrict(trimmed);
  if (strict !== undefined) return { input: strict, length: written.length };
  const start = written.search(/\S/);
  const end = endOfJson(written, start);
  if (extent === 'cut') {
    const value = end < 0 || !/^[{[]/.test(trimmed) ? undefined : parseLenient(written.slice(start, end));
    return value === undefined ? undefined : { input: value, length: end };
  }
  return { input: parseLenient(trimmed), length: written.length };
}
