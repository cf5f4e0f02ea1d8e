import { describe, expect, it } from 'vitest';
import { BoundedPattern } from './bounded-pattern.js';
import { patternCost } from './pattern-cost.js';
import { WorkBudget, WorkLimitError } from './work-budget.js';

const UNITS = 1_500_000;
const test = (pattern: string, text: string, units = UNITS): boolean | undefined =>
  new BoundedPattern(pattern).test(text, new WorkBudget(units));

/** What the test of a text took from the budget. */
const spent = (pattern: string, text: string): number => {
  const budget = new WorkBudget(UNITS);
  new BoundedPattern(pattern).test(text, budget);
  return UNITS - budget.left;
};

describe('patternCost()', () => {
  it.each([
    ['^\\d{4}-\\d{2}$', 1000, 50],
    ['^[a-z*+]$', 1000, 5],
    ['^\\*\\+\\{2,\\}$', 1000, 15],
    ['[a-z]+$', 100, 50_000],
    ['^(ab|cd)$', 1000, 10],
  ])('%s on %i characters - at most %i steps', (pattern, length, most) => {
    expect(patternCost(pattern)?.backtracking(length)).toBeLessThanOrEqual(most);
  });

  it.each([
    ['^(?:a?a?a?a?){12}(?:a?a?){4}b$', 12],
    ['(?:a|aa)'.repeat(27), 54],
    ['a{0,12}'.repeat(16), 64],
    ['^(a+)+$', 40],
    ['(a|b)*c', 60],
    ['^(?:(?:a{0,3}){0,3}){0,9}$', 30],
    ['(?=(?:a|aa){40})x', 80],
    ['^(\\w+\\s?)*$', 40],
    ['((a{1,9}){1,9}){1,9}!', 30],
  ])('%s on %i characters - more than can be waited for', (pattern, length) => {
    expect(patternCost(pattern)?.backtracking(length)).toBeGreaterThan(1e9);
  });

  it('too long or too deep - not judged', () => {
    expect(patternCost('a'.repeat(5000))).toBeUndefined();
    expect(patternCost(`${'('.repeat(100)}a${')'.repeat(100)}`)).toBeUndefined();
  });
});

describe('BoundedPattern', () => {
  it.each<[pattern: string, good: string, bad: string]>([
    ['^\\d{4}-\\d{2}$', '2026-01', 'soon'],
    ['^\\-$', '-', 'x'],
    ['^(?:a?a?a?a?){12}(?:a?a?){4}b$', `${'a'.repeat(20)}b`, 'a'.repeat(12)],
    [`^${'(?:a|aa)'.repeat(27)}b$`, `${'a'.repeat(54)}b`, 'a'.repeat(54)],
    [`^${'a{0,12}'.repeat(16)}b$`, `${'a'.repeat(100)}b`, 'a'.repeat(100)],
    ['^(a+)+$', 'a'.repeat(5000), `${'a'.repeat(5000)}b`],
    ['^[^@\\s]+@[^@\\s]+\\.[a-z]+$', `${'a'.repeat(500)}@example.com`, `${'a'.repeat(500)}@example`],
    ['^(?:\\s|\\S)*(?:\\s|x)*!$', `${'\u3000'.repeat(200)}!`, '\u3000'.repeat(200)],
    ['^(?:.|x)*!$', `${'\u4e2d'.repeat(200)}!`, `\u2028${'x'.repeat(200)}!`],
    ['^(?=.*[A-Z])(?=.*\\d).{8,}$', 'Passw0rds', 'password'],
    ['(.)\\1', 'abba', 'abab'],
    ['^\\p{L}+$', 'Größe', '1'],
  ])('%s - told rightly', (pattern, good, bad) => {
    expect(test(pattern, good)).toBe(true);
    expect(test(pattern, bad)).toBe(false);
  });

  it.each([
    ['no regular expression', '(', 'anything'],
    ['only for a backtracking engine, and too costly', '^(?=(a+)+$).*b', 'a'.repeat(100)],
    ['a program that would be too large', `${'[a-z]{0,900}'.repeat(9)}!`, 'a'.repeat(5000)],
    ['a text that is too long for it', `${'(?:a|aa)'.repeat(200)}b`, 'a'.repeat(100_000)],
  ])('%s - nobody can say', (_name, pattern, text) => {
    expect(test(pattern, text)).toBeUndefined();
  });

  it('a budget nearly used up - not run', () => {
    expect(test('^(a+)+$', 'a'.repeat(20), 100)).toBeUndefined();
    expect(test('^a', 'a'.repeat(20), 100)).toBe(true);
    expect(() => test('^(a+)+$', 'aaa', 10)).toThrow(WorkLimitError);
  });

  it('is paid for, by the cheaper engine', () => {
    expect(spent('^\\d{4}-\\d{2}$', '2026-01')).toBeLessThan(100);
    expect(spent('^(a+)+$', 'a'.repeat(1000))).toBeGreaterThan(1000);
    expect(spent('^(a+)+$', 'a'.repeat(1000))).toBeLessThan(100_000);
  });
});
