import { describe, expect, it } from 'vitest';
import { estimatePrompt, estimateUsage } from './estimate-usage.js';

describe('estimateUsage()', () => {
  it('what is said on both sides - counted; what only steers is not', () => {
    const short = estimatePrompt(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }));
    const long = estimatePrompt(
      JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'word '.repeat(300) }] }),
    );
    expect([short > 0, short < 20, long > 280, long < 400]).toEqual([true, true, true, true]);
    expect(estimatePrompt(JSON.stringify({ input: ['one two three', 'four'] }))).toBeGreaterThan(3);
    expect(estimatePrompt(JSON.stringify({ user: 'x'.repeat(9_000) }))).toBe(0);
    const choices = [
      { message: { content: 'one two three' } },
      { text: 'four five' },
      null,
      { message: { tool_calls: [{ id: 'a' }] } },
    ];
    const { inputTokens, outputTokens, origin } = estimateUsage('{"prompt":"a"}', choices);
    expect([inputTokens > 0, outputTokens > 4, origin]).toEqual([true, true, 'estimated']);
    expect(estimateUsage('{}', undefined)).toEqual({ inputTokens: 0, outputTokens: 0, origin: 'estimated' });
  });

  it('a picture - is not counted by its letters', () => {
    const url = `data:image/png;base64,${'iVBORw0KGgo'.repeat(100_000)}`;
    const content = [{ type: 'image_url', image_url: { url } }];
    expect(estimatePrompt(JSON.stringify({ messages: [{ role: 'user', content }] }))).toBeLessThan(60);
  });
});
