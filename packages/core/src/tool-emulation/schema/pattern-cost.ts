/**
 * What a regular expression can cost at the worst, without running it. Backtracking tries every way in which the parts
 * share out a text; the number of ways follows from the pattern and the text's length alone.
 */

/** Longer or deeper patterns are not judged. */
const MAX_LENGTH = 4000;
const MAX_DEPTH = 50;

export interface PatternCost {
  /** Steps of a backtracking engine on a text of this many characters, at most; may be Infinity. */
  backtracking(length: number): number;
  /** Instructions of an automaton for it, roughly. */
  readonly size: number;
  /** The pattern with JavaScript's meaning of `\s`, `\S` and `.` written out, for engines that mean less by them. */
  readonly explicit: string;
}

type Part =
  | { readonly kind: 'character' | 'assertion' | 'reference' }
  | { readonly kind: 'group'; readonly branches: Part[][]; readonly isLook: boolean }
  | { readonly kind: 'repeat'; readonly part: Part; readonly least: number; readonly most: number };

const SPACE = '\\t-\\r \\xa0\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const NOT_LINE_END = '[^\\n\\r\\x{2028}\\x{2029}]';

/** `undefined`: too long or too deep to say. `pattern` is one that JavaScript takes. */
export function patternCost(pattern: string): PatternCost | undefined {
  if (pattern.length > MAX_LENGTH) return undefined;
  const read = readPattern(pattern);
  if (read === undefined) return undefined;
  const { root, explicit } = read;
  const isAnchored = root.branches.length === 1 && pattern.startsWith('^');
  return {
    backtracking: (length) => (isAnchored ? 1 : length + 1) * worstOf(root, length).steps,
    size: sizeOf(root),
    explicit,
  };
}

type Group = Extract<Part, { kind: 'group' }>;

function readPattern(pattern: string): { readonly root: Group; readonly explicit: string } | undefined {
  const root: Group = { kind: 'group', branches: [[]], isLook: false };
  const open: Group[] = [root];
  const explicit: string[] = [];
  for (let at = 0; at < pattern.length; ) {
    const group = open.at(-1) as Group;
    const sequence = group.branches.at(-1) as Part[];
    const token = tokenAt(pattern, at);
    const [first = ''] = token;
    at += token.length;
    explicit.push(written(token));
    if (token === '|') group.branches.push([]);
    else if (token === ')') {
      if (open.length > 1) open.pop();
    } else if (first === '(') {
      if (open.length > MAX_DEPTH) return undefined;
      const inner: Group = { kind: 'group', branches: [[]], isLook: /^\(\?<?[=!]/.test(token) };
      sequence.push(inner);
      open.push(inner);
    } else if (token === '^' || token === '$' || token === '\\b' || token === '\\B') {
      sequence.push({ kind: 'assertion' });
    } else if (/^\\(?:[1-9]|k<)/.test(token)) sequence.push({ kind: 'reference' });
    else {
      const range = rangeOf(token);
      const part = range === undefined ? undefined : sequence.pop();
      if (range === undefined || part === undefined) sequence.push({ kind: 'character' });
      else sequence.push({ kind: 'repeat', part, ...range });
    }
  }
  return { root, explicit: explicit.join('') };
}

const TOKEN =
  /\\(?:u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[a-zA-Z]|k<[^>]*>|[pP]\{[^}]*\}|\d+|[\s\S])|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?(?::|<?[=!]|<[^>]*>|[\w-]*:))?|(?:[*+?]|\{\d+(?:,\d*)?\})\??|[\ud800-\udbff][\udc00-\udfff]|[\s\S]/y;

function tokenAt(pattern: string, at: number): string {
  TOKEN.lastIndex = at;
  return TOKEN.exec(pattern)?.[0] ?? (pattern[at] as string);
}

function written(token: string): string {
  if (token === '.') return NOT_LINE_END;
  if (token === '\\s') return `[${SPACE}]`;
  if (token === '\\S') return `[^${SPACE}]`;
  if (token.startsWith('[')) return token.replace(/\\[\s\S]/g, (escaped) => (escaped === '\\s' ? SPACE : escaped));
  return token;
}

/** `undefined`: no quantifier. */
function rangeOf(token: string): { readonly least: number; readonly most: number } | undefined {
  switch (token[0]) {
    case '*':
      return { least: 0, most: Infinity };
    case '+':
      return { least: 1, most: Infinity };
    case '?':
      return { least: 0, most: 1 };
    case '{': {
      const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(token) ?? [];
      if (least === undefined) return undefined;
      return { least: Number(least), most: comma === '' ? Number(least) : most === '' ? Infinity : Number(most) };
    }
    default:
      return undefined;
  }
}

interface Worst {
  /** In how many ways the part may match from one place, at most. */
  readonly ways: number;
  /** Steps to try them all. */
  readonly steps: number;
}

function worstOf(part: Part, length: number): Worst {
  switch (part.kind) {
    case 'character':
    case 'assertion':
      return { ways: 1, steps: 1 };
    case 'reference':
      return { ways: 1, steps: 1 + length };
    case 'group': {
      let ways = 0;
      let steps = 1;
      for (const branch of part.branches) {
        let waysHere = 1;
        for (const member of branch) {
          const worst = worstOf(member, length);
          steps += waysHere * worst.steps;
          waysHere *= worst.ways;
        }
        ways += waysHere;
      }
      // What is found in a look-around is not tried again.
      return { ways: part.isLook ? 1 : ways, steps };
    }
    case 'repeat': {
      const inner = worstOf(part.part, length);
      // Beyond the least number a round that takes nothing ends the repeat.
      const most = Math.min(part.most, part.least + length);
      if (inner.ways === 1) return { ways: most - part.least + 1, steps: 1 + (most + 1) * inner.steps };
      const rounds = (inner.ways ** (most + 1) - 1) / (inner.ways - 1);
      return { ways: rounds, steps: 1 + rounds * inner.steps };
    }
  }
}

function sizeOf(part: Part): number {
  switch (part.kind) {
    case 'group':
      return part.branches.reduce((sum, branch) => sum + 2 + branch.reduce((all, one) => all + sizeOf(one), 0), 2);
    case 'repeat': {
      const rounds = part.most === Infinity ? Math.max(part.least, 1) : part.most;
      return 1 + rounds * (1 + sizeOf(part.part));
    }
    default:
      return 1;
  }
}
