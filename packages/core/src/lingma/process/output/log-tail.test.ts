import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LogTail } from './log-tail.js';

let folder: string;
let path: string;
let read: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-tail-'));
  path = join(folder, 'lingma.log');
  read = '';
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const still = { now: () => 0, schedule: () => () => undefined };
const tail = (): LogTail =>
  new LogTail(path, still, (text) => {
    read += text;
  });

it('LogTail - what stood there before is old, what is added is told once', async () => {
  writeFileSync(path, 'old\n');
  const log = tail();
  await log.start();
  await log.look();
  appendFileSync(path, 'new\n');
  await Promise.all([log.look(), log.look()]);
  expect(read).toBe('new\n');
});

it('LogTail - a file that comes later is read from its start', async () => {
  const log = tail();
  await log.start();
  await log.look();
  writeFileSync(path, 'first\n');
  await log.look();
  expect(read).toBe('first\n');
});

it('LogTail - one that was put in its place, or cut, is read from its start', async () => {
  writeFileSync(path, 'a long line of an earlier day\n');
  const log = tail();
  await log.start();
  renameSync(path, join(folder, 'lingma-1.log'));
  writeFileSync(path, 'rotated\n');
  await log.look();
  writeFileSync(path, 'cut\n');
  await log.look();
  expect(read).toBe('rotated\ncut\n');
});

it('LogTail - of a flood the newest 64 KiB', async () => {
  const log = tail();
  await log.start();
  writeFileSync(path, `${'x'.repeat(1_000_000)}end`);
  await log.look();
  expect(read).toHaveLength(64 * 1024);
  expect(read.endsWith('xend')).toBe(true);
});

it('LogTail - a folder in its place is no log', async () => {
  const log = new LogTail(folder, still, (text) => {
    read += text;
  });
  await log.start();
  await log.look();
  expect(read).toBe('');
});

it('LogTail - looks by the clock until it is stopped', async () => {
  const due: (() => void)[] = [];
  const clock = {
    now: () => 0,
    schedule: (_ms: number, callback: () => void) => {
      due.push(callback);
      return () => void due.splice(due.indexOf(callback), 1);
    },
  };
  const seen = new Promise<string>((resolve) => {
    const log = new LogTail(path, clock, (text) => {
      log.stop();
      resolve(text);
    });
    void log.start().then(() => {
      writeFileSync(path, 'added\n');
      due.shift()?.();
    });
  });
  expect(await seen).toBe('added\n');
  expect(due).toEqual([]);
});
