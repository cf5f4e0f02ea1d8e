import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BUNDLE_LIMITS, type BundleFileName, bundleToText, packBundle } from '../../../bundle/index.js';
import { type LogFields, Secret, silentLogger, systemClock } from '../../../util/index.js';
import { type BundleSource, injectBundle } from './inject-bundle.js';
import { keepSessionFiles, readSessionFiles, restoreSessionFiles, writeSessionFiles } from './session-files.js';
import { SessionSwap } from './session-swap.js';

let workDir: string;
beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'session-'));
});
afterEach(() => rmSync(workDir, { recursive: true, force: true }));

const filesOf = (files: Partial<Record<BundleFileName, string>>): Map<BundleFileName, Uint8Array> =>
  new Map(Object.entries(files).map(([name, text]) => [name as BundleFileName, Buffer.from(text)]));
const LOGIN = filesOf({ 'cache/id': 'id', 'cache/user': 'user', 'cache/quota': 'quota', 'cache/config.json': '{}' });
const at = (...names: string[]): string => join(workDir, ...names);
const put = (name: string, text: string): void => {
  mkdirSync(at('cache'), { recursive: true });
  writeFileSync(at('cache', name), text);
};
const text = (name: string): string => readFileSync(at('cache', name), 'utf8');
const names = (): string[] => readdirSync(at('cache')).sort();

describe('the files of a login', () => {
  it('written - whole, for their owner alone, and nothing else is left', async () => {
    put('machine_token.json', 'kept');
    put('quota', 'of another login');
    mkdirSync(at('cache', '.bundle-left'));
    writeFileSync(at('cache', '.bundle-left', 'user'), 'left by a crash');
    await writeSessionFiles(workDir, filesOf({ 'cache/id': 'id', 'cache/user': 'user' }));
    expect(names()).toEqual(['id', 'machine_token.json', 'user']);
    if (process.platform !== 'win32') expect(statSync(at('cache', 'user')).mode & 0o777).toBe(0o600);
  });

  it.each([false, true])('the folder - is its owner’s; it was there, open to others: %s', async (isThere) => {
    if (isThere) mkdirSync(at('cache'), { mode: 0o755 });
    await writeSessionFiles(workDir, LOGIN);
    if (process.platform !== 'win32') expect(statSync(at('cache')).mode & 0o777).toBe(0o700);
    expect([...(await readSessionFiles(workDir)).keys()]).toEqual(
      [...LOGIN.keys()].sort((a, b) => order(a) - order(b)),
    );
  });

  it('moved aside, and put back - as they were', async () => {
    put('id', 'old id');
    put('user', 'old user');
    const kept = await keepSessionFiles(workDir, new Date('2026-01-02T03:04:05.678Z'));
    expect(names()).toEqual(['.before-bundle-2026-01-02T03-04-05-678Z']);
    await writeSessionFiles(workDir, LOGIN);
    await restoreSessionFiles(workDir, kept);
    expect(names()).toEqual(['id', 'user']);
    expect(text('user')).toBe('old user');
  });

  it('one that changes while it is read - is read once more, all that do not only once', async () => {
    put('id', 'id');
    put('user', 'before');
    const read = async (changes: boolean) => {
      let looks = 0;
      const look = async (): Promise<string> => {
        // The second look is the one behind the first reading.
        if (++looks === 2 && changes) put('user', 'after');
        return text('user');
      };
      const files = await readSessionFiles(workDir, look);
      return [Buffer.from(files.get('cache/user') as Uint8Array).toString(), looks];
    };
    expect(await read(false)).toEqual(['before', 2]);
    expect(await read(true)).toEqual(['after', 3]);
  });

  it('one that is too large for any bundle - refused before it is read', async () => {
    put('user', 'x'.repeat(BUNDLE_LIMITS.file + 1));
    await expect(readSessionFiles(workDir)).rejects.toMatchObject({ rule: 'file_too_large' });
  });
});

const order = (name: BundleFileName): number =>
  ['cache/id', 'cache/quota', 'cache/config.json', 'cache/user'].indexOf(name);

