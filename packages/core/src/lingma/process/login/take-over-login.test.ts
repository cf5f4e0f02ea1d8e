import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../util/index.js';
import { takeOverLogin } from './take-over-login.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'login-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A work folder with these files. */
function folder(name: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(root, name, 'cache'), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, name, file), text);
  return join(root, name);
}

const LOGIN = { 'cache/id': 'i', 'cache/user': 'u', 'cache/quota': 'q', 'cache/config.json': '{}', 'cache/other': 'o' };
const read = (dir: string, file: string): string | undefined => {
  try {
    return readFileSync(join(dir, file), 'utf8');
  } catch {
    return undefined;
  }
};

describe('takeOverLogin()', () => {
  it('a folder without a login - gets the four files and no other', async () => {
    const from = folder('one', LOGIN);
    const workDir = join(root, 'pool', 'inst-0');
    await takeOverLogin(from, workDir, silentLogger);
    expect(Object.keys(LOGIN).map((file) => read(workDir, file))).toEqual(['i', 'u', 'q', '{}', undefined]);
  });

  it('an empty user file - is no login', async () => {
    const workDir = folder('two', { 'cache/user': '', 'cache/id': 'own' });
    await takeOverLogin(folder('one', LOGIN), workDir, silentLogger);
    expect([read(workDir, 'cache/user'), read(workDir, 'cache/id')]).toEqual(['u', 'i']);
  });

  it('a folder with a login of its own - keeps it', async () => {
    const workDir = folder('two', { 'cache/user': 'own', 'cache/id': 'own' });
    await takeOverLogin(folder('one', LOGIN), workDir, silentLogger);
    expect([read(workDir, 'cache/user'), read(workDir, 'cache/id')]).toEqual(['own', 'own']);
  });

  it.each([
    ['nothing there', {}],
    ['logged out', { 'cache/id': 'i', 'cache/quota': 'q' }],
  ])('%s - nothing is copied', async (_, files) => {
    const workDir = join(root, 'two');
    await takeOverLogin(folder('one', files), workDir, silentLogger);
    expect(read(workDir, 'cache/id')).toBeUndefined();
  });

  it('a folder that cannot be written - is no failure', async () => {
    writeFileSync(join(root, 'file'), 'x');
    await expect(takeOverLogin(folder('one', LOGIN), join(root, 'file'), silentLogger)).resolves.toBeUndefined();
  });
});
