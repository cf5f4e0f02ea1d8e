import { describe, expect, it } from 'vitest';
import { loadOnce } from './load-once.js';

describe('loadOnce()', () => {
  it('callers at the same time and later - share one success', async () => {
    let loads = 0;
    const load = loadOnce(async () => ++loads);
    expect(await Promise.all([load(), load()])).toEqual([1, 1]);
    expect(await load()).toBe(1);
  });

  it('a failure - is shared by those who wait, and tried again by the next', async () => {
    let loads = 0;
    const load = loadOnce(async () => {
      if (++loads < 3) throw new Error(`attempt ${loads}`);
      return loads;
    });
    const both = await Promise.allSettled([load(), load()]);
    expect(both.map((result) => result.status === 'rejected' && result.reason.message)).toEqual([
      'attempt 1',
      'attempt 1',
    ]);
    await expect(load()).rejects.toThrow('attempt 2');
    expect(await load()).toBe(3);
    expect(await load()).toBe(3);
  });
});
