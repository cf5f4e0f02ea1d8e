import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sim-test-'));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, root);
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

it('what a process left that was killed - goes with the next; what others have stays', async () => {
  const { pid: gone } = spawnSync(process.execPath, ['--version']);
  const others = [`lingma-sim-${process.ppid}-a`, 'lingma-sim-x', 'lingma-agent-1'];
  for (const name of [`lingma-sim-${gone}-a`, ...others]) mkdirSync(join(root, name));
  const { makeTemporaryDir, removeTemporaryDir } = await import('./temporary-dir.js');
  const own = makeTemporaryDir();
  expect(readdirSync(root).filter((name) => join(root, name) !== own)).toEqual(others.toSorted());
  removeTemporaryDir(own);
  expect(existsSync(own)).toBe(false);
});

it('a process that ends without stopping its simulator - takes its folder with it', async () => {
  const { makeTemporaryDir } = await import('./temporary-dir.js');
  const before = process.listeners('exit');
  const own = makeTemporaryDir();
  const [onExit] = process.listeners('exit').filter((listener) => !before.includes(listener));
  onExit?.(0);
  expect(existsSync(own)).toBe(false);
});
