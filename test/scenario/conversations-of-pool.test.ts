/** Conversations over a pool: a session is gone on in where it is, and everything is told anew where that cannot be. */
import { ConversationCache, createGateway, createLingmaChannel, LingmaPool } from '@lingma-gateway/core';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterEach, expect, it, vi } from 'vitest';
import { PATHS, PROTOCOLS, type Protocol, requestBody } from '../support/ask.js';
import { bodyOf, type Entry } from '../support/history.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { readAnswer } from '../support/read-answer.js';
import { sim } from '../support/stack.js';

expectQuietProcess();

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const FACTS = sim({ echo: 'facts' });

async function start() {
  const simulators: Simulator[] = [createSimulator(), createSimulator(), createSimulator()];
  for (const simulator of simulators) {
    await simulator.start();
    cleanups.push(() => simulator.stop());
  }
  const pool = new LingmaPool({
    instances: simulators.map(({ address }, index) => ({
      name: `inst-${index}`,
      client: { address: address.webSocketUrl, dialect: index === 1 ? 'lsp-chat' : 'acp' },
    })),
    releaseSessions: (instance) => conversations.invalidate(instance),
  });
  const conversations: ConversationCache = new ConversationCache({
    onDrop: ({ sessionId, instance = '' }) => pool.discardSession(sessionId, instance),
  });
  const gateway = createGateway({ channel: createLingmaChannel({ client: pool, conversations }) });
  cleanups.push(async () => {
    await gateway.close({ graceMs: 0 });
    conversations.close();
    await pool.close();
    for (const { stats } of simulators) expect(stats.sessionsOpen).toBe(0);
  });
  const go = async (protocol: Protocol, history: Entry[], text: string): Promise<string> => {
    history.push({ role: 'user', text });
    const body = requestBody(protocol, { prompt: '', body: { ...bodyOf(protocol, history) } });
    const request = new Request(`http://127.0.0.1${PATHS[protocol]}`, { method: 'POST', body: JSON.stringify(body) });
    const answer = await readAnswer(protocol, await gateway.fetch(request));
    expect(answer.status).toBe(200);
    history.push({ role: 'assistant', text: answer.text, calls: [] });
    return answer.text;
  };
  /** Where a prompt with these words went last. */
  const placeOf = (words: string): number =>
    simulators.findIndex(({ stats }) => stats.prompts.at(-1)?.text.includes(words) === true);
  return { pool, simulators, conversations, go, placeOf };
}

it('parallel conversations - each stays on its instance, told what is new alone', async () => {
  const { go, placeOf, conversations, simulators } = await start();
  await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const history: Entry[] = [];
      await go('chat', history, `fact-${index}-0`);
      for (let turn = 1; turn < 5; turn++) {
        const answer = await go(PROTOCOLS[turn % 3] as Protocol, history, `fact-${index}-${turn} ${FACTS}`);
        // The default answer repeats the first words; what the answers since say is no fact.
        expect(answer).toMatch(new RegExp(`^${turn + 2} facts`));
      }
    }),
  );
  expect(placeOf('fact')).not.toBe(-1);
  expect(conversations.stats()).toMatchObject({ entries: 12, hits: 48, misses: 0 });
  await vi.waitFor(() => expect(simulators.reduce((sum, { stats }) => sum + stats.sessionsOpen, 0)).toBe(12));
});

type Leave = (pool: LingmaPool, name: string) => Promise<void>;
const LEAVES: [string, Leave][] = [
  ['is drained', (pool, name) => pool.drain(name)],
  ['is removed', (pool, name) => pool.remove(name)],
];

it.each(LEAVES)(
  'an instance that %s - its conversations go on elsewhere, told from their beginning',
  async (_, leave) => {
    const { pool, simulators, conversations, go, placeOf } = await start();
    const history: Entry[] = [];
    await go('messages', history, 'fact-1');
    const first = placeOf('fact-1');
    await leave(pool, `inst-${first}`);
    await vi.waitFor(() => expect(simulators[first]?.stats.sessionsOpen).toBe(0));
    await go('chat', history, `fact-2 ${FACTS}`);
    const second = placeOf('fact-2');
    expect(second).not.toBe(first);
    expect(simulators[second]?.stats.prompts.at(-1)?.text).toContain('fact-1');
    await go('responses', history, 'fact-3');
    expect(simulators[second]?.stats.prompts.at(-1)?.text).toBe('fact-3');
    expect(conversations.stats()).toMatchObject({ entries: 1 });
  },
);

it('an instance that is restarted - its sessions are deleted by the connections that it still has', async () => {
  const { pool, simulators, conversations, go, placeOf } = await start();
  const history: Entry[] = [];
  await go('messages', history, 'fact-1');
  const first = placeOf('fact-1');
  await pool.restart(`inst-${first}`);
  expect(simulators[first]?.stats.sessionsOpen).toBe(0);
  expect(conversations.stats()).toMatchObject({ entries: 0, invalidated: 1 });
  expect(await go('chat', history, `fact-2 ${FACTS}`)).toMatch(/^3 facts/);
});

it.each(LEAVES)(
  'an instance that %s while a turn runs on it - keeps no session of that turn either',
  async (_, leave) => {
    const { pool, simulators, conversations, go, placeOf } = await start();
    const history: Entry[] = [];
    const running = go('chat', history, `fact-1 ${sim({ text: 'slowly told', chunks: 4, delayMs: 100 })}`);
    await vi.waitFor(() => expect(placeOf('fact-1')).not.toBe(-1));
    const first = placeOf('fact-1');
    await Promise.all([leave(pool, `inst-${first}`), running]);
    await vi.waitFor(() => expect(simulators[first]?.stats.sessionsOpen).toBe(0));
    expect(conversations.stats().entries).toBe(0);
    await go('messages', history, 'fact-2');
    expect(placeOf('fact-2')).not.toBe(first);
    expect(simulators[placeOf('fact-2')]?.stats.prompts.at(-1)?.text).toContain('slowly told');
  },
);

it('an instance that has lost its process - does not go on in what the process knew', async () => {
  const { pool, simulators, go, placeOf } = await start();
  const history: Entry[] = [];
  await go('messages', history, 'fact-1');
  const first = placeOf('fact-1');
  const { state } = pool.status().instances[first] ?? {};
  expect(state).toBe('ready');
  const generation = simulators[first]?.stats.connectionsTotal ?? 0;
  simulators[first]?.dropConnections();
  // It is back soon; what it knew before counts no more.
  await vi.waitFor(() => expect(simulators[first]?.stats.connectionsTotal).toBeGreaterThan(generation));
  await go('chat', history, `fact-2 ${FACTS}`);
  expect(simulators[placeOf('fact-2')]?.stats.prompts.at(-1)?.text).toContain('fact-1');
});