describe('injectBundle', () => {
  const inject = async (source: BundleSource) => {
    const told: [string, LogFields | undefined][] = [];
    const tell = (message: string, fields?: LogFields): void => void told.push([message, fields]);
    const logger = { ...silentLogger, warn: tell, info: tell };
    return { outcome: await injectBundle(workDir, source, { logger, now: () => 0 }), told };
  };
  const bundle = async (): Promise<string> => bundleToText(await packBundle(LOGIN));
  const file = (content: string | Uint8Array, mode = 0o600): string => {
    writeFileSync(at('bundle'), content);
    chmodSync(at('bundle'), mode);
    return at('bundle');
  };

  it.each([
    ['text', async () => ({ text: new Secret(await bundle()) })],
    ['a file of text', async () => ({ file: file(`${await bundle()}\n`) })],
    ['a file of gzip', async () => ({ file: file(await packBundle(LOGIN)) })],
    ['text beside a file that is not there', async () => ({ text: new Secret(await bundle()), file: '/nowhere' })],
  ])('%s - put into place', async (_, source) => {
    expect((await inject(await source())).outcome).toBe('injected');
    expect([text('user'), text('id')]).toEqual(['user', 'id']);
  });

  it('a file that others can read - used, with a warning', async () => {
    const { outcome, told } = await inject({ file: file(await bundle(), 0o644) });
    expect(outcome).toBe('injected');
    if (process.platform !== 'win32') expect(told[0]?.[0]).toContain('chmod 600');
  });

  it.each([
    ['a file that is not there', async () => ({ file: at('nowhere') }), { code: 'ENOENT' }],
    ['a folder', async () => ({ file: workDir }), { code: 'not_a_regular_file' }],
    [
      'a file of more than 6 MiB',
      async () => ({ file: file('x'.repeat(BUNDLE_LIMITS.text + 1)) }),
      { rule: 'text_too_large' },
    ],
    ['nonsense', async () => ({ text: new Secret('CANARY!') }), { rule: 'not_base64' }],
  ])('%s - a warning that names the rule, and nothing is written', async (_, source, reason) => {
    const { outcome, told } = await inject(await source());
    expect([outcome, told]).toEqual(['refused', [['A session bundle is not used', reason]]]);
    expect(() => names()).toThrow('ENOENT');
  });

  it.skipIf(process.platform === 'win32')(
    'a pipe that nobody writes to - refused, and nobody waits for it',
    async () => {
      execFileSync('mkfifo', [at('pipe')]);
      const { outcome, told } = await inject({ file: at('pipe') });
      expect([outcome, told]).toEqual(['refused', [['A session bundle is not used', { code: 'not_a_regular_file' }]]]);
    },
  );

  it('where somebody is signed in - stays out; an empty user is nobody', async () => {
    put('user', 'old user');
    expect((await inject({ text: new Secret(await bundle()) })).outcome).toBe('kept');
    expect(text('user')).toBe('old user');
    put('user', '');
    expect((await inject({ text: new Secret(await bundle()) })).outcome).toBe('injected');
  });

  it('forced - keeps what was there, and does nothing where it is the same', async () => {
    put('id', 'old id');
    put('user', 'old user');
    const source = { text: new Secret(await bundle()), force: true };
    expect((await inject(source)).outcome).toBe('injected');
    expect(text('user')).toBe('user');
    expect(text('.before-bundle-1970-01-01T00-00-00-000Z/user')).toBe('old user');
    expect((await inject(source)).outcome).toBe('kept');
  });

  it('forced - once: what the process makes of it later on is newer', async () => {
    put('user', 'old user');
    const sessionBundle = { text: new Secret(await bundle()), force: true };
    const swap = new SessionSwap({ workDir, sessionBundle, logger: silentLogger, clock: systemClock });
    await swap.apply();
    expect([text('user'), swap.fromBundle]).toEqual(['user', true]);
    put('user', 'refreshed');
    await swap.apply();
    expect(text('user')).toBe('refreshed');
    swap.replaceWith(filesOf({ 'cache/id': 'new id', 'cache/user': 'new user' }));
    await swap.apply();
    expect(text('user')).toBe('new user');
    swap.restore();
    await swap.apply();
    expect(text('user')).toBe('refreshed');
  });
});
