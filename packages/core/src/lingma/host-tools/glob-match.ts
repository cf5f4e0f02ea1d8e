/**
 * Whether a path matches a glob: `*`, `?`, `**` and `{a,b}`. Written out instead of turned into a regular expression,
 * whose time could explode with the number of stars.
 */

const MAX_ALTERNATIVES = 64;

/** A glob without a slash is held against the file's name alone; letter case does not count. */
export function matchesGlob(path: string, glob: string): boolean {
  const segments = path.toLowerCase().split('/');
  return expandBraces(glob.toLowerCase()).some((pattern) => {
    const parts = pattern.replace(/^\.?\//, '').split('/');
    return matchesList(parts.length === 1 ? segments.slice(-1) : segments, parts, matchesSegment, '**');
  });
}

/** Whether a text has the marks of a glob. */
export function isGlob(text: string): boolean {
  return /[*?{]/.test(text);
}

function matchesSegment(segment: string, pattern: string): boolean {
  return matchesList([...segment], [...pattern], (char, mark) => mark === '?' || mark === char, '*');
}

/** Two pointers and one way back, to the last `any`: at most items times patterns. */
function matchesList(
  items: readonly string[],
  patterns: readonly string[],
  matches: (item: string, pattern: string) => boolean,
  any: string,
): boolean {
  let item = 0;
  let pattern = 0;
  let anyAt = -1;
  let resumeAt = 0;
  while (item < items.length) {
    const current = patterns[pattern];
    if (current === any) {
      anyAt = pattern++;
      resumeAt = item;
    } else if (current !== undefined && matches(items[item] as string, current)) {
      item++;
      pattern++;
    } else if (anyAt >= 0) {
      pattern = anyAt + 1;
      item = ++resumeAt;
    } else {
      return false;
    }
  }
  while (patterns[pattern] === any) pattern++;
  return pattern === patterns.length;
}

/** Braces inside braces stay as they are. */
function expandBraces(glob: string): readonly string[] {
  let all = [''];
  for (const piece of glob.split(/(\{[^{}]*\})/)) {
    const choices = piece.startsWith('{') && piece.endsWith('}') ? piece.slice(1, -1).split(',') : [piece];
    all = all.flatMap((start) => choices.map((choice) => start + choice)).slice(0, MAX_ALTERNATIVES);
  }
  return all;
}
