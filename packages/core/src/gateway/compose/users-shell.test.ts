import { expect, it } from 'vitest';
import { usersShell } from './users-shell.js';

it.each([
  ['linux', '/usr/bin/zsh', 'zsh'],
  ['darwin', '/opt/homebrew/bin/fish', 'fish'],
  ['linux', 'bash', 'bash'],
  ['linux', '/usr/bin/nu', 'nu'],
  ['linux', '/usr/sbin/nologin', undefined],
  ['linux', '', undefined],
  ['linux', undefined, undefined],
  ['win32', '/usr/bin/bash', undefined],
] as const)('usersShell() - on %s with %j is %j', (platform, path, expected) => {
  expect(usersShell(platform, path)).toBe(expected);
});
