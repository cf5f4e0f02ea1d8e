/** Downloads over networks that cut, stall, lie and lead astray. */
import { createHash } from 'node:crypto';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootstrapOptions } from '@lingma-gateway/bootstrap';
import type { Clock } from '@lingma-gateway/core';
import { makeVsix, type StoreBehaviour } from '@lingma-gateway/simulator';
import { describe, expect, it, vi } from 'vitest';
import { bootstrapHouse, hastyClock, noSignal } from '../support/bootstrap-house.js';

const vsix = makeVsix({ padding: 200_000 });
const sha256 = createHash('sha256').update(vsix).digest('hex');

describe('a download that gets there', () => {
  it.each<[string, StoreBehaviour, number]>([
    ['in one go', {}, 1],
    ['cut again and again - goes on where it was', { cutAfter: 60_000 }, 4],
    ['cut, by a server without ranges for a while', { noRange: true }, 1],
    ['packed by gzip on its way', { gzip: true }, 1],
    ['packed by gzip, and cut', { gzip: true, cutAfter: 60_000 }, 4],
    ['without a validator', { noValidator: true }, 1],
    ['by five redirects', { redirects: 5 }, 6],
  ])('%s', async (_name, behaviour, requests) => {
    const { create, store } = await bootstrapHouse({ vsix, ...behaviour });
    expect(await create({ source: 'vsix' }).ensure(noSignal())).toMatchObject({ version: '2.11.1' });
    expect(store.requests.length).toBeGreaterThanOrEqual(requests);
    expect(store.requests.length).toBeLessThanOrEqual(requests + 1);
    // What came once is not sent twice, but for a piece that the cut took along.
    if (behaviour.cutAfter !== undefined) expect(store.sentBytes).toBeLessThan(vsix.length * 1.5);
  });

  it('it was begun by a run that is gone - this one goes on with it', async () => {
    const { create, store, list } = await bootstrapHouse({ vsix, pieceMs: 5 });
    const stop = new AbortController();
    const first = create({
      source: 'vsix',
      onProgress: ({ bytes = 0 }) => {
        if (bytes > 50_000) stop.abort(new Error('enough'));
      },
    });
    await expect(first.ensure(stop.signal)).rejects.toThrow('enough');
    expect(await list('downloads')).toEqual(['tongyi-lingma-latest.vsix.part', 'tongyi-lingma-latest.vsix.part.json']);
    store.behave({ vsix });
    await create({ source: 'vsix' }).ensure(noSignal());
    await vi.waitFor(() => expect(store.requests.at(-1)).toMatchObject({ status: 206 }));
  });

  it('the file has changed since it was begun - it starts over', async () => {
    const { create, store } = await bootstrapHouse({ vsix, pieceMs: 5 });
    const stop = new AbortController();
    const onProgress: BootstrapOptions['onProgress'] = ({ bytes = 0 }) => {
      if (bytes > 50_000) stop.abort(new Error('enough'));
    };
    await expect(create({ source: 'vsix', onProgress }).ensure(stop.signal)).rejects.toThrow('enough');
    store.behave({ vsix: makeVsix({ version: '2.12.0', padding: 200_000 }) });
    expect(await create({ source: 'vsix' }).ensure(noSignal())).toMatchObject({ version: '2.12.0' });
    await vi.waitFor(() => expect(store.requests.at(-1)).toMatchObject({ status: 200 }));
  });

  it('nothing comes any more - it is cut, and gone on with', async () => {
    const { create, store } = await bootstrapHouse({ vsix, stallAfter: 40_000 });
    let stalls = 0;
    const clock: Clock = {
      now: hastyClock.now,
      schedule(ms, callback) {
        if (ms !== 30_000) return hastyClock.schedule(ms, callback);
        // Silence is what comes after the last piece.
        const timer = setTimeout(() => {
          stalls++;
          store.behave({ vsix });
          callback();
        }, 300);
        return () => clearTimeout(timer);
      },
    };
    await create({ source: 'vsix', clock }).ensure(noSignal());
    expect(stalls).toBeGreaterThanOrEqual(1);
    await vi.waitFor(() => expect(store.requests.at(-1)).toMatchObject({ status: 206 }));
  });

  it.each([
    ['the server names it still the same', {}, 304],
    ['it tells nothing of it', { noValidator: true }, 200],
  ])('it is there already, and %s', async (_name, behaviour, status) => {
    const { create, store, list } = await bootstrapHouse({ vsix, ...behaviour });
    await create({ source: 'vsix' }).ensure(noSignal());
    const sent = store.sentBytes;
    await create({ source: 'vsix' }).ensure(noSignal(), { force: true });
    await vi.waitFor(() => expect(store.requests.at(-1)).toMatchObject({ status }));
    expect(store.sentBytes).toBe(status === 304 ? sent : 2 * sent);
    expect((await list('downloads')).filter((name) => name.endsWith('.vsix'))).toHaveLength(1);
  });

  it('its checksum is the one that was asked for', async () => {
    const { create } = await bootstrapHouse({ vsix, gzip: true });
    expect(await create({ source: 'vsix', sha256 }).ensure(noSignal())).toMatchObject({ isOwn: true });
  });

  it('progress - is told by bytes, and ends', async () => {
    const { create, progress } = await bootstrapHouse({ vsix });
    await create().ensure(noSignal());
    const phases = [...new Set(progress.map(({ phase }) => phase))];
    expect(phases).toEqual(['query', 'download', 'unpack', 'verify', undefined]);
    expect(progress.filter(({ phase }) => phase === 'download').at(-1)).toMatchObject({
      ...{ bytes: vsix.length, total: vsix.length, version: '2.6.10' },
    });
    expect(progress.at(-1)).toEqual({ state: 'done', version: '2.11.1' });
  });
});

