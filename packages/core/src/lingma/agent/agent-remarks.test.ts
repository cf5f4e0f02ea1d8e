import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../util/index.js';
import { FakeClock } from '../dialect/testing/fake-peer.js';
import { AgentJournal, type AgentRemarks, costIn, withRemark } from './agent-remarks.js';

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

it.each<[string, JsonObject, number | undefined]>([
  ['the whole session', { cost: { amount: 0.5, currency: 'USD' } }, 0.5],
  ['none', {}, undefined],
  ['no number', { cost: { amount: 'much' } }, undefined],
  ['less than nothing', { cost: { amount: -1, currency: 'USD' } }, undefined],
])('costIn() - %s', (_, update, amount) => {
  expect(costIn(update)?.amount).toBe(amount);
});

describe('AgentJournal', () => {
  it('a prompt without an answer - is told once it has lasted, until it is answered', async () => {
    const clock = new FakeClock();
    const journal = new AgentJournal(clock);
    const answered = [journal.asked(), journal.asked()];
    await clock.advance(19_000);
    expect(journal.read()).toEqual({});
    journal.asked();
    await clock.advance(26_000);
    expect(journal.read()).toEqual({ silent: { turns: 3, seconds: 45 } });
    for (const end of answered) end();
    answered[0]?.();
    expect(journal.read()).toEqual({ silent: { turns: 1, seconds: 26 } });
  });

  it('a failure after which it tries again - is counted', () => {
    const journal = new AgentJournal(new FakeClock());
    journal.note({ sessionUpdate: 'session_info_update', title: 'T' });
    journal.retries();
    journal.retries();
    expect(journal.read()).toEqual({ title: 'T', retries: 2 });
  });
});
