/**
 * Call expressions as `tool_code` blocks hold them: Python calls with literal arguments. Nothing is evaluated; what is
 * not a literal makes the whole block unreadable.
 *
 * Over 250 lines: one small recursive reader, literals and calls in one.
 */
import { type JsonValue, toNumber } from '../../util/index.js';

export interface CallExpression {
  /** As written, dots included: `default_api.read_file`. */
  readonly name: string;
  readonly positional: readonly JsonValue[];
  readonly named: Readonly<Record<string, JsonValue>>;
}

/** Deeper nested literals are refused. */
const MAX_DEPTH = 64;
/** Python has no dashes in names; the tools of MCP servers do. */
const NAME = /[\p{L}_$][\p{L}\p{M}\p{N}_$-]*(?:\.[\p{L}_$][\p{L}\p{M}\p{N}_$-]*)*/uy;
const NUMBER = /[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const SPACE = /(?:[ \t\r\n]|\\\r?\n|#[^\n]*)*/y;
const IMPORT = /(?:import|from)[ \t]+[\w.]+(?:[ \t]+(?:import|as)[ \t]+[\w.* ,]+)?[ \t]*(?=\r?\n|;|#|$)/y;
const PLAIN = /[^"'`\\]*/y;
/** Calls that only show or await what they are given. */
const WRAPPERS: ReadonlySet<string> = new Set(['print', 'await', 'repr', 'str', 'asyncio.run']);
const CONSTANTS: Readonly<Record<string, JsonValue>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
  undefined: null,
};

class Unreadable extends Error {}
/** One for all: taking down where it was thrown costs more than the reading. */
const UNREADABLE = new Unreadable('Not a call expression');

/** The calls of a block, or `undefined` when it holds anything else. */
export function parseCallExpressions(text: string): readonly CallExpression[] | undefined {
  try {
    return new Reader(text).program();
  } catch (error) {
    if (error === UNREADABLE) return undefined;
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  /** Variables that hold a call's result. */
  readonly #results = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  program(): readonly CallExpression[] | undefined {
    const calls: CallExpression[] = [];
    for (;;) {
      this.#match(SPACE);
      while (this.#take(';')) this.#match(SPACE);
      if (this.#at === this.#text.length) return calls.length > 0 ? calls : undefined;
      if (this.#take('[')) {
        for (const call of this.#list(']', () => this.#statement())) calls.push(call);
      } else if (!this.#skipsLine()) calls.push(this.#statement());
    }
  }

  /** `print(result)`, `result` alone, an import: lines that call nothing. */
  #skipsLine(): boolean {
    if (this.#match(IMPORT) !== undefined) return true;
    if (this.#results.size === 0) return false;
    const shown = /(?:print\([ \t]*([A-Za-z_]\w*)[ \t]*\)|([A-Za-z_]\w*))[ \t]*(?=\r?\n|;|#|$)/y;
    shown.lastIndex = this.#at;
    const match = shown.exec(this.#text);
    if (match === null || !this.#results.has(match[1] ?? match[2] ?? '')) return false;
    this.#at += match[0].length;
    return true;
  }

  #statement(depth = 0): CallExpression {
    if (depth > MAX_DEPTH) throw UNREADABLE;
    let name = this.#name();
    for (;;) {
      this.#match(SPACE);
      const next = this.#text[this.#at];
      // `result = read_file(…)`, `await read_file(…)`
      if (next === '=' && this.#text[this.#at + 1] !== '=') {
        this.#at++;
        this.#results.add(name);
      } else if (name !== 'await' && name !== 'return') break;
      else if (next === '(') break;
      name = this.#name();
    }
    this.#expect('(');
    if (WRAPPERS.has(name)) {
      this.#match(SPACE);
      const inner = this.#statement(depth + 1);
      this.#match(SPACE);
      this.#take(',');
      this.#match(SPACE);
      this.#expect(')');
      return inner;
    }
    const positional: JsonValue[] = [];
    const named: [string, JsonValue][] = [];
    this.#list(')', () => {
      if (this.#take('**')) {
        const value = this.#value(0);
        if (typeof value !== 'object' || value === null || Array.isArray(value)) throw UNREADABLE;
        named.push(...(Object.entries(value) as [string, JsonValue][]));
        return;
      }
      const key = this.#tryKey();
      if (key === undefined) positional.push(this.#value(0));
      else named.push([key, this.#value(0)]);
    });
    return { name, positional, named: Object.fromEntries(named) };
  }

  /** `key=` of an argument, or `undefined` with nothing consumed. */
  #tryKey(): string | undefined {
    const start = this.#at;
    const key = this.#match(NAME);
    if (key !== undefined && key !== '') {
      this.#match(SPACE);
      const next = this.#text[this.#at];
      if ((next === '=' || next === ':') && this.#text[this.#at + 1] !== '=') {
        this.#at++;
        return key;
      }
    }
    this.#at = start;
    return undefined;
  }

  #list<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    for (;;) {
      this.#match(SPACE);
      if (this.#take(close)) return items;
      items.push(item());
      this.#match(SPACE);
      if (this.#take(',')) continue;
      this.#expect(close);
      return items;
    }
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw UNREADABLE;
    this.#match(SPACE);
    const first = this.#text[this.#at];
    if (first === undefined) throw UNREADABLE;
    if (first === '[' || first === '(') {
      this.#at++;
      return this.#list(first === '[' ? ']' : ')', () => this.#value(depth + 1));
    }
    if (first === '{') return this.#dictionary(depth);
    if (/[\d+.-]/.test(first)) return this.#number();
    const string = this.#tryStrings();
    if (string !== undefined) return string;
    const name = this.#name();
    if (!Object.hasOwn(CONSTANTS, name)) throw UNREADABLE;
    return CONSTANTS[name] as JsonValue;
  }

  #dictionary(depth: number): JsonValue {
    this.#at++;
    const members = this.#list('}', (): [string, JsonValue] => {
      const key =
        this.#tryStrings() ?? String(/[\d-]/.test(this.#text[this.#at] ?? '') ? this.#number() : this.#name());
      this.#match(SPACE);
      this.#expect(':');
      return [key, this.#value(depth + 1)];
    });
    return Object.fromEntries(members);
  }

  #number(): number {
    const written = this.#match(NUMBER);
    const plain = written?.replaceAll('_', '') ?? '';
    // Python writes some numbers as JSON does not: `+5`, `.5`, `5.`.
    const value = JSON_NUMBER.test(plain) ? toNumber(plain) : Number(plain);
    if (plain === '' || !Number.isFinite(Number(value))) throw UNREADABLE;
    return value;
  }

  /** One string or several side by side, which Python joins. */
  #tryStrings(): string | undefined {
    let joined: string | undefined;
    for (;;) {
      const before = this.#at;
      if (joined !== undefined) this.#match(SPACE);
      const prefix = /[rRbBuUfF]{0,2}(?=["'])/y;
      prefix.lastIndex = this.#at;
      const mark = prefix.exec(this.#text)?.[0];
      const quote = this.#text[this.#at + (mark?.length ?? 0)];
      if (mark === undefined || (quote !== '"' && quote !== "'" && quote !== '`')) {
        this.#at = before;
        return joined;
      }
      this.#at += mark.length;
      joined = (joined ?? '') + this.#string(quote, mark.toLowerCase());
    }
  }

  #string(quote: string, mark: string): string {
    const triple = this.#text.startsWith(quote.repeat(3), this.#at);
    const close = triple ? quote.repeat(3) : quote;
    this.#at += close.length;
    const parts: string[] = [];
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) throw UNREADABLE;
      if (this.#text.startsWith(close, this.#at)) {
        this.#at += close.length;
        const text = parts.join('');
        // What stands in the braces of an f-string is not known here.
        if (mark.includes('f') && /[{}]/.test(text)) throw UNREADABLE;
        return text;
      }
      if (char === '\\' && !mark.includes('r')) parts.push(this.#escape());
      else {
        // Up to what may end the string or is an escape.
        PLAIN.lastIndex = this.#at + 1;
        PLAIN.exec(this.#text);
        parts.push(this.#text.slice(this.#at, PLAIN.lastIndex));
        this.#at = PLAIN.lastIndex;
      }
    }
  }

  #escape(): string {
    const rest = this.#text.slice(this.#at, this.#at + 10);
    const match = /^\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|U([\da-fA-F]{8})|x([\da-fA-F]{2})|\r?\n|[\s\S])/.exec(
      rest,
    );
    if (match === null) throw UNREADABLE;
    this.#at += match[0].length;
    const hex = match[1] ?? match[2] ?? match[3] ?? match[4];
    if (hex !== undefined) {
      const code = Number.parseInt(hex, 16);
      if (code > 0x10ffff) throw UNREADABLE;
      return match[2] === undefined ? String.fromCodePoint(code) : String.fromCharCode(code);
    }
    const char = match[0].slice(1);
    const simple: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0' };
    if (/^\r?\n$/.test(char)) return '';
    // Python keeps the backslash of an escape it does not know.
    return simple[char] ?? (/["'`\\]/.test(char) ? char : match[0]);
  }

  #name(): string {
    this.#match(SPACE);
    const name = this.#match(NAME);
    if (name === undefined || name === '') throw UNREADABLE;
    return name;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw UNREADABLE;
  }
}
