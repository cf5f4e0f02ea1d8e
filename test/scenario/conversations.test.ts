/** Conversations that go on in Lingma's own sessions, as the process sees them. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, PROTOCOLS, type Protocol, send } from '../support/ask.js';
import { bodyOf, type Entry } from '../support/history.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import type { Answer } from '../support/read-answer.js';
import { type SimulatedStack, sim, startSimulated } from '../support/stack.js';
import { StandingClock } from '../support/standing-clock.js';

expectQuietProcess();

let stack: SimulatedStack | undefined;
afterEach(async () => {
  await stack?.close();
  // Whatever was kept is deleted with the house.
  expect(stack?.simulator.stats.sessionsOpen ?? 0).toBe(0);
  stack = undefined;
});

const user = (text: string): Entry => ({ role: 'user', text });
const said = (text: string): Entry => ({ role: 'assistant', text, calls: [] });
const FACTS = sim({ echo: 'facts' });

type Start = Parameters<typeof startSimulated>;

async function start(dialect: 'acp' | 'lsp-chat', switches: Start[0] = {}, options: Start[1] = {}) {
  // The client's time passes when a test says so.
  const clock = new StandingClock();
  stack = await startSimulated(switches, {
    conversations: {},
    ...options,
    client: { dialect, clock, ...options.client },
  });
  const { simulator, conversations } = stack;
  const base = await stack.listen();
  const talk = (protocol: Protocol, history: readonly Entry[], stream = false): Promise<Answer> =>
    ask(base, protocol, { prompt: '', stream, body: bodyOf(protocol, history) as Record<string, unknown> });
  /** Asks, and adds the answer to the history. */
  const go = async (protocol: Protocol, history: Entry[], text: string, stream = false): Promise<string> => {
    history.push(user(text));
    const answer = await talk(protocol, history, stream);
    expect(answer.status).toBe(200);
    history.push(said(answer.text));
    return answer.text;
  };
  const lastPrompt = () => simulator.stats.prompts.at(-1);
  /** Deletions of sessions are gathered for a moment. */
  const expectOpen = (count: () => number | undefined): Promise<void> =>
    vi.waitFor(() => {
      clock.pass(25);
      expect(simulator.stats.sessionsOpen).toBe(count());
    });
  return {
    ...stack,
    clock,
    base,
    talk,
    go,
    lastPrompt,
    expectOpen,
    stats: simulator.stats,
    kept: () => conversations?.stats(),
  };
}

