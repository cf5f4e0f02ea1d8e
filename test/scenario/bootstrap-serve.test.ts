/** From an empty folder to a first answer: the built command over the simulator's store, real processes and signals. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createVsixStore, makeVsix, ownPlatform, type StoreBehaviour, writeBigVsix } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cleanUp, startCli, temporaryFolder } from './server-process.js';

afterEach(cleanUp);

const vsix = makeVsix();
const ADMIN_TOKEN = 'for-the-operator';
const PATIENCE = { timeout: 20_000, interval: 50 };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function house(behaviour: StoreBehaviour) {
  const store = await createVsixStore(behaviour);
  onTestFinished(() => store.close());
  const dataDir = temporaryFolder();
  const env = {
    LINGMA_GATEWAY_DATA_DIR: dataDir,
    LINGMA_GATEWAY_BOOTSTRAP_MARKETPLACE_URL: store.url,
    LINGMA_VSIX_URL: store.vsixUrl,
  };
  const serve = async (more: Readonly<Record<string, string>> = {}) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const account = { LINGMA_USERNAME: 'someone', LINGMA_PASSWORD: 'secret', LINGMA_SOCKET_PORT: '0', ADMIN_TOKEN };
    const cli = startCli(['serve', '--port', String(port)], { env: { ...env, ...account, ...more } });
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const json = async (path: string) =>
      (await (await fetch(`${url}${path}`, { headers })).json()) as Record<string, unknown>;
    const reasons = async () => ((await json('/readyz')).reasons as string[] | undefined) ?? [];
    return {
      ...cli,
      json,
      reasons,
      instances: () => json('/internal/instances'),
      ready: () => vi.waitFor(async () => expect(await json('/readyz')).toEqual({ ready: true }), PATIENCE),
      async ask() {
        const response = await fetch(`${url}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello' }] }),
        });
        return { status: response.status, text: await response.text() };
      },
      async stop() {
        cli.child.kill('SIGTERM');
        return cli.exit;
      },
    };
  };
  const bootstrap = (...words: readonly string[]) => startCli(['bootstrap', ...words], { env });
  return { store, dataDir, env, serve, bootstrap };
}

describe('serve', () => {
  it('an empty folder - it listens, tells how far it is, and answers once Lingma is there', async () => {
    const { serve, store, dataDir } = await house({ vsix: makeVsix({ padding: 400_000 }), pieceMs: 40 });
    const gateway = await serve();
    await vi.waitFor(async () => expect(await gateway.reasons()).toContain('bootstrapping'), PATIENCE);
    await vi.waitFor(async () => {
      expect(await gateway.instances()).toMatchObject({
        bootstrap: { state: 'running', phase: 'download', version: '2.6.10', percent: expect.any(Number) },
        instances: [{ state: 'starting', managed: true }],
      });
    }, PATIENCE);
    await gateway.ready();
    expect((await gateway.ask()).status).toBe(200);
    expect(await gateway.instances()).toMatchObject({ bootstrap: { state: 'done', version: '2.11.1' } });
    expect(gateway.stderr()).toContain('Lingma: download');
    expect(await gateway.stop()).toBe(0);

    // The next start needs no network, and heals what has gone meanwhile.
    await store.close();
    const asked = store.requests.length;
    await rm(join(dataDir, 'bin', '2.11.1', 'extension', 'main.js'));
    const again = await serve();
    await again.ready();
    expect((await again.ask()).status).toBe(200);
    expect(store.requests).toHaveLength(asked);
    expect((await stat(join(dataDir, 'bin', '2.11.1', 'extension', 'main.js'))).size).toBeGreaterThan(0);
    expect(again.stderr()).not.toContain('secret');
    expect(await again.stop()).toBe(0);
  });

  it('it cannot be had - the instance has failed for want of a program, and nothing hammers the store', async () => {
    const { serve, store } = await house({ vsix, status: 404, query: 'empty' });
    const gateway = await serve();
    await vi.waitFor(async () => {
      expect(await gateway.instances()).toMatchObject({
        bootstrap: { state: 'failed', error: { code: 'no_binary' }, next_retry_at: expect.any(String) },
        instances: [{ state: 'failed', last_error: expect.stringContaining('no_binary') }],
      });
    }, PATIENCE);
    expect(await gateway.ask()).toMatchObject({ status: 503, text: expect.stringContaining('no_binary') });
    expect(await gateway.reasons()).toEqual(['no_instance_ready']);
    // Two questions to the store, one for the extension itself.
    expect(store.requests).toHaveLength(3);
    await gateway.stop();
  });

  it('SIGTERM during the download - ends within a second of it, keeps the part, and the next start goes on', async () => {
    const { serve, store, dataDir } = await house({ vsix: makeVsix({ padding: 2_000_000 }), pieceMs: 20 });
    const gateway = await serve();
    const part = join(dataDir, 'downloads', 'Alibaba-Cloud.tongyi-lingma-2.6.10.vsix.part');
    await vi.waitFor(async () => expect((await stat(part)).size).toBeGreaterThan(200_000), PATIENCE);
    const size = store.sentBytes;
    expect(await gateway.stop()).toBe(0);
    // The store's own clock: fifty pieces a second, whatever else this machine does.
    expect(store.sentBytes - size).toBeLessThan(PIECES_A_SECOND * PIECE_BYTES);
    expect((await stat(part)).size).toBeGreaterThan(200_000);
    store.behave({ vsix: makeVsix({ padding: 2_000_000 }) });
    const again = await serve();
    await again.ready();
    await vi.waitFor(() => expect(store.requests.at(-1)).toMatchObject({ status: 206 }));
    await again.stop();
  });

  it('Lingma says that its extension runtime is missing - it is unpacked again without a network, and started anew once', async () => {
    const { serve, store, dataDir } = await house({ vsix: makeVsix({ args: ['--extension-runtime', 'missing'] }) });
    const gateway = await serve();
    await gateway.ready();
    const asked = store.requests.length;
    const program = join(dataDir, 'bin', '2.11.1', ownPlatform(), 'Lingma');
    const manifest = async () =>
      JSON.parse(await readFile(join(dataDir, 'bin', '2.11.1', '.manifest.json'), 'utf8')) as { readonly at: string };
    await vi.waitFor(async () => {
      expect(await gateway.instances()).toMatchObject({
        bootstrap: { state: 'done' },
        instances: [{ state: 'ready', restarts: 1, extension_runtime: 'missing' }],
      });
    }, PATIENCE);
    // The second process says so, too: one repair is all there is.
    const { at } = await manifest();
    const { ino } = await stat(program);
    expect((await gateway.ask()).status).toBe(200);
    expect(gateway.stderr().match(/Lingma is unpacked anew/g)).toHaveLength(1);
    expect(await manifest()).toMatchObject({ at });
    expect((await stat(program)).ino).toBe(ino);
    expect(store.requests).toHaveLength(asked);
    await gateway.stop();
  });

  it('LINGMA_BIN names the place of a download - it is fetched', async () => {
    const { serve, dataDir } = await house({ vsix });
    const gateway = await serve({ LINGMA_BIN: join(dataDir, 'bin', 'Lingma') });
    await gateway.ready();
    await gateway.stop();
  });

  it('another Lingma was fetched - on SIGHUP the instance is started anew from it', async () => {
    const { serve, store, bootstrap } = await house({ vsix });
    const gateway = await serve();
    await gateway.ready();
    store.behave({
      vsix: makeVsix({ version: '2.12.0', extensionVersion: '2.7.0' }),
      versions: [{ version: '2.7.0' }],
    });
    expect(await bootstrap('--bootstrap-always').exit).toBe(0);
    gateway.child.kill('SIGHUP');
    await vi.waitFor(async () => {
      expect(await gateway.instances()).toMatchObject({ instances: [{ server: 'lingma 2.12.0', state: 'ready' }] });
    }, PATIENCE);
    expect((await gateway.ask()).status).toBe(200);
    await gateway.stop();
  });
});

/** What the store sends with 20 ms between two pieces. */
const PIECES_A_SECOND = 50;
const PIECE_BYTES = 16 * 1024;

