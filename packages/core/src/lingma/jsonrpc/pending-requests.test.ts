import { describe, expect, it } from 'vitest';
import { type JsonValue, type Logger, silentLogger } from '../../util/index.js';
import { FakeClock } from '../dialect/testing/fake-peer.js';
import type { CallOptions } from './peer.js';
import { PendingRequests } from './pending-requests.js';

function pending(logger: Logger = silentLogger) {
  const clock = new FakeClock();
  const calls = new PendingRequests(clock, logger);
  const add = (id: number, timeoutMs = 1000, options: CallOptions = {}): Promise<JsonValue> => {
    const call = calls.add(id, 'm', timeoutMs, options);
    call.catch(() => undefined);
    return call;
  };
  return { clock, calls, add };
}

describe('PendingRequests', () => {
  it('settle() - once, by number or by the same number as text', async () => {
    const { calls, add, clock } = pending();
    const [first, second] = [add(1), add(2)];
    expect(calls.settle('2', { result: 'b' })).toBe(true);
    expect(calls.settle(1, { result: 'a' })).toBe(true);
    expect(await Promise.all([first, second])).toEqual(['a', 'b']);
    for (const id of [1, '1', 3, 'x', '', Number.NaN]) expect(calls.settle(id, { result: null })).toBe(false);
    expect([calls.size, clock.pending]).toEqual([0, 0]);
  });

  it('time limit - fails the call, and leaves neither timer nor listener', async () => {
    const { calls, add, clock } = pending();
    const call = add(1, 1000);
    await clock.advance(999);
    expect(calls.size).toBe(1);
    await clock.advance(1);
    await expect(call).rejects.toMatchObject({ code: 'upstream_timeout' });
    expect([calls.size, clock.pending]).toEqual([0, 0]);
  });

  it('no time limit - sets no timer', () => {
    const { add, clock } = pending();
    void add(1, Number.POSITIVE_INFINITY);
    expect(clock.pending).toBe(0);
  });

  it('signal - fails the call with its reason', async () => {
    const { calls, add, clock } = pending();
    const controller = new AbortController();
    const call = add(1, 1000, { signal: controller.signal });
    controller.abort(new Error('gone'));
    await expect(call).rejects.toThrow('gone');
    expect([calls.size, clock.pending]).toEqual([0, 0]);
  });

  describe('a result that comes late', () => {
    it('goes to its handler, once', async () => {
      const { calls, add, clock } = pending();
      const late: JsonValue[] = [];
      void add(1, 1000, { onLateResult: (result) => late.push(result) });
      void add(2, 1000);
      await clock.advance(1000);
      expect([1, 1, 2].map((id) => calls.settle(id, { result: id }))).toEqual([true, false, false]);
      expect(late).toEqual([1]);
    });

    it('that is an error - is nothing to clean up', async () => {
      const { calls, add, clock } = pending();
      const late: JsonValue[] = [];
      void add(1, 1000, { onLateResult: (result) => late.push(result) });
      await clock.advance(1000);
      expect(calls.settle(1, { error: { code: 1, message: 'x' } })).toBe(true);
      expect(late).toEqual([]);
    });

    it('whose handler throws - is logged, and harms nobody', async () => {
      const errors: string[] = [];
      const { calls, add, clock } = pending({ ...silentLogger, error: (message) => void errors.push(message) });
      void add(1, 1000, {
        onLateResult: () => {
          throw new Error('boom');
        },
      });
      await clock.advance(1000);
      expect(calls.settle(1, { result: null })).toBe(true);
      expect(errors).toHaveLength(1);
    });

    it('after the connection has ended - is wanted no more', async () => {
      const { calls, add, clock } = pending();
      const late: JsonValue[] = [];
      void add(1, 1000, { onLateResult: (result) => late.push(result) });
      await clock.advance(1000);
      calls.failAll(new Error('ended'));
      expect(calls.settle(1, { result: 1 })).toBe(false);
      expect(late).toEqual([]);
    });

    it('of more than 1024 calls - the oldest are forgotten', async () => {
      const { calls, add, clock } = pending();
      const late: JsonValue[] = [];
      for (let id = 1; id <= 1030; id++) void add(id, 1000, { onLateResult: (result) => late.push(result) });
      await clock.advance(1000);
      for (let id = 1; id <= 1030; id++) calls.settle(id, { result: id });
      expect(late).toHaveLength(1024);
      expect(late[0]).toBe(7);
    });
  });

  it('failAll() - fails what waits, and leaves no timer', async () => {
    const { calls, add, clock } = pending();
    const call = add(1);
    calls.failAll(new Error('ended'));
    await expect(call).rejects.toThrow('ended');
    expect([calls.size, clock.pending]).toEqual([0, 0]);
  });
});
