import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../../simulator/src/index.js';
import type { ChatEvent, GatewayError } from '../chat/index.js';
import { type LogFields, type Logger, systemClock } from '../util/index.js';
import { LingmaPool } from './pool.js';
import type { LingmaPoolOptions } from './pool-options.js';
import { ManualClock } from './testing/manual-clock.js';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function simulate(count: number, options: SimulatorOptions = {}): Promise<Simulator[]> {
  const simulators = Array.from({ length: count }, () => createSimulator(options));
  for (const simulator of simulators) {
    await simulator.start();
    cleanups.push(() => simulator.stop());
  }
  return simulators;
}

/** By their sockets, whose paths stay when a process comes again. */
function poolOf(simulators: readonly Simulator[], options: Partial<LingmaPoolOptions> = {}): LingmaPool {
  const instances = simulators.map(({ address }) => ({ client: { address: address.socketPath } }));
  const pool = new LingmaPool({ instances, ...options });
  cleanups.push(() => pool.close());
  return pool;
}

const user = (directive: object) => ({
  messages: [{ role: 'user', text: `Hello @sim ${JSON.stringify(directive)}` }] as const,
});

/** Reads a turn; `text` grows as it comes. */
function follow(pool: LingmaPool, directive: object) {
  const turn = { text: '', ended: undefined as Promise<string> | undefined };
  const read = async (): Promise<string> => {
    try {
      for await (const event of pool.streamTurn(user(directive)) as AsyncIterable<ChatEvent>) {
        if (event.type === 'text-delta') turn.text += event.delta;
      }
      return 'ok';
    } catch (error) {
      return (error as GatewayError).code;
    }
  };
  turn.ended = read();
  return turn as { readonly text: string; readonly ended: Promise<string> };
}

const ask = (pool: LingmaPool): Promise<string> => follow(pool, { text: 'fine', chunks: 2 }).ended;

const DIALECTS = [
  ['acp', { acp: 'present' }],
  ['lsp-chat', { acp: 'absent' }],
] as const;

