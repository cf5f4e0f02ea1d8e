import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ProcessTable, processTable } from './system/process-table.js';
import { lockWorkDir } from './work-dir-lock.js';

let workDir: string;
beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'work-dir-lock-'));
});
afterEach(() => rmSync(workDir, { recursive: true, force: true }));

const path = (): string => join(workDir, '.lingma-gateway.lock');
const table = (alive: readonly number[], starts: Readonly<Record<number, string>> = {}): ProcessTable => ({
  ...processTable(),
  isAlive: (pid) => alive.includes(pid),
  startedAt: async (pid) => starts[pid],
});

it('lockWorkDir - one at a time, for this user alone, gone when released', async () => {
  const lock = await lockWorkDir(workDir, processTable());
  expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ pid: process.pid });
  expect(statSync(path()).mode & 0o077).toBe(0);
  await expect(lockWorkDir(workDir, processTable())).rejects.toMatchObject({
    ...{ code: 'not_ready', message: expect.stringContaining('Another gateway') },
  });
  await lock.release();
  expect(readdirSync(workDir)).toEqual([]);
  await (await lockWorkDir(workDir, processTable())).release();
});

it('lockWorkDir - of many at once exactly one has it', async () => {
  writeFileSync(path(), JSON.stringify({ pid: 99_999_999 }));
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockWorkDir(workDir, processTable())));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it.each([
  ['its owner is gone', '{"pid":4711}', table([])],
  ['its owner’s number is another process’s', '{"pid":4711,"startedAt":"100"}', table([4711], { 4711: '200' })],
  ['our own number, of an earlier run', `{"pid":${process.pid},"startedAt":"1"}`, processTable()],
  ['written half', '{"pid":47', table([4711])],
  ['empty', '', table([])],
  ['a number that stands for everybody', '{"pid":-1}', table([-1])],
  ['a number that stands for our own group', '{"pid":0}', table([0])],
  ['no number of a process', '{"pid":1.5}', table([1.5])],
])('lockWorkDir - %s: taken over', async (_name, text, processes) => {
  if (process.platform === 'win32' && text.includes(`${process.pid}`)) return;
  writeFileSync(path(), text);
  await lockWorkDir(workDir, processes);
  expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ pid: process.pid });
  expect(readdirSync(workDir)).toEqual(['.lingma-gateway.lock']);
});

it.each([
  ['the same process', '{"pid":4711,"startedAt":"100"}', table([4711], { 4711: '100' })],
  ['nobody can tell', '{"pid":4711,"startedAt":"100"}', table([4711])],
])('lockWorkDir - its owner lives, and %s: left alone', async (_name, text, processes) => {
  writeFileSync(path(), text);
  await expect(lockWorkDir(workDir, processes)).rejects.toMatchObject({ code: 'not_ready' });
  expect(readFileSync(path(), 'utf8')).toBe(text);
});

it('lockWorkDir - a lock that another has taken meanwhile is not released', async () => {
  const lock = await lockWorkDir(workDir, processTable());
  writeFileSync(path(), '{"pid":1}');
  await lock.release();
  expect(readFileSync(path(), 'utf8')).toBe('{"pid":1}');
});