describe.each(['acp', 'lsp-chat'] as const)('%s', (dialect) => {
  it('200 turns over all protocols - one session, each told the new message alone', async () => {
    const { go, stats, kept, simulator } = await start(dialect);
    const history: Entry[] = [{ role: 'system', text: 'Be brief, fact-s.' }];
    let answer = '';
    for (let turn = 0; turn < 200; turn++) {
      const protocol = PROTOCOLS[turn % 3] as Protocol;
      answer = await go(protocol, history, `Message ${turn}, fact-${turn}. ${FACTS}`, turn % 2 === 0);
    }
    expect(answer).toMatch(/^201 facts: /);
    const prompts = stats.prompts.slice(1);
    expect(new Set(stats.prompts.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(prompts.every(({ text }, index) => text === `Message ${index + 1}, fact-${index + 1}. ${FACTS}`)).toBe(true);
    if (dialect === 'lsp-chat')
      expect(stats.prompts.map(({ isReply }) => isReply)).toEqual([false, ...prompts.map(() => true)]);
    expect(kept()).toMatchObject({ entries: 1, hits: 199, misses: 0 });
    // All of it is remembered, and told to a fresh session it would be the same.
    simulator.forgetSessions();
    expect(await go('chat', history.slice(0, -2), `Message 199, fact-199. ${FACTS}`)).toBe(answer);
  });

  it('answers of 20 requests at once on the same place - each from a session of its own', async () => {
    const { go, talk, stats, kept, expectOpen } = await start(dialect);
    const history: Entry[] = [];
    await go('chat', history, 'fact-1');
    const asked = [...history, user(`fact-2 ${FACTS}`)];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => talk(PROTOCOLS[index % 3] as Protocol, asked, index % 2 === 0)),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(stats.prompts.slice(1).map(({ sessionId }) => sessionId)).size).toBe(20);
    await expectOpen(() => kept()?.entries);
  });

  it.each([true, false])(
    'a session that Lingma has forgotten, streamed: %s - everything is told again, unseen by the caller',
    async (stream) => {
      const { go, simulator, lastPrompt, stats } = await start(dialect);
      const history: Entry[] = [];
      await go('messages', history, 'fact-1');
      const first = lastPrompt()?.sessionId;
      simulator.forgetSessions();
      expect(await go('messages', history, `fact-2 ${FACTS}`, stream)).toMatch(/^\d+ facts/);
      expect(lastPrompt()).toMatchObject({ text: expect.stringContaining('fact-1'), isReply: false });
      expect(lastPrompt()?.sessionId).not.toBe(first);
      // And goes on there.
      await go('messages', history, 'fact-3', stream);
      expect(lastPrompt()?.text).toBe('fact-3');
      expect(stats.sessionsOpen).toBe(1);
    },
  );

  const ENDLESS = sim({ text: 'word ', repeat: 10_000, chunks: 10_000, delayMs: 5 });
  type House = Awaited<ReturnType<typeof start>>;
  const leave = async ({ base, stats }: House, history: readonly Entry[], stream: boolean): Promise<void> => {
    const gone = new AbortController();
    const body = bodyOf('chat', [...history, user(ENDLESS)]) as Record<string, unknown>;
    const sent = send(base, 'chat', { prompt: '', stream, body, signal: gone.signal }).then((response) =>
      response.body?.getReader().read(),
    );
    sent.catch(() => undefined);
    await vi.waitFor(() => expect(stats.turnsActive).toBe(1));
    gone.abort();
    await vi.waitFor(() => expect(stats.turnsActive).toBe(0));
  };
  const failing =
    (directive: object) =>
    async ({ talk }: House, history: readonly Entry[], stream: boolean) => {
      await talk('chat', [...history, user(sim(directive))], stream);
    };

  it.each<[string, (house: House, history: readonly Entry[], stream: boolean) => Promise<void>]>([
    ['fails', failing({ text: 'a b', error: { status: 500, message: 'boom', afterChunks: 1 } })],
    ['loses its connection', failing({ text: 'a b', dropAfterChunks: 1 })],
    [
      'falls silent',
      async ({ talk, stats, clock }, history, stream) => {
        const asked = talk('chat', [...history, user(sim({ silence: true }))], stream);
        await vi.waitFor(() => expect(stats.turnsActive).toBe(1));
        clock.pass(120_001);
        expect((await asked).text).toBe('');
      },
    ],
    ['is cut by the filter', failing({ text: 'a', finish: 'content_filter' })],
    ['is left by its client', leave],
  ])('a turn that %s - takes its session with it', async (_, spoil) => {
    for (const stream of [true, false]) {
      const house = await start(dialect);
      const { go, kept, lastPrompt, expectOpen } = house;
      const history: Entry[] = [];
      await go('chat', history, 'fact-1');
      const { sessionId } = lastPrompt() ?? {};
      await spoil(house, history, stream);
      expect(kept()?.entries).toBe(0);
      expect(await go('chat', history, `fact-2 ${FACTS}`)).toMatch(/facts/);
      expect(lastPrompt()?.text).toContain('fact-1');
      expect(lastPrompt()?.sessionId).not.toBe(sessionId);
      // Where the connection is lost too, it is deleted with the next one.
      await expectOpen(() => 1);
      await house.close();
    }
  });

  it('a process that was lost - none of its sessions is gone on in', async () => {
    const { go, simulator, client, lastPrompt, kept, expectOpen } = await start(dialect);
    const history: Entry[] = [];
    await go('chat', history, 'fact-1');
    simulator.dropConnections();
    await vi.waitFor(() => expect(client.generation).toBe(1));
    await go('chat', history, `fact-2 ${FACTS}`);
    expect(lastPrompt()?.text).toContain('fact-1');
    expect(kept()).toMatchObject({ entries: 1, hits: 1 });
    await expectOpen(() => 1);
  });

  it('more conversations than are remembered, and none gone on with - their sessions are deleted', async () => {
    const clock = new StandingClock();
    const { go, kept, expectOpen } = await start(
      dialect,
      {},
      { conversations: { maxEntries: 3, ttlMs: 60_000, clock } },
    );
    for (let index = 0; index < 8; index++) await go('chat', [], `Conversation ${index}`);
    expect(kept()).toMatchObject({ entries: 3, evicted: 5 });
    await expectOpen(() => 3);
    clock.pass(60_001);
    expect(kept()).toMatchObject({ entries: 0, expired: 3 });
    await expectOpen(() => 0);
  });
});
