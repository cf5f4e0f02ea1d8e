import { describe, expect, it } from 'vitest';
import { createMemoryResponseStore, type StoredResponse } from './response-store.js';

const entry = (id: string, bytes = 10): StoredResponse => ({
  response: { id, output: [{ id: `msg_${id}`, type: 'message' }] },
  inputItems: [{ id: `in_${id}`, type: 'message' }],
  messages: [],
  bytes,
});

describe('createMemoryResponseStore()', () => {
  it('get() - finds what the same principal put', async () => {
    const store = createMemoryResponseStore();
    await store.put('a', entry('r1'));
    expect((await store.get('a', 'r1'))?.response.id).toBe('r1');
    expect(await store.get('b', 'r1')).toBeUndefined();
    expect(await store.get('a', 'r2')).toBeUndefined();
  });

  it('keys - a principal and an id never run into each other', async () => {
    const store = createMemoryResponseStore();
    await store.put('a', entry('br1'));
    expect(await store.get('ab', 'r1')).toBeUndefined();
  });

  it('getItem() - finds items of input and output, per principal', async () => {
    const store = createMemoryResponseStore();
    await store.put('a', entry('r1'));
    expect(await store.getItem('a', 'msg_r1')).toEqual({ id: 'msg_r1', type: 'message' });
    expect(await store.getItem('a', 'in_r1')).toEqual({ id: 'in_r1', type: 'message' });
    expect(await store.getItem('b', 'msg_r1')).toBeUndefined();
  });

  it('delete() - takes its items along, once', async () => {
    const store = createMemoryResponseStore();
    await store.put('a', entry('r1'));
    expect(await store.delete('b', 'r1')).toBe(false);
    expect(await store.delete('a', 'r1')).toBe(true);
    expect(await store.delete('a', 'r1')).toBe(false);
    expect(await store.getItem('a', 'msg_r1')).toBeUndefined();
  });

  it('items shared with a later response - outlive the earlier one', async () => {
    const store = createMemoryResponseStore();
    await store.put('a', entry('r1'));
    await store.put('a', { ...entry('r2'), inputItems: [{ id: 'msg_r1', type: 'message' }] });
    await store.delete('a', 'r1');
    expect(await store.getItem('a', 'msg_r1')).toBeDefined();
  });

  it('bounds - by entries, by bytes, and by the size of one', async () => {
    const few = createMemoryResponseStore({ maxEntries: 2 });
    for (const id of ['r1', 'r2', 'r3']) await few.put('a', entry(id));
    expect(await few.get('a', 'r1')).toBeUndefined();
    expect(await few.getItem('a', 'msg_r1')).toBeUndefined();
    expect(await few.get('a', 'r3')).toBeDefined();

    const small = createMemoryResponseStore({ maxBytes: 100 });
    await small.put('a', entry('r1', 60));
    await small.put('a', entry('r2', 60));
    expect([await small.get('a', 'r1'), (await small.get('a', 'r2'))?.bytes]).toEqual([undefined, 60]);
    await small.put('a', entry('r3', 101));
    expect(await small.get('a', 'r3')).toBeUndefined();
    expect(await small.getItem('a', 'msg_r3')).toBeUndefined();
  });

  it('bounds - each principal has its own: nobody pushes out what another stored', async () => {
    const store = createMemoryResponseStore({ maxEntries: 3, maxBytes: 100 });
    await store.put('quiet', entry('r1', 90));
    for (let round = 0; round < 50; round++) await store.put('busy', entry(`b${round}`, 60));
    expect(await store.get('quiet', 'r1')).toBeDefined();
    expect(await store.getItem('quiet', 'msg_r1')).toBeDefined();
    expect(await store.get('busy', 'b48')).toBeUndefined();
    expect(await store.get('busy', 'b49')).toBeDefined();
  });

  it('bounds - of principals, the one that was away longest goes; asking for what is not there makes no room', async () => {
    const store = createMemoryResponseStore({ maxPrincipals: 2 });
    await store.put('a', entry('r1'));
    await store.put('b', entry('r1'));
    for (const stranger of ['c', 'd', 'e']) {
      expect(await store.get(stranger, 'r1')).toBeUndefined();
      expect(await store.delete(stranger, 'r1')).toBe(false);
    }
    await store.get('a', 'r1');
    await store.put('c', entry('r1'));
    expect([await store.get('a', 'r1'), await store.get('b', 'r1')]).toMatchObject([{ bytes: 10 }, undefined]);
  });

  it('time - an entry goes after its time, counted from its last use', async () => {
    let now = 1000;
    const store = createMemoryResponseStore({ ttlMs: 500, now: () => now });
    await store.put('a', entry('r1'));
    now += 400;
    expect(await store.get('a', 'r1')).toBeDefined();
    now += 400;
    expect(await store.getItem('a', 'msg_r1')).toBeDefined();
    now += 200;
    expect(await store.getItem('a', 'msg_r1')).toBeUndefined();
    expect(await store.get('a', 'r1')).toBeUndefined();
  });
});
