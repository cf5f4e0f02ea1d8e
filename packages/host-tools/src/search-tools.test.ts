import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLineMatcher } from './line-matcher.js';
import { inHostFolder } from './testing/host-folder.js';

const folder = inHostFolder();

const sorted = (text: unknown) => String(text).split('\n').sort();
const write = (name: string, text = '') => writeFile(join(folder.cwd, name), text);

describe('list_dir', () => {
  it('lists one level, links by name alone', async () => {
    for (const parameters of [{}, { path: '.' }, { path: folder.cwd }]) {
      const { result } = await folder.call('list_dir', parameters);
      expect(result.content).toBe('a.txt\ndangling\nnear\nnode_modules/\nsecret-link\nsub/\nway-out');
      expect(result.files).toContainEqual({
        fileName: 'a.txt',
        path: join(folder.cwd, 'a.txt'),
        type: 'file',
        fileSize: 14,
        fileCount: 0,
      });
      expect(result.files).toContainEqual(expect.objectContaining({ fileName: 'sub', type: 'dir', fileCount: 1 }));
      expect(result.files).toContainEqual(expect.objectContaining({ fileName: 'way-out', type: 'link', fileSize: 0 }));
    }
    expect((await folder.call('list_dir', { path: 'a.txt' })).success).toBe(false);
  });

  it('stops after a thousand', async () => {
    await mkdir(join(folder.cwd, 'many'));
    for (let i = 0; i < 1010; i++) await writeFile(join(folder.cwd, 'many', `${i}`), '');
    const { result } = await folder.call('list_dir', { path: 'many' });
    expect(result).toMatchObject({ truncated: true });
    expect(result.files).toHaveLength(1000);
  });
});

describe('search_file', () => {
  it('finds by a part of the path or a glob, not in folders of packages, not through links', async () => {
    const found = async (query: string) => sorted((await folder.call('search_file', { query })).result.content);
    expect(await found('B.TS')).toEqual(['sub/b.ts']);
    expect(await found('**/*.ts')).toEqual(['sub/b.ts']);
    expect(await found('*.{txt,ts}')).toEqual(['a.txt', 'sub/b.ts']);
    expect(await found('x.js')).toEqual(['']);
    expect(await found('secret')).toEqual(['']);
    const { result } = await folder.call('search_file', { query: 'b.ts', path: 'sub' });
    expect(result.files).toEqual([{ fileName: 'b.ts', path: join(folder.cwd, 'sub', 'b.ts') }]);
  });

  it('gives those near the top first, by name', async () => {
    await mkdir(join(folder.cwd, 'deep', 'er'), { recursive: true });
    for (const name of ['deep/er/a.md', 'sub/b.md', 'deep/c.md', 'z.md', '.hidden.md']) await write(name);
    const { result } = await folder.call('search_file', { query: '*.md' });
    expect(result.content).toBe('.hidden.md\nz.md\ndeep/c.md\nsub/b.md\ndeep/er/a.md');
  });

  it('finds in folders that are named like patterns', async () => {
    await mkdir(join(folder.cwd, 'app', '(site)', '[id]'), { recursive: true });
    await write('app/(site)/[id]/page.tsx');
    await write('app/i.tsx');
    for (const query of ['app/(site)/[id]/*', '[id]/page', 'app/(site)/**']) {
      expect((await folder.call('search_file', { query })).result.content, query).toBe('app/(site)/[id]/page.tsx');
    }
  });

  it('fails on a glob that would run for ever, or is too long', async () => {
    await write('a'.repeat(200));
    expect(await folder.call('search_file', { query: `${'*a'.repeat(100)}b` })).toMatchObject({
      success: false,
      errorMessage: 'The pattern takes too long to match: simplify it',
    });
    expect(await folder.call('search_file', { query: '*'.repeat(1025) })).toMatchObject({
      success: false,
      errorMessage: 'The pattern is too long: 1025 characters',
    });
  });

  it('finds nothing once the turn is over', async () => {
    const searching = folder.call('search_file', { query: 'a' });
    folder.session.close();
    expect(await searching).toMatchObject({ success: false, errorMessage: 'The turn is over' });
  });

  it('gives two hundred at most', async () => {
    for (let i = 0; i < 210; i++) await writeFile(join(folder.cwd, 'sub', `n${i}.md`), '');
    const { result } = await folder.call('search_file', { query: '*.md' });
    expect(result.truncated).toBe(true);
    expect(result.files).toHaveLength(200);
  });
});

describe('grep_code', () => {
  const grep = async (parameters: object) => sorted((await folder.call('grep_code', { ...parameters })).result.content);

  it('finds lines by a regular expression, with their place', async () => {
    expect(await grep({ pattern: 'tw[o]' })).toEqual([
      'a.txt:2:two',
      'sub/b.ts:1:const two = 2;',
      'sub/b.ts:2:export { two };',
    ]);
    expect(await grep({ query: 'TWO', case_sensitive: false, include: '*.txt' })).toEqual(['a.txt:2:two']);
    expect(await grep({ regex: 'TWO' })).toEqual(['']);
    expect(await grep({ pattern: 'two', path: 'sub/b.ts' })).toHaveLength(2);
    const { result } = await folder.call('grep_code', { pattern: 'three' });
    expect(result.results).toEqual([
      { fileName: 'a.txt', path: join(folder.cwd, 'a.txt'), startLine: 3, endLine: 3, content: 'three' },
    ]);
  });

  it('takes what is no regular expression as it stands, and leaves out what is not text', async () => {
    await writeFile(join(folder.cwd, 'call.ts'), 'run(now');
    await writeFile(join(folder.cwd, 'bytes'), Buffer.from('run(now\0'));
    expect(await grep({ pattern: 'run(' })).toEqual(['call.ts:1:run(now']);
  });

  it('gives two hundred lines at most', async () => {
    await writeFile(join(folder.cwd, 'many.txt'), 'hit\n'.repeat(500));
    const { result } = await folder.call('grep_code', { pattern: 'hit' });
    expect(result.truncated).toBe(true);
    expect(result.results).toHaveLength(200);
  });

  it('fails on a pattern that would run for ever', async () => {
    await writeFile(join(folder.cwd, 'evil.txt'), `${'a'.repeat(60)}!`);
    expect(await folder.call('grep_code', { pattern: '^(a+)+$' })).toMatchObject({
      success: false,
      errorMessage: 'The pattern takes too long to match: simplify it',
    });
  });
});

describe('createLineMatcher()', () => {
  it('keeps no state between texts', () => {
    const match = createLineMatcher({ pattern: 'a', ignoreCase: true, timeoutMs: 10_000 });
    expect(match('A\nb\na', 9)).toEqual([
      { line: 1, text: 'A' },
      { line: 3, text: 'a' },
    ]);
    expect(match('b', 9)).toEqual([]);
    expect(match('a\na', 1)).toHaveLength(1);
  });
});
