/** An archive as large as the real one is unpacked piece by piece. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ownPlatform, writeBigVsix } from '@lingma-gateway/simulator';
import { expect, it, onTestFinished } from 'vitest';

const MEASURE = fileURLToPath(new URL('../support/measure-unpack.mjs', import.meta.url));
const MB = 1024 * 1024;
const UNPACKED = 560 * MB;
const LIMIT = 150 * MB;

it('560 MB within a ZIP within a ZIP - are unpacked with less than 150 MB of memory', {
  timeout: 300_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lingma-big-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'big.vsix');
  await writeBigVsix({ path: file, bytes: UNPACKED });
  expect((await stat(file)).size).toBeGreaterThan(150 * MB);
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', MEASURE, file, join(folder, 'data')]);
  const { version, grownBy } = JSON.parse(stdout) as { readonly version: string; readonly grownBy: number };
  expect(version).toBe('2.11.1');
  const part = join(folder, 'data', 'bin', '2.11.1', ownPlatform(), 'part-1.bin');
  expect((await stat(part)).size).toBe(UNPACKED / 2);
  expect(grownBy).toBeLessThan(LIMIT);
});
