/**
 * Where a list of a JSON object and its elements stand, as places in bytes. For text that the parser takes: of any other the places
 * mean nothing. Looks at what stands between strings byte by byte, and jumps over the strings.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COLON = 0x3a;
/** White space lies below all that JSON is made of. */
const BLANK = 0x20;

/** Most strings of a conversation's frame (`"role"`, `"user"`) end within; to search costs more than to look. */
const SHORT = 24;

export interface FoundList {
  /** Behind the `[`. */
  readonly start: number;
  /** How many members the object has before the list. */
  readonly before: number;
}

/**
 * The first member of the outermost object that is written `"name"`, where it holds a list. A name with escapes is not found.
 */
export function findList(bytes: Buffer, name: string): FoundList | undefined {
  let at = skipBlank(bytes, 0);
  if (bytes[at] !== OPEN_OBJECT) return undefined;
  const key = `"${name}"`;
  let depth = 0;
  let before = 0;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = endOfString(bytes, at);
      if (depth === 1 && end + 1 - at === key.length && bytes.toString('latin1', at, end + 1) === key) {
        const colon = skipBlank(bytes, end + 1);
        const value = skipBlank(bytes, colon + 1);
        if (bytes[colon] === COLON) return bytes[value] === OPEN_LIST ? { start: value + 1, before } : undefined;
      }
      at = end;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    else if (byte === COMMA && depth === 1) before++;
  }
  return undefined;
}

/** How many members the outermost object has behind the list that ends at `from`. */
export function countMembersAfter(bytes: Buffer, from: number): number {
  let depth = 0;
  let members = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    else if (byte === COMMA && depth === 0) members++;
  }
  return members;
}

export interface ListPlaces {
  /** The place behind each of the elements asked for. */
  readonly ends: readonly number[];
  /** How many values there are up to each of them, by the same count as the parser's limit. */
  readonly values: readonly number[];
  /** How many elements there were. */
  readonly count: number;
  /** Behind the `]`. */
  readonly end: number;
}

/**
 * @param from where an element begins
 * @param wanted indices of elements, ascending; the one at `from` is 0
 * @returns `undefined` where the list does not end
 */
export function placesInList(bytes: Buffer, from: number, wanted: readonly number[]): ListPlaces | undefined {
  const ends: number[] = [];
  const values: number[] = [];
  let depth = 0;
  let seen = 0;
  let index = 0;
  /** Behind the last byte of an element. */
  let end = from;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte <= BLANK) continue;
    if (depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) {
      if (index === wanted[ends.length]) {
        ends.push(end);
        values.push(seen);
      }
      if (byte === CLOSE_LIST) return { ends, values, count: end === from ? 0 : index + 1, end: at + 1 };
      index++;
      seen++;
      continue;
    }
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COMMA) seen++;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth++;
      seen++;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    end = at + 1;
  }
  return undefined;
}

/** The first place from `at` on that is no white space. */
export function skipBlank(bytes: Buffer, at: number): number {
  let place = at;
  while (place < bytes.length && (bytes[place] as number) <= BLANK) place++;
  return place;
}

/** Where the quote stands that ends the string; the end of the bytes where none does. */
function endOfString(bytes: Buffer, start: number): number {
  const near = Math.min(bytes.length, start + SHORT);
  for (let at = start + 1; at < near; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  // A backslash may stand at the border: what it escapes is judged by how many stand before it.
  for (let at = bytes.indexOf(QUOTE, near); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return bytes.length;
}
