import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inHostFolder } from './testing/host-folder.js';
import { walkFiles } from './walk-files.js';

const folder = inHostFolder();

const { signal } = new AbortController();
const names = async (from = folder.cwd, maxVisited?: number) =>
  (await walkFiles(from, signal, maxVisited)).map(({ name }) => name);

describe('walkFiles()', () => {
  it('gives files alone: no links, none through links, none of folders that tools make', async () => {
    for (const name of ['.git', '.hg', '.svn', 'sub/node_modules', '.config']) {
      await mkdir(join(folder.cwd, name));
      await writeFile(join(folder.cwd, name, 'x'), '');
    }
    await symlink('..', join(folder.cwd, 'sub', 'round'));
    expect(await walkFiles(folder.cwd, signal)).toMatchObject([
      { name: 'a.txt', real: join(folder.cwd, 'a.txt') },
      { name: '.config/x' },
      { name: 'sub/b.ts', real: join(folder.cwd, 'sub', 'b.ts') },
    ]);
  });

  it('a folder of a name that is left out - is searched when it is the one that was asked for', async () => {
    expect(await names(join(folder.cwd, 'node_modules'))).toEqual(['x.js']);
  });

  it('a folder that is not there - holds nothing', async () => {
    expect(await names(join(folder.cwd, 'none'))).toEqual([]);
  });

  it('more than is looked at - the rest is left out, folders counted as well', async () => {
    for (let index = 0; index < 30; index++) {
      await mkdir(join(folder.cwd, `d${index}`));
      await writeFile(join(folder.cwd, `d${index}`, 'x'), '');
    }
    const found = await names(folder.cwd, 40);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(40 - 30 + 1);
    expect(await names(folder.cwd)).toHaveLength(32);
  });

  it.skipIf(process.platform === 'win32')('backslashes in a name - lead nowhere else', async () => {
    const trap = join(folder.cwd, 'sub\\..\\..\\outside');
    await mkdir(trap);
    await writeFile(join(trap, 'y\\z'), '');
    await expect(names(trap)).rejects.toThrow('backslash');
    expect(await names()).toEqual(['a.txt', 'sub/b.ts', 'sub\\..\\..\\outside/y\\z']);
  });

  it('a turn that is over - throws its reason', async () => {
    const over = new AbortController();
    const walking = walkFiles(folder.cwd, over.signal);
    over.abort(new Error('over'));
    await expect(walking).rejects.toThrow('over');
  });
});
