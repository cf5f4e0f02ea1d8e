import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBinaries, resolveBinary } from './find-binaries.js';

const PLATFORM = 'x86_64_linux';
let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lingma-find-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(...parts: readonly string[]): Promise<string> {
  const path = join(root, ...parts);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'program');
  return path;
}

describe('resolveBinary() - what lingma.bin may be', () => {
  it.each([
    ['the program', ['any', 'name'], ['any', 'name']],
    ['the folder of a platform', [PLATFORM, 'Lingma'], [PLATFORM]],
    ['the folder of a version', ['2.11.1', PLATFORM, 'Lingma'], ['2.11.1']],
    ['a folder of versions', ['bin', '2.11.1', PLATFORM, 'Lingma'], ['bin']],
    ['the folder above', ['data', 'bin', '2.11.1', PLATFORM, 'Lingma'], ['data']],
    ['an IDE', ['ide', 'resources', 'app', 'resources', 'bin', PLATFORM, 'Lingma'], ['ide']],
    ['an app', ['Lingma.app', 'Contents', 'Resources', 'app', 'resources', 'bin', PLATFORM, 'Lingma'], ['Lingma.app']],
    ['QoderCN', ['qoder', 'resources', 'app', 'resources', 'bin', PLATFORM, 'QoderCN'], ['qoder']],
  ])('%s', async (_name, program, named) => {
    const path = await put(...program);
    expect(await resolveBinary(join(root, ...named), PLATFORM)).toBe(path);
  });

  it('a folder of versions with one in use - that one', async () => {
    const used = await put('bin', '2.9.0', PLATFORM, 'Lingma');
    await put('bin', '2.11.1', PLATFORM, 'Lingma');
    await writeFile(join(root, 'bin', 'config.json'), '{"cosy.core.version":"2.9.0"}');
    expect(await resolveBinary(join(root, 'bin'), PLATFORM)).toBe(used);
  });

  it('a folder without any, one for another machine, nothing - none', async () => {
    await put('2.11.1', 'aarch64_darwin', 'Lingma');
    expect(await resolveBinary(root, PLATFORM)).toBeUndefined();
    expect(await resolveBinary(join(root, 'nowhere'), PLATFORM)).toBeUndefined();
  });
});

it('findBinaries() - all of them in their order, with the versions that are known', async () => {
  const service = await put('service', 'Lingma');
  const plugin = await put('home', '.lingma', 'bin', '2.9.0', PLATFORM, 'Lingma');
  const own = await put('data', 'bin', '2.11.1', PLATFORM, 'Lingma');
  const sources = {
    node: 'linux',
    platform: PLATFORM,
    homedir: join(root, 'home'),
    bin: join(root, 'data', 'bin'),
  } as const;
  const found = await findBinaries({ ...sources, env: { LINGMA_SERVICE_BINARY: service } });
  expect(found.filter(({ path }) => path.startsWith(root))).toEqual([
    // Without its extension.
    { path: own, product: 'data folder', version: '2.11.1', isOwn: true, isDamaged: true },
    { path: service, product: 'LINGMA_SERVICE_BINARY', isOwn: false, isDamaged: false },
    { path: plugin, product: 'Lingma', version: '2.9.0', isOwn: false, isDamaged: false },
  ]);
});
