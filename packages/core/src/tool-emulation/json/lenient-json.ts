/**
 * JSON as models write it: strict first, then with the usual slips put right. Only whole blocks come here; what was
 * cut off is never completed into something runnable.
 */
import { jsonrepair } from 'jsonrepair';
import { type JsonValue, parseExactJson } from '../../util/index.js';
import { endOfJson, JsonTracker } from './json-tracker.js';
import { repairStrings } from './repair-strings.js';

/** Deeper nesting is refused, also before repair, which recurses. */
const MAX_DEPTH = 100;
/** Larger texts are parsed but not repaired. */
const MAX_REPAIR_LENGTH = 512 * 1024;

/** What an object or array begins like, slips included. */
const MAYBE_JSON = /^(?:\{\s*(?:[\\{"'`\u201c-\u201f\uff02/#}]|[\p{L}\p{N}_$-])|\[\s*[^\s<>,;:!?)}|])/u;

/** `undefined`: not JSON. Numbers keep their digits: they may be ids of 64 bits. */
export function parseStrict(text: string): JsonValue | undefined {
  if (isOpenEnded(text)) return undefined;
  try {
    return parseExactJson(text, MAX_DEPTH);
  } catch {
    return undefined;
  }
}

/** Whether it begins with a bracket and does not end with the one that belongs to it. */
function isOpenEnded(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  if (last <= 0x20) return false;
  const first = text.charCodeAt(0);
  return (first === 0x7b && last !== 0x7d) || (first === 0x5b && last !== 0x5d);
}

/** An object or array, slips put right; `undefined` when `text` cannot be read as one. */
export function parseLenient(text: string): JsonValue | undefined {
  const trimmed = text.trim();
  // An error costs more than anything else here.
  if (/^[[{]/.test(trimmed) && !MAYBE_JSON.test(trimmed)) return undefined;
  const strict = parseStrict(trimmed);
  if (strict !== undefined) return strict;
  if (trimmed.length > MAX_REPAIR_LENGTH || depthOf(trimmed) > MAX_DEPTH) return undefined;
  if (!MAYBE_JSON.test(trimmed)) return undefined;
  // The most frequent slip, and the one repair gets wrong when the text holds quotes and commas: raw line ends.
  const escaped = parseIfOther(escapeControls(trimmed), trimmed);
  if (escaped !== undefined) return escaped;
  const candidate = straightenQuotes(trimmed).replace(/^(\{\s*"(?:name|tool|function))=\s*"/, '$1": "');
  const straight = parseIfOther(candidate, trimmed);
  if (straight !== undefined) return straight;
  const repaired = parseIfOther(repairStrings(candidate), candidate) ?? parseDoubledBraces(candidate);
  if (repaired !== undefined) return repaired;
  if (endsInsideString(trimmed)) return undefined;
  return tryRepair(escapeControls(doubleBackslashes(candidate)));
}

/** The text before was read in vain already. */
const parseIfOther = (text: string, before: string): JsonValue | undefined =>
  text === before ? undefined : parseStrict(text);

/** `{{"name": "x"}}`: a prompt template's escaping, copied. */
function parseDoubledBraces(text: string): JsonValue | undefined {
  if (!text.startsWith('{{') || !text.endsWith('}}')) return undefined;
  return parseStrict(text.replaceAll('{{', '{').replaceAll('}}', '}'));
}

/** Backslashes that escape nothing are meant as such: `\d` in a pattern, `C:\Work`. */
function doubleBackslashes(text: string): string {
  return text.replace(/\\(?:u[\da-fA-F]{4}|["'\\/bfnrt\n]|)/g, (match) => (match === '\\' ? '\\\\' : match));
}

/** A text that ends inside a string was cut there, unless the closing brackets stand at its very end. */
function endsInsideString(text: string): boolean {
  const tracker = new JsonTracker();
  tracker.feedText(text);
  return tracker.inString && !/[}\]]$/.test(text);
}

/**
 * At a quote that fits nowhere the repair starts over, up to once for each other quote, and reads the rest each time: a
 * text of 12 kB that is all quotes takes it a minute. So quotes × quotes × characters are bounded, to some 30 ms.
 */
const MAX_REPAIR_WORK = 3e8;
const QUOTES = /["'`\u00b4\u2018\u2019\u201c\u201d]/g;

function isCheapToRepair(text: string): boolean {
  const quotes = text.match(QUOTES)?.length ?? 0;
  return quotes * quotes * text.length <= MAX_REPAIR_WORK;
}

function tryRepair(text: string): JsonValue | undefined {
  if (!isCheapToRepair(text)) return undefined;
  try {
    const value = parseStrict(jsonrepair(text));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

const CONTROL_NAMES: Readonly<Record<number, string>> = { 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r' };

/** Control characters inside strings as escapes; outside they are white space already. */
function escapeControls(text: string): string {
  const tracker = new JsonTracker();
  const parts: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 && tracker.inString) {
      parts.push(text.slice(start, index), CONTROL_NAMES[code] ?? `\\u${code.toString(16).padStart(4, '0')}`);
      start = index + 1;
    }
    tracker.feed(code);
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(start);
}

/** Curly quotes that stand where a string begins or ends; inside `"…"` they are text. */
function straightenQuotes(text: string): string {
  if (!/[“”„‟＂]/.test(text)) return text;
  if (!text.includes('"')) return text.replace(/[“”„‟＂]/g, '"');
  return text.replace(/([{[,:]\s*)[“”„‟＂]/g, '$1"').replace(/[“”„‟＂](\s*[}\],:])/g, '"$1');
}

/** What closes another format's call. */
const CLOSING_MARKS = /^\s*(?:<\/[\w:]{1,40}>\s{0,9})+$/;
/** A line that says what the value is for. */
const isComment = (text: string): boolean => /^(?:\/\/|#)[^\n]*$/.test(text.trim());

const BRACKET = /[[{]/g;
/** Each costs a try to repair the whole rest. */
const MAX_BROKEN = 4;

export interface JsonPiece {
  /** As it stands in the text. */
  readonly source: string;
  /** `undefined`: not JSON but text between values. */
  readonly value: JsonValue | undefined;
}

/**
 * The JSON values of a text that may hold several, one after the other or separated by commas, and what stands between
 * them. `undefined` when there is none. `isCut`: the answer ended here, so a value that is not whole is text. `skipsBroken`: a
 * value that cannot be read is text, too.
 */
export function parseValues(
  text: string,
  options: { readonly isCut?: boolean; readonly skipsBroken?: boolean } = {},
): readonly JsonPiece[] | undefined {
  const { isCut = false, skipsBroken = false } = options;
  const trimmed = text.trim();
  const whole = /^[[{]/.test(trimmed) ? parseStrict(trimmed) : undefined;
  if (typeof whole === 'object' && whole !== null) return [{ source: text, value: whole }];
  const pieces: JsonPiece[] = [];
  let at = 0;
  let found = false;
  let broken = 0;
  while (at < text.length) {
    BRACKET.lastIndex = at;
    const begin = BRACKET.exec(text)?.index ?? text.length;
    const between = text.slice(at, begin);
    // A bracket too many belongs to the value before it.
    if (/[^\s,;}\]]/.test(between) && !isComment(between) && !CLOSING_MARKS.test(between)) {
      pieces.push({ source: between, value: undefined });
    }
    if (begin === text.length) break;
    const end = endOfJson(text, begin);
    if (end < 0 && isCut) {
      pieces.push({ source: text.slice(begin), value: undefined });
      break;
    }
    // Brackets do not add up: the rest is one value or none.
    const source = text.slice(begin, end < 0 ? text.length : end);
    const value = parseLenient(source);
    if (value === undefined) {
      // Brackets in text that looks like a string may have led astray, the first time.
      const rest = end < 0 || isCut || broken > 0 ? undefined : parseLenient(text.slice(begin));
      if (rest !== undefined) {
        pieces.push({ source: text.slice(begin), value: rest });
        return pieces;
      }
      if (end < 0 || !skipsBroken || ++broken > MAX_BROKEN) return undefined;
    } else found = true;
    pieces.push({ source, value });
    at = begin + source.length;
  }
  return found ? pieces : undefined;
}
