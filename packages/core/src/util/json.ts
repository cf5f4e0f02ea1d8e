/** JSON values as types, and parsing with limits: a small body can hide a structure that is costly to walk. */
import { ExactNumber, losesDigits, writingExactNumbers } from './exact-number.js';

/** A value of JSON. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
/** An object of JSON. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

export class JsonLimitError extends Error {
  override readonly name = 'JsonLimitError';
}

/** Several times what the longest conversations hold; each value takes a character at least, its parser's time and some memory. */
export const MAX_VALUES = 500_000;

/**
 * `JSON.parse` that refuses structures nested deeper than `maxDepth`, or of more than half a million values, before it
 * builds them.
 *
 * @throws SyntaxError when the text is not JSON
 * @throws JsonLimitError when it is nested too deeply or holds too much
 */
export function parseJson(text: string, maxDepth = 128): JsonValue {
  scan(text, maxDepth);
  return JSON.parse(text) as JsonValue;
}

/**
 * The same, in shorter texts found after the parse, with every number that a double cannot hold as an {@link ExactNumber}. For what is handed on: inputs of tool
 * calls, schemas. Whoever only reads numbers takes {@link parseJson}.
 */
export function parseExactJson(text: string, maxDepth = 128): JsonValue {
  // Nearly every text: the parser alone is several times as fast as a look at what it will find.
  if (text.length <= MAX_VALUES && !MAY_LOSE_DIGITS.test(text)) {
    const value = JSON.parse(text) as JsonValue;
    if (Number.isFinite(maxDepth) && isDeeperThan(value, maxDepth)) throw tooDeep(maxDepth);
    return value;
  }
  const literals = scan(text, maxDepth);
  if (literals.length === 0) return JSON.parse(text) as JsonValue;
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of literals) {
    parts.push(text.slice(from, start), `"${MARK}${text.slice(start, end)}"`);
    from = end;
  }
  // Whatever else is wrong with the text is found here: only whole literals were put between quotes.
  return unmark(JSON.parse(parts.join('') + text.slice(from)) as JsonValue);
}

/** Recursion ends here: what may be deeper is looked at level by level. */
const MAX_RECURSION = 500;

/** Whether `value` has more than `maxDepth` levels of objects and arrays, whatever its depth may be. */
export function isDeeperThan(value: JsonValue | undefined, maxDepth: number): boolean {
  if (!isContainer(value) || !exceeds(value, Math.min(maxDepth, MAX_RECURSION))) return false;
  return maxDepth <= MAX_RECURSION || hasLevelBeyond(value, maxDepth);
}

/** Makes nothing on its way: every message passes here, and nearly all are small and flat. */
function exceeds(container: JsonContainer, levels: number): boolean {
  if (levels <= 0) return true;
  if (Array.isArray(container)) {
    for (const member of container) if (isContainer(member) && exceeds(member, levels - 1)) return true;
    return false;
  }
  const members = container as JsonObject;
  for (const name in members) {
    const member = members[name];
    if (isContainer(member) && exceeds(member, levels - 1)) return true;
  }
  return false;
}

function hasLevelBeyond(value: JsonContainer, maxDepth: number): boolean {
  let level: readonly JsonContainer[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= maxDepth) return true;
    level = level.flatMap(membersOf).filter(isContainer);
  }
  return false;
}

type JsonContainer = readonly JsonValue[] | JsonObject;

export function isContainer(value: JsonValue | undefined): value is JsonContainer {
  return Array.isArray(value) || isJsonObject(value);
}

const membersOf = (container: JsonContainer): readonly (JsonValue | undefined)[] =>
  Array.isArray(container) ? container : Object.values(container);

const tooDeep = (maxDepth: number): JsonLimitError =>
  new JsonLimitError(`JSON is nested deeper than ${maxDepth} levels`);

/** `JSON.stringify` that writes each {@link ExactNumber} digit by digit. `undefined` is written as `null`. */
export function stringifyJson(value: unknown): string {
  const { result: text = 'null', marked } = writingExactNumbers(MARK, () => JSON.stringify(value));
  return marked ? text.replace(MARKED, '$1') : text;
}

/** Known to nobody else, so that no text can pass for a marked number. */
const MARK = `${crypto.randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g');

interface Span {
  readonly start: number;
  readonly end: number;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Where a number begins, in a string or out of one, that has an exponent or digits enough to lose some. */
const MAY_LOSE_DIGITS = /(?:^|[\s:,[])-?\d(?:[\d.]{14}|[\d.]*[eE])/;
/** The shortest that a double does not hold: `1e400`, `1e-400`. */
const SURELY_EXACT = 5;

/** Counts without building anything. Returns the numbers that a double cannot hold. */
function scan(text: string, maxDepth: number): readonly Span[] {
  const found: Span[] = [];
  let depth = 0;
  let values = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x22) index = endOfString(text, index);
    else if (code === 0x2c) values++;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) throw tooDeep(maxDepth);
      values++;
    } else if (code === 0x7d || code === 0x5d) depth--;
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(text, index);
      const literal = end - index < SURELY_EXACT ? '' : text.slice(index, end);
      // What is no number makes the parser complain.
      if (literal !== '' && losesDigits(literal) && NUMBER.test(literal)) found.push({ start: index, end });
      index = end - 1;
    }
    if (values > MAX_VALUES) throw new JsonLimitError(`JSON holds more than ${MAX_VALUES} values`);
  }
  return found;
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  for (; ; end++) {
    const code = text.charCodeAt(end);
    const isPart =
      (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2b || code === 0x2d || (code | 0x20) === 0x65;
    if (!isPart) return end;
  }
}

/** Where the quote stands that ends the string; the end of the text where none does. */
function endOfString(text: string, start: number): number {
  // Most of a body lies in its strings: a search goes over them many times faster than a look at each character.
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

type Container = Record<string | number, JsonValue | undefined>;

function unmark(root: JsonValue): JsonValue {
  const holder: Container = { root };
  const open: Container[] = [holder];
  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    for (const key of Object.keys(container)) {
      const value = container[key];
      if (typeof value === 'object' && value !== null) open.push(value as Container);
      else if (typeof value === 'string' && value.startsWith(MARK)) {
        container[key] = new ExactNumber(value.slice(MARK.length)) as unknown as number;
      }
    }
  }
  return holder.root as JsonValue;
}
