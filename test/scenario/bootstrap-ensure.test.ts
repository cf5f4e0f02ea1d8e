/** Which Lingma a gateway gets, over starts, failures, newer versions and damage. */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeVsix, ownPlatform, type StoreBehaviour } from '@lingma-gateway/simulator';
import { describe, expect, it, vi } from 'vitest';
import { type BootstrapHouse, bootstrapHouse, noSignal } from '../support/bootstrap-house.js';

const platform = ownPlatform();
const vsix = makeVsix();
const newer = makeVsix({ version: '2.12.0', extensionVersion: '2.7.0' });

/** With what a first start leaves. */
async function installed(
  behaviour: StoreBehaviour = { vsix },
): Promise<BootstrapHouse & { readonly asked: () => number }> {
  const house = await bootstrapHouse(behaviour);
  await house.create().ensure(noSignal());
  await vi.waitFor(() => expect(house.store.requests).toHaveLength(2));
  return { ...house, asked: () => house.store.requests.length - 2 };
}

describe('the source', () => {
  it.each<NonNullable<StoreBehaviour['query']>>(['empty', 'error', 'garbage'])(
    'the store answers with %s - the address of the extension is taken',
    async (query) => {
      const { create, store } = await bootstrapHouse({ vsix, query });
      expect(await create().ensure(noSignal())).toMatchObject({ version: '2.11.1' });
      await vi.waitFor(() =>
        expect(store.requests.at(-1)).toMatchObject({ path: '/vscode/tongyi-lingma-latest.vsix' }),
      );
    },
  );

  it('an answer of 10 MB - is read', async () => {
    const { create, store } = await bootstrapHouse({ vsix, query: 'huge' });
    await create().ensure(noSignal());
    await vi.waitFor(() => expect(store.requests.at(-1)?.path).toMatch(/^\/assets\//));
  });

  it('only versions before release - the latest of the others, asked for once more', async () => {
    const versions = [{ version: '2.8.0', preRelease: true }, { version: '2.7.0' }];
    const { create, store } = await bootstrapHouse({ vsixOf: { '2.7.0': newer }, versions });
    expect(await create().ensure(noSignal())).toMatchObject({ version: '2.12.0' });
    await vi.waitFor(() =>
      expect(store.requests.map(({ path }) => path)).toEqual([
        '/_apis/public/gallery/extensionquery',
        '/_apis/public/gallery/extensionquery',
        '/assets/2.7.0/all/Microsoft.VisualStudio.Services.VSIXPackage',
      ]),
    );
  });

  it('what the store gives is refused - the address of the extension is taken', async () => {
    const { create, store } = await bootstrapHouse({ vsix, vsixOf: { '2.6.10': makeVsix({ variant: 'link' }) } });
    expect(await create().ensure(noSignal())).toMatchObject({ version: '2.11.1' });
    await vi.waitFor(() => expect(store.requests.at(-1)).toMatchObject({ path: '/vscode/tongyi-lingma-latest.vsix' }));
  });

  it('a version of its own, and the store fails - what the address of the extension has, if it is that one', async () => {
    const { create } = await bootstrapHouse({ vsixOf: { '2.7.0': new Uint8Array() }, vsix: newer, query: 'error' });
    expect(await create({ version: '2.7.0' }).ensure(noSignal())).toMatchObject({ version: '2.12.0' });
  });

  it('a version of its own - is taken from the store', async () => {
    const versions = [{ version: '2.7.0' }, { version: '2.6.10' }];
    const { create } = await bootstrapHouse({ vsix, vsixOf: { '2.7.0': newer }, versions });
    expect(await create({ version: '2.6.10' }).ensure(noSignal())).toMatchObject({ version: '2.11.1' });
    const other = await bootstrapHouse({ vsix, versions });
    await expect(other.create({ version: '1.0.0' }).ensure(noSignal())).rejects.toMatchObject({
      cause: { code: 'wrong_version' },
    });
  });

  it('a file - is taken without a network, and may go afterwards', async () => {
    const { create, dataDir, store } = await bootstrapHouse();
    const file = join(dataDir, 'mine.zip');
    await writeFile(file, makeVsix({ variant: 'jetbrains' }));
    await create({ source: 'file', file }).ensure(noSignal());
    await rm(file);
    await rm(join(dataDir, 'bin', '2.11.1', 'extension', 'main.js'));
    expect(await create({ source: 'file', file }).ensure(noSignal())).toMatchObject({ version: '2.11.1' });
    expect(store.requests).toEqual([]);
  });

  it('none - nothing is fetched', async () => {
    const { create, store } = await bootstrapHouse({ vsix });
    await expect(create({ source: 'none' }).ensure(noSignal())).rejects.toMatchObject({ code: 'no_binary' });
    expect(store.requests).toEqual([]);
  });
});

describe('the next start', () => {
  it('a Lingma is there - asks nobody', async () => {
    const { create, asked, store } = await installed();
    await store.close();
    expect(await create().ensure(noSignal())).toMatchObject({ version: '2.11.1', isOwn: true });
    expect(asked()).toBe(0);
  });

  it.each([
    ['newer - is taken', [{ version: '2.7.0' }], '2.12.0'],
    ['the same - stays', [{ version: '2.6.10' }], '2.11.1'],
    ['older - stays', [{ version: '2.5.20' }], '2.11.1'],
  ])('the store has one that is %s', async (_name, versions, expected) => {
    const { create, store } = await installed();
    store.behave({ vsix, vsixOf: { '2.7.0': newer }, versions });
    expect(await create().ensure(noSignal(), { update: true })).toMatchObject({ version: expected });
  });

  it('a newer one cannot be had - the one that is there goes on', async () => {
    const { create, store, warnings } = await installed();
    store.behave({ status: 404, versions: [{ version: '2.7.0' }] });
    expect(await create().ensure(noSignal(), { update: true })).toMatchObject({ version: '2.11.1' });
    expect(warnings.join('\n')).toContain('http_status');
  });

  it('what lies at an address has not changed - it is not unpacked to see that it is no newer', async () => {
    const { create, progress } = await bootstrapHouse({ vsix });
    await create({ source: 'vsix' }).ensure(noSignal());
    const before = progress.length;
    expect(await create({ source: 'vsix' }).ensure(noSignal(), { update: true })).toMatchObject({ version: '2.11.1' });
    expect(progress.slice(before).map(({ phase }) => phase)).not.toContain('unpack');
  });

  it('by force - it is unpacked again, into a folder of its own', async () => {
    const { create, dataDir } = await installed();
    const program = join(dataDir, 'bin', '2.11.1', platform, 'Lingma');
    const before = await stat(program);
    await create().ensure(noSignal(), { force: true });
    expect((await stat(program)).ino).not.toBe(before.ino);
  });

  it('two versions are kept, and the archives that they came from', async () => {
    const { create, store, list } = await installed();
    for (const [minor, version] of [
      ['2.7.0', '2.12.0'],
      ['2.8.0', '2.13.0'],
    ] as const) {
      store.behave({ vsix: makeVsix({ version, extensionVersion: minor }), versions: [{ version: minor }] });
      await create().ensure(noSignal(), { update: true });
    }
    expect(await list('bin')).toEqual(['2.12.0', '2.13.0', 'Lingma', 'config.json']);
    expect((await list('downloads')).filter((name) => name.endsWith('.vsix'))).toHaveLength(2);
  });

  it.each([
    ['missing', undefined],
    ['broken', '{"cosy.core'],
    ['naming what is not there', '{"cosy.core.version":"9.9.9"}'],
    ['naming what is no version', '{"cosy.core.version":"../../etc"}'],
  ])('config.json is %s - the one that came last is taken', async (_name, text) => {
    const { create, store, dataDir } = await installed();
    store.behave({ vsix: newer, versions: [{ version: '2.7.0' }] });
    await create().ensure(noSignal(), { update: true });
    const config = join(dataDir, 'bin', 'config.json');
    await rm(config);
    if (text !== undefined) await writeFile(config, text);
    await store.close();
    expect(await create().ensure(noSignal())).toMatchObject({ version: '2.12.0' });
  });
});

describe('damage', () => {
  const damages: readonly (readonly [string, (folder: string) => Promise<unknown>])[] = [
    ['the extension runtime is gone', (folder) => rm(join(folder, 'extension', 'main.js'))],
    ['the extension runtime is empty', (folder) => truncate(join(folder, 'extension', 'main.js'))],
    [
      'a file has another size',
      (folder) => writeFile(join(folder, 'extension', 'node_modules', 'one', 'index.js'), ''),
    ],
    ['the program is gone', (folder) => rm(join(folder, platform, 'Lingma'))],
  ];

  it.each(damages)('%s - is put right without a network', async (_name, damage) => {
    const { create, store, dataDir, asked } = await installed();
    const folder = join(dataDir, 'bin', '2.11.1');
    await damage(folder);
    await store.close();
    expect(await create().ensure(noSignal())).toMatchObject({ version: '2.11.1' });
    expect(asked()).toBe(0);
    const { files } = JSON.parse(await readFile(join(folder, '.manifest.json'), 'utf8')) as {
      readonly files: Readonly<Record<string, { readonly size: number }>>;
    };
    for (const [path, { size }] of Object.entries(files)) expect((await stat(join(folder, path))).size).toBe(size);
  });

  it.each(['gone', 'changed'])(
    'the archive is %s, too - the same version is downloaded, not the latest',
    async (how) => {
      const { create, store, dataDir, list } = await installed();
      await rm(join(dataDir, 'bin', '2.11.1', 'extension', 'main.js'));
      for (const name of (await list('downloads')).filter((each) => each.endsWith('.vsix'))) {
        if (how === 'gone') await rm(join(dataDir, 'downloads', name));
        else await writeFile(join(dataDir, 'downloads', name), 'PK something else');
      }
      store.behave({
        vsixOf: { '2.7.0': newer, '2.6.10': vsix },
        versions: [{ version: '2.7.0' }, { version: '2.6.10' }],
      });
      expect(await create().ensure(noSignal())).toMatchObject({ version: '2.11.1' });
      expect((await stat(join(dataDir, 'bin', '2.11.1', 'extension', 'main.js'))).size).toBeGreaterThan(0);
    },
  );

  it('nothing helps, and the program is there - it goes on without its extension', async () => {
    const { create, store, dataDir, warnings } = await installed();
    await rm(join(dataDir, 'bin', '2.11.1', 'extension', 'main.js'));
    await rm(join(dataDir, 'downloads'), { recursive: true });
    await store.close();
    expect(await create().ensure(noSignal())).toMatchObject({ version: '2.11.1' });
    expect(warnings.join('\n')).toContain('could not be put right');
  });

  it('a process complains of it - repair() unpacks it again', async () => {
    const { create, dataDir, asked } = await installed();
    const main = join(dataDir, 'bin', '2.11.1', 'extension', 'main.js');
    await rm(main);
    expect(await create().repair(noSignal())).toBe(true);
    expect((await stat(main)).size).toBeGreaterThan(0);
    expect(asked()).toBe(0);
  });
});

describe('what others have installed', () => {
  async function ideHome(house: BootstrapHouse): Promise<string> {
    const home = join(house.dataDir, 'home');
    const program = join(home, '.lingma', 'bin', '2.9.9', platform, 'Lingma');
    await mkdir(dirname(program), { recursive: true });
    await copyFile(process.execPath, program).catch(() => undefined);
    return program;
  }

  it('an IDE has one - it is used, and nothing is fetched', async () => {
    const house = await bootstrapHouse({ vsix });
    const path = await ideHome(house);
    expect(await house.create({ discover: true }).ensure(noSignal())).toEqual({ path, version: '2.9.9', isOwn: false });
    expect(house.store.requests).toEqual([]);
    expect(await house.create({ discover: true }).repair(noSignal())).toBe(false);
  });

  it('an IDE has one, and discover is off - it is fetched', async () => {
    const house = await bootstrapHouse({ vsix });
    await ideHome(house);
    expect(await house.create({ discover: false }).ensure(noSignal())).toMatchObject({ isOwn: true });
  });

  it('both - the own one', async () => {
    const house = await installed();
    await ideHome(house);
    expect(await house.create({ discover: true }).ensure(noSignal())).toMatchObject({ isOwn: true });
  });
});

describe('several at once', () => {
  it('two of one process - one downloads, the other waits and asks nobody', async () => {
    const { create, store } = await bootstrapHouse({ vsix });
    const both = await Promise.all([create().ensure(noSignal()), create().ensure(noSignal())]);
    expect(both[0]).toEqual(both[1]);
    await vi.waitFor(() => expect(store.requests).toHaveLength(2));
  });

  it('one that was killed has left its lock and half a version - both count for nothing', async () => {
    const { create, dataDir, list } = await bootstrapHouse({ vsix });
    const bin = join(dataDir, 'bin');
    await mkdir(join(bin, '.tmp-abc', 'version'), { recursive: true });
    await writeFile(join(bin, '.tmp-abc', 'inner.zip'), 'PK half');
    const child = spawn(process.execPath, ['-e', '']);
    const pid = child.pid as number;
    await new Promise((resolve) => child.on('exit', resolve));
    const { hostname } = await import('node:os');
    await writeFile(join(bin, '.bootstrap.lock'), JSON.stringify({ pid, host: hostname(), id: 'gone' }));
    await create().ensure(noSignal());
    expect(await list('bin')).toEqual(['2.11.1', 'Lingma', 'config.json']);
  });

  it('a version was moved aside by one that was killed then - it is put back', async () => {
    const { create, dataDir, store } = await installed();
    const { rename } = await import('node:fs/promises');
    await rename(join(dataDir, 'bin', '2.11.1'), join(dataDir, 'bin', '.old-2.11.1'));
    await store.close();
    expect(await create({ source: 'none' }).ensure(noSignal())).toMatchObject({ version: '2.11.1' });
  });

  it('a signal while another has the lock - ends the waiting', async () => {
    const { create, dataDir, progress } = await bootstrapHouse({ vsix });
    await mkdir(join(dataDir, 'bin'), { recursive: true });
    const { hostname } = await import('node:os');
    await writeFile(
      join(dataDir, 'bin', '.bootstrap.lock'),
      JSON.stringify({ pid: process.ppid, host: hostname(), id: 'other' }),
    );
    const stop = new AbortController();
    const run = create().ensure(stop.signal);
    await vi.waitFor(() => expect(progress.at(-1)).toMatchObject({ phase: 'waiting' }));
    stop.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
  });
});
