import { cp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDataFolder } from './data-folder.js';
import { temporaryFolder } from './testing/temporary-folder.js';

it('openDataFolder - made where it is not, for this user alone, one gateway at a time', async () => {
  const path = join(await temporaryFolder(), 'a/b');
  const folder = await openDataFolder(path);
  expect((await stat(path)).mode & 0o077).toBe(0);
  expect(await readFile(join(path, 'version'), 'utf8')).toBe('1\n');
  await expect(openDataFolder(path)).rejects.toMatchObject({
    code: 'not_ready',
    message: expect.stringContaining('Another'),
  });
  await folder.release();
  await (await openDataFolder(path)).release();
});

it('openDataFolder - a copy taken while it was in use starts', async () => {
  const path = await temporaryFolder();
  const folder = await openDataFolder(path);
  await cp(path, `${path}-copy`, { recursive: true });
  await (await openDataFolder(`${path}-copy`)).release();
  await rm(`${path}-copy`, { recursive: true });
  await folder.release();
});

it('openDataFolder - of a later version: refused, and not locked', async () => {
  const path = await temporaryFolder();
  for (const version of ['99', 'x']) {
    await writeFile(join(path, 'version'), version);
    await expect(openDataFolder(path)).rejects.toMatchObject({ code: 'not_ready' });
  }
  await writeFile(join(path, 'version'), '1');
  await (await openDataFolder(path)).release();
});

it('openDataFolder - of an earlier version: step by step, with a copy of what was', async () => {
  const path = await temporaryFolder();
  await (await openDataFolder(path)).release();
  await writeFile(join(path, 'keys.json'), 'one');
  const step = (text: string) => (folder: string) => writeFile(join(folder, 'keys.json'), text);
  await (await openDataFolder(path, { schema: 3, migrations: { 1: step('two'), 2: step('three') } })).release();
  expect(await readFile(join(path, 'keys.json'), 'utf8')).toBe('three');
  expect(await readFile(join(path, 'backup-1/keys.json'), 'utf8')).toBe('one');
  expect(await readFile(join(path, 'version'), 'utf8')).toBe('3\n');
});