describe('kill -9', () => {
  it('during the download - the next run goes on with what has come', async () => {
    const { bootstrap, store, dataDir } = await house({ vsix: makeVsix({ padding: 2_000_000 }), pieceMs: 20 });
    const first = bootstrap();
    const part = join(dataDir, 'downloads', 'Alibaba-Cloud.tongyi-lingma-2.6.10.vsix.part');
    await vi.waitFor(async () => expect((await stat(part)).size).toBeGreaterThan(200_000), PATIENCE);
    first.child.kill('SIGKILL');
    await first.exit;
    store.behave({ vsix: makeVsix({ padding: 2_000_000 }) });
    const second = bootstrap('--json');
    expect(await second.exit).toBe(0);
    expect(store.requests.at(-1)).toMatchObject({ status: 206 });
    expect(JSON.parse(second.stdout())).toMatchObject({ version: '2.11.1', own: true });
  });

  it('while it is unpacked - nothing half is taken for whole, and the next run completes', async () => {
    const { bootstrap, dataDir } = await house({});
    const file = join(dataDir, 'big.vsix');
    await writeBigVsix({ path: file, bytes: 300 * 1024 * 1024 });
    const first = bootstrap('--from', file);
    const bin = join(dataDir, 'bin');
    const names = () => (existsSync(bin) ? readdirSync(bin) : []);
    await vi.waitFor(() => expect(names().some((name) => name.startsWith('.tmp-'))).toBe(true), {
      timeout: 20_000,
      interval: 5,
    });
    first.child.kill('SIGKILL');
    await first.exit;
    expect(names()).not.toContain('2.11.1');
    const second = bootstrap('--from', file);
    expect(await second.exit).toBe(0);
    expect(names().sort()).toEqual(['2.11.1', 'Lingma', 'config.json']);
  });
});

