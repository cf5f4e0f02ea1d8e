import { afterEach, describe, expect, it, vi } from 'vitest';
import { openFilesLimit } from './open-files-limit.js';

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
