import { describe, expect, it } from 'vitest';
import { EXACT_RANK, listedNames, matchModel } from './model-rules.js';

const RULES = { models: ['qwen3.5-plus', 'qwen*', 'qwen-vl-*', '*-mini'], mapping: { fast: 'qwen3.5-flash' } };

describe('matchModel', () => {
  it.each([
    ['qwen3.5-plus', EXACT_RANK, 'qwen3.5-plus'],
    ['QWEN3.5-Plus', EXACT_RANK, 'qwen3.5-plus'],
    ['fast', EXACT_RANK, 'qwen3.5-flash'],
    ['qwen-max', 4, 'qwen-max'],
    ['qwen-vl-max', 8, 'qwen-vl-max'],
    ['gpt-5-mini', 5, 'gpt-5-mini'],
  ])('%s', (name, rank, upstreamModel) => expect(matchModel(RULES, name)).toEqual({ rank, upstreamModel }));

  it.each(['gpt-5', '', 'constructor', '__proto__'])('%j - none', (name) =>
    expect(matchModel(RULES, name)).toBeUndefined(),
  );

  it('found names - count as if they were written', () => {
    expect(matchModel({ models: [], mapping: {} }, 'found', ['found'])).toEqual({
      rank: EXACT_RANK,
      upstreamModel: 'found',
    });
    expect(listedNames(RULES, ['found', 'fast'])).toEqual(['qwen3.5-plus', 'fast', 'found']);
  });
});
