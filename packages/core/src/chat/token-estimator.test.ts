import { readdirSync, readFileSync } from 'node:fs';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { estimateTokens } from './token-estimator.js';

const root = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const pieces = (text: string): readonly string[] => {
  const found: string[] = [];
  for (let start = 0; start + 1200 <= text.length; start += 2000) found.push(text.slice(start, start + 1200));
  return found;
};
const sources = readdirSync(new URL('.', import.meta.url))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `packages/core/src/chat/${name}`);

const CORPORA = {
  TypeScript: sources,
  English: ['README.md', 'docs/architecture.md', 'docs/http-api.md'],
  Chinese: ['README.zh-CN.md'],
  JSON: ['docs/generated/config.schema.json', 'test/fixtures/specs/responses-openai.json', 'package.json'],
} as const;

const errorsOf = (paths: readonly string[]): readonly number[] =>
  paths
    .flatMap((path) => pieces(read(path)))
    .map((text) => {
      const exact = countTokens(text, { disallowedSpecial: new Set() });
      return Math.abs(estimateTokens(text) - exact) / exact;
    })
    .toSorted((a, b) => a - b);
const at = (sorted: readonly number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 1;

describe('estimateTokens', () => {
  it('against the vocabulary - half of all texts are within 5 %', () => {
    const errors = errorsOf(Object.values(CORPORA).flat()).toSorted((a, b) => a - b);
    expect(errors.length).toBeGreaterThan(60);
    expect(at(errors, 0.5)).toBeLessThanOrEqual(0.05);
    expect(at(errors, 0.95)).toBeLessThanOrEqual(0.2);
  });

  it.each(Object.entries(CORPORA))('%s - is not far off', (_, paths) => {
    expect(at(errorsOf(paths), 0.5)).toBeLessThanOrEqual(0.1);
  });

  it('empty and tiny texts - none, and one or two', () => {
    expect(estimateTokens('')).toBe(0);
    for (const text of ['a', ' ', '1', '.', '灵', '\n', '\u00e9']) expect([1, 2]).toContain(estimateTokens(text));
  });

  it('one long run of anything - stays sane', () => {
    for (const unit of ['a', 'A', 'aB', '1', ' ', '\n', '=', '灵', '🙂', '\ud800']) {
      const estimate = estimateTokens(unit.repeat(100_000));
      expect(estimate).toBeGreaterThan(0);
      expect(estimate).toBeLessThan(200_000);
    }
  });
});
