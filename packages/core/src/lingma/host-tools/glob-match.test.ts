import { describe, expect, it } from 'vitest';
import { isGlob, matchesGlob } from './glob-match.js';

describe('matchesGlob() - brace alternatives', () => {
  it.each<[glob: string, matching: readonly string[], others: readonly string[]]>([
    ['*.{ts,js}', ['a.ts', 'src/a.js'], ['a.tsx', 'a.css', 'a.{ts,js}']],
    ['src/{a,b}/*.ts', ['src/a/x.ts', 'src/b/x.ts'], ['src/c/x.ts', 'src/a/b/x.ts']],
    ['{src,test}/**', ['src/a/b.ts', 'test/x'], ['docs/a', 'mysrc/a']],
    ['{a,b}{1,2}', ['a1', 'a2', 'b1', 'b2'], ['a', 'ab', 'a12']],
    ['a{,.min}.js', ['a.js', 'a.min.js'], ['a.max.js']],
    ['{*.md,a?.txt}', ['x.md', 'ab.txt'], ['a.txt', 'abc.txt']],
    ['{only}', ['only'], ['{only}', 'onl']],
    ['{a,b', ['{a,b'], ['a', 'b']],
    ['A.{TS,Js}', ['a.ts', 'a.js'], ['a.t']],
  ])('%s', (glob, matching, others) => {
    expect(matching.filter((path) => !matchesGlob(path, glob))).toEqual([]);
    expect(others.filter((path) => matchesGlob(path, glob))).toEqual([]);
  });

  it('more alternatives than are gone through - the first 64 count, in no time', () => {
    const many = `${'{a,b}'.repeat(40)}c`;
    expect(matchesGlob(`${'a'.repeat(40)}c`, many)).toBe(true);
    expect(matchesGlob(`${'a'.repeat(34)}${'b'.repeat(6)}c`, many)).toBe(true);
    expect(matchesGlob(`b${'a'.repeat(39)}c`, many)).toBe(false);
  });

  it('marks of a glob', () => {
    expect(['a*', 'a?', '{a,b}'].every(isGlob)).toBe(true);
    expect(isGlob('src/a.ts')).toBe(false);
  });
});
