/**
 * The special tokens of Kimi K2 and DeepSeek. Both write `begin`, a head, a separator, the arguments and `end`, with a
 * section around; spelling varies (`|` or `｜`, `_`, `▁` or a space).
 */
import type { JsonValue } from '../../util/index.js';
import { type AcceptedCall, acceptCall } from '../accept-call.js';
import { endOfJson } from '../json-tracker.js';
import { parseLenient, parseStrict } from '../lenient-json.js';
import type { Extent } from '../markup.js';
import type { BodyReading } from '../read-body.js';
import type { ToolIndex } from '../tool-index.js';

const GAP = '[▁_ ]';
const BAR = '[|｜]';
const token = (name: string): string => `<${BAR}${name.replaceAll(' ', GAP)}${BAR}>`;

/** Opens a section or, where the model left that out, a single call. */
export const SPECIAL_OPEN = new RegExp(
  token(`tool calls(?: section)? begin`).concat('|', token('tool call begin')),
  'y',
);
const CALL = new RegExp(token('tool call begin'), 'g');
const SEPARATOR = new RegExp(token(`tool (?:sep|call argument begin)`));
const CALL_END = new RegExp(token('tool call end'));
const SECTION_END = new RegExp(token(`tool calls(?: section)? end`), 'g');

/** The closing mark that belongs to an opening one. */
export function specialCloser(opener: string): string {
  return opener.replace('begin', 'end');
}

export function readSpecialTokens(body: string, opener: string, index: ToolIndex, extent: Extent): BodyReading {
  const isCall = !/calls/.test(opener);
  const text = isCall ? opener + body : body;
  const items: (AcceptedCall | string)[] = [];
  const starts = [...text.matchAll(CALL)];
  const add = (piece: string): void => {
    const shown = piece.replace(SECTION_END, '');
    if (shown.trim() !== '') items.push(shown);
  };
  add(text.slice(0, starts[0]?.index ?? text.length));
  for (const [position, start] of starts.entries()) {
    const from = start.index + start[0].length;
    const whole = text.slice(from, starts[position + 1]?.index ?? text.length);
    const end = CALL_END.exec(whole);
    const inner = end === null ? whole : whole.slice(0, end.index);
    const isLast = position === starts.length - 1;
    const call = readCall(inner, index, end !== null || !isLast || (extent === 'whole' && isCall) ? 'whole' : 'cut');
    if (call === undefined) add(start[0] + whole);
    else {
      items.push(call.call);
      add(end === null ? inner.slice(call.length) : whole.slice(end.index + end[0].length));
    }
  }
  return items.some((item) => typeof item !== 'string') ? items : undefined;
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
    const line = /^\s*([^\n{`]+?)\s*(?=\n|\{|`)/.exec(rest);
    if (line === null) return undefined;
    name = line[1] ?? '';
    rest = rest.slice(line[0].length);
  }
  const tool = index.resolve(name.replace(/:\d+$/, ''));
  if (tool === undefined) return undefined;
  const fenced = /^\s*`{3,}\w*\s*\n?([\s\S]*?)\n?\s*`{3,}\s*$/.exec(rest);
  const written = fenced?.[1] ?? rest.replace(/^\s*`{3,}\w*\s*\n/, '');
  const value = readInput(written, extent);
  if (value === undefined) return undefined;
  const call = acceptCall(tool, value.input ?? (tool.kind === 'custom' ? written : undefined));
  return call === undefined ? undefined : { call, length: inner.length - written.length + value.length };
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
