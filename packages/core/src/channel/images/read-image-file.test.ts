import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readImageFile } from './read-image-file.js';

const { signal: never } = new AbortController();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-image-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refused = (path: string, maxBytes = 1000): Promise<unknown> =>
  readImageFile(path, maxBytes, never).then(
    () => 'read',
    (error: Error) => error.message,
  );

describe('readImageFile()', () => {
  it('a file, and a link to one - whole', async () => {
    const path = join(folder, 'a.png');
    writeFileSync(path, 'x'.repeat(1000));
    symlinkSync(path, join(folder, 'link.png'));
    expect(Buffer.from(await readImageFile(path, 1000, never)).toString()).toBe('x'.repeat(1000));
    expect((await readImageFile(join(folder, 'link.png'), 1000, never)).length).toBe(1000);
  });

  it('larger than allowed, and one that grows after it was looked at - refused', async () => {
    const path = join(folder, 'a.png');
    writeFileSync(path, 'x'.repeat(1001));
    expect(await refused(path)).toContain('too large');
    writeFileSync(path, 'x');
    // `/proc` tells a size of 0 for what is not empty: the same as growing after the look.
    appendFileSync(path, 'y'.repeat(10));
    expect(await refused(path, 5)).toContain('too large');
    if (process.platform === 'linux') expect(await refused('/proc/self/environ', 5)).toContain('too large');
  });

  it.runIf(process.platform !== 'win32')('a pipe, a device, a folder - refused at once', async () => {
    const pipe = join(folder, 'pipe.png');
    execFileSync('mkfifo', [pipe]);
    expect(await refused(pipe)).toContain('not a regular file');
    expect(await refused('/dev/zero')).toContain('not a regular file');
    expect(await refused(folder)).toContain('not a regular file');
  });

  it('not there - told without its path', async () => {
    const message = await refused(join(folder, 'none.png'));
    expect(message).toContain('can not be opened');
    expect(message).not.toContain(folder);
  });

  it('abort - ends with the reason', async () => {
    await expect(readImageFile(folder, 10, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });
});
