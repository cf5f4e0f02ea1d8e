import { expect, it } from 'vitest';
import { silentLogger } from '../../../util/index.js';
import { attachAgent } from '../../agent/agent-of.js';
import { AgentJournal } from '../../agent/agent-remarks.js';
import { FakeClock, FakePeer } from '../testing/fake-peer.js';
import { startAcp } from '../testing/start-acp.js';

function startAtAgent(signal?: AbortSignal) {
  const peer = Object.assign(new FakePeer(), { initialized: { agentInfo: { name: 'x', title: 'X', version: '1' } } });
  const clock = new FakeClock();
  const journal = new AgentJournal(clock);
  attachAgent(peer, { cwd: '/w', mayAct: true, logger: silentLogger, journal });
  return { ...startAcp({ peer, ...(signal !== undefined && { signal }) }), clock, journal };
}
const chunk = (sessionUpdate: string) => ({ sessionUpdate, content: { type: 'text', text: 'a' } });

it.each([
  ['a piece of its answer', chunk('agent_message_chunk')],
  ['a thought', chunk('agent_thought_chunk')],
  ['a call', { sessionUpdate: 'tool_call', toolCallId: 'c', title: 'x', status: 'pending' }],
])('an agent that says nothing - is seen to, until %s comes', async (_, update) => {
  const { clock, journal, ...started } = startAtAgent();
  await clock.advance(30_000);
  expect(journal.read()).toEqual({ silent: { turns: 1, seconds: 30 } });
  started.update({ sessionUpdate: 'available_commands_update', availableCommands: [] }, {});
  expect(journal.read().silent).toBeDefined();
  started.update(update, {});
  expect(journal.read()).toEqual({});
});

it('an agent that says nothing - is forgotten with its turn', async () => {
  const client = new AbortController();
  const { clock, journal, reply, run } = startAtAgent(client.signal);
  await clock.advance(30_000);
  client.abort(new Error('gone'));
  await reply({ stopReason: 'cancelled' });
  await run.outcome;
  expect(journal.read()).toEqual({});
});
