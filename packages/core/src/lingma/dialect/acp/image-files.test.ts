import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../testing/fake-peer.js';
import { ImageFiles, type ImageFilesOptions } from './image-files.js';

const HOUR = 60 * 60 * 1000;
const picture = (text: string) => ({ mediaType: 'image/png', data: Buffer.from(text).toString('base64') });

let parent: string;
let files: ImageFiles;
const create = (options: ImageFilesOptions = {}): ImageFiles => {
  files = new ImageFiles({ parent, ...options });
  return files;
};
const foldersIn = (): string[] => readdirSync(parent).filter((name) => name.startsWith('lingma-gateway-images-'));
const filesIn = (): string[] => foldersIn().flatMap((name) => readdirSync(join(parent, name)));
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'image-files-'));
});
afterEach(async () => {
  await files?.close();
  rmSync(parent, { recursive: true, force: true });
});

describe('ImageFiles', () => {
  it('what is written - is private, and gone with the end', async () => {
    const [placed] = await create().placeAll([picture('a')]);
    expect(readFileSync(placed?.path ?? '', 'utf8')).toBe('a');
    if (process.platform !== 'win32') expect(statSync(placed?.path ?? '').mode & 0o777).toBe(0o600);
    await files.close();
    expect(foldersIn()).toEqual([]);
  });

  it('a folder that was cleaned away - is made again', async () => {
    await create().placeAll([picture('a')]);
    rmSync(join(parent, foldersIn()[0] ?? ''), { recursive: true });
    const [placed] = await files.placeAll([picture('b')]);
    expect(readFileSync(placed?.path ?? '', 'utf8')).toBe('b');
  });

  it('a folder that can not be made - is tried again with the next turn', async () => {
    rmSync(parent, { recursive: true });
    await expect(create().placeAll([picture('a')])).rejects.toMatchObject({ code: 'not_ready' });
    mkdirSync(parent);
    expect(await files.placeAll([picture('a')])).toHaveLength(1);
  });

  it('one of several that can not be written - none stays', async () => {
    create({ maxFiles: 2 });
    await expect(files.placeAll([picture('a'), picture('b'), picture('c')])).rejects.toMatchObject({
      code: 'not_ready',
    });
    expect(filesIn()).toEqual([]);
    expect(await files.placeAll([picture('a'), picture('b')])).toHaveLength(2);
  });

  it('a disk that is full - what was written in part goes, and counts no longer', async () => {
    let room = 1;
    const write = async (path: string, content: Uint8Array): Promise<void> => {
      writeFileSync(path, room-- > 0 ? content : content.subarray(0, 2));
      if (room < 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    create({ maxBytes: 20, write });
    const pictures = [picture('x'.repeat(10)), picture('y'.repeat(10))];
    await expect(files.placeAll(pictures)).rejects.toMatchObject({ code: 'not_ready', cause: { code: 'ENOSPC' } });
    expect(filesIn()).toEqual([]);
    room = 2;
    expect(await files.placeAll(pictures)).toHaveLength(2);
  });

  it('bytes of all - bounded; those whose turn is over go first, the oldest of them', async () => {
    create({ maxBytes: 30 });
    const first = await files.placeAll([picture('x'.repeat(10))]);
    const second = await files.placeAll([picture('x'.repeat(10))]);
    const running = await files.placeAll([picture('x'.repeat(10))]);
    await expect(files.placeAll([picture('y')])).rejects.toMatchObject({ code: 'not_ready' });
    files.releaseLater([...first, ...second]);
    await files.placeAll([picture('y')]);
    expect([first, second, running].map(([placed]) => existsSync(placed?.path ?? ''))).toEqual([false, true, true]);
  });

  it('a turn is over - its files stay a while, and count no longer when they went', async () => {
    const clock = new FakeClock();
    create({ clock, keepMs: 1000, maxFiles: 1 });
    const placed = await files.placeAll([picture('a')]);
    files.releaseLater(placed);
    files.releaseLater(placed);
    await clock.advance(999);
    expect(filesIn()).toHaveLength(1);
    await clock.advance(1);
    await vi.waitFor(() => expect(filesIn()).toEqual([]));
    expect(await files.placeAll([picture('b')])).toHaveLength(1);
  });

  it('folders of other runs - the stale ones go, fresh ones and strangers stay', async () => {
    const now = Date.now();
    const folder = (name: string, age: number): void => {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'a.png'), 'a');
      utimesSync(join(parent, name), new Date(now - age), new Date(now - age));
    };
    folder('lingma-gateway-images-stale', 25 * HOUR);
    folder('lingma-gateway-images-fresh', 23 * HOUR);
    folder('somebody-elses', 100 * HOUR);
    await create({ dateNow: () => now }).placeAll([picture('a')]);
    await vi.waitFor(() => expect(readdirSync(parent)).not.toContain('lingma-gateway-images-stale'));
    expect(readdirSync(parent)).toEqual(expect.arrayContaining(['lingma-gateway-images-fresh', 'somebody-elses']));
    expect(foldersIn()).toHaveLength(2);
  });
});
