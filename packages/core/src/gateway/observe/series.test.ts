import { describe, expect, it } from 'vitest';
import { CounterFamily, Distribution, HistogramFamily } from './series.js';

describe('CounterFamily', () => {
  it('labels - one number for each combination, in the order of the names', () => {
    const family = new CounterFamily({ name: 'x', help: 'x', labels: ['a', 'b'] });
    family.add(1, 'p', 'q');
    family.add(2, 'p', 'q');
    family.add(4, 'q', 'p');
    expect([...family.entries()].map(({ labels, cell }) => [labels, cell.value])).toEqual([
      [{ a: 'p', b: 'q' }, 3],
      [{ a: 'q', b: 'p' }, 4],
    ]);
  });

  it('without labels - begins at zero', () => {
    const family = new CounterFamily({ name: 'x', help: 'x' });
    expect([...family.entries()]).toEqual([{ labels: {}, cell: { value: 0 } }]);
  });

  it('more label values than there may be - are counted together', () => {
    const family = new CounterFamily({ name: 'x', help: 'x', labels: ['a'] });
    for (let at = 0; at < 1_000; at++) family.add(1, `name-${at}`);
    const entries = [...family.entries()];
    expect(entries).toHaveLength(201);
    expect(entries.at(-1)).toEqual({ labels: { a: 'other' }, cell: { value: 800 } });
  });
});

describe('Distribution', () => {
  it('observe() - counts at the smallest bound that is not below the value', () => {
    const cell = new Distribution([1, 2]);
    for (const value of [0, 1, 1.5, 2, 9]) cell.observe(value);
    expect(cell).toMatchObject({ counts: [2, 2, 1], sum: 13.5, count: 5 });
  });

  it('add() - as if all had been observed here', () => {
    const [one, other] = [new Distribution([1, 2]), new Distribution([1, 2])];
    for (const value of [0.5, 3]) one.observe(value);
    for (const value of [1.5, 4]) other.observe(value);
    one.add(other);
    expect(one).toMatchObject({ counts: [1, 1, 2], sum: 9, count: 4 });
  });

  it('of a family - the same cell for the same labels', () => {
    const family = new HistogramFamily({ name: 'x', help: 'x', labels: ['m'], bounds: [1] });
    expect(family.of('a')).toBe(family.of('a'));
    expect(family.of('a')).not.toBe(family.of('b'));
  });
});
