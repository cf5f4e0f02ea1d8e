import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { StepClock } from '../gateway/testing/a-context.js';
import { keyRequest } from './key-entry.js';
import { KeyStore, ROTATION_GRACE_MS } from './key-store.js';
import { temporaryFolder } from './testing/temporary-folder.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('KeyStore', () => {
  it('add - the key is told once, its hash is kept, for this user alone', async () => {
    const folder = await temporaryFolder();
    const store = await KeyStore.open(folder);
    const { key, entry } = await store.add({ name: 'alice', models: ['qwen*'], note: 'x' });
    expect(key).toMatch(/^sk-[\w-]{43}$/);
    expect(entry).toMatchObject({ name: 'alice', sha256: sha256(key), prefix: key.slice(0, 7), models: ['qwen*'] });
    const text = await readFile(join(folder, 'keys.json'), 'utf8');
    expect(text).toContain(sha256(key));
    expect(text).not.toContain(key);
    expect((await stat(join(folder, 'keys.json'))).mode & 0o077).toBe(0);
    expect((await KeyStore.open(folder)).list()).toEqual([entry]);
  });

  it('names - one key each, those of the settings too', async () => {
    const store = await KeyStore.open(await temporaryFolder());
    await store.add({ name: 'alice' });
    await expect(store.add({ name: 'alice' })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(store.add({ name: 'bob' }, ['bob'])).rejects.toMatchObject({ code: 'invalid_request' });
    await store.add({ name: 'carol' });
    await expect(store.update('carol', { name: 'alice' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('update - by id or name; null takes a limit away', async () => {
    const store = await KeyStore.open(await temporaryFolder());
    const { entry } = await store.add({ name: 'alice', quota: { tokens: 5, period: 'day' } });
    expect(await store.update('alice', { status: 'disabled' })).toMatchObject({ disabled: true, quota: { tokens: 5 } });
    const changed = await store.update(entry.id, { status: 'enabled', quota: null, name: 'ally' });
    expect(changed).toMatchObject({ disabled: false, name: 'ally', sha256: entry.sha256 });
    expect(changed).not.toHaveProperty('quota');
    await expect(store.update('nobody', {})).rejects.toMatchObject({ code: 'not_found' });
  });

  it('rotate - another key, and the one before it for a while; remove - gone', async () => {
    const clock = new StepClock();
    const store = await KeyStore.open(await temporaryFolder(), { clock });
    const { key, entry } = await store.add({ name: 'alice' });
    const next = await store.rotate('alice');
    expect(next.key).not.toBe(key);
    expect(next.entry).toMatchObject({
      id: entry.id,
      sha256: sha256(next.key),
      former: [{ sha256: sha256(key), until: new Date(clock.now() + ROTATION_GRACE_MS).toISOString() }],
    });
    await store.remove('alice');
    expect(store.list()).toEqual([]);
    await expect(store.remove('alice')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('rotate - again and again: each of those before has its own ten minutes, ten of them at the most', async () => {
    const clock = new StepClock();
    const store = await KeyStore.open(await temporaryFolder(), { clock });
    const first = (await store.add({ name: 'alice' })).key;
    const second = (await store.rotate('alice')).key;
    clock.pass(1_000);
    const { entry } = await store.rotate('alice');
    expect(entry.former?.map((former) => former.sha256)).toEqual([sha256(first), sha256(second)]);
    clock.pass(ROTATION_GRACE_MS - 1_000);
    expect((await store.rotate('alice')).entry.former?.map((former) => former.sha256)).toEqual([
      sha256(second),
      entry.sha256,
    ]);
    for (let times = 0; times < 12; times++) await store.rotate('alice');
    expect(store.list()[0]?.former).toHaveLength(10);
  });

  it('a folder of a later gateway - left alone', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'version'), '2\n');
    await expect(KeyStore.open(folder)).rejects.toMatchObject({ code: 'not_ready' });
  });

  it('edited by hand - a byte order mark is no harm, two keys of one name are', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'keys.json');
    await (await KeyStore.open(folder)).add({ name: 'alice' });
    const text = await readFile(path, 'utf8');
    await writeFile(path, `\uFEFF${text}`);
    const store = await KeyStore.open(folder);
    expect(store.list()).toHaveLength(1);
    const { keys } = JSON.parse(text);
    await writeFile(path, JSON.stringify({ keys: [...keys, { ...keys[0], id: 'key_other' }] }));
    await expect(store.add({ name: 'bob' })).rejects.toThrow('two keys have the same name');
    await writeFile(path, '{');
    await expect(store.add({ name: 'bob' })).rejects.toThrow('it is no JSON');
    expect(await readFile(path, 'utf8')).toBe('{');
  });

  it('changes of many at once, in two processes - none is lost', async () => {
    const folder = await temporaryFolder();
    const stores = await Promise.all([KeyStore.open(folder), KeyStore.open(folder)]);
    await Promise.all(Array.from({ length: 20 }, (_, at) => stores[at % 2]?.add({ name: `key${at}` })));
    expect((await KeyStore.open(folder)).list()).toHaveLength(20);
  });

  it('another process changes something - seen within half a second, told to listeners', async () => {
    const folder = await temporaryFolder();
    const clock = new StepClock();
    const store = await KeyStore.open(folder, { clock, watch: true });
    const changed = vi.fn();
    store.onChange(changed);
    await (await KeyStore.open(folder)).add({ name: 'alice' });
    clock.pass(500);
    await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce());
    expect(store.list().map(({ name }) => name)).toEqual(['alice']);
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    store.close();
    expect(clock.pending).toBe(0);
  });

  it.each(['', '{', '[]', '{"keys":[{}]}', '{"keys":[],"more":1}'])(
    'a file that is none of ours - %j: refused',
    async (text) => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, 'keys.json'), text);
      if (text === '') expect((await KeyStore.open(folder)).list()).toEqual([]);
      else await expect(KeyStore.open(folder)).rejects.toMatchObject({ code: 'not_ready' });
    },
  );

  it('a file that breaks while it is watched - told once, the keys before stay until it is right', async () => {
    const folder = await temporaryFolder();
    const clock = new StepClock();
    const warn = vi.fn();
    const logger = { debug: vi.fn(), info: vi.fn(), warn, error: vi.fn(), child: () => logger };
    const store = await KeyStore.open(folder, { clock, logger, watch: true });
    await store.add({ name: 'alice' });
    await writeFile(join(folder, 'keys.json'), '{"ke');
    clock.pass(500);
    await vi.waitFor(() => expect(warn).toHaveBeenCalled());
    expect(store.list()).toHaveLength(1);
    for (let looks = 0; looks < 3; looks++) {
      await vi.waitFor(() => expect(clock.pending).toBe(1));
      clock.pass(500);
    }
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    expect(warn).toHaveBeenCalledOnce();
    await writeFile(join(folder, 'keys.json'), '{"keys":[]}');
    clock.pass(500);
    await vi.waitFor(() => expect(store.list()).toEqual([]));
    store.close();
  });
});

