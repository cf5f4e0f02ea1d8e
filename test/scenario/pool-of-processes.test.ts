/** A pool of processes of its own: the simulator under the real program's name, killed, drained, restarted. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GatewayError, type InstanceSpec, LingmaPool } from '@lingma-gateway/core';
import { afterEach, describe, expect, it, vi } from 'vitest';

const LINGMA = fileURLToPath(new URL('../../packages/simulator/bin/Lingma', import.meta.url));
/** Starting takes the machine's time, and there may be little of it. */
const PATIENCE = 40_000;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function setUp(count: number, bins: readonly string[] = []) {
  const root = mkdtempSync(join(tmpdir(), 'lingma-pool-'));
  cleanups.push(() => rmSync(root, { recursive: true, force: true }));
  const folders = Array.from({ length: count }, (_, index) => join(root, `inst-${index}`));
  const instances = folders.map(
    (workDir, index): InstanceSpec => ({
      process: {
        workDir,
        binary: { locate: async () => bins[index] ?? LINGMA },
        env: { PATH: process.env.PATH, HOME: process.env.HOME },
      },
    }),
  );
  const pool = new LingmaPool({ instances });
  cleanups.push(() => pool.close());
  const note = (index: number): string => join(folders[index] as string, '.lingma-gateway.json');
  const pidOf = (index: number): number => JSON.parse(readFileSync(note(index), 'utf8')).pid;
  const hasNote = (index: number): boolean => existsSync(note(index));
  return { pool, pidOf, hasNote };
}

/** One that has ended but that nobody has looked after does not run. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Reads a turn; `text` grows as it comes. */
function follow(pool: LingmaPool, directive: object) {
  const turn = { text: '', ended: Promise.resolve('') };
  const read = async (): Promise<string> => {
    try {
      const text = `Hello @sim ${JSON.stringify(directive)}`;
      for await (const event of pool.streamTurn({ messages: [{ role: 'user', text }] })) {
        if (event.type === 'text-delta') turn.text += event.delta;
      }
      return 'ok';
    } catch (error) {
      return (error as GatewayError).code;
    }
  };
  turn.ended = read();
  return turn;
}
const ask = (pool: LingmaPool): Promise<string> => follow(pool, { text: 'fine' }).ended;

describe.skipIf(process.platform === 'win32')('LingmaPool over processes of its own', () => {
  it('kill -9 of one of three under 60 streams - its own fail, no later one, and it is back by itself', async () => {
    const { pool, pidOf, hasNote } = setUp(3);
    await pool.start();
    const text = 'a long answer '.repeat(20);
    const streams = Array.from({ length: 60 }, () => follow(pool, { text, chunks: 40, delayMs: 75 }));
    await vi.waitFor(() => expect(streams.every((stream) => stream.text !== '')).toBe(true), PATIENCE);
    const pid = pidOf(1);
    const inFlight = pool.status().instances[1]?.inFlight ?? 0;
    process.kill(pid, 'SIGKILL');
    const ends = await Promise.all(streams.map(({ ended }) => ended));
    const failed = ends.filter((end) => end !== 'ok');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThanOrEqual(inFlight);
    for (const [index, end] of ends.entries()) if (end === 'ok') expect(streams[index]?.text).toBe(text);
    for (let round = 0; round < 3; round++) {
      expect(await Promise.all(Array.from({ length: 10 }, () => ask(pool)))).toEqual(Array(10).fill('ok'));
    }
    await vi.waitFor(() => expect(pool.status()).toMatchObject({ ready: 3 }), PATIENCE);
    expect(pool.status().instances[1]).toMatchObject({ managed: true, restarts: 1, inFlight: 0 });
    expect(pidOf(1)).not.toBe(pid);
    const pids = [0, 1, 2].map(pidOf);
    await pool.close();
    await vi.waitFor(() => expect(pids.filter(runs)).toEqual([]), PATIENCE);
    expect([0, 1, 2].some(hasNote)).toBe(false);
  }, 120_000);

  it('drain, resume, restart, remove - end and start the process of that instance alone', async () => {
    const { pool, pidOf } = setUp(2);
    // Nobody has started it: the first turn does.
    expect(await ask(pool)).toBe('ok');
    await vi.waitFor(() => expect(pool.status()).toMatchObject({ ready: 2 }), PATIENCE);
    const [first, other] = [pidOf(0), pidOf(1)];
    const generation = await outcomeOn(pool, 'inst-0');
    await pool.drain('inst-0');
    expect([runs(first), runs(other)]).toEqual([false, true]);
    expect(await ask(pool)).toBe('ok');
    pool.resume('inst-0');
    await vi.waitFor(() => expect(pool.status()).toMatchObject({ ready: 2 }), PATIENCE);
    const resumed = pidOf(0);
    expect([runs(resumed), resumed === first]).toEqual([true, false]);
    expect(await outcomeOn(pool, 'inst-0')).toBeGreaterThan(generation);
    await pool.restart('inst-0');
    expect([runs(resumed), runs(pidOf(0)), pidOf(1)]).toEqual([false, true, other]);
    const restarted = pidOf(0);
    await pool.remove('inst-0');
    expect([runs(restarted), runs(other), pool.status().size]).toEqual([false, true, 1]);
    pool.kill();
    await vi.waitFor(() => expect(runs(other)).toBe(false), PATIENCE);
  }, 120_000);

  it('a program that is missing - costs its own instance alone; alone it is 503, for good', async () => {
    const { pool } = setUp(2, ['/nowhere/Lingma']);
    expect(await ask(pool)).toBe('ok');
    await vi.waitFor(() => expect(pool.status().instances[0]?.state).toBe('failed'), PATIENCE);
    expect(await Promise.all(Array.from({ length: 6 }, () => ask(pool)))).toEqual(Array(6).fill('ok'));
    const alone = setUp(1, ['/nowhere/Lingma']).pool;
    await expect(alone.complete({ messages: [{ role: 'user', text: 'hi' }] })).rejects.toMatchObject({
      ...{ code: 'not_ready', status: 503, shouldRetry: false },
      message: expect.not.stringContaining('/nowhere'),
    });
  }, 120_000);
});

/** The generation of an instance, as a turn that runs there tells it. */
async function outcomeOn(pool: LingmaPool, name: string): Promise<number> {
  const lease = await pool.acquire({ instance: name });
  expect(lease.instance).toBe(name);
  const stream = lease.streamTurn({ messages: [{ role: 'user', text: 'hi' }] });
  for await (const _ of stream);
  lease.release();
  return (await stream.outcome())?.generation ?? -1;
}
