import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ownership, ownerState, readOwnership, removeOwnership, writeOwnership } from './ownership.js';
import type { ProcessTable } from './system/process-table.js';

const NOTE: Ownership = {
  ...{ pid: 4711, startedAt: 1, bin: '/opt/Lingma', socketPort: 36_510, httpPort: 37_510, gatewayPid: 4700 },
  processStart: '100',
};
const OURS = ['/opt/Lingma', 'start', '--workDir', '/data/inst-1'];

describe('ownerState', () => {
  const cases: readonly (readonly [string, Partial<ProcessTable>, Ownership, 'ours' | 'foreign' | 'gone'])[] = [
    ['its command line and its start agree', {}, NOTE, 'ours'],
    ['nobody noted when it started', {}, without(NOTE), 'ours'],
    ['nobody can tell when it started', { startedAt: async () => undefined }, NOTE, 'ours'],
    ['it does not live', { isAlive: () => false }, NOTE, 'gone'],
    ['another command line', { commandLine: async () => ['sleep', '1000'] }, NOTE, 'foreign'],
    ['another folder', { commandLine: async () => [...OURS.slice(0, 3), '/data/inst-10'] }, NOTE, 'foreign'],
    ['a command line nobody may read', { commandLine: async () => undefined }, NOTE, 'foreign'],
    ['the same words, started at another time', { startedAt: async () => '200' }, NOTE, 'foreign'],
    ['our own number', {}, { ...NOTE, pid: process.pid }, 'foreign'],
  ];
  it.each(cases)('%s', async (_name, over, note, expected) => {
    const table: ProcessTable = {
      isAlive: () => true,
      commandLine: async () => OURS,
      startedAt: async () => '100',
      parentOf: async () => undefined,
      ...over,
    };
    expect(await ownerState(note, '/data/inst-1', table)).toBe(expected);
  });
});

function without({ processStart: _, ...note }: Ownership): Ownership {
  return note;
}

describe('the note', () => {
  let workDir: string;
  const path = (): string => join(workDir, '.lingma-gateway.json');
  beforeEach(() => {
    workDir = mkdtempSync(join(tmpdir(), 'ownership-'));
  });
  afterEach(() => rmSync(workDir, { recursive: true, force: true }));

  it('written, read, removed; for this user alone', async () => {
    await writeOwnership(workDir, { ...NOTE, pid: 1234 });
    await writeOwnership(workDir, NOTE);
    expect(await readOwnership(workDir)).toEqual(NOTE);
    expect(readdirSync(workDir)).toEqual(['.lingma-gateway.json']);
    if (process.platform !== 'win32') expect(statSync(path()).mode & 0o777).toBe(0o600);
    await removeOwnership(workDir);
    await removeOwnership(workDir);
    expect(await readOwnership(workDir)).toBeUndefined();
  });

  it.each(['', '{', '[]', '{"pid":"4711"}', '{"pid":1}', '{"pid":0}', '{"pid":-4711}', '{"pid":1.5}'])(
    '%j - counts as none',
    async (text) => {
      writeFileSync(path(), text);
      expect(await readOwnership(workDir)).toBeUndefined();
    },
  );
});
