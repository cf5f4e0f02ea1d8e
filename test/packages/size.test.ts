/** What a browser or a single-file program has to load of core, minified and packed. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { measureEntry } from '../../packages/dev/publish/measure-entry.mjs';

const KB = 1000;

describe('size, minified and with gzip', () => {
  it.each([
    // Its own code alone; what a bundler leaves out of it depends on what is imported.
    ['@lingma-gateway/core', { dependencies: false, atMost: 262 * KB }],
    ['@lingma-gateway/core/config', { dependencies: true, atMost: 72 * KB }],
    ['@lingma-gateway/core/wire', { dependencies: true, atMost: 60 * KB }],
    ['@lingma-gateway/core/chat', { dependencies: true, atMost: 16 * KB }],
  ])('%s - stays within its limit', async (specifier, { dependencies, atMost }) => {
    const code = await measureEntry(specifier, { dependencies });
    const size = gzipSync(code, { level: 9 }).length;
    expect(size).toBeLessThanOrEqual(atMost);
    // A limit far above says nothing of what is added.
    expect(size).toBeGreaterThan(atMost * 0.7);
  });
});
