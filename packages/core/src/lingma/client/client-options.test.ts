import { describe, expect, it } from 'vitest';
import { FakeRunner } from '../turn/native-tools/testing/fake-runner.js';
import { LingmaClient } from './client.js';
import { type NativeToolPolicy, resolveSettings } from './client-options.js';

describe('resolveSettings() - native tools', () => {
  const nativeToolRunner = new FakeRunner();

  it.each<[policy: NativeToolPolicy | undefined, reports: boolean, runs: boolean]>([
    [undefined, false, false],
    ['refuse', false, false],
    ['report', true, false],
    ['run', false, true],
  ])('%s - a runner is used where they are to be run, and nowhere else', (nativeTools, reports, runs) => {
    const settings = resolveSettings({ nativeToolRunner, ...(nativeTools !== undefined && { nativeTools }) });
    expect(settings.reportNativeTools).toBe(reports);
    expect(settings.nativeToolRunner).toBe(runs ? nativeToolRunner : undefined);
  });

  it('run without a runner - fails at once and names both', () => {
    expect(() => new LingmaClient({ nativeTools: 'run' })).toThrow(TypeError);
    expect(() => resolveSettings({ nativeTools: 'run' })).toThrow(/'run'.*nativeToolRunner.*createHostTools\(\)/);
  });
});