describe('a download that fails', () => {
  it.each<[string, StoreBehaviour, Partial<BootstrapOptions>, string, number]>([
    ['not there - asked once', { status: 404 }, {}, 'http_status', 1],
    ['the server fails - asked five times', { status: 503 }, {}, 'http_status', 5],
    ['shorter than it says - asked five times', { extraLength: 100 }, {}, 'network', 5],
    ['ranges from elsewhere', { cutAfter: 60_000, shiftRange: 10 }, {}, 'network', 5],
    ['six redirects', { redirects: 6 }, {}, 'too_many_redirects', 6],
    ['off to another host', { redirectTo: 'https://example.com/x.vsix' }, {}, 'host_not_allowed', 1],
    ['off to what only this network reaches', { redirectTo: 'http://169.254.169.254/latest' }, {}, 'bad_url', 1],
    ['the same by https', { redirectTo: 'https://169.254.169.254/latest' }, {}, 'host_not_allowed', 1],
    ['off to a file', { redirectTo: 'file:///etc/passwd' }, {}, 'bad_url', 1],
    ['with a user name', { redirectTo: 'http://me:secret@127.0.0.1/x' }, {}, 'bad_url', 1],
    ['another checksum', {}, { sha256: '0'.repeat(64) }, 'wrong_checksum', 1],
    ['too little space', {}, { freeBytes: async () => 2 * vsix.length }, 'no_space', 1],
  ])('%s', async (_name, behaviour, options, code, requests) => {
    const { create, store, list } = await bootstrapHouse({ vsix, ...behaviour });
    const run = create({ source: 'vsix', ...options }).ensure(noSignal());
    await expect(run).rejects.toMatchObject({ code: 'no_binary', cause: { code } });
    await expect(run).rejects.not.toThrow('secret');
    expect(store.requests).toHaveLength(requests);
    expect(await list('bin')).toEqual([]);
    const mayGoOn = ['network', 'wrong_length', 'http_status'].includes(code);
    if (!mayGoOn) expect(await list('downloads')).toEqual([]);
  });

  it('a page in its place - is told by its first bytes', async () => {
    const page = Buffer.from(`<!doctype html>${'<p>sorry</p>'.repeat(100_000)}`);
    const { create, store, list } = await bootstrapHouse({ vsix: page, pieceMs: 1 });
    await expect(create({ source: 'vsix' }).ensure(noSignal())).rejects.toMatchObject({ cause: { code: 'not_a_zip' } });
    expect(store.sentBytes).toBeLessThan(page.length);
    expect(await list('downloads')).toEqual([]);
  });

  it('a checksum that differs - both are told', async () => {
    const { create } = await bootstrapHouse({ vsix });
    const wanted = 'a'.repeat(64);
    const run = create({ source: 'vsix', sha256: wanted }).ensure(noSignal());
    await expect(run).rejects.toThrow(wanted);
    await expect(run).rejects.toThrow(sha256);
  });

  it('http beyond this machine - is not asked', async () => {
    const { create } = await bootstrapHouse();
    const run = create({ source: 'vsix', vsixUrl: 'http://example.com/x.vsix' }).ensure(noSignal());
    await expect(run).rejects.toMatchObject({ cause: { code: 'bad_url' } });
  });

  it.each(['10.0.0.5', '[::1]', '192.168.1.1'])(
    'https to %s - is not asked, unless the operator names it',
    async (host) => {
      const { create } = await bootstrapHouse();
      const vsixUrl = `https://${host}:1/x.vsix`;
      const code = host === '[::1]' ? 'network' : 'private_address';
      await expect(create({ source: 'vsix', vsixUrl }).ensure(noSignal())).rejects.toMatchObject({ cause: { code } });
    },
  );

  it('a name of the internet that leads to this network - is not connected to', async () => {
    const { create } = await bootstrapHouse();
    const resolve = async () => ['10.1.2.3'];
    const isPublicAddress = (address: string) => !address.startsWith('10.');
    const options = { source: 'vsix', vsixUrl: 'https://mirror.example.com/x.vsix', resolve, isPublicAddress } as const;
    const run = create(options).ensure(noSignal());
    await expect(run).rejects.toMatchObject({ cause: { code: 'private_address' } });
    const allowed = create({ ...options, allowHosts: ['*.example.com'], resolve: async () => [] }).ensure(noSignal());
    await expect(allowed).rejects.toMatchObject({ cause: { code: expect.stringMatching(/network|private_address/) } });
  });

  it('parts of a week ago - are taken away', async () => {
    const { create, dataDir, list } = await bootstrapHouse({ vsix });
    await mkdir(join(dataDir, 'downloads'));
    for (const name of ['old.vsix.part', 'old.vsix.part.json', 'new.vsix.part']) {
      await writeFile(join(dataDir, 'downloads', name), 'PK');
    }
    const longAgo = new Date(Date.now() - 8 * 24 * 60 * 60 * 1000);
    for (const name of ['old.vsix.part', 'old.vsix.part.json']) {
      await utimes(join(dataDir, 'downloads', name), longAgo, longAgo);
    }
    await create().ensure(noSignal());
    expect((await list('downloads')).filter((name) => name.includes('.part'))).toEqual(['new.vsix.part']);
  });
});

