/** Names as tables of them have it: one, or the beginning of several with `*` behind it. */

export const matchesName = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
