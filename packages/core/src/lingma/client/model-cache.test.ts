import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { silentLogger } from '../../util/index.js';
import { FakeClock, FakePeer, rpcError } from '../dialect/testing/fake-peer.js';
import { ModelCache } from './model-cache.js';

const QUERY = 'config/queryModels';
const LIST = { chat: [{ key: 'org_auto' }] };
const { signal } = new AbortController();

function aList() {
  const clock = new FakeClock();
  return { clock, list: new ModelCache(clock, silentLogger) };
}

describe('ModelCache', () => {
  it('get() - asks with a time limit of its own, and believes silence for minutes', async () => {
    const { clock, list } = aList();
    let timeoutMs: number | undefined;
    const peer = new FakePeer().answer(QUERY, new GatewayError('upstream_timeout', 'no answer'));
    const call = peer.call.bind(peer);
    peer.call = (method, params, options) => {
      timeoutMs = options?.timeoutMs;
      return call(method, params, options);
    };
    expect(await list.get(peer, signal)).toEqual([]);
    expect(timeoutMs).toBeLessThanOrEqual(5000);
    await clock.advance(60_000);
    expect(await list.get(peer, signal)).toEqual([]);
    expect(peer.count(QUERY)).toBe(1);
    await clock.advance(10 * 60_000);
    peer.answer(QUERY, LIST);
    expect(await list.get(peer, signal)).toMatchObject([{ key: 'org_auto' }]);
  });

  it('get() - asks an empty list again after a short wait, and believes it for half a minute', async () => {
    const { clock, list } = aList();
    const peer = new FakePeer().answer(QUERY, {});
    const first = list.get(peer, signal);
    await clock.advance(2000);
    expect(await first).toEqual([]);
    expect(peer.count(QUERY)).toBe(3);
    await list.get(peer, signal);
    expect(peer.count(QUERY)).toBe(3);
    peer.answer(QUERY, LIST);
    await clock.advance(30_000);
    expect(await list.get(peer, signal)).toHaveLength(1);
  });

  it('get() - asks once more for whoever doubts that there is none', async () => {
    const { clock, list } = aList();
    const peer = new FakePeer().answer(QUERY, {});
    const first = list.get(peer, signal, { doubtEmpty: true });
    await clock.advance(2000);
    expect(await first).toEqual([]);
    expect(await list.get(peer, signal, { doubtEmpty: true })).toEqual([]);
    expect(peer.count(QUERY)).toBe(4);
    peer.answer(QUERY, LIST);
    expect(await list.get(peer, signal)).toEqual([]);
    expect(await list.get(peer, signal, { doubtEmpty: true })).toHaveLength(1);
    expect(await list.get(peer, signal)).toHaveLength(1);
  });

  it('get() - shares one call, forgets what failed', async () => {
    const { list } = aList();
    const peer = new FakePeer().answer(QUERY, rpcError('temporarily'));
    const both = [list.get(peer, signal), list.get(peer, signal)];
    for (const asked of both) await expect(asked).rejects.toMatchObject({ code: 'upstream_error' });
    expect(peer.count(QUERY)).toBe(1);
    peer.answer(QUERY, LIST);
    expect(await list.get(peer, signal)).toHaveLength(1);
  });
});
