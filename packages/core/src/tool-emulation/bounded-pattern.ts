/**
 * A caller's `pattern`, tested on what a model wrote: neither is ours, and together they can take a regular expression
 * for years. Each pattern is tested only on texts short enough for the worst it can do; longer ones pass unchecked, for
 * a wrong "no" would cost the caller an answer.
 */

export interface BoundedPattern {
  test(text: string): boolean;
}

/** Characters by the number of unbounded repeats in the pattern, so that `length ** (repeats + 1)` stays small. */
const LONGEST = [1_000_000, 4000, 250, 70, 35] as const;
/** For a repeat inside a repeated group, and for alternatives inside one. */
const LONGEST_NESTED = 20;
/** `{0,200}` is as good as unbounded. */
const MANY = 12;

/** A pattern that is no regular expression in JavaScript fits everything. */
export function boundedPattern(pattern: string, flags: string): BoundedPattern {
  const regExp = tryRegExp(pattern, flags) ?? tryRegExp(pattern, flags.replace('u', ''));
  if (regExp === undefined) return { test: () => true };
  const longest = longestText(pattern);
  return {
    test(text) {
      regExp.lastIndex = 0;
      return text.length > longest || regExp.test(text);
    },
  };
}

function tryRegExp(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return undefined;
  }
}

/** Characters on which the pattern may be tested. */
export function longestText(pattern: string): number {
  /** For each open group: whether it holds a repeat or alternatives. */
  const groups: { isRisky: boolean }[] = [];
  let repeats = 0;
  let isNested = false;
  let closed: { isRisky: boolean } | undefined;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    const before = closed;
    closed = undefined;
    switch (char) {
      case '\\':
        // A reference to what was matched before is compared again at every place.
        if (/[1-9k]/.test(pattern[at + 1] ?? '')) repeats++;
        at++;
        break;
      case '[':
        at = endOfClass(pattern, at);
        break;
      case '(':
        groups.push({ isRisky: false });
        // A look-around tests anew at every place.
        if (/^\(\?<?[=!]/.test(pattern.slice(at, at + 4))) repeats++;
        break;
      case ')':
        closed = groups.pop();
        if (closed?.isRisky === true) markRisky(groups);
        break;
      case '|':
        markRisky(groups);
        break;
      case '*':
      case '+':
      case '{':
        if (!isMany(pattern, at)) break;
        repeats++;
        if (before?.isRisky === true) isNested = true;
        markRisky(groups);
        break;
      default:
        break;
    }
  }
  if (isNested) return LONGEST_NESTED;
  return LONGEST[Math.min(repeats, LONGEST.length - 1)] as number;
}

function markRisky(groups: readonly { isRisky: boolean }[]): void {
  const innermost = groups.at(-1);
  if (innermost !== undefined) innermost.isRisky = true;
}

function isMany(pattern: string, at: number): boolean {
  if (pattern[at] !== '{') return true;
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(pattern.slice(at, at + 24)) ?? [];
  if (least === undefined) return false;
  return Number(comma === '' ? least : most === '' ? Infinity : most) > MANY;
}

function endOfClass(pattern: string, start: number): number {
  let at = start + 1;
  while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
  return at;
}