describe('the command bootstrap', () => {
  it('by default - says what is there, and asks nobody the second time', async () => {
    const { bootstrap, store, dataDir } = await house({ vsix });
    const first = bootstrap();
    expect(await first.exit).toBe(0);
    const program = join(dataDir, 'bin', '2.11.1', ownPlatform(), 'Lingma');
    expect(first.stdout()).toBe(`Lingma 2.11.1 is ready: ${program}\n`);
    const asked = store.requests.length;
    const second = bootstrap('--json');
    expect(await second.exit).toBe(0);
    expect(JSON.parse(second.stdout())).toEqual({ path: program, version: '2.11.1', own: true });
    expect(store.requests).toHaveLength(asked);
    expect(await bootstrap('--force').exit).toBe(0);
    expect(store.requests.length).toBeGreaterThan(asked);
  });

  it('--from - a file, or an address', async () => {
    const { bootstrap, store, dataDir } = await house({ vsix: makeVsix({ version: '2.12.0' }) });
    const file = join(dataDir, 'mine.vsix');
    await writeFile(file, vsix);
    expect(await bootstrap('--from', file).exit).toBe(0);
    expect(store.requests).toEqual([]);
    const byAddress = bootstrap('--from', store.vsixUrl);
    expect(await byAddress.exit).toBe(0);
    expect(byAddress.stdout()).toContain('Lingma 2.12.0 is ready');
    // Also an older one.
    const back = bootstrap('--from', file);
    expect(await back.exit).toBe(0);
    expect(back.stdout()).toContain('Lingma 2.11.1 is ready');
  });

  it('--version - that one', async () => {
    const versions = [{ version: '2.7.0' }, { version: '2.6.10' }];
    const { bootstrap } = await house({ vsixOf: { '2.6.10': vsix }, versions, vsix: new Uint8Array() });
    const run = bootstrap('--version', '2.6.10');
    expect(await run.exit).toBe(0);
    expect(run.stdout()).toContain('2.11.1');
  });

  it.each([
    [['--platform', 'mips_plan9'], 'x86_64_linux'],
    [['--version', 'latest'], '2.6.10'],
    [['--version'], '--version'],
    [['somewhere'], 'somewhere'],
  ])('%j - is refused with what to do', async (words, told) => {
    const { bootstrap } = await house({});
    const run = bootstrap(...words);
    expect(await run.exit).toBe(2);
    expect(run.stderr()).toContain(told);
  });

  it('what it got is refused - the rule is named, and the exit code tells', async () => {
    const { bootstrap, dataDir } = await house({ vsix: makeVsix({ variant: 'slip-inner' }) });
    const run = bootstrap();
    expect(await run.exit).toBe(1);
    expect(run.stderr()).toContain('entry_name');
    expect(readdirSync(join(dataDir, 'bin'))).toEqual([]);
  });

  it('Ctrl-C - stops, and keeps what has come', async () => {
    const { bootstrap, dataDir } = await house({ vsix: makeVsix({ padding: 2_000_000 }), pieceMs: 20 });
    const run = bootstrap();
    const part = join(dataDir, 'downloads', 'Alibaba-Cloud.tongyi-lingma-2.6.10.vsix.part');
    await vi.waitFor(async () => expect((await stat(part)).size).toBeGreaterThan(100_000), PATIENCE);
    run.child.kill('SIGINT');
    expect(await run.exit).toBe(130);
    expect((await readFile(part)).length).toBeGreaterThan(100_000);
    expect(readdirSync(join(dataDir, 'bin'))).toEqual([]);
  });
});

describe('doctor', () => {
  it('lists every Lingma that could be started, with its version', async () => {
    const { bootstrap, env } = await house({ vsix });
    expect(await bootstrap().exit).toBe(0);
    const own = temporaryFolder();
    const service = join(own, 'Lingma');
    await writeFile(service, '#!/bin/sh\necho "version: 2.5.5"\n', { mode: 0o755 });
    const run = startCli(['doctor', '--json', '--port', '0'], { env: { ...env, LINGMA_SERVICE_BINARY: service } });
    await run.exit;
    const { checks } = JSON.parse(run.stdout()) as { readonly checks: readonly Record<string, string>[] };
    const detail = checks.find(({ name }) => name === 'Programs')?.detail;
    expect(detail).toContain('2.11.1: ');
    expect(detail).toContain(`2.5.5: ${service} (LINGMA_SERVICE_BINARY)`);
  });

  it('asks for nothing to be downloaded', async () => {
    const { store, env } = await house({ vsix });
    const account = { LINGMA_USERNAME: 'someone', LINGMA_PASSWORD: 'secret' };
    const run = startCli(['doctor', '--port', '0'], { env: { ...env, ...account } });
    expect(await run.exit).toBe(1);
    expect(run.stdout()).toContain('no_binary');
    expect(store.requests).toEqual([]);
  });
});
