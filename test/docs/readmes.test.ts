/** README.md and README.zh-CN.md tell the same: whoever changes one is reminded of the other. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const english = read('README.md');
const chinese = read('README.zh-CN.md');

/** Code that is the same in every language: what people write in their own is left out, and columns are as they fall. */
const codeBlocks = (text: string): string[] =>
  [...text.matchAll(/```(\w*)\n([\s\S]*?)```/g)].map(([, kind = '', code = '']) =>
    `${kind}\n${code}`
      .replaceAll(/ +# .*$/gm, '')
      .replaceAll(/Hello!?|你好！?/g, 'HELLO')
      .replaceAll(/ +$/gm, ''),
  );

/** What a reader could copy, with the place it stands in told by its row or paragraph only: order is the language's. */
const marks = (text: string): string[] => {
  const [before = '', rest = ''] = text.split('settings:start');
  const prose = `${before}${rest.split('settings:end')[1]}`.replaceAll(/```[\s\S]*?```/g, '');
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
  const links = [...prose.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target.replace('.zh-CN.md', '.md'));
  return [...new Set([...spans, ...links])].filter((mark) => mark !== 'README.md').sort();
};

/** Of the table of settings: all but the last column, which is prose, and a default that is told in words. */
const settings = (text: string): string[][] =>
  (text.split('settings:start')[1]?.split('settings:end')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, 4)
        .map((cell) => /`[^`]+`/g.exec(cell)?.[0] ?? (cell.trim() === '–' ? '–' : 'told in words')),
    );

const sections = (text: string): string[] =>
  text
    .replaceAll(/```[\s\S]*?```/g, '')
    .match(/^#+ /gm)
    ?.map((mark) => mark.trim()) ?? [];

describe('the two READMEs', () => {
  it('the same sections, in the same order', () => {
    expect(sections(chinese)).toEqual(sections(english));
    expect(sections(english).length).toBeGreaterThan(8);
  });

  it('the same code', () => {
    expect(codeBlocks(chinese)).toEqual(codeBlocks(english));
  });

  it('the same flags, names and links', () => {
    expect(marks(chinese)).toEqual(marks(english));
    expect(marks(english).length).toBeGreaterThan(40);
  });

  it('the same settings, with a default where the other has one', () => {
    expect(settings(chinese)).toEqual(settings(english));
    expect(settings(english).length).toBeGreaterThan(10);
  });

  it('tables - as many rows', () => {
    const rows = (text: string): number => text.match(/^\|/gm)?.length ?? 0;
    expect(rows(chinese)).toBe(rows(english));
  });

  it('Chinese prose - no full stops or commas of the other script within it', () => {
    const prose = chinese.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`]*`/g, '');
    expect(prose.match(/\p{Script=Han}[,;:!?]|\p{Script=Han}\. /gu) ?? []).toEqual([]);
  });
});
