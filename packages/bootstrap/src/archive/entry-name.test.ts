import { describe, expect, it } from 'vitest';
import { foldName, nameProblem, shownName } from './entry-name.js';

describe('nameProblem()', () => {
  it.each([
    '2.11.1/x86_64_linux/Lingma',
    'extension/node_modules/@scope/one/index.js',
    'folder/',
    '名字/文件.txt',
    '.hidden',
    'console.log',
    'a..b/c',
    'nulled',
  ])('%s - none', (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    ['../x', 'leads out'],
    ['a/../../x', 'leads out'],
    ['a/..', 'leads out'],
    ['/etc/passwd', 'absolute'],
    ['//host/share', 'absolute'],
    ['C:/x', 'drive'],
    ['c:x', 'drive'],
    ['a/C:/x', 'drive'],
    ['a/x:stream', 'colon'],
    ['a\\b', 'backslash'],
    ['..\\x', 'backslash'],
    ['a\0b', 'NUL'],
    ['a//b', 'empty part'],
    ['./a', 'empty part'],
    ['con', 'device'],
    ['x/NUL.txt', 'device'],
    ['COM1', 'device'],
    ['lpt9.tar.gz', 'device'],
    ['nul .txt', 'device'],
    ['CONIN$', 'device'],
    ['a./b', 'dot or a blank'],
    ['a ', 'dot or a blank'],
    ['x'.repeat(241), '240'],
  ])('%j - %s', (name, problem) => {
    expect(nameProblem(name)).toContain(problem);
  });
});

it('foldName() - names that are one file somewhere are one name', () => {
  expect(foldName('A/Lingma')).toBe(foldName('a/LINGMA'));
  expect(foldName('a/')).toBe(foldName('a'));
  expect(foldName('e\u0301')).toBe(foldName('\u00e9'));
  expect(foldName('a')).not.toBe(foldName('b'));
});

it('shownName() - what comes from outside neither steers a terminal nor fills it', () => {
  expect(shownName('\u001b[31mred\u0007')).toBe('"?[31mred?"');
  expect(shownName('x'.repeat(500)).length).toBeLessThan(90);
});
