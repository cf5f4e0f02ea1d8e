/** Versions by size: numbers by their value, what has a suffix before what has none. */

const VERSION = /^v?(\d+(?:\.\d+)*)(.*)$/;

/** Below 0: `one` is the older. What is no version is older than any. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [VERSION.exec(one), VERSION.exec(other)];
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  const [ours, theirs] = [numbersOf(left[1]), numbersOf(right[1])];
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    const difference = (ours[at] ?? 0) - (theirs[at] ?? 0);
    if (difference !== 0) return difference;
  }
  const [suffix = '', otherSuffix = ''] = [left[2], right[2]];
  if (suffix === otherSuffix) return 0;
  if (suffix === '' || otherSuffix === '') return suffix === '' ? 1 : -1;
  return suffix < otherSuffix ? -1 : 1;
}

const numbersOf = (text = ''): readonly number[] => text.split('.').map(Number);

/** A name that may be a folder of one version, and nothing else. */
export const isVersionName = (name: string): boolean => /^v?\d+(?:\.\d+)+[\w.+-]{0,40}$/.test(name);
