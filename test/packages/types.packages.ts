/** The types of every package for TypeScript 5, however it is set; the newest is asked with every run of the tests. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSUMER_SETTINGS, checkConsumer } from './check-consumer.js';
import { type PackedPackages, packPackages } from './packed-packages.js';

let packed: PackedPackages;
beforeAll(async () => {
  packed = await packPackages();
}, 120_000);
afterAll(() => packed?.remove());

describe('TypeScript 5', () => {
  it.each(CONSUMER_SETTINGS)('$module in a .$ending file - finds the types of every entry', async (settings) => {
    expect(await checkConsumer(packed.project.dir, '5', settings)).toBe('');
  });
});
