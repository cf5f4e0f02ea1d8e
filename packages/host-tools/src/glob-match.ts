/** Paths that match a glob: `*`, `?`, `**` and `{a,b}`; everything else in it stands for itself. */
import picomatch from 'picomatch';
import { HostToolError } from './host-tool-error.js';
import { timedExpression } from './timed-expression.js';

/** Characters a glob may have. */
const MAX_GLOB_CHARS = 1024;
/** Paths that are tried at once: so many take a few milliseconds, and a glob that never ends is found out with the first. */
const BATCH = 5000;

/** Whether a text has the marks of a glob. */
export function isGlob(text: string): boolean {
  return /[*?{]/.test(text);
}

/**
 * The paths that match, in their order. A glob without a slash is held against the file's name alone; letter case does not
 * count.
 *
 * @throws HostToolError when the glob is too long or takes too long
 */
export function matchingPaths(paths: readonly string[], glob: string, timeoutMs?: number): readonly string[] {
  if (glob.length > MAX_GLOB_CHARS) throw new HostToolError(`The pattern is too long: ${glob.length} characters`);
  const pattern = glob.replace(/^\.?\//, '');
  if (pattern === '') return [];
  const matching = timedExpression(toExpression(pattern), timeoutMs);
  const subject = pattern.includes('/') ? (path: string) => path : (path: string) => path.replace(/^.*\//s, '');
  const found: string[] = [];
  for (let at = 0; at < paths.length; at += BATCH) {
    const batch = paths.slice(at, at + BATCH);
    for (const index of matching(batch.map(subject))) found.push(batch[index] as string);
  }
  return found;
}

/** Folders are called `[id]` and `(group)`: no character classes, groups or negation. */
function toExpression(pattern: string): RegExp {
  const noChoice = /\{(?!.*\})|\{(?=[^{},]*\})/gs;
  const literal = pattern.replace(/[()[\]|!+@$^\\]/g, '\\$&').replace(noChoice, '\\{');
  return picomatch.makeRe(literal, { dot: true, nocase: true, noextglob: true, nonegate: true });
}
