/**
 * Stores of your own, which several gateways can share: in which of Lingma's sessions a conversation stands (hashes and ids, never a
 * text), and the responses that `previous_response_id` goes on from. Here both are maps; a database does as well. Runs against the
 * simulator and checks its own result.
 */
import assert from 'node:assert/strict';
import { createGateway, createLingmaChannel, LingmaClient } from '@lingma-gateway/core';
import { createSimulator } from '@lingma-gateway/simulator';

/** @returns {import('@lingma-gateway/core').ConversationStore} */
function createConversationStore(rows = new Map()) {
  const counts = { hits: 0, misses: 0, evicted: 0, expired: 0, replaced: 0, invalidated: 0 };
  return {
    // Takes it out: a session stands at one place only.
    async get(keys) {
      for (const key of keys) {
        const conversation = rows.get(key);
        if (conversation === undefined) continue;
        rows.delete(key);
        counts.hits++;
        return { key, conversation };
      }
      counts.misses++;
      return undefined;
    },
    async put(key, conversation) {
      rows.set(key, conversation);
    },
    async invalidate(instance, before = Number.POSITIVE_INFINITY) {
      for (const [key, conversation] of rows) {
        if (conversation.instance !== instance || conversation.generation >= before) continue;
        rows.delete(key);
        counts.invalidated++;
      }
    },
    stats: () => ({ entries: rows.size, ...counts }),
  };
}

/** Everything under its principal: nobody reads what is another's. @returns {import('@lingma-gateway/core/wire').ResponseStore} */
function createResponseStore(rows = new Map()) {
  const of = (principal) => [...rows.values()].filter((row) => row.principal === principal);
  return {
    get: async (principal, id) => rows.get(`${principal} ${id}`)?.stored,
    getItem: async (principal, itemId) =>
      of(principal)
        .flatMap(({ stored }) => [...stored.inputItems, ...stored.response.output])
        .find(({ id }) => id === itemId),
    put: async (principal, stored) => void rows.set(`${principal} ${stored.response.id}`, { principal, stored }),
    delete: async (principal, id) => rows.delete(`${principal} ${id}`),
  };
}

const simulator = createSimulator();
await simulator.start();
const conversations = createConversationStore();
const responseStore = createResponseStore();

/** Two replicas of one gateway. */
const replicas = [1, 2].map(() => {
  const client = new LingmaClient({ address: simulator.address.webSocketUrl });
  return { client, gateway: createGateway({ channel: createLingmaChannel({ client, conversations }), responseStore }) };
});
const ask = async ({ gateway }, body) =>
  (
    await gateway.fetch(
      new Request('http://app.local/v1/responses', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'org_auto', ...body }),
      }),
    )
  ).json();

const first = await ask(replicas[0], { input: 'Hi! @sim {"text":"one"}' });
const second = await ask(replicas[1], { input: 'And now? @sim {"text":"two"}', previous_response_id: first.id });
console.log(first.output_text, second.output_text);
assert.deepEqual([first.output_text, second.output_text], ['one', 'two']);
// The second replica found what the first had left, and went on in its session.
assert.deepEqual(
  { ...conversations.stats(), misses: 0 },
  { entries: 1, hits: 1, misses: 0, evicted: 0, expired: 0, replaced: 0, invalidated: 0 },
);

for (const { client, gateway } of replicas) {
  await gateway.close();
  await client.close();
}
await simulator.stop();
