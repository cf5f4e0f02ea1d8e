import { describe, expect, it } from 'vitest';
import { chooseChannel } from './choose-channel.js';

const channel = (name: string, weight = 1, priority = 0, rank = 0) => ({ name, weight, priority, rank });

/** The same numbers on every run. */
function seeded(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('chooseChannel', () => {
  it('10 000 draws - by weight, within 3 %', () => {
    const channels = [channel('a', 1), channel('b', 2), channel('c', 5)];
    const counts = new Map<string, number>();
    const random = seeded();
    for (let draw = 0; draw < 10_000; draw++) {
      const { name } = chooseChannel(channels, undefined, random) as { name: string };
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const { name, weight } of channels) {
      expect(Math.abs((counts.get(name) ?? 0) / 10_000 - weight / 8)).toBeLessThan(0.03);
    }
  });

  it('the exact name before the priority, the priority before the weight', () => {
    const random = () => 0.99;
    expect(chooseChannel([channel('pattern', 9, 9, 1), channel('exact', 1, 0, 2)], undefined, random)?.name).toBe(
      'exact',
    );
    expect(chooseChannel([channel('low', 9, 0), channel('high', 1, 5)], undefined, random)?.name).toBe('high');
    expect(chooseChannel([], undefined, random)).toBeUndefined();
  });

  it('an affinity key - stays, and a channel that goes moves its own keys alone', () => {
    const channels = ['a', 'b', 'c', 'd'].map((name) => channel(name));
    const random = seeded();
    const placed = (from: typeof channels, key: string) => chooseChannel(from, key, random)?.name;
    for (let index = 0; index < 500; index++) {
      const key = `user-${index}`;
      const home = placed(channels, key);
      expect(placed(channels, key)).toBe(home);
      const without = channels.filter(({ name }) => name !== 'c');
      if (home !== 'c') expect(placed(without, key)).toBe(home);
    }
  });
});