it('a request for a key - an end that is a day: its beginning in UTC', () => {
  expect(keyRequest.parse({ name: 'a', expires_at: '2027-01-01' }).expires_at).toBe('2027-01-01T00:00:00Z');
});

it('a request for a key - a quota without an end is none; null says that there is none', () => {
  expect(keyRequest.parse({ name: 'a', quota: { tokens: 'unlimited' }, note: null, pin: null })).toMatchObject({
    quota: null,
  });
});

it.each<[string, object]>([
  ['no name', {}],
  ['a name with blanks', { name: 'a b' }],
  ['a name that is taken', { name: 'admin' }],
  ['a name like a hash', { name: '0123456789abcdef' }],
  ['a member that is not known', { name: 'a', quata: 1 }],
  ['a subnet that is none', { name: 'a', subnets: ['10.0.0.0/33'] }],
  ['a subnet of three numbers', { name: 'a', subnets: ['10.0.0/8'] }],
  ['a quota of nothing', { name: 'a', quota: { tokens: 0 } }],
  ['a period that is none', { name: 'a', quota: { tokens: 1, period: 'week' } }],
  ['an end that is no time', { name: 'a', expires_at: 'tomorrow' }],
  ['an endpoint that is none', { name: 'a', endpoints: ['chats'] }],
  ['no models at all', { name: 'a', models: [] }],
])('a request for a key - %s: refused', (_, request) => {
  expect(keyRequest.safeParse(request).success).toBe(false);
});
