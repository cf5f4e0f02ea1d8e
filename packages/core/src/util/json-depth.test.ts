import { describe, expect, it } from 'vitest';
import { isDeeperThan, type JsonValue } from './json.js';
import { cutDepth } from './json-depth.js';

/** `levels` containers in one another, of both kinds, with 1 at the bottom. */
function nested(levels: number): JsonValue {
  let value: JsonValue = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

describe('isDeeperThan()', () => {
  it.each([
    [0, 1],
    [3, 3],
    [100, 128],
    [600, 600],
    [5_000, Number.POSITIVE_INFINITY],
  ])('%i levels - are within %i', (levels, max) => {
    expect(isDeeperThan(nested(levels), max)).toBe(false);
  });

  it.each([
    [1, 0],
    [4, 3],
    [200_000, 128],
    [601, 600],
    [200_000, 199_999],
  ])('%i levels - are more than %i', (levels, max) => {
    expect(isDeeperThan(nested(levels), max)).toBe(true);
  });
});

describe('cutDepth()', () => {
  it('within the depth - the value itself', () => {
    const value = nested(3);
    expect(cutDepth(value, 3)).toBe(value);
  });

  it('below the depth - null, and the rest as it was', () => {
    const value = { id: 1, list: [1, 'a', { deep: { deeper: [1] } }], __proto__x: null };
    expect(cutDepth(value, 3)).toEqual({ id: 1, list: [1, 'a', { deep: null }], __proto__x: null });
    expect(cutDepth([nested(200_000), 2], 2)).toEqual([[null], 2].map((each) => (each === 2 ? 2 : { a: null })));
  });

  it('member called __proto__ - is a member like any other', () => {
    const value = JSON.parse('{"__proto__":{"a":[[1]]}}') as JsonValue;
    expect(JSON.stringify(cutDepth(value, 3))).toBe('{"__proto__":{"a":[null]}}');
  });
});
