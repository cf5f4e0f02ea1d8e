import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { FakeClock, FakePeer, settled } from '../dialect/testing/fake-peer.js';
import type { JsonRpcConnection } from '../jsonrpc/connection.js';
import { type ConnectionLease, ConnectionPool, type ConnectionPoolOptions } from './connection-pool.js';

class FakeConnection extends FakePeer implements JsonRpcConnection {
  initialize(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    if (!this.closed) this.die();
  }
}

function aSet(options: Partial<ConnectionPoolOptions> & { limit?: number } = {}) {
  const opened: { fresh: boolean; connection?: FakeConnection }[] = [];
  const clock = new FakeClock();
  const gone: Error[] = [];
  const set = new ConnectionPool({
    clock,
    onAllGone: (error) => gone.push(error),
    open: (fresh) => {
      if (set.size >= (options.limit ?? Number.POSITIVE_INFINITY)) {
        opened.push({ fresh });
        return Promise.reject(new GatewayError('not_ready', 'refused'));
      }
      const connection = new FakeConnection();
      opened.push({ fresh, connection });
      return Promise.resolve(connection);
    },
    ...options,
  });
  const acquire = (signal = new AbortController().signal) => set.acquire(signal);
  return { set, opened, clock, gone, acquire };
}

describe('ConnectionPool', () => {
  it('acquire() - opens on demand and takes back what was released', async () => {
    const { acquire, opened, set } = aSet();
    const first = await acquire();
    const second = await acquire();
    expect(opened).toHaveLength(2);
    second.release();
    second.release();
    const third = await acquire();
    expect(third.peer).toBe(second.peer);
    await settled();
    expect(set.load).toEqual({ busy: 2, waiting: 0 });
    first.release();
    third.release();
    await settled();
    expect(set.load).toEqual({ busy: 0, waiting: 0 });
  });

  it('acquire() - takes the one that is preferred, if it is free', async () => {
    const { acquire, set } = aSet();
    const [one, other] = [await acquire(), await acquire()];
    const signal = new AbortController().signal;
    const prefers = (peer: unknown): boolean => peer === one.peer;
    one.release();
    other.release();
    const preferred = await set.acquire(signal, { prefers });
    expect(preferred.peer).toBe(one.peer);
    expect((await set.acquire(signal, { prefers })).peer).toBe(other.peer);
  });

  it('acquire() - waits in order beyond the limit', async () => {
    const { acquire, set } = aSet({ maxConnections: 1 });
    const order: number[] = [];
    const first = await acquire();
    const waiting = [1, 2, 3].map(async (index) => {
      const lease = await acquire();
      order.push(index);
      lease.release();
    });
    await settled();
    expect(set.load).toEqual({ busy: 1, waiting: 3 });
    first.release();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
    expect(set.size).toBe(1);
  });

  it('acquire() - an abort ends the wait with its reason and takes no place', async () => {
    const { acquire, set } = aSet({ maxConnections: 1 });
    const first = await acquire();
    const controller = new AbortController();
    const waiting = acquire(controller.signal);
    const reason = new Error('gone');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    first.release();
    await settled();
    expect(set.load).toEqual({ busy: 0, waiting: 0 });
    (await acquire()).release();
  });

  it('acquire() - an abort while opening gives the connection back', async () => {
    let finish: (connection: FakeConnection) => void = () => undefined;
    const { acquire, set } = aSet({
      open: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    });
    const controller = new AbortController();
    const waiting = acquire(controller.signal);
    await settled();
    controller.abort(new Error('gone'));
    finish(new FakeConnection());
    await expect(waiting).rejects.toThrow('gone');
    expect(set.load.busy).toBe(0);
    expect(set.size).toBe(1);
  });

  it('acquire() - shares what there is when the process takes no more clients', async () => {
    const { acquire, opened } = aSet({ limit: 2 });
    const leases = [await acquire(), await acquire()];
    const third = acquire();
    const fourth = acquire();
    await settled();
    expect(opened.map(({ fresh }) => fresh)).not.toContain(true);
    leases[0]?.release();
    expect((await third).peer).toBe(leases[0]?.peer);
    leases[1]?.release();
    expect((await fourth).peer).toBe(leases[1]?.peer);
  });

  it('acquire() - looks anew, once, when nothing is connected', async () => {
    const { acquire, opened } = aSet({ limit: 0 });
    await expect(acquire()).rejects.toMatchObject({ code: 'not_ready' });
    expect(opened.map(({ fresh }) => fresh)).toEqual([false, true]);
  });

  it('acquire() - never hands out a dead connection', async () => {
    const { acquire, opened, gone } = aSet();
    const lease = await acquire();
    lease.release();
    (lease.peer as FakeConnection).die();
    expect(gone).toHaveLength(1);
    expect((await acquire()).peer).not.toBe(lease.peer);
    expect(opened).toHaveLength(2);
  });

  it('acquire() - those who wait for a place try for themselves when all is gone', async () => {
    const { acquire, opened } = aSet({ limit: 1 });
    const first = await acquire();
    const second = acquire();
    await settled();
    (first.peer as FakeConnection).die();
    expect((await second).peer.closed).toBe(false);
    expect(opened.filter(({ connection }) => connection !== undefined)).toHaveLength(2);
  });

  it('acquire() - those who wait try again when one connection has died', async () => {
    const limit = 2;
    const opened: FakeConnection[] = [];
    const { acquire, set } = aSet({
      open: () => {
        if (set.size >= limit) return Promise.reject(new GatewayError('not_ready', 'refused'));
        opened.push(new FakeConnection());
        return Promise.resolve(opened.at(-1) as FakeConnection);
      },
    });
    await acquire();
    await acquire();
    const third = acquire();
    await settled();
    opened[0]?.die();
    expect((await third).peer).toBe(opened[2]);
  });

  it('acquire() - the place is looked for anew when the others die while one dials', async () => {
    const fresh: boolean[] = [];
    const first = new FakeConnection();
    const second = new FakeConnection();
    const { acquire } = aSet({
      open: async (isFresh) => {
        fresh.push(isFresh);
        if (fresh.length === 1) return first;
        if (isFresh) return second;
        first.die();
        throw new GatewayError('not_ready', 'refused');
      },
    });
    await acquire();
    expect((await acquire()).peer).toBe(second);
    expect(fresh).toEqual([false, false, true]);
  });

  it('acquire() - renewed, it prefers a new connection to an idle one', async () => {
    const { acquire, opened, set } = aSet({ limit: 2 });
    const first = await acquire();
    first.release();
    const { signal } = new AbortController();
    const renewed = await set.acquire(signal, { renew: true });
    expect(renewed.peer).not.toBe(first.peer);
    // Where none can be had, the idle one is better than nothing.
    expect((await set.acquire(signal, { renew: true })).peer).toBe(first.peer);
    expect(opened).toHaveLength(3);
  });

  it('retire() - nobody gets it again, and it is closed later', async () => {
    const { acquire, clock, gone, set } = aSet();
    const lease = await acquire();
    lease.retire();
    lease.release();
    expect(set.size).toBe(0);
    expect(gone).toHaveLength(1);
    expect(set.any()).toBeUndefined();
    expect((await acquire()).peer).not.toBe(lease.peer);
    expect(lease.peer.closed).toBe(false);
    await clock.advance(60_000);
    expect(lease.peer.closed).toBe(true);
    expect(set.load.busy).toBe(1);
  });

  it('retire() - no timer outlives the connection or the pool', async () => {
    const { acquire, clock, opened, set } = aSet();
    (await acquire()).retire();
    expect(clock.pending).toBe(1);
    opened[0]?.connection?.die();
    expect(clock.pending).toBe(0);
    (await acquire()).retire();
    set.close();
    expect(clock.pending).toBe(0);
  });

  it('idle - connections are closed after a while, all but one', async () => {
    const { acquire, set, clock } = aSet({ idleCloseMs: 1000 });
    const leases = [await acquire(), await acquire(), await acquire()];
    for (const lease of leases) lease.release();
    await clock.advance(500);
    (await acquire()).release();
    await clock.advance(700);
    expect(set.size).toBe(1);
    expect(set.any()?.closed).toBe(false);
    await clock.advance(5000);
    expect(set.size).toBe(1);
    expect(clock.pending).toBe(0);
  });

  describe('turnsPerConnection', () => {
    const acquireMany = (acquire: ReturnType<typeof aSet>['acquire'], count: number) =>
      Promise.all(Array.from({ length: count }, () => acquire()));
    const connectionsOf = (leases: readonly ConnectionLease[]): number => new Set(leases.map(({ peer }) => peer)).size;

    it('many at once - share as few connections as will do', async () => {
      const { acquire, opened, set } = aSet({ turnsPerConnection: 4 });
      const leases = await acquireMany(acquire, 10);
      expect(opened).toHaveLength(3);
      expect(connectionsOf(leases)).toBe(3);
      leases.push(...(await acquireMany(acquire, 2)));
      expect([opened.length, set.load.busy]).toEqual([3, 12]);
      leases.push(await acquire());
      expect(opened).toHaveLength(4);
      for (const lease of leases) lease.release();
      expect(set.load.busy).toBe(0);
    });

    it('the limit - is that of connections', async () => {
      const { acquire, opened, set } = aSet({ turnsPerConnection: 3, maxConnections: 2 });
      const leases = await acquireMany(acquire, 6);
      const waiting = acquire();
      await settled();
      expect([opened.length, set.load]).toEqual([2, { busy: 6, waiting: 1 }]);
      leases[0]?.release();
      expect((await waiting).peer).toBe(leases[0]?.peer);
    });

    it('retire() - leaves the turns beside it in peace, and nobody else gets the connection', async () => {
      const { acquire, clock } = aSet({ turnsPerConnection: 2 });
      const [given, beside] = (await acquireMany(acquire, 2)) as [ConnectionLease, ConnectionLease];
      given.retire();
      expect((await acquire()).peer).not.toBe(given.peer);
      await clock.advance(60_000);
      expect(beside.peer.closed).toBe(false);
      beside.release();
      expect(beside.peer.closed).toBe(true);
    });

    it('idle - is a connection on which no turn is left', async () => {
      const { acquire, set, clock } = aSet({ turnsPerConnection: 2, idleCloseMs: 1000 });
      const leases = await acquireMany(acquire, 6);
      for (const lease of leases.slice(1)) lease.release();
      await clock.advance(5000);
      expect(set.size).toBe(1);
      expect(leases[0]?.peer.closed).toBe(false);
    });

    it('a connection that ends - is not given to anybody any more', async () => {
      const { acquire, opened, set } = aSet({ turnsPerConnection: 2 });
      const lease = await acquire();
      opened[0]?.connection?.die();
      const next = await acquire();
      expect(next.peer).not.toBe(lease.peer);
      lease.release();
      next.release();
      expect(set.size).toBe(1);
    });
  });

  it('close() - ends everything', async () => {
    const { acquire, set } = aSet({ maxConnections: 1 });
    const lease = await acquire();
    const waiting = acquire();
    set.close();
    expect(lease.peer.closed).toBe(true);
    lease.release();
    await expect(waiting).rejects.toMatchObject({ code: 'shutting_down' });
    await expect(acquire()).rejects.toMatchObject({ code: 'shutting_down' });
  });

  describe('acquire() - nothing can be had for too long', () => {
    it.each([
      ['all that may be open are in use', { maxConnections: 1 }, { busy: 1, waiting: 1 }],
      ['the process takes no more clients', { limit: 1 }, { busy: 2, waiting: 0 }],
    ] as const)('%s: fails, retryable, and the next goes well again', async (_name, options, load) => {
      const { acquire, set, clock } = aSet({ ...options, queueTimeoutMs: 5000 });
      const first = await acquire();
      const waiting = acquire().catch((error: unknown) => error);
      await clock.advance(4999);
      expect(set.load).toEqual(load);
      await clock.advance(1);
      expect(await waiting).toMatchObject({ code: 'rate_limited', retryAfterMs: 2000 });
      await settled();
      expect(set.load).toEqual({ busy: 1, waiting: 0 });
      first.release();
      const next = await acquire();
      expect(next.peer).toBe(first.peer);
    });

    it('the process takes more again: dials again', async () => {
      const options = { limit: 1 };
      const { acquire, clock, opened } = aSet(options);
      await acquire();
      const waiting = acquire();
      await settled();
      options.limit = 2;
      await clock.advance(1000);
      expect((await waiting).peer).toBe(opened.at(-1)?.connection);
    });

    it('no wait allowed: the first connection is opened all the same', async () => {
      let open: (connection: JsonRpcConnection) => void = () => undefined;
      const { acquire, clock } = aSet({ queueTimeoutMs: 0, open: () => new Promise((resolve) => (open = resolve)) });
      const first = acquire();
      await clock.advance(4000);
      open(new FakeConnection());
      expect((await first).peer.closed).toBe(false);
      expect(clock.pending).toBe(0);
    });
  });

  describe('connections that lie idle', () => {
    it('the last one - is kept, however long', async () => {
      const { acquire, clock, set } = aSet({ idleCloseMs: 1000 });
      const leases = [await acquire(), await acquire()];
      for (const lease of leases) lease.release();
      await clock.advance(1001);
      expect(set.size).toBe(1);
      await clock.advance(1e6);
      expect(set.size).toBe(1);
      expect(clock.pending).toBe(0);
    });

    it('one that was used again - counts from its last use', async () => {
      const { acquire, clock, set } = aSet({ idleCloseMs: 1000 });
      const [first, second] = [await acquire(), await acquire()];
      first.release();
      second.release();
      await clock.advance(600);
      (await acquire()).release();
      await clock.advance(600);
      expect([first.peer.closed, second.peer.closed, set.size]).toEqual([true, false, 1]);
    });

    it('one that let its turn run into nothing - is not used again', async () => {
      const { acquire, clock, opened } = aSet();
      const silent = await acquire();
      silent.retire();
      const next = await acquire();
      expect(next.peer).not.toBe(silent.peer);
      expect(opened).toHaveLength(2);
      expect(silent.peer.closed).toBe(false);
      await clock.advance(30_000);
      expect(silent.peer.closed).toBe(true);
    });
  });
});
