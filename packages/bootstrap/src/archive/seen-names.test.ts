import { describe, expect, it } from 'vitest';
import { SeenNames } from './seen-names.js';

const check = (names: readonly string[]): void => {
  const seen = new SeenNames();
  for (const name of names) seen.add(name);
  seen.end();
};

describe('SeenNames', () => {
  it.each([[['a', 'b', 'a.b', 'c/', 'c/d', 'c/d.e/f']], [['ab', 'a/b']]])('%j - each is one', (names) => {
    expect(() => check(names)).not.toThrow();
  });

  it.each([
    [['a', 'a']],
    [['a', 'A']],
    [['a/', 'a']],
    [['a/b/Lingma', 'A/B/LINGMA']],
    // A file where a folder must be, whichever comes first.
    [['a', 'a/b']],
    [['a/b/c', 'a']],
    [['q/b', 'Q']],
  ])('%j - duplicate_name', (names) => {
    expect(() => check(names)).toThrow(expect.objectContaining({ code: 'duplicate_name' }));
  });
});
