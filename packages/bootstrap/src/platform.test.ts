import { describe, expect, it } from 'vitest';
import { isForPlatform, platformOf, programName } from './platform.js';

describe('platformOf()', () => {
  it.each([
    ['linux', 'x64', 'x86_64_linux'],
    ['linux', 'arm64', 'aarch64_linux'],
    ['darwin', 'x64', 'x86_64_darwin'],
    ['darwin', 'arm64', 'aarch64_darwin'],
    ['win32', 'x64', 'x86_64_windows'],
    ['win32', 'arm64', 'x86_64_windows'],
  ] as const)('%s on %s - %s', (node, arch, platform) => {
    expect(platformOf(node, arch)).toBe(platform);
  });

  it.each([
    ['freebsd', 'x64'],
    ['linux', 'riscv64'],
  ] as const)('%s on %s - there is none', (node, arch) => {
    expect(() => platformOf(node, arch)).toThrow('unsupported_platform');
  });
});

it('programName() - never the one for Windows 7', () => {
  expect([programName('x86_64_windows'), programName('aarch64_linux')]).toEqual(['Lingma.exe', 'Lingma']);
});

it.each([
  [undefined, true],
  ['', true],
  ['universal', true],
  ['linux-x64', true],
  ['linux-arm64', false],
  ['alpine-x64', false],
  ['web', false],
])('isForPlatform() - %s on x86_64_linux', (target, expected) => {
  expect(isForPlatform(target, 'x86_64_linux')).toBe(expected);
});
