import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../util/index.js';
import { UsageReport } from './usage-report.js';

const tokens = { input: () => 7, count: (text: string) => text.length };
const total = (...reports: readonly JsonObject[]) => {
  const usage = new UsageReport(tokens);
  for (const report of reports) usage.see(report);
  return usage.total('four', '');
};
const ESTIMATE = { inputTokens: 7, outputTokens: 4, origin: 'estimated' };

describe('UsageReport', () => {
  it.each([
    ['absurd', { inputTokens: 2 ** 60, outputTokens: 2 ** 60 }],
    ['just absurd', { inputTokens: 1_000_000_001, outputTokens: 1_000_000_001 }],
    ['negative', { inputTokens: -5, outputTokens: -1, usedTokens: -100 }],
    ['negative as text', { input_tokens: '-5', output_tokens: '-1' }],
    ['no numbers', { inputTokens: Number.NaN, outputTokens: 'many', usedTokens: null }],
    ['zero', { inputTokens: 0, usedTokens: 0 }],
  ] as const)('counts that are %s - are not passed on', (_name, report) => {
    expect(total(report)).toEqual(ESTIMATE);
  });

  it('an absurd output - is counted, beside the input that makes sense', () => {
    expect(total({ inputTokens: 100, outputTokens: 2 ** 60 })).toEqual({
      inputTokens: 100,
      outputTokens: 4,
      origin: 'reported',
    });
  });

  it('an absurd report - takes nothing from one before it', () => {
    expect(total({ inputTokens: 100, outputTokens: 5 }, { inputTokens: -1, outputTokens: 2 ** 53 })).toMatchObject({
      inputTokens: 100,
      outputTokens: 5,
    });
  });

  it('fractions - become whole numbers, as every protocol has them', () => {
    expect(total({ inputTokens: 99.6, outputTokens: 5.2 })).toMatchObject({ inputTokens: 100, outputTokens: 5 });
  });

  it('cached input - is part of the input, however it was counted', () => {
    expect(total({ inputTokens: 100, cachedReadTokens: 40 })).toMatchObject({
      inputTokens: 100,
      cachedInputTokens: 40,
    });
    expect(total({ inputTokens: 3, cachedReadTokens: 200 })).toMatchObject({
      inputTokens: 203,
      cachedInputTokens: 200,
    });
    for (const cachedReadTokens of [2 ** 60, -1, 0]) {
      expect(total({ inputTokens: 100, cachedReadTokens })).not.toHaveProperty('cachedInputTokens');
    }
  });

  it('the size of the whole context - is never shared out below one', () => {
    expect(total({ usedTokens: 3 })).toMatchObject({ inputTokens: 1, outputTokens: 4 });
    expect(total({ usedTokens: 104 })).toMatchObject({ inputTokens: 100, outputTokens: 4, origin: 'estimated' });
  });
});
