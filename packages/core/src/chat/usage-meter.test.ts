import { describe, expect, it } from 'vitest';
import { reasoning, start, text, toolCall } from './testing/events.js';
import { countOutput, sumUsage, UsageMeter } from './usage-meter.js';

const LETTERS = { name: 'estimate', count: (written: string) => written.length } as const;

describe('UsageMeter', () => {
  it('counts text, inputs and thoughts, and takes the input from the beginning', () => {
    const meter = new UsageMeter(LETTERS);
    const events = [
      start({ inputTokens: 7 }),
      ...reasoning('r', 'Hm', 'm.'),
      ...text('t', 'Go', '.'),
      ...toolCall('c', '{}'),
    ];
    for (const event of events) meter.push(event);
    expect(meter.usage()).toEqual({ inputTokens: 7, outputTokens: 9, reasoningTokens: 4, origin: 'estimated' });
    expect(meter.usage(3)).toEqual({ inputTokens: 7, outputTokens: 3, reasoningTokens: 3, origin: 'estimated' });
  });

  it('a turn that said nothing - has an input all the same', () => {
    expect(new UsageMeter(LETTERS).usage()).toEqual({ inputTokens: 1, outputTokens: 0, origin: 'estimated' });
  });
});

it('countOutput() - thoughts are part of the output, and absent where there are none', () => {
  expect(countOutput(LETTERS, 'four', 'two')).toEqual({ outputTokens: 7, reasoningTokens: 3 });
  expect(countOutput(LETTERS, 'four', '')).toEqual({ outputTokens: 4 });
});

describe('sumUsage()', () => {
  it('adds every count up, those of caches too', () => {
    expect(
      sumUsage([
        { inputTokens: 10, outputTokens: 2, reasoningTokens: 1, cachedInputTokens: 4, origin: 'reported' },
        { inputTokens: 20, outputTokens: 3, cachedInputTokens: 5, origin: 'reported' },
      ]),
    ).toEqual({ inputTokens: 30, outputTokens: 5, reasoningTokens: 1, cachedInputTokens: 9, origin: 'reported' });
  });

  it('costs - are added up where all of them are known, in one currency', () => {
    const cost = (amount: number, currency: string) => ({
      ...{ inputTokens: 1, outputTokens: 1, origin: 'reported' as const },
      cost: { amount, currency },
    });
    expect(sumUsage([cost(1, 'USD'), cost(2, 'USD')]).cost).toEqual({ amount: 3, currency: 'USD' });
    expect(sumUsage([cost(1, 'USD'), cost(2, 'CNY')]).cost).toBeUndefined();
    expect(sumUsage([cost(1, 'USD'), { inputTokens: 1, outputTokens: 1, origin: 'reported' }]).cost).toBeUndefined();
  });

  it('one estimate - makes the sum one', () => {
    const usage = { inputTokens: 1, outputTokens: 1 };
    expect(
      sumUsage([
        { ...usage, origin: 'reported' },
        { ...usage, origin: 'estimated' },
      ]),
    ).toEqual({
      inputTokens: 2,
      outputTokens: 2,
      origin: 'estimated',
    });
  });
});
