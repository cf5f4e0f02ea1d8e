import { afterEach, describe, expect, it, vi } from 'vitest';
import { openFilesLimit, withinOpenFiles } from './open-files-limit.js';

afterEach(() => vi.restoreAllMocks());

describe('openFilesLimit()', () => {
  it.each([
    [{ userLimits: { open_files: { soft: 256, hard: 256 } } }, 256],
    [{ userLimits: { open_files: { soft: 'unlimited', hard: 'unlimited' } } }, undefined],
    [{}, undefined],
  ])('%j - %s', (report, limit) => {
    vi.spyOn(process.report as NonNullable<typeof process.report>, 'getReport').mockReturnValue(report);
    expect(openFilesLimit()).toBe(limit);
  });
});

describe('withinOpenFiles()', () => {
  it.each([
    [256, false, 64, 64, 128],
    [256, true, 32, 64, 128],
    [1_024, false, 256, 256, 512],
    [1_048_576, true, 256, 1_047_040, 1_047_552],
  ])('%d descriptors, both ends here: %s', (descriptors, bothEnds, maxConnections, served, open) => {
    expect(withinOpenFiles(256, descriptors, bothEnds)).toEqual({ maxConnections, connections: { served, open } });
  });

  it.each([8, 64, 256, 1_024, 10_240])('%d - what all may take together leaves some', (descriptors) => {
    const { maxConnections, connections } = withinOpenFiles(256, descriptors, true);
    expect(maxConnections * 2 + (connections?.open ?? 0)).toBeLessThan(descriptors);
  });

  it('no limit - what is wanted', () => {
    expect(withinOpenFiles(256, undefined, true)).toEqual({ maxConnections: 256 });
  });
});
