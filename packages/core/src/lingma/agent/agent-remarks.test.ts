import { expect, it } from 'vitest';
import type { JsonObject } from '../../util/index.js';
import { type AgentRemarks, withRemark } from './agent-remarks.js';

const usage = (more: JsonObject): JsonObject => ({ sessionUpdate: 'usage_update', ...more });

it.each<[string, JsonObject, AgentRemarks]>([
  ['a title', { sessionUpdate: 'session_info_update', title: 'A title' }, { title: 'A title' }],
  ['no title', { sessionUpdate: 'session_info_update', _meta: {} }, {}],
  [
    'size and cost',
    usage({ used: null, size: 200_000, cost: { amount: 0.5, currency: 'USD' } }),
    { contextTokens: 200_000, cost: { amount: 0.5, currency: 'USD' } },
  ],
  ['size alone', usage({ used: 18, size: 258_400 }), { contextTokens: 258_400 }],
  [
    'a plan',
    { sessionUpdate: 'plan', entries: [{ content: 'Read', priority: 'high', status: 'completed' }, 7] },
    { plan: [{ text: 'Read', status: 'completed' }] },
  ],
  ['a piece of the answer', { sessionUpdate: 'agent_message_chunk' }, {}],
])('withRemark() - %s', (_, update, expected) => {
  expect(withRemark({}, update)).toEqual(expected);
});

it('withRemark() - keeps the last of each kind, and no more than can be shown', () => {
  const entries = Array.from({ length: 80 }, () => ({ content: 'x'.repeat(900), status: 'pending' }));
  const before = withRemark({ title: 'T' }, { sessionUpdate: 'plan', entries });
  const after = withRemark(before, usage({ size: 5 }));
  expect(after).toMatchObject({ title: 'T', contextTokens: 5 });
  expect(after.plan).toHaveLength(50);
  expect(after.plan?.[0]?.text).toHaveLength(200);
});
