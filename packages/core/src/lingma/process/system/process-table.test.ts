import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { isAlive, isDescendant, namesWorkDir, type ProcessTable, processTable } from './process-table.js';

describe('namesWorkDir', () => {
  it.each([
    [['Lingma', 'start', '--workDir', '/data/inst-1', '--socketPort', '1'], true],
    [['node', '/opt/Lingma', 'start', '--workDir', '/data/inst-1'], true],
    [['Lingma', 'start', '--workDir=/data/inst-1'], true],
    [['Lingma', 'start', '--workDir', '/data/inst-1/'], true],
    [['Lingma', 'start', '--workDir', '/data/inst-10'], false],
    [['Lingma', 'start', '--workDir', '/data'], false],
    [['Lingma', 'start', '--workDir'], false],
    [['tail', '-f', '/data/inst-1/logs/lingma.log'], false],
    [['ls', '/data/inst-1'], false],
    [['Lingma start --workDir /data/inst-1 --socketPort 1'], true],
    [['Lingma start --workDir=/data/inst-1'], true],
    [['Lingma start --workDir /data/inst-10 --socketPort 1'], false],
    [['Lingma start --workDir /data/inst-1/sub'], false],
    [[], false],
  ])('%j - %s', (commandLine, expected) => {
    expect(namesWorkDir(commandLine, '/data/inst-1')).toBe(expected);
  });
});

describe('isDescendant', () => {
  const parents: Readonly<Record<number, number>> = { 50: 40, 40: 30, 30: 1, 60: 1, 70: 71, 71: 70 };
  const table = { parentOf: async (pid: number) => parents[pid] } as unknown as ProcessTable;
  it.each([
    [50, 50, true],
    [50, 40, true],
    [50, 30, true],
    [60, 30, false],
    [30, 50, false],
    [99, 30, false],
    // A table that is read while it changes may go in circles.
    [70, 30, false],
  ])('%i of %i - %s', async (pid, ancestor, expected) => {
    expect(await isDescendant(pid, ancestor, table)).toBe(expected);
  });
});

describe.skipIf(process.platform === 'win32')('processTable', () => {
  it('a child - its words, its parent, its start', async () => {
    const table = processTable();
    const child = spawn(
      process.execPath,
      ['-e', 'setInterval(() => {}, 1000)', 'start', '--workDir', '/data/a folder'],
      {
        stdio: 'ignore',
      },
    );
    const pid = child.pid as number;
    const start = await table.startedAt(pid);
    expect(namesWorkDir((await table.commandLine(pid)) ?? [], '/data/a folder')).toBe(true);
    expect(await table.parentOf(pid)).toBe(process.pid);
    expect(start).toBeTruthy();
    expect(await table.startedAt(pid)).toBe(start);
    expect(isAlive(pid)).toBe(true);
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exit;
    expect(isAlive(pid)).toBe(false);
    expect(await table.commandLine(pid)).toBeUndefined();
    expect(await table.startedAt(pid)).toBeUndefined();
  });
});
