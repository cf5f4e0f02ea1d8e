import { expect, it } from 'vitest';
import type { Usage } from '../../chat/index.js';
import { encodeUsage as ofMessages } from '../anthropic-messages/message-object.js';
import { encodeUsage as ofChat } from '../openai-chat/usage.js';
import { usageCost } from './usage-cost.js';

const usage = (cost?: Usage['cost']): Usage => ({
  ...{ inputTokens: 1, outputTokens: 2, origin: 'reported' },
  ...(cost !== undefined && { cost }),
});

it.each<[string, Usage['cost'], number | undefined]>([
  ['US dollars', { amount: 0.25, currency: 'USD' }, 0.25],
  ['in small letters', { amount: 0, currency: 'usd' }, 0],
  ['another currency', { amount: 1, currency: 'CNY' }, undefined],
  ['nothing told', undefined, undefined],
])('usageCost() - %s', (_, cost, expected) => {
  expect(usageCost(usage(cost)).cost).toBe(expected);
  expect(ofChat(usage(cost)).cost).toBe(expected);
});

it('Messages - has no place for it', () => {
  expect(ofMessages(usage({ amount: 1, currency: 'USD' }))).not.toHaveProperty('cost');
});
