import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inHostFolder, sessionIn } from './testing/host-folder.js';

const folder = inHostFolder();

const file = (name: string) => join(folder.cwd, name);
const textOf = (name: string) => readFileSync(file(name), 'utf8');
const NOT_INSIDE = { success: false, errorMessage: 'The path lies outside of the working folder', result: {} };

describe('read_file', () => {
  it('gives the text under any name of the path, relative, absolute, or through a link that stays inside', async () => {
    for (const parameters of [
      { path: 'a.txt' },
      { file_path: file('a.txt') },
      { filePath: './sub/../a.txt' },
      { path: 'near' },
    ]) {
      const answer = await folder.call('read_file', parameters);
      expect(answer).toEqual({
        success: true,
        errorMessage: '',
        result: { path: file('a.txt'), content: 'one\ntwo\nthree\n' },
      });
    }
  });

  it('gives lines, counted from 1, both ends included', async () => {
    const lines = async (parameters: object) =>
      (await folder.call('read_file', { path: 'a.txt', ...parameters })).result.content;
    expect(await lines({ start_line: 2, end_line: 3 })).toBe('two\nthree');
    expect(await lines({ startLine: '2' })).toBe('two\nthree\n');
    expect(await lines({ end_line: 1 })).toBe('one');
    expect(await lines({ start_line: 0, end_line: -1 })).toBe('one\ntwo\nthree\n');
    expect(await lines({ start_line: 90 })).toBe('');
  });

  it('refuses folders, what is not text, what is too large, and what is not there', async () => {
    writeFileSync(file('bytes'), Buffer.from([1, 0, 2]));
    writeFileSync(file('huge'), '');
    await truncate(file('huge'), 5 * 1024 * 1024);
    const messages = ['sub', 'bytes', 'huge', 'none', ''].map(async (path) => {
      const { success, errorMessage } = await folder.call('read_file', { path });
      expect(success).toBe(false);
      return errorMessage;
    });
    expect(await Promise.all(messages)).toEqual([
      'This is a folder',
      'The file is not a text file',
      'The file is too large: 5242880 bytes',
      'There is no such file or folder',
      'The path is empty or broken',
    ]);
    expect(await folder.call('read_file', {})).toMatchObject({ errorMessage: 'The parameter path is missing' });
  });

  it('cuts a long text', async () => {
    writeFileSync(file('long'), 'x'.repeat(300 * 1024));
    const { result } = await folder.call('read_file', { path: 'long' });
    expect(result.truncated).toBe(true);
    expect((result.content as string).length).toBe(256 * 1024);
  });
});

describe('the working folder', () => {
  const outside = (): readonly string[] => [
    '../outside/secret.txt',
    'sub/../../outside/secret.txt',
    join(folder.base, 'outside', 'secret.txt'),
    '/etc/passwd',
    'way-out/secret.txt',
    'way-out/new.txt',
    'way-out/deep/new.txt',
    'secret-link',
    'dangling',
    '..',
    `${folder.cwd}-beside/x`,
  ];

  it.each([
    ['read_file', {}],
    ['create_file_with_text', { text: 'x' }],
    ['replace_text_by_path', { newText: 'x' }],
    ['delete_file_by_path', {}],
    ['list_dir', {}],
    ['search_file', { query: 'x' }],
    ['grep_code', { pattern: 'secret' }],
  ])('%s - reaches nothing outside of it', async (name, parameters) => {
    for (const path of outside()) {
      expect(await folder.call(name, { ...parameters, path }), path).toMatchObject(NOT_INSIDE);
    }
    expect(await readdir(join(folder.base, 'outside'))).toEqual(['secret.txt']);
    expect(readFileSync(join(folder.base, 'outside', 'secret.txt'), 'utf8')).toBe('secret two');
    expect(await readdir(folder.base)).toEqual(['inside', 'outside']);
  });

  it('may itself be reached through a link, and files are named as Lingma knows them', async () => {
    const link = join(folder.base, 'link');
    symlinkSync(folder.cwd, link);
    const linked = sessionIn(link);
    for (const path of ['a.txt', join(link, 'a.txt'), file('a.txt')]) {
      expect((await linked.call('read_file', { path })).result.path).toBe(join(link, 'a.txt'));
    }
    expect(await linked.call('read_file', { path: '../outside/secret.txt' })).toMatchObject(NOT_INSIDE);
  });

  it('that is not there - fails every tool', async () => {
    const lost = sessionIn(join(folder.base, 'lost'));
    expect(await lost.call('read_file', { path: 'a' })).toMatchObject({ success: false });
    expect(await lost.call('run_in_terminal', { command: 'echo' })).toMatchObject({
      errorMessage: 'The working folder does not exist',
    });
  });
});

