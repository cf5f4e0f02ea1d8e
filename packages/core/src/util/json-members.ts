/**
 * Where the members of a JSON object stand in its text, so that one of them can be exchanged and every other byte stays as
 * it was sent: numbers that no double holds, their spelling, the order of names.
 */

/** A member of the outermost object. */
export interface MemberSpan {
  readonly name: string;
  /** At the opening quote of its name. */
  readonly start: number;
  readonly valueStart: number;
  /** Behind the last character of its value. */
  readonly end: number;
}

/** A piece of text in place of what stands between two places. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The members called `names`, in the order of the text. Goes no further than the last of them where each is wanted once.
 * Text that is no object has none; what is wrong behind the members that were found is for a parser to find.
 *
 * @param each whether a name that repeats is told each time
 */
export function findMembers(text: string, names: readonly string[], each = false): readonly MemberSpan[] {
  const found: MemberSpan[] = [];
  let at = skipSpace(text, 0);
  if (text[at] !== '{') return found;
  at = skipSpace(text, at + 1);
  while (text[at] === '"') {
    const start = at;
    const nameEnd = endOfString(text, at);
    const colon = skipSpace(text, nameEnd);
    if (text[colon] !== ':') return found;
    const valueStart = skipSpace(text, colon + 1);
    const end = endOfValue(text, valueStart);
    const name = readName(text.slice(start, nameEnd));
    if (name !== undefined && names.includes(name)) {
      found.push({ name, start, valueStart, end });
      if (!each && found.length === names.length) return found;
    }
    at = skipSpace(text, end);
    if (text[at] !== ',') return found;
    at = skipSpace(text, at + 1);
  }
  return found;
}

/** @param edits in any order; they do not overlap */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  if (edits.length === 0) return text;
  let result = '';
  let from = 0;
  for (const edit of [...edits].sort((one, other) => one.start - other.start)) {
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

/** Takes a member out, with the comma that parts it from the next or from the one before. */
export function withoutMember(text: string, { start, end }: MemberSpan): TextEdit {
  const behind = skipSpace(text, end);
  if (text[behind] === ',') return { start, end: skipSpace(text, behind + 1), text: '' };
  let before = start - 1;
  while (before > 0 && isSpace(text.charCodeAt(before))) before--;
  return { start: text[before] === ',' ? before : start, end, text: '' };
}

function readName(quoted: string): string | undefined {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Behind the closing quote. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === 0x22) return endOfString(text, start);
  const isContainer = first === 0x7b || first === 0x5b;
  let depth = 0;
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at) - 1;
    else if (code === 0x7b || code === 0x5b) depth++;
    else if (code === 0x7d || code === 0x5d) {
      if (depth === 0) return at;
      if (--depth === 0 && isContainer) return at + 1;
    } else if (!isContainer && (code === 0x2c || isSpace(code))) return at;
  }
  return at;
}