describe('the folder of downloads', () => {
  it('what was left by a run that was killed when all had come - is taken away; files of others stay', async () => {
    const { create, dataDir, list } = await bootstrapHouse({ vsix });
    await mkdir(join(dataDir, 'downloads'));
    for (const name of ['a.vsix.whole', 'b.vsix.whole.unwrapped', 'mine.vsix']) {
      await writeFile(join(dataDir, 'downloads', name), 'PK');
    }
    await create().ensure(noSignal());
    expect((await list('downloads')).filter((name) => !/-[0-9a-f]{12}\.vsix/.test(name))).toEqual(['mine.vsix']);
  });

  it.each(['vsix', 'file'] as const)(
    'cannot be written to, and it is to come from %s - cannot_write',
    async (source) => {
      const { create, dataDir, list } = await bootstrapHouse({ vsix });
      const file = join(dataDir, 'mine.vsix');
      await writeFile(file, vsix);
      // Whoever runs the tests may write everywhere; into a file nobody can.
      await writeFile(join(dataDir, 'downloads'), '');
      await expect(create({ source, file }).ensure(noSignal())).rejects.toMatchObject({
        cause: { code: 'cannot_write' },
      });
      expect(await list('bin')).toEqual([]);
    },
  );
});

describe('a proxy', () => {
  it('is asked in place of the host', async () => {
    const { create, store } = await bootstrapHouse({ vsix });
    const run = create({ source: 'vsix', proxy: { http: 'http://127.0.0.1:1', https: 'http://127.0.0.1:1' } });
    await expect(run.ensure(noSignal())).rejects.toMatchObject({ cause: { code: 'network' } });
    expect(store.requests).toEqual([]);
  });

  it('but not for hosts that it is not for', async () => {
    const { create } = await bootstrapHouse({ vsix });
    const proxy = { http: 'http://127.0.0.1:1', no: '127.0.0.1' };
    expect(await create({ source: 'vsix', proxy }).ensure(noSignal())).toMatchObject({ isOwn: true });
  });
});
