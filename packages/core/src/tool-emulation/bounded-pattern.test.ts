import { describe, expect, it } from 'vitest';
import { boundedPattern, longestText } from './bounded-pattern.js';

describe('longestText()', () => {
  it.each([
    ['^\\d{4}-\\d{2}$', 1_000_000],
    ['^[a-z*+]$', 1_000_000],
    ['^\\*\\+\\{2,\\}$', 1_000_000],
    ['{', 1_000_000],
    ['^[a-z]+$', 4000],
    ['^a{0,100}$', 4000],
    ['^(ab|cd)$', 1_000_000],
    ['^[^@]+@[^@]+\\.[a-z]+$', 70],
    ['(a+)+', 20],
    ['((a+))*', 20],
    ['(a|b)*', 20],
    ['(?:a*b){2,}', 20],
    ['(a+){3}', 4000],
    ['(.)\\1', 4000],
    ['(?=.*a)(?=.*b).*', 35],
  ])('%s - %i', (pattern, longest) => {
    expect(longestText(pattern)).toBe(longest);
  });
});

describe('boundedPattern()', () => {
  it('tests what is short enough, lets the rest pass', () => {
    const pattern = boundedPattern('^(a+)+$', 'u');
    expect(pattern.test('aaa')).toBe(true);
    expect(pattern.test('aab')).toBe(false);
    expect(pattern.test(`${'a'.repeat(5000)}b`)).toBe(true);
  });

  it('without the flag that it does not bear, or not at all', () => {
    expect(boundedPattern('^\\-$', 'u').test('-')).toBe(true);
    expect(boundedPattern('^\\-$', 'u').test('x')).toBe(false);
    expect(boundedPattern('(', 'u').test('anything')).toBe(true);
  });
});
