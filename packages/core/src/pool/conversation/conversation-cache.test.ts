import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../util/index.js';
import { ConversationCache, type ConversationCacheOptions } from './conversation-cache.js';
import type { Conversation } from './conversation-store.js';

/** Time passes when the test says so, from 0 on. */
function aClock() {
  let now = 0;
  const timers = new Set<{ at: number; callback: () => void }>();
  const clock: Clock = {
    now: () => now,
    schedule(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  return {
    clock,
    timers,
    pass(ms: number) {
      const end = now + ms;
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        now = due.at;
        due.callback();
      }
      now = end;
    },
  };
}

function aCache(options: ConversationCacheOptions = {}) {
  const dropped: string[] = [];
  const time = aClock();
  const cache = new ConversationCache({
    clock: time.clock,
    onDrop: ({ sessionId }) => dropped.push(sessionId),
    ...options,
  });
  return { cache, dropped, ...time };
}

const session = (sessionId: string, more: Partial<Conversation> = {}): Conversation => ({
  sessionId,
  generation: 0,
  ...more,
});

describe('ConversationCache', () => {
  it('get() - the first key that is known; taken out, so that nobody else finds it', async () => {
    const { cache, dropped } = aCache();
    await cache.put('short', session('1'));
    await cache.put('long', session('2'));
    const found = await Promise.all([
      cache.get(['none', 'long', 'short']),
      cache.get(['long', 'short']),
      cache.get(['long']),
    ]);
    expect(found).toEqual([
      { key: 'long', conversation: session('2') },
      { key: 'short', conversation: session('1') },
      undefined,
    ]);
    expect(cache.stats()).toMatchObject({ entries: 0, hits: 2, misses: 1 });
    expect(dropped).toEqual([]);
  });

  it('maxEntries - the least recently used goes', async () => {
    const { cache, dropped } = aCache({ maxEntries: 2 });
    await cache.put('a', session('1'));
    await cache.put('b', session('2'));
    // Gone on with, so b is now the oldest.
    await cache.get(['a']);
    await cache.put('a2', session('1'));
    await cache.put('c', session('3'));
    expect(dropped).toEqual(['2']);
    expect(cache.stats()).toMatchObject({ entries: 2, evicted: 1, expired: 0 });
  });

  it('ttlMs - counted from the last use; the session is dropped though nobody asks', async () => {
    const { cache, dropped, pass, timers } = aCache({ ttlMs: 1000 });
    await cache.put('a', session('1'));
    pass(600);
    await cache.put('b', session('2'));
    pass(399);
    expect(dropped).toEqual([]);
    pass(10);
    expect(dropped).toEqual(['1']);
    expect(await cache.get(['a'])).toBeUndefined();
    expect((await cache.get(['b']))?.conversation).toEqual(session('2'));
    await cache.put('b2', session('2'));
    pass(1001);
    expect(dropped).toEqual(['1', '2']);
    expect(cache.stats()).toMatchObject({ entries: 0, expired: 2, evicted: 0, hits: 1, misses: 1 });
    // Nothing left, nothing to wait for.
    expect(timers.size).toBe(0);
  });

  it('ttlMs 0 - no limit, and nothing to wait for', async () => {
    const { cache, pass, timers } = aCache({ ttlMs: 0 });
    await cache.put('a', session('1'));
    expect(timers.size).toBe(0);
    pass(1e9);
    expect(await cache.get(['a'])).toBeDefined();
  });

  it('put() of the same words again - the older session is dropped', async () => {
    const { cache, dropped } = aCache();
    await cache.put('a', session('1'));
    await cache.put('a', session('2'));
    expect(dropped).toEqual(['1']);
    expect(cache.stats()).toMatchObject({ entries: 1, replaced: 1 });
  });

  it('put() with a name longer than any process makes - not kept', async () => {
    const { cache, dropped } = aCache();
    await cache.put('a', session('x'.repeat(1025)));
    await cache.put('b', session('1', { instance: 'x'.repeat(1025) }));
    expect(dropped).toHaveLength(2);
    expect(cache.stats().entries).toBe(0);
  });

  it('invalidate() - what an instance has, or had before a generation', async () => {
    const { cache, dropped } = aCache();
    await cache.put('a', session('1', { instance: 'one', generation: 1 }));
    await cache.put('b', session('2', { instance: 'one', generation: 2 }));
    await cache.put('c', session('3', { instance: 'two', generation: 1 }));
    await cache.invalidate('one', 2);
    expect(dropped).toEqual(['1']);
    await cache.invalidate('one');
    expect(dropped).toEqual(['1', '2']);
    expect(cache.stats()).toMatchObject({ entries: 1, invalidated: 2 });
  });

  it('close() - drops all, and what comes later', async () => {
    const { cache, dropped, timers } = aCache();
    await cache.put('a', session('1'));
    cache.close();
    await cache.put('b', session('2'));
    expect(dropped).toEqual(['1', '2']);
    expect(timers.size).toBe(0);
  });

  it('mayHold() - for each beginning as long as a key has it, however that goes', async () => {
    const { cache, pass } = aCache({ maxEntries: 3, ttlMs: 100 });
    const held = (): string => ['a', 'b', 'c', 'd'].filter((beginning) => cache.mayHold(beginning)).join('');
    const again = session('2');
    await cache.put('a/1', session('1'));
    await cache.put('a/2', again);
    await cache.put('a/2', again);
    await cache.put('b/1', session('3'));
    expect(held()).toBe('ab');
    await cache.get(['a/2']);
    expect(held()).toBe('ab');
    await cache.put('b/1', session('4'));
    await cache.put('c/1', session('5', { instance: 'one' }));
    // Pushes out the other one that begins with `a`.
    await cache.put('d/1', session('6'));
    expect(held()).toBe('bcd');
    await cache.invalidate('one');
    expect(held()).toBe('bd');
    await cache.get(['b/1']);
    expect(held()).toBe('d');
    pass(200);
    expect(held()).toBe('');
    await cache.put('a/1', session('7'));
    cache.close();
    expect(held()).toBe('');
  });

  it('memory - 256 entries take less than 2 MB', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const caches: ConversationCache[] = [];
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < 20; index++) {
      const { cache } = aCache();
      caches.push(cache);
      for (let entry = 0; entry < 300; entry++) {
        const name = `${index}-${entry}-${'x'.repeat(80)}`;
        await cache.put(name, session(name, { instance: `inst-${entry % 3}` }));
      }
    }
    gc();
    const each = (process.memoryUsage().heapUsed - before) / caches.length;
    expect(each).toBeLessThan(2 * 1024 * 1024);
    expect(caches.every((cache) => cache.stats().entries === 256)).toBe(true);
  });
});
