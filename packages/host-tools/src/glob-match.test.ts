import { describe, expect, it } from 'vitest';
import { isGlob, matchingPaths } from './glob-match.js';

const PATIENT = 30_000;
const matches = (path: string, glob: string): boolean => matchingPaths([path], glob, PATIENT).length > 0;

describe('matchingPaths()', () => {
  it.each([
    ['a/b/c.ts', '*.ts', true],
    ['a/b/c.ts', 'c.?s', true],
    ['a/b/c.ts', 'a/*.ts', false],
    ['a/b/c.ts', 'a/**/*.ts', true],
    ['a/c.ts', 'a/**/*.ts', true],
    ['a/b/c.ts', '**/c.ts', true],
    ['c.ts', '**/c.ts', true],
    ['a/b/c.ts', 'a/**', true],
    ['a/b/c.ts', '**/b/**', true],
    ['a/b/c.ts', '**/x/**', false],
    ['a/b/c.ts', './a/b/c.ts', true],
    ['a/b/c.ts', '/a/b/c.ts', true],
    ['a/b/c.tsx', '*.{js,ts}', false],
    ['a/b/c.tsx', '**/*.{js,ts}{,x}', true],
    ['README.md', 'readme.*', true],
    ['a.ts', '', false],
    ['.github/x.yml', '**/*.yml', true],
    ['.env', '*', true],
    ['a/.env', '*env', true],
  ])('%s, %s: %s', (path, glob, expected) => expect(matches(path, glob)).toBe(expected));

  it.each<[glob: string, matching: readonly string[], others: readonly string[]]>([
    ['*.{ts,js}', ['a.ts', 'src/a.js'], ['a.tsx', 'a.css', 'a.{ts,js}']],
    ['src/{a,b}/*.ts', ['src/a/x.ts', 'src/b/x.ts'], ['src/c/x.ts', 'src/a/b/x.ts']],
    ['{src,test}/**', ['src/a/b.ts', 'test/x'], ['docs/a', 'mysrc/a']],
    ['{a,b}{1,2}', ['a1', 'a2', 'b1', 'b2'], ['a', 'ab', 'a12']],
    ['a{,.min}.js', ['a.js', 'a.min.js'], ['a.max.js']],
    ['{*.md,a?.txt}', ['x.md', 'ab.txt'], ['a.txt', 'abc.txt']],
    ['{only}', ['{only}'], ['only', 'onl']],
    ['{a,b', ['{a,b'], ['a', 'b']],
    ['A.{TS,Js}', ['a.ts', 'a.js'], ['a.t']],
    ['{a,b}{', ['a{', 'b{'], ['a', '{']],
    ['{a,{b,c}}*', ['ax', 'bx', 'cx'], ['x', '{b,c}']],
    ['v{1..3}.txt', ['v{1..3}.txt'], ['v1.txt']],
  ])('braces - %s', (glob, matching, others) => {
    expect(matching.filter((path) => !matches(path, glob))).toEqual([]);
    expect(others.filter((path) => matches(path, glob))).toEqual([]);
  });

  it.each<[glob: string, itself: string, others: readonly string[]]>([
    ['[id]/*.ts', '[id]/a.ts', ['i/a.ts', 'd/a.ts']],
    ['(a|b)/*.ts', '(a|b)/a.ts', ['a/a.ts', 'b/a.ts']],
    ['!a*', '!ab', ['ab', 'b']],
    ['@(a)*', '@(a)b', ['a', 'ab']],
    ['+(a)*', '+(a)', ['aa', 'a']],
    ['c++*.?pp', 'c++1.cpp', ['cc1.cpp']],
    ['$a^*', '$a^', ['a']],
    ['a.b*', 'a.bc', ['axbc']],
    ['a\\b*', 'a\\bc', ['abc', 'a/bc']],
  ])('%s - other marks stand for themselves', (glob, itself, others) => {
    expect(matches(itself, glob)).toBe(true);
    expect(others.filter((path) => matches(path, glob))).toEqual([]);
  });

  it('many paths - all are tried, in their order', () => {
    const paths = Array.from({ length: 12_001 }, (_, index) => `f/${index}.txt`);
    expect(matchingPaths(paths, '**/*0.txt', PATIENT)).toEqual(paths.filter((path) => path.endsWith('0.txt')));
  });

  it('many alternatives - in no time', () => {
    const many = `${'{a,b}'.repeat(40)}c`;
    expect(matches(`${'a'.repeat(34)}${'b'.repeat(6)}c`, many)).toBe(true);
    expect(matches(`${'a'.repeat(34)}${'x'.repeat(6)}c`, many)).toBe(false);
  });

  it('a glob that would take for ever - fails after its time', () => {
    expect(() => matchingPaths(['a'.repeat(200)], `${'*a'.repeat(100)}b`, 50)).toThrow('takes too long');
  });
});

describe('isGlob()', () => {
  it('marks of a glob', () => {
    expect(['a*', 'a?', '{a,b}'].every(isGlob)).toBe(true);
    expect(isGlob('src/a.ts')).toBe(false);
  });
});