describe('create_file_with_text', () => {
  it('makes the folders on the way, from `text` or `content`, and replaces what is there', async () => {
    expect(await folder.call('create_file_with_text', { filePath: 'new/deep/c.txt', content: 'ü' })).toMatchObject({
      success: true,
      result: { path: file('new/deep/c.txt') },
    });
    expect(textOf('new/deep/c.txt')).toBe('ü');
    await folder.call('create_file_with_text', { filePath: 'a.txt', text: '' });
    expect(textOf('a.txt')).toBe('');
  });

  it('needs a text, and no folder in its place', async () => {
    expect(await folder.call('create_file_with_text', { path: 'x' })).toMatchObject({ success: false });
    expect(existsSync(file('x'))).toBe(false);
    expect(await folder.call('create_file_with_text', { path: 'sub', text: '' })).toMatchObject({ success: false });
    expect(await folder.call('create_file_with_text', { path: 'a.txt/x', text: '' })).toMatchObject({ success: false });
    const tooMuch = { path: 'x', text: 'x'.repeat(5 * 1024 * 1024) };
    expect((await folder.call('create_file_with_text', tooMuch)).errorMessage).toContain('too large');
    expect(existsSync(file('x'))).toBe(false);
  });

  it('changes nothing once the turn is over', async () => {
    folder.session.close();
    expect(await folder.call('create_file_with_text', { path: 'x', text: '' })).toMatchObject({
      success: false,
      errorMessage: 'The turn is over',
    });
    expect(existsSync(file('x'))).toBe(false);
  });
});

describe('replace_text_by_path', () => {
  it('replaces the one place, taking the new text as it stands', async () => {
    await folder.call('replace_text_by_path', { filePath: 'a.txt', oldText: 'two', newText: "$& $1 $'" });
    expect(textOf('a.txt')).toBe("one\n$& $1 $'\nthree\n");
    await folder.call('replace_text_by_path', { filePath: 'a.txt', oldText: 'one\n', text: '' });
    expect(textOf('a.txt')).toBe("$& $1 $'\nthree\n");
  });

  it('replaces the whole file without an old text', async () => {
    await folder.call('replace_text_by_path', { filePath: 'a.txt', text: 'all' });
    expect(textOf('a.txt')).toBe('all');
  });

  it('fails where the old text is not there, or not once', async () => {
    for (const [oldText, message] of [
      ['four', 'oldText does not occur in the file'],
      ['e', 'oldText occurs more than once: give more of the text around it'],
    ]) {
      const answer = await folder.call('replace_text_by_path', { path: 'a.txt', oldText, newText: '' });
      expect(answer).toMatchObject({ success: false, errorMessage: message });
    }
    expect(await folder.call('replace_text_by_path', { path: 'none', newText: '' })).toMatchObject({ success: false });
    expect(existsSync(file('none'))).toBe(false);
    expect(textOf('a.txt')).toBe('one\ntwo\nthree\n');
  });
});

describe('delete_file_by_path', () => {
  it('deletes a file, of a link the link, and no folder', async () => {
    await mkdir(file('empty'));
    expect(await folder.call('delete_file_by_path', { path: 'empty' })).toMatchObject({ success: false });
    expect(await folder.call('delete_file_by_path', { path: 'none' })).toMatchObject({ success: false });
    expect(await folder.call('delete_file_by_path', { path: 'near' })).toMatchObject({ success: true });
    expect(await folder.call('delete_file_by_path', { filePath: 'sub/b.ts' })).toMatchObject({ success: true });
    expect([existsSync(file('near')), existsSync(file('a.txt')), existsSync(file('sub/b.ts'))]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe('the others', () => {
  it('save_file - has nothing to do', async () => {
    expect(await folder.call('save_file', { file_path: 'a.txt' })).toMatchObject({ success: true });
    expect(textOf('a.txt')).toBe('one\ntwo\nthree\n');
  });

  it('get_problems - knows of none', async () => {
    expect((await folder.call('get_problems', {})).result).toEqual({ problems: [] });
  });

  it.each(['edit_file', 'toString', '', 'fs/read_text_file'])('%j - is not supported', async (name) => {
    const answer = await folder.call(name, { path: 'a.txt' });
    expect(answer).toMatchObject({ success: false, result: {} });
    expect(answer.errorMessage).toContain('not supported');
  });
});
