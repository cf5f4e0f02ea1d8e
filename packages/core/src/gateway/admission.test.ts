import { describe, expect, it } from 'vitest';
import { GatewayError } from '../chat/index.js';
import { type AdmissionOptions, createAdmission } from './admission.js';

const never = new AbortController().signal;

function withTimers(maxInFlight: number, more: Partial<AdmissionOptions> = {}) {
  const timers: (() => void)[] = [];
  const clock = {
    now: () => 0,
    schedule: (_: number, callback: () => void) => {
      timers.push(callback);
      return () => void timers.splice(timers.indexOf(callback), 1);
    },
  };
  return { admission: createAdmission({ maxInFlight, queueTimeoutMs: 5_000, clock, ...more }), timers };
}

describe('createAdmission', () => {
  it('setLimits() - more slots let in who waits, fewer let nobody in before enough have left', async () => {
    const { admission, timers } = withTimers(1);
    const first = await admission.acquire(never);
    const waiting = [admission.acquire(never), admission.acquire(never)];
    admission.setLimits({ maxInFlight: 3, queueTimeoutMs: 5_000 });
    const releases = [first, ...(await Promise.all(waiting))];
    expect(admission.stats()).toMatchObject({ inFlight: 3, queued: 0, maxInFlight: 3 });
    admission.setLimits({ maxInFlight: 1, queueTimeoutMs: 5_000 });
    let admitted = false;
    const late = admission.acquire(never).then((release) => {
      admitted = true;
      return release;
    });
    releases[0]?.();
    releases[1]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect([admitted, admission.stats().inFlight]).toEqual([false, 1]);
    releases[2]?.();
    (await late)();
    expect(admission.stats()).toMatchObject({ inFlight: 0, queued: 0 });
    expect(timers).toHaveLength(0);
  });

  it('setLimits() - no limit lets everybody in, no queue sends further ones away at once', async () => {
    const { admission } = withTimers(1);
    await admission.acquire(never);
    const waiting = [admission.acquire(never), admission.acquire(never)];
    admission.setLimits({ maxInFlight: 0, queueTimeoutMs: 0 });
    await Promise.all(waiting);
    expect(admission.stats()).toEqual({ inFlight: 3, queued: 0, accepted: 3, rejected: 0 });
    admission.setLimits({ maxInFlight: 1, queueTimeoutMs: 0 });
    await expect(admission.acquire(never)).rejects.toMatchObject({ code: 'rate_limited' });
  });

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
    expect(admission.stats()).toMatchObject({ inFlight: 2, queued: 2 });
    releases[0]?.();
    (await third)();
    (await fourth)();
    expect(order).toEqual([3, 4]);
    releases[1]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(admission.stats()).toMatchObject({ inFlight: 0, queued: 0 });
    expect(timers).toHaveLength(0);
  });

  it('acquire() - rejects with rate_limited when the wait is over, and frees its place', async () => {
    const { admission, timers } = withTimers(1);
    const release = await admission.acquire(never);
    const late = admission.acquire(never);
    timers[0]?.();
    await expect(late).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 5_000 });
    expect(admission.stats().queued).toBe(0);
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
    expect(admission.stats()).toMatchObject({ inFlight: 1, queued: 0 });
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
    expect(admission.stats().inFlight).toBe(1);
    release();
    release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(admission.stats().inFlight).toBe(0);
  });

  const abandoned = (): AbortSignal => new AbortController().signal;
  /** Waits for a slot for each name (its first letter is the party), and notes who has got one. */
  function waitInLine(admission: ReturnType<typeof createAdmission>, names: readonly string[]) {
    const order: string[] = [];
    const refused: string[] = [];
    for (const name of names) {
      admission.acquire(abandoned(), name[0]).then(
        () => order.push(name),
        () => refused.push(name),
      );
    }
    return { order, refused };
  }
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('free slots - go round the parties that wait, and within one by arrival', async () => {
    const { admission } = withTimers(7);
    const holds = await Promise.all(Array.from({ length: 7 }, () => admission.acquire(never, 'a')));
    const { order } = waitInLine(admission, ['a1', 'a2', 'a3', 'b1', 'c1', 'c2', 'b2']);
    for (const release of holds) release();
    await settled();
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'a3']);
    expect(admission.stats()).toEqual({ inFlight: 7, queued: 0, accepted: 14, rejected: 0, maxInFlight: 7 });
  });

  it('a party that comes back - stands at the end of the round', async () => {
    const { admission } = withTimers(1);
    let release = await admission.acquire(never, 'z');
    const order: string[] = [];
    const queue = (name: string): void => {
      void admission.acquire(never, name[0]).then((got) => {
        order.push(name);
        release = got;
      });
    };
    for (const name of ['a1', 'b1', 'b2']) queue(name);
    for (const next of ['a2', 'c1', undefined, undefined, undefined]) {
      release();
      await settled();
      if (next !== undefined) queue(next);
    }
    expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'c1']);
  });

  it('one party with a thousand requests - a stranger has a slot within one round', async () => {
    const { admission } = withTimers(2);
    const holds = await Promise.all(['many', 'many'].map((party) => admission.acquire(never, party)));
    for (let count = 0; count < 1_000; count++) void admission.acquire(abandoned(), 'many');
    const stranger = admission.acquire(never, 'stranger');
    for (const release of holds) release();
    (await stranger)();
    expect(admission.stats()).toMatchObject({ inFlight: 2, queued: 998 });
  });

  it('a full line - further ones are refused at once, and counted', async () => {
    const { admission, timers } = withTimers(1, { maxQueued: 2 });
    await admission.acquire(never);
    const { refused } = waitInLine(admission, ['a1', 'a2', 'a3', 'a4']);
    await settled();
    expect(refused).toEqual(['a3', 'a4']);
    expect(admission.stats()).toEqual({ inFlight: 1, queued: 2, accepted: 1, rejected: 2, maxInFlight: 1 });
    expect(timers).toHaveLength(2);
    await expect(admission.acquire(never, 'a')).rejects.toMatchObject({ retryAfterMs: 5_000 });
  });

  it('a line that one party fills - its newest gives way to another, as long as it has more', async () => {
    const { admission, timers } = withTimers(1, { maxQueued: 4 });
    await admission.acquire(never, 'a');
    const { refused } = waitInLine(admission, ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3']);
    await settled();
    expect(refused).toEqual(['a4', 'a3', 'b3']);
    expect(admission.stats()).toMatchObject({ queued: 4, rejected: 3 });
    expect(timers).toHaveLength(4);
  });

  it.each([0, -5])('a wait of %d - nobody waits', async (queueTimeoutMs) => {
    const { admission, timers } = withTimers(1, { queueTimeoutMs });
    const release = await admission.acquire(never);
    await expect(admission.acquire(never)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 1_000 });
    expect(timers).toHaveLength(0);
    release();
    (await admission.acquire(never))();
  });

  it.each([0, -1, Number.POSITIVE_INFINITY])('a limit of %d - is none, and what runs is counted', async (limit) => {
    const { admission } = withTimers(limit);
    const releases = await Promise.all(Array.from({ length: 2_000 }, () => admission.acquire(never)));
    expect(admission.stats()).toEqual({ inFlight: 2_000, queued: 0, accepted: 2_000, rejected: 0 });
    for (const release of releases) release();
    expect(admission.stats().inFlight).toBe(0);
  });
});
