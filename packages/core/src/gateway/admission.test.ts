import { describe, expect, it } from 'vitest';
import { GatewayError } from '../chat/index.js';
import { createAdmission } from './admission.js';

const never = new AbortController().signal;

function withTimers(maxInFlight: number) {
  const timers: (() => void)[] = [];
  const clock = {
    now: () => 0,
    schedule: (_: number, callback: () => void) => {
      timers.push(callback);
      return () => void timers.splice(timers.indexOf(callback), 1);
    },
  };
  return { admission: createAdmission({ maxInFlight, queueTimeoutMs: 5_000, clock }), timers };
}

describe('createAdmission', () => {
  it('acquire() - lets in as many as allowed, the rest in order of arrival', async () => {
    const { admission, timers } = withTimers(2);
    const order: number[] = [];
    const releases = await Promise.all([admission.acquire(never), admission.acquire(never)]);
    const third = admission.acquire(never).then((release) => {
      order.push(3);
      return release;
    });
    const fourth = admission.acquire(never).then((release) => {
      order.push(4);
      return release;
    });
    expect(admission).toMatchObject({ inFlight: 2, waiting: 2 });
    releases[0]?.();
    (await third)();
    (await fourth)();
    expect(order).toEqual([3, 4]);
    releases[1]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(admission).toMatchObject({ inFlight: 0, waiting: 0 });
    expect(timers).toHaveLength(0);
  });

  it('acquire() - rejects with rate_limited when the wait is over, and frees its place', async () => {
    const { admission, timers } = withTimers(1);
    const release = await admission.acquire(never);
    const late = admission.acquire(never);
    timers[0]?.();
    await expect(late).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 5_000 });
    expect(admission.waiting).toBe(0);
    release();
    (await admission.acquire(never))();
  });

  it('acquire() - rejects with the reason of its signal, before and while it waits', async () => {
    const { admission, timers } = withTimers(1);
    const gone = new GatewayError('client_closed', 'gone');
    await expect(admission.acquire(AbortSignal.abort(gone))).rejects.toBe(gone);
    await admission.acquire(never);
    const client = new AbortController();
    const waiting = admission.acquire(client.signal);
    client.abort(gone);
    await expect(waiting).rejects.toBe(gone);
    expect(timers).toHaveLength(0);
    expect(admission).toMatchObject({ inFlight: 1, waiting: 0 });
  });

  it('a signal aborted after the wait - does not free the slot under its holder', async () => {
    const { admission } = withTimers(1);
    const first = await admission.acquire(never);
    const client = new AbortController();
    const second = admission.acquire(client.signal);
    first();
    const release = await second;
    client.abort(new GatewayError('client_closed', 'gone'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(admission.inFlight).toBe(1);
    release();
    release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(admission.inFlight).toBe(0);
  });

  it('a free slot - goes to the party that holds the fewest, then to the one that waits longest', async () => {
    const { admission } = withTimers(3);
    const order: string[] = [];
    const holds = await Promise.all(['a', 'a', 'b'].map((party) => admission.acquire(never, party)));
    const releases: Promise<() => void>[] = [];
    for (const name of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) {
      const got = admission.acquire(never, name[0]).then((release) => {
        order.push(name);
        return release;
      });
      releases.push(got);
    }
    expect(admission.waiting).toBe(6);
    // a holds two, b one, c none.
    holds[0]?.();
    await releases[4];
    holds[1]?.();
    await releases[0];
    (await releases[4])?.();
    await releases[5];
    (await releases[5])?.();
    await releases[1];
    (await releases[1])?.();
    await releases[2];
    expect(order).toEqual(['c1', 'a1', 'c2', 'a2', 'a3']);
    expect(admission).toMatchObject({ inFlight: 3, waiting: 1 });
  });

  it('one party with a thousand requests - a stranger has the next slot', async () => {
    const { admission } = withTimers(2);
    const release = await admission.acquire(never, 'many');
    for (let count = 0; count < 1_000; count++) void admission.acquire(new AbortController().signal, 'many');
    const stranger = admission.acquire(never, 'stranger');
    release();
    (await stranger)();
    expect(admission).toMatchObject({ inFlight: 2, waiting: 998 });
  });
});
