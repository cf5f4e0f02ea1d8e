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
});
