import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rendezvous, type WeightedName } from './rendezvous.js';

const KEYS = Array.from({ length: 10_000 }, (_, index) => `user-${index}`);
const equal = (count: number): WeightedName[] =>
  Array.from({ length: count }, (_, index) => ({ name: `inst-${index}`, weight: 1 }));
const place = (nodes: readonly WeightedName[]): (string | undefined)[] =>
  KEYS.map((key) => rendezvous(nodes, key)?.name);

describe('rendezvous', () => {
  it('placement - is the same in every process and version', () => {
    const nodes = equal(5);
    const keys = ['', 'a', 'conversation-1', '用户', 'x'.repeat(1000)];
    expect(keys.map((key) => rendezvous(nodes, key)?.name)).toEqual(['inst-0', 'inst-1', 'inst-4', 'inst-2', 'inst-1']);
  });

  it('no instance, one instance - nowhere, there', () => {
    expect(rendezvous([], 'key')).toBeUndefined();
    expect(rendezvous(equal(1), 'key')?.name).toBe('inst-0');
  });

  it('order of the list - means nothing', () => {
    const nodes = equal(7);
    expect(place([...nodes].reverse())).toEqual(place(nodes));
  });

  it.each([2, 3, 4, 8, 16])('one of %i removed - moves its own keys alone', (count) => {
    const nodes = equal(count);
    const before = place(nodes);
    for (const gone of [0, count - 1]) {
      const after = place(nodes.filter((_, index) => index !== gone));
      const moved = after.filter((name, index) => name !== before[index]).length;
      expect(moved).toBe(before.filter((name) => name === `inst-${gone}`).length);
      expect(moved).toBeLessThanOrEqual((1 / count + 0.05) * KEYS.length);
    }
  });

  it('any names and weights, one added - moves keys to the new one alone, its share and 5 % at the most', () => {
    const name = fc.stringMatching(/^[a-z0-9-]{1,32}$/);
    const weighted = fc.record({ name, weight: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(fc.uniqueArray(weighted, { selector: (node) => node.name, minLength: 2, maxLength: 8 }), (nodes) => {
        const added = nodes.at(-1) as WeightedName;
        const before = place(nodes.slice(0, -1));
        const after = place(nodes);
        const moved = after.filter((where, index) => where !== before[index]);
        expect(new Set(moved).size).toBeLessThanOrEqual(1);
        expect(moved[0] ?? added.name).toBe(added.name);
        const share = added.weight / nodes.reduce((sum, { weight }) => sum + weight, 0);
        expect(moved.length).toBeLessThanOrEqual((share + 0.05) * KEYS.length);
      }),
      { numRuns: 15 },
    );
  });

  it('weights - give shares in their proportion', () => {
    const nodes = [
      { name: 'one', weight: 1 },
      { name: 'two', weight: 2 },
      { name: 'five', weight: 5 },
    ];
    const placed = place(nodes);
    for (const { name, weight } of nodes) {
      const share = placed.filter((where) => where === name).length / KEYS.length;
      expect(Math.abs(share - weight / 8)).toBeLessThan(0.03);
    }
  });
});
