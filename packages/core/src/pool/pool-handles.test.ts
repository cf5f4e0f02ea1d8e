/** In a file of its own: what other tests leave open for a moment would be counted too. */
import { expect, it, vi } from 'vitest';
import { createSimulator } from '../../../simulator/src/index.js';
import { type Clock, systemClock } from '../util/index.js';
import { LingmaPool } from './pool.js';

/** Sockets that are open or about to be. */
const sockets = (): string[] =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => /^(TCPSocket|Pipe|Connect|GetAddrInfo)/.test(kind) && !kind.includes('Server'))
    .sort();

it('LingmaPool.close() - leaves no socket and no timer behind, whatever ran', async () => {
  const simulators = [createSimulator(), createSimulator()];
  // The two on which the simulators listen are pipes of the same kind.
  const before = [...sockets(), 'PipeWrap', 'PipeWrap'].sort();
  for (const simulator of simulators) await simulator.start();
  const timers = new Set<object>();
  const clock: Clock = {
    ...systemClock,
    schedule(ms, callback) {
      const timer = {};
      timers.add(timer);
      const cancel = systemClock.schedule(ms, () => {
        timers.delete(timer);
        callback();
      });
      return () => {
        timers.delete(timer);
        cancel();
      };
    },
  };
  const [one, other] = simulators.map(({ address }) => address);
  const addresses = [one?.webSocketUrl, other?.socketPath, '/nowhere/lingma.sock'] as string[];
  const pool = new LingmaPool({ instances: addresses.map((address) => ({ client: { address } })), clock });
  const say = (directive: object) => ({
    messages: [{ role: 'user', text: `Hello @sim ${JSON.stringify(directive)}` }] as const,
  });
  await Promise.all(Array.from({ length: 10 }, () => pool.complete(say({ text: 'fine' }))));
  const cancelled = pool.streamTurn(say({ text: 'endless', firstDelayMs: 60_000 }));
  const reading = cancelled.read();
  const endless = pool.complete(say({ text: 'endless', firstDelayMs: 60_000 }));
  await vi.waitFor(() => expect(simulators.reduce((sum, { stats }) => sum + stats.turnsActive, 0)).toBe(2));
  await cancelled.close();
  expect(await reading).toBeUndefined();
  await pool.remove('inst-2');
  expect(sockets()).not.toEqual(before);
  const failed = expect(endless).rejects.toMatchObject({ code: 'shutting_down' });
  await pool.close();
  await failed;
  await vi.waitFor(() => expect(sockets()).toEqual(before));
  await vi.waitFor(() => expect(timers.size).toBe(0));
  for (const simulator of simulators) await simulator.stop();
});
