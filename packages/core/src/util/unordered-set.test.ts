import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnorderedSet } from './unordered-set.js';

describe('UnorderedSet', () => {
  it('any additions and deletions - what a Set would hold', () => {
    const step = fc.tuple(fc.boolean(), fc.nat({ max: 9 }));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const own = new UnorderedSet<number>();
        const known = new Set<number>();
        for (const [isAdded, value] of steps) {
          if (!isAdded) expect(own.delete(value)).toBe(known.delete(value));
          else if (!known.has(value)) {
            own.add(value);
            known.add(value);
          }
          expect(own.size).toBe(known.size);
        }
        expect(own.values().toSorted()).toEqual([...known].toSorted());
      }),
    );
  });

  it('values() - stay while it changes', () => {
    const own = new UnorderedSet<string>();
    own.add('a');
    own.add('b');
    const before = own.values();
    own.delete('a');
    expect(before).toEqual(['a', 'b']);
    expect(own.values()).toEqual(['b']);
  });
});