describe.each(DIALECTS)('LingmaPool over processes in %s', (_dialect, profile) => {
  it('one of three killed under 60 streams - no failures but its own, then none, and it comes back by itself', async () => {
    const simulators = await simulate(3, profile);
    // How long it waits between its attempts is the test's.
    const clock = new ManualClock();
    const pool = poolOf(simulators, { clock, client: { clock: systemClock } });
    await pool.start();
    const text = 'a long answer '.repeat(20);
    const streams = Array.from({ length: 60 }, () => follow(pool, { text, chunks: 40, delayMs: 75 }));
    await vi.waitFor(() => expect(streams.every((stream) => stream.text !== '')).toBe(true));
    const inFlight = pool.status().instances.map((instance) => instance.inFlight);
    expect(inFlight.reduce((sum, count) => sum + count)).toBe(60);
    await simulators[1]?.kill();
    const ends = await Promise.all(streams.map(({ ended }) => ended));
    const failed = ends.filter((end) => end !== 'ok');
    expect(failed.length).toBeLessThanOrEqual(inFlight[1] ?? 0);
    expect(new Set(failed)).toEqual(new Set(['upstream_error']));
    for (const [index, end] of ends.entries()) if (end === 'ok') expect(streams[index]?.text).toBe(text);
    expect(await Promise.all(Array.from({ length: 30 }, () => ask(pool)))).toEqual(Array(30).fill('ok'));
    await simulators[1]?.start();
    await vi.waitFor(() => {
      clock.pass(30_000);
      expect(pool.status()).toMatchObject({ ready: 3 });
    });
    const before = simulators[1]?.stats.sessionsCreated ?? 0;
    await Promise.all(Array.from({ length: 30 }, () => ask(pool)));
    expect(simulators[1]?.stats.sessionsCreated).toBeGreaterThan(before);
    expect(pool.status().instances.map((instance) => instance.inFlight)).toEqual([0, 0, 0]);
  });

  it('killed before the answers begin - every turn is run once more, none fails', async () => {
    const simulators = await simulate(3, profile);
    const pool = poolOf(simulators);
    await pool.start();
    const streams = Array.from({ length: 30 }, () => follow(pool, { text: 'fine', firstDelayMs: 300 }));
    await vi.waitFor(() => expect(simulators.map(({ stats }) => stats.prompts.length)).toEqual([10, 10, 10]));
    await simulators[2]?.kill();
    expect(await Promise.all(streams.map(({ ended }) => ended))).toEqual(Array(30).fill('ok'));
  });

  it('quota, and nobody logged in - the turns go to the one that can', async () => {
    const simulators = await simulate(3, profile);
    simulators[0]?.setSwitches({ quotaExceeded: true });
    simulators[1]?.setLoggedIn(false);
    const pool = poolOf(simulators);
    expect(await Promise.all(Array.from({ length: 9 }, () => ask(pool)))).toEqual(Array(9).fill('ok'));
    expect(pool.status().instances.map(({ loggedIn }) => loggedIn)).toEqual([true, false, true]);
    expect((await pool.listModels()).length).toBeGreaterThan(0);
    simulators[1]?.setLoggedIn(true);
    await vi.waitFor(() => expect(pool.status().instances[1]?.loggedIn).toBe(true));
  });

  it('logged out under load - no turn fails', async () => {
    const simulators = await simulate(2, profile);
    const pool = poolOf(simulators);
    await pool.start();
    const ends: string[] = [];
    let over = false;
    const work = Array.from({ length: 8 }, async () => {
      while (!over) ends.push(await follow(pool, { text: 'fine', chunks: 3, firstDelayMs: 5 }).ended);
    });
    await vi.waitFor(() => expect(ends.length).toBeGreaterThan(20));
    simulators[0]?.setLoggedIn(false);
    const before = ends.length;
    await vi.waitFor(() => expect(ends.length).toBeGreaterThan(before + 40));
    expect(pool.status().instances.map(({ loggedIn }) => loggedIn)).toEqual([false, true]);
    const away = simulators[0]?.stats.turnsFinished ?? 0;
    simulators[0]?.setLoggedIn(true);
    await vi.waitFor(() => expect(simulators[0]?.stats.turnsFinished).toBeGreaterThan(away + 10));
    over = true;
    await Promise.all(work);
    expect(new Set(ends)).toEqual(new Set(['ok']));
  });

  it('a session - kept, gone on in where it is, and gone when it is given up', async () => {
    const simulators = await simulate(2, profile);
    const pool = poolOf(simulators);
    const first = user({ text: 'one' }).messages;
    const stream = pool.streamTurn({ messages: first, keepSession: true }, { affinityKey: 'k' });
    for (let batch = await stream.read(); batch !== undefined; ) batch = await stream.read();
    const outcome = await stream.outcome();
    expect(outcome).toMatchObject({ reusable: true, text: 'one', continued: false });
    expect(stream.ended?.()).toEqual(outcome);
    const { sessionId = '', instance = '', generation } = outcome ?? {};
    const messages = [...first, { role: 'assistant', text: 'one' }, ...user({ text: 'two' }).messages] as const;
    const session = { id: sessionId, knownCount: 2, instance, ...(generation !== undefined && { generation }) };
    const next = pool.streamTurn({ messages, session, keepSession: true });
    for (let batch = await next.read(); batch !== undefined; ) batch = await next.read();
    expect(await next.outcome()).toMatchObject({ sessionId, instance, continued: true, text: 'two' });
    const holder = simulators[Number(instance.replace('inst-', ''))];
    expect(holder?.stats.sessionsOpen).toBe(1);
    pool.discardSession(sessionId, instance);
    await vi.waitFor(() => expect(holder?.stats.sessionsOpen).toBe(0));
  });
});

describe('LingmaPools in a program', () => {
  it('lines of its clients - name their instances', async () => {
    const lines: { message: string; instance: unknown }[] = [];
    const logger = (fields: LogFields): Logger => {
      const write = (message: string, more?: LogFields): void =>
        void lines.push({ message, instance: { ...fields, ...more }.instance });
      return { debug: write, info: write, warn: write, error: write, child: (more) => logger({ ...fields, ...more }) };
    };
    const pool = poolOf(await simulate(2), { logger: logger({}) });
    await pool.start();
    for (const message of ['Connected to Lingma', 'Lingma speaks']) {
      const told = lines.filter((line) => line.message === message).map(({ instance }) => instance);
      expect(told.sort()).toEqual(['inst-0', 'inst-1']);
    }
  });

  it('two pools - share nothing, though their instances have the same names', async () => {
    const simulators = await simulate(2);
    const [one, other] = simulators.map((simulator) => poolOf([simulator]));
    const events: string[] = [];
    other?.on('lease', ({ action }) => events.push(action));
    await Promise.all([one && ask(one), one && ask(one)]);
    expect(events).toEqual([]);
    await one?.close();
    expect(await (other && ask(other))).toBe('ok');
    expect(simulators.map(({ stats }) => stats.prompts.length)).toEqual([2, 1]);
  });
});
