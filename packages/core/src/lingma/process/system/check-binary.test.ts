import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBinary, programFormat, spawnError, wrongFormat } from './check-binary.js';
import { isPermanent } from './process-fault.js';
import { spawnProcess } from './spawn-process.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-binary-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

/** The head of a program for Linux; `machine` by ELF's numbers. */
function elf(machine: number, bigEndian = false): Uint8Array {
  const head = new Uint8Array(64);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, bigEndian ? 2 : 1, 1]);
  new DataView(head.buffer).setUint16(18, machine, !bigEndian);
  return head;
}

describe('programFormat', () => {
  it.each([
    ['ELF of this processor', elf(62), 'linux', 'x64', 'native'],
    ['ELF of another processor', elf(183), 'linux', 'x64', 'other'],
    ['ELF for ARM on ARM', elf(183), 'linux', 'arm64', 'native'],
    ['ELF of 32 bits beside one of 64', elf(3), 'linux', 'x64', 'native'],
    ['ELF, the other byte order', elf(22, true), 'linux', 's390x', 'native'],
    ['ELF on a Mac', elf(62), 'darwin', 'x64', 'unknown'],
    ['ELF cut off', elf(62).subarray(0, 8), 'linux', 'x64', 'unknown'],
    ['Mach-O', Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe), 'darwin', 'arm64', 'native'],
    ['Mach-O for several', Uint8Array.of(0xca, 0xfe, 0xba, 0xbe), 'darwin', 'arm64', 'native'],
    ['Mach-O on Linux', Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe), 'linux', 'x64', 'unknown'],
    ['PE', Uint8Array.of(0x4d, 0x5a, 0x90, 0), 'win32', 'x64', 'native'],
    ['PE on Linux', Uint8Array.of(0x4d, 0x5a, 0x90, 0), 'linux', 'x64', 'unknown'],
    ['a script', Uint8Array.of(0x23, 0x21, 0x2f, 0x62), 'linux', 'x64', 'script'],
    ['a script on Windows', Uint8Array.of(0x23, 0x21, 0x2f, 0x62), 'win32', 'x64', 'unknown'],
    ['text', Uint8Array.of(0x65, 0x63, 0x68, 0x6f), 'linux', 'x64', 'unknown'],
    ['nothing', new Uint8Array(0), 'linux', 'x64', 'unknown'],
  ] as const)('%s', (_name, head, platform, arch, expected) => {
    expect(programFormat(head, platform, arch)).toBe(expected);
  });
});

describe.skipIf(process.platform === 'win32')('checkBinary', () => {
  const problems: readonly (readonly [string, () => string, string])[] = [
    ['a relative path', () => 'bin/Lingma', 'is not absolute'],
    ['a bare name', () => 'Lingma', 'is not absolute'],
    ['nothing there', () => join(folder, 'Lingma'), 'does not exist'],
    ['below a file', () => join(file('Lingma', ''), 'Lingma'), 'does not exist'],
    ['a link to nothing', () => linkTo('nowhere'), 'does not exist'],
    ['a folder', () => folder, 'is not a file'],
    ['not executable', () => file('Lingma', '#!/bin/sh\n', 0o644), 'is not executable'],
    ['text without an interpreter', () => file('Lingma', 'echo hello\n'), 'is no program for this system'],
    ['an empty file', () => file('Lingma', ''), 'is no program for this system'],
  ];
  it.each(problems)('%s - 503, for good, without the path', async (_name, makePath, words) => {
    const path = makePath();
    const error = await checkBinary(path).then(
      () => expect.fail('it should have been refused'),
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ code: 'not_ready', status: 503, shouldRetry: false });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain(folder);
    expect(isPermanent(error)).toBe(true);
  });

  it('a program, a script, a link to one', async () => {
    expect(await checkBinary(process.execPath)).toBe('native');
    expect(await checkBinary(file('script', '#!/bin/sh\nexit 0\n'))).toBe('script');
    expect(await checkBinary(linkTo(process.execPath))).toBe('native');
  });

  it('of another processor - may be emulated', async () => {
    const machine = process.arch === 'arm64' ? 62 : 183;
    expect(await checkBinary(file('Lingma', elf(machine)), 'linux')).toBe('other');
  });

  const linkTo = (target: string): string => {
    const path = join(folder, `link-to-${target.length}`);
    symlinkSync(target.startsWith('/') ? target : join(folder, target), path);
    return path;
  };
});

describe('spawnError', () => {
  it.each([
    ['ENOENT', 'cannot be loaded', true],
    ['EACCES', 'may not be started', true],
    ['EPERM', 'may not be started', true],
    ['ENOEXEC', 'no program for this system', true],
    ['EAGAIN', 'could not be started', false],
    ['EMFILE', 'could not be started', false],
  ])('%s', (code, words, permanent) => {
    const error = spawnError('/opt/Lingma', Object.assign(new Error(`spawn ${code}`), { code }));
    expect(error).toMatchObject({ code: 'not_ready', message: expect.stringContaining(words) });
    expect(isPermanent(error)).toBe(permanent);
  });

  it('output of a program for another machine rides along', () => {
    expect(wrongFormat('/opt/Lingma', ['cannot execute']).cause).toMatchObject({ output: ['cannot execute'] });
  });
});

describe.skipIf(process.platform === 'win32')('spawnProcess', () => {
  const start = (bin: string) =>
    spawnProcess({ bin, args: [], cwd: folder, env: { PATH: process.env.PATH ?? '' }, onOutput: () => undefined });

  it('its interpreter is missing - told for what it is', async () => {
    const bin = file('Lingma', '#!/nowhere/interpreter\n');
    const child = start(bin);
    expect(child.pid).toBeUndefined();
    await expect(child.started).rejects.toMatchObject({
      ...{ code: 'not_ready', shouldRetry: false, message: expect.stringContaining('cannot be loaded') },
    });
  });

  it('what it wrote before it ended - has been handed on by then', async () => {
    let text = '';
    const child = spawnProcess({
      ...{ bin: file('Lingma', '#!/bin/sh\necho one; echo two >&2; exit 4\n'), args: [], cwd: folder, env: {} },
      onOutput: (_stream, piece) => {
        text += piece;
      },
    });
    expect(await child.exited).toEqual({ code: 4, signal: undefined });
    expect(text.split('\n').sort()).toEqual(['', 'one', 'two']);
  });
});
