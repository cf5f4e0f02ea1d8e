/** Archives that bring a Lingma, in every layout that is known, and those that must leave nothing behind. */
import { execFile } from 'node:child_process';
import { readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeVsix, ownPlatform, type VsixVariant, writeZip, type ZipMember } from '@lingma-gateway/simulator';
import { describe, expect, it } from 'vitest';
import { bootstrapHouse, noSignal } from '../support/bootstrap-house.js';

const platform = ownPlatform();

describe('an archive with a Lingma', () => {
  it.each<VsixVariant>(['nested', 'flat', 'no-version-folder', 'jetbrains', 'zip64', 'several-inner'])(
    '%s - is unpacked, and runs',
    async (variant) => {
      const { create, dataDir, list } = await bootstrapHouse({ vsix: makeVsix({ variant }) });
      const located = await create({ source: 'vsix' }).ensure(noSignal());
      const program = join(dataDir, 'bin', '2.11.1', platform, 'Lingma');
      expect(located).toEqual({ path: program, version: '2.11.1', isOwn: true });
      const { stdout } = await promisify(execFile)(program, ['version']);
      expect(stdout).toBe('version: 2.11.1\n');
      expect((await stat(program)).mode & 0o777).toBe(0o755);
      const main = join(dataDir, 'bin', '2.11.1', 'extension', 'main.js');
      expect((await stat(main)).mode & 0o777).toBe(0o644);
      expect(await list('bin')).toEqual(['2.11.1', 'Lingma', 'config.json']);
      // What other machines need stays packed.
      expect(await list('bin/2.11.1')).toEqual(['.manifest.json', 'extension', platform].sort());
      expect(await readlink(join(dataDir, 'bin', 'Lingma'))).toBe(join('2.11.1', platform, 'Lingma'));
      expect(JSON.parse(await readFile(join(dataDir, 'bin', 'config.json'), 'utf8'))).toEqual({
        'cosy.core.version': '2.11.1',
      });
    },
  );

  it('the manifest - tells each file, the archive and where it came from', async () => {
    const { create, dataDir, store } = await bootstrapHouse({ vsix: makeVsix() });
    await create().ensure(noSignal());
    const text = await readFile(join(dataDir, 'bin', '2.11.1', '.manifest.json'), 'utf8');
    const manifest = JSON.parse(text) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      ...{ version: '2.11.1', extensionVersion: '2.6.10', platform, source: 'marketplace' },
      url: `${store.url}/assets/2.6.10/all/Microsoft.VisualStudio.Services.VSIXPackage`,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      etag: expect.stringMatching(/^".+"$/),
    });
    const { size } = await stat(join(dataDir, 'bin', '2.11.1', 'extension', 'main.js'));
    expect(manifest.files).toMatchObject({
      'extension/main.js': { size, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      [`${platform}/Lingma`]: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    // The folder may be moved.
    expect(text).not.toContain(dataDir);
  });

  it('of another name than any that is known - is found by its pattern', async () => {
    const inner = writeZip([
      { name: `3.0.1/${platform}/Lingma`, content: '#!/bin/sh\necho "version: 3.0.1"\n' },
      { name: '3.0.1/extension/main.js', content: '// main' },
    ]);
    const vsix = writeZip([
      { name: 'extension/other/docs.zip', content: writeZip([{ name: 'readme', content: 'none' }]) },
      { name: 'extension/elsewhere/cosy.zip', content: inner },
    ]);
    const { create } = await bootstrapHouse({ vsix });
    expect(await create({ source: 'vsix' }).ensure(noSignal())).toMatchObject({ version: '3.0.1' });
  });

  it('one ZIP for each platform - the one of this machine is taken', async () => {
    const of = (name: string) =>
      writeZip([
        { name: `2.12.0/${name}/Lingma`, content: '#!/bin/sh\necho "version: 2.12.0"\n' },
        { name: '2.12.0/extension/main.js', content: '// main' },
      ]);
    const other = platform === 'aarch64_darwin' ? 'x86_64_darwin' : 'aarch64_darwin';
    const vsix = writeZip(
      [other, platform].map((name) => ({ name: `extension/dist/bin/${name}.zip`, content: of(name) })),
    );
    const { create } = await bootstrapHouse({ vsix });
    expect(await create({ source: 'vsix' }).ensure(noSignal())).toMatchObject({ version: '2.12.0' });
  });

  const program = (version: string) => `#!/bin/sh\necho "version: ${version}"\n`;
  const zipOf = (version: string) =>
    writeZip([
      { name: `${version}/${platform}/Lingma`, content: program(version) },
      { name: `${version}/extension/main.js`, content: '// main' },
    ]);

  it.each<[string, readonly ZipMember[], string]>([
    [
      'several ZIPs whose names tell no version - the highest of what lies in them',
      ['2.9.0', '2.11.0', '2.10.0'].map((version, index) => ({
        name: `extension/dist/bin/${index}.zip`,
        content: zipOf(version),
      })),
      '2.11.0',
    ],
    [
      'the newest lies in another folder than the other - the newest',
      [
        { name: 'extension/dist/bin/lingma-2.9.0.zip', content: zipOf('2.9.0') },
        { name: 'extension/next/lingma-2.10.0.zip', content: zipOf('2.10.0') },
      ],
      '2.10.0',
    ],
    [
      'the platforms beside the folders of versions - the newest extension runtime is theirs',
      [
        { name: `extension/bin/${platform}/Lingma`, content: program('2.12.0') },
        { name: 'extension/bin/2.9.0/extension/main.js', content: '// old' },
        { name: 'extension/bin/2.12.0/extension/main.js', content: '// new' },
      ],
      '2.12.0',
    ],
    [
      'nothing in it tells the version - the program does',
      [
        { name: `${platform}/Lingma`, content: program('2.13.0') },
        { name: 'extension/main.js', content: '// main' },
      ],
      '2.13.0',
    ],
  ])('%s', async (_name, members, version) => {
    const { create, dataDir, list } = await bootstrapHouse({ vsix: writeZip(members) });
    expect(await create({ source: 'vsix' }).ensure(noSignal())).toMatchObject({ version });
    expect(await list('bin')).toEqual(['Lingma', 'config.json', version].sort());
    expect((await stat(join(dataDir, 'bin', version, 'extension', 'main.js'))).size).toBeGreaterThan(0);
  });

  it('it says another version than its folder - a warning alone', async () => {
    const vsix = makeVsix({ version: '2.11.1', args: ['--server-version', '9.9.9'] });
    const { create, warnings } = await bootstrapHouse({ vsix });
    await create().ensure(noSignal());
    expect(warnings.join('\n')).toContain('9.9.9');
  });

  it('for another machine - it is unpacked, and not tried', async () => {
    const other = platform === 'aarch64_darwin' ? 'x86_64_darwin' : 'aarch64_darwin';
    const { create, dataDir } = await bootstrapHouse({ vsix: makeVsix({ platforms: [platform, other] }) });
    const runProgram = () => Promise.reject(new Error('not here'));
    const { path } = await create({ platform: other, runProgram }).ensure(noSignal());
    expect(path).toBe(join(dataDir, 'bin', '2.11.1', other, 'Lingma'));
  });

  it('Windows - the program for Windows 7 is not chosen', async () => {
    const { create, dataDir } = await bootstrapHouse({ vsix: makeVsix({ platforms: ['x86_64_windows'] }) });
    const { path } = await create({ platform: 'x86_64_windows' }).ensure(noSignal());
    expect(path).toBe(join(dataDir, 'bin', '2.11.1', 'x86_64_windows', 'Lingma.exe'));
  });
});

describe('an archive that is refused', () => {
  it.each<[VsixVariant, string]>([
    ['slip-outer', 'entry_name'],
    ['slip-inner', 'entry_name'],
    ['absolute', 'entry_name'],
    ['backslash', 'entry_name'],
    ['link', 'link'],
    ['device', 'device'],
    ['bomb-ratio', 'entry_ratio'],
    ['bomb-understated', 'entry_ratio'],
    ['bomb-count', 'entry_count'],
    ['duplicate', 'duplicate_name'],
    ['crc', 'entry_checksum'],
    ['encrypted', 'encrypted'],
    ['no-platform', 'no_platform'],
    ['no-extension-runtime', 'no_extension_runtime'],
    ['empty-extension-runtime', 'no_extension_runtime'],
    ['does-not-run', 'does_not_run'],
    ['no-zip', 'not_a_zip'],
    ['truncated', 'not_a_zip'],
  ])('%s - %s is named, and nothing is left', async (variant, rule) => {
    const { create, list } = await bootstrapHouse({ vsix: makeVsix({ variant }) });
    await expect(create({ source: 'vsix' }).ensure(noSignal())).rejects.toMatchObject({
      code: 'no_binary',
      cause: { code: rule },
      message: expect.stringContaining(rule),
    });
    expect(await list('bin')).toEqual([]);
    expect(await list('downloads')).toEqual([]);
  });

  it.each<[string, string, ZipMember | readonly ZipMember[]]>([
    ['a file where a folder is', 'duplicate_name', { name: '2.11.1/extension', content: 'x' }],
    [
      'a folder in other letters that is a file',
      'duplicate_name',
      { name: '2.11.1/EXTENSION/MAIN.JS/x', content: 'x' },
    ],
    ['a drive in the middle', 'entry_name', { name: '2.11.1/extension/C:/x', content: 'x' }],
    ['a second stream of a file', 'entry_name', { name: '2.11.1/extension/main.js:x', content: 'x' }],
    ['a device with a blank', 'entry_name', { name: '2.11.1/extension/nul .txt', content: 'x' }],
    ['a link among what is not unpacked', 'link', { name: 'other/link', content: '/etc/passwd', mode: 0o120777 }],
    ['a link without permissions', 'link', { name: '2.11.1/extension/link', content: '../x', mode: 0o120000 }],
  ])('%s - %s is named, and nothing is left', async (_name, rule, members) => {
    const inner = writeZip([
      { name: `2.11.1/${platform}/Lingma`, content: '#!/bin/sh\necho "version: 2.11.1"\n' },
      { name: '2.11.1/extension/main.js', content: '// main' },
      ...[members].flat(),
    ]);
    const { create, list } = await bootstrapHouse({
      vsix: writeZip([{ name: 'extension/dist/bin/lingma-2.6.10.zip', content: inner }]),
    });
    await expect(create({ source: 'vsix' }).ensure(noSignal())).rejects.toMatchObject({ cause: { code: rule } });
    expect([...(await list('bin')), ...(await list('downloads'))]).toEqual([]);
  });

  it('packed by a method that is unknown - it is named', async () => {
    const vsix = Buffer.from(makeVsix({ variant: 'flat' }));
    // The method, in the headers of both kinds.
    for (const [signature, offset] of [
      ['PK\u0003\u0004', 8],
      ['PK\u0001\u0002', 10],
    ] as const) {
      for (let at = vsix.indexOf(signature); at >= 0; at = vsix.indexOf(signature, at + 4)) vsix[at + offset] = 14;
    }
    const { create, list } = await bootstrapHouse({ vsix });
    await expect(create({ source: 'vsix' }).ensure(noSignal())).rejects.toMatchObject({
      cause: { code: 'compression_method' },
    });
    expect([...(await list('bin')), ...(await list('downloads'))]).toEqual([]);
  });

  it('a file of the operator - is refused as well, and stays where it is', async () => {
    const { create, dataDir, list } = await bootstrapHouse();
    const file = join(dataDir, 'mine.vsix');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(file, makeVsix({ variant: 'link' }));
    await expect(create({ source: 'file', file }).ensure(noSignal())).rejects.toMatchObject({
      cause: { code: 'link' },
    });
    expect((await stat(file)).size).toBeGreaterThan(0);
    expect([...(await list('bin')), ...(await list('downloads'))]).toEqual([]);
  });

  it('a Lingma that works is there - it goes on, and the refused one leaves no trace', async () => {
    const { create, store, list, warnings } = await bootstrapHouse({ vsix: makeVsix() });
    const before = await create().ensure(noSignal());
    const [archives, bin] = [await list('downloads'), await list('bin')];
    store.behave({ vsix: makeVsix({ variant: 'crc', version: '2.12.0' }), versions: [{ version: '2.7.0' }] });
    expect(await create().ensure(noSignal(), { update: true })).toEqual(before);
    expect(warnings.join('\n')).toContain('entry_checksum');
    expect(await list('downloads')).toEqual(archives);
    expect(await list('bin')).toEqual(bin);
  });
});
