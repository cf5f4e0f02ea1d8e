/** What a browser or a single-file program has to load of core, minified and packed. */
import { describe, expect, it } from 'vitest';
import { measureEntry } from '../../packages/dev/publish/measure-entry.mjs';

const KB = 1000;

describe('size, minified and with gzip', () => {
  it.each([
    // Its own code alone; what a bundler leaves out of it depends on what is imported.
    ['@lingma-gateway/core', { dependencies: false, first: 148 * KB, whole: 282 * KB }],
    ['@lingma-gateway/core/data', { dependencies: false, first: 9 * KB, whole: 9 * KB }],
    ['@lingma-gateway/core/config', { dependencies: true, first: 72 * KB, whole: 72 * KB }],
    ['@lingma-gateway/core/wire', { dependencies: true, first: 60 * KB, whole: 60 * KB }],
    ['@lingma-gateway/core/chat', { dependencies: true, first: 16 * KB, whole: 16 * KB }],
  ])('%s - stays within its limits: what it loads first, and all of it', async (specifier, limits) => {
    const size = await measureEntry(specifier, limits);
    for (const part of ['first', 'whole'] as const) {
      expect(size[part], part).toBeLessThanOrEqual(limits[part]);
      // A limit far above says nothing of what is added.
      expect(size[part], part).toBeGreaterThan(limits[part] * 0.7);
    }
  });
});
