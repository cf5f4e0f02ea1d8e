/**
 * Puts right what breaks the strings of JSON: quotes and backslashes of code that were not escaped, raw line ends. A
 * quote ends a string only where JSON could go on behind it.
 */

/** Where a string stands decides what may follow it. */
type Role = 'key' | 'member' | 'item';

const SPACE = /\s*/y;
const CLOSERS = /[\s}\]]*/y;
const KEY = /(?:"[^"\n]{0,120}"|[A-Za-z_]\w{0,120})\s*[:：]/y;
const VALUE = /["{[\d\-tfnTFN]/;
const CONTROL_NAMES: Readonly<Record<number, string>> = { 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r' };
const CONSTANTS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };
const WORD = /[A-Za-z]+/y;
/** More triple quotes in one value are not looked through. */
const MAX_TRIPLES = 16;

/** `text`, its strings made valid; commas too many and Python's constants are put right along the way. */
export function repairStrings(text: string): string {
  const parts: string[] = [];
  const stack: ('{' | '[')[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length; ) {
    const char = text[at] as string;
    const comment = commentEnd(text, at);
    if (comment !== undefined) {
      at = comment;
      continue;
    }
    const tripled = char === '"' && !expectsKey ? tripledEnd(text, at) : -1;
    if (tripled >= 0) {
      parts.push(JSON.stringify(text.slice(at + 3, tripled)));
      at = tripled + 3;
      continue;
    }
    if (char === '"') {
      const role: Role = expectsKey ? 'key' : stack.at(-1) === '[' ? 'item' : 'member';
      at = readString(text, at, role, parts);
      continue;
    }
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0];
    if (word !== undefined) {
      parts.push(CONSTANTS[word] ?? word);
      at += word.length;
      continue;
    }
    at++;
    switch (char) {
      case '{':
      case '[':
        stack.push(char);
        expectsKey = char === '{';
        break;
      case '}':
      case ']':
        stack.pop();
        expectsKey = false;
        break;
      case ':':
      case '：':
        expectsKey = false;
        parts.push(':');
        continue;
      case ',':
      case '，':
        expectsKey = stack.at(-1) === '{';
        if (!/[}\]]/.test(text[skip(text, at)] ?? '')) parts.push(',');
        continue;
    }
    parts.push(char);
  }
  return parts.join('');
}

/** Where Python's three quotes that begin at `at` close; -1: they do not. */
function tripledEnd(text: string, at: number): number {
  if (!text.startsWith('"""', at)) return -1;
  let end = text.indexOf('"""', at + 3);
  for (let count = 0; end >= 0 && count < MAX_TRIPLES; count++) {
    if (/[,}\]]/.test(text[skip(text, end + 3)] ?? '')) return end;
    end = text.indexOf('"""', end + 3);
  }
  return -1;
}

/** Behind the comment at `at`, outside of strings. */
function commentEnd(text: string, at: number): number | undefined {
  const isLine = text[at] === '#' || text.startsWith('//', at);
  if (!isLine && !text.startsWith('/*', at)) return undefined;
  const end = text.indexOf(isLine ? '\n' : '*/', at + 1);
  if (end < 0) return text.length;
  return isLine ? end : end + 2;
}

/** Writes the string that begins at `start` to `parts`; returns the index behind it. */
function readString(text: string, start: number, role: Role, parts: string[]): number {
  let from = start;
  let at = start + 1;
  const replace = (by: string, length: number): void => {
    parts.push(text.slice(from, at), by);
    at += length;
    from = at;
  };
  for (; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      if (endsString(text, at + 1, role)) break;
      replace('\\"', 1);
    } else if (code === 0x5c) {
      const next = text[at + 1] ?? '';
      if (next === "'") replace("'", 2);
      else if (/["\\/bfnrt]/.test(next) || (next === 'u' && /^[\da-fA-F]{4}$/.test(text.slice(at + 2, at + 6))))
        at += 2;
      else replace('\\\\', 1);
    } else if (code < 0x20) replace(CONTROL_NAMES[code] ?? `\\u${code.toString(16).padStart(4, '0')}`, 1);
    else at++;
  }
  parts.push(text.slice(from, at + 1));
  return at + 1;
}

/** Whether JSON could go on at `at` if the quote before it ended a string. */
function endsString(text: string, at: number, role: Role): boolean {
  const next = skip(text, at);
  const char = text[next];
  if (char === undefined) return true;
  if (role === 'key') return char === ':' || char === '：';
  if (char === ',' || char === '，') {
    const follows = skip(text, next + 1);
    if (/[}\]]/.test(text[follows] ?? '')) return true;
    return role === 'item' ? VALUE.test(text[follows] ?? '') : isKey(text, follows);
  }
  if (char === '}' || char === ']') {
    CLOSERS.lastIndex = next;
    const end = next + (CLOSERS.exec(text)?.[0].length ?? 0);
    return end === text.length || text[end] === ',' || text[end] === '，';
  }
  // A comma was forgotten at the end of a line.
  return role === 'member' && text.slice(at, next).includes('\n') && isKey(text, next);
}

function isKey(text: string, at: number): boolean {
  KEY.lastIndex = at;
  return KEY.test(text);
}

function skip(text: string, at: number): number {
  SPACE.lastIndex = at;
  return at + (SPACE.exec(text)?.[0].length ?? 0);
}
