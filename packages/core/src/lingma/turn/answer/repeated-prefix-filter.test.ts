import { describe, expect, it } from 'vitest';
import { RepeatedPrefixFilter } from './repeated-prefix-filter.js';

describe('RepeatedPrefixFilter', () => {
  const cases: readonly (readonly [said: string, again: string, fresh: string])[] = [
    ['', 'all', 'all'],
    ['abc', 'abcdef', 'def'],
    ['abc', 'abc', ''],
    ['abc', 'ab', ''],
    ['abc', 'xyz', 'xyz'],
    ['The answer is 41.', 'The answer is 42. Sure.', '42. Sure.'],
    ['wrong text', 'wrong words', 'words'],
    ['答案是四十一。', '答案是四十二。', '二。'],
    ['ok 😀', 'ok 😁', '😁'],
    ['über alles', 'über allem', 'allem'],
    ['a, b', 'a, c', 'c'],
  ];
  it.each(cases)('after %j takes %j for %j, however it is cut', (said, again, fresh) => {
    for (let size = 1; size <= again.length; size++) {
      const skipper = new RepeatedPrefixFilter(said);
      let out = '';
      for (let at = 0; at < again.length; at += size) out += skipper.skip(again.slice(at, at + size));
      expect(out).toBe(fresh);
    }
  });
});
