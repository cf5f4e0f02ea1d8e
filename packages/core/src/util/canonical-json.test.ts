import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.js';
import { parseExactJson } from './json.js';

describe('canonicalJson', () => {
  it('members - in order of their names, at every depth; items stay where they are', () => {
    expect(canonicalJson({ b: [{ z: 1, a: 2 }, 3], a: undefined, __proto__: null })).toBe('{"b":[{"a":2,"z":1},3]}');
    expect(canonicalJson(JSON.parse('{"z":1,"__proto__":{"b":1,"a":2}}'))).toBe('{"__proto__":{"a":2,"b":1},"z":1}');
  });

  it('numbers - with all their digits', () => {
    expect(canonicalJson(parseExactJson('{"b":12345678901234567890,"a":1}'))).toBe('{"a":1,"b":12345678901234567890}');
  });

  it('any value - is the same value, whatever the order of its members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
