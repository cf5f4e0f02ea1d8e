import { expect, it } from 'vitest';
import type { ModelInfo } from '../../chat/index.js';
import { refuseTooLong } from './refuse-too-long.js';

const model = (maxInputTokens?: number): ModelInfo => ({
  ...{ id: 'm', upstreamId: 'm', displayName: 'M', isDefault: true, supportsReasoning: false, supportsImages: false },
  ...(maxInputTokens !== undefined && { maxInputTokens }),
});
const prose = (words: number): string => Array.from({ length: words }, (_, n) => `word${n}`).join(' ');

it.each<[string, string, number | undefined, boolean]>([
  ['words far beyond it', prose(5000), 1000, true],
  ['Chinese far beyond it', '通义灵码的上下文'.repeat(1000), 1000, true],
  ['about as much as it holds', prose(600), 1000, false],
  ['little', 'Hi', 1000, false],
  ['one character again and again', ' '.repeat(100_000), 1000, false],
  ['a model of unknown size', prose(5000), undefined, false],
])('refuseTooLong() - %s', (_, text, limit, refused) => {
  const check = (): void => refuseTooLong({ messages: [{ role: 'user', text }] }, model(limit));
  if (refused)
    expect(check).toThrow(
      expect.objectContaining({
        code: 'context_length_exceeded',
        message: expect.stringMatching(/^prompt is too long/),
      }),
    );
  else expect(check).not.toThrow();
});

it.each([
  ['room to spare - the messages are not made', 10, false, false],
  ['as much as is certain - they are not either', 2000, false, false],
  ['more than that, and it fits - they are looked at', 2001, true, false],
  ['far beyond it - refused', 60_000, true, true],
])('refuseTooLong() - a conversation whose length is bounded: %s', (_, atMost, looked, refused) => {
  let isLooked = false;
  const conversation = {
    get messages() {
      isLooked = true;
      return [{ role: 'user' as const, text: refused ? prose(5000) : 'Hi' }];
    },
  };
  const check = (): void => refuseTooLong(conversation, model(1000), atMost);
  if (refused) expect(check).toThrow(/^prompt is too long/);
  else expect(check).not.toThrow();
  expect(isLooked).toBe(looked);
});
