import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSimulator } from '../../../../simulator/src/index.js';
import { GatewayError } from '../../chat/index.js';
import { silentLogger } from '../../util/index.js';
import { LingmaClient, type LingmaClientOptions } from '../client/client.js';
import { FakeClock } from '../dialect/testing/fake-peer.js';
import { FakeProcess } from '../testing/fake-process.js';
import { createConnector } from './connector.js';
import type { Connector } from './connector-port.js';
import { UnresponsiveEndpoints } from './unresponsive-endpoints.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function clientOf(options: LingmaClientOptions): LingmaClient {
  const client = new LingmaClient({ cwd: '/', ...options });
  cleanups.push(() => client.close());
  return client;
}

const ask = (client: LingmaClient): Promise<string> =>
  client.complete({ messages: [{ role: 'user', text: 'Hello @sim {"text":"fine"}' }] }).then(
    ({ content }) => content.map((block) => ('text' in block ? block.text : block.type)).join(''),
    (error: GatewayError) => `${error.code}: ${error.message}`,
  );

/** Accepts and says nothing; `heard` tells what each connection brought. */
async function muteServer(path: string): Promise<{ readonly server: Server; readonly heard: string[] }> {
  const heard: string[] = [];
  const server = createServer((socket) => {
    const index = heard.push('') - 1;
    socket.on('data', (bytes) => {
      heard[index] += bytes.toString();
    });
    socket.on('error', () => undefined);
    cleanups.push(() => socket.destroy());
  }).listen(path);
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return { server, heard };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'reach-'));
  cleanups.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

describe('a process that accepts and never answers initialize', () => {
  it('costs the time to connect once, and says what is wrong', async () => {
    const clock = new FakeClock();
    const process = new FakeProcess({ initialize: () => undefined });
    const client = clientOf({ connector: process.connector, clock, deadlines: { connectMs: 10_000 } });
    const answer = ask(client);
    await clock.advance(10_000);
    expect(await answer).toMatch(/^upstream_timeout: Lingma accepted the connection but did not answer/);
    expect(process.paramsOf('initialize')).toHaveLength(1);
    expect(process.links.size).toBe(0);
    expect(client.status().state).toBe('failed');
  });

  it('is waited for again by the next turn, which finds it recovered', async () => {
    const clock = new FakeClock();
    let mute = true;
    const process = new FakeProcess();
    process.answer('initialize', () => (mute ? undefined : { serverInfo: { name: 'lingma', version: '2' } }));
    const client = clientOf({ connector: process.connector, clock, deadlines: { connectMs: 10_000 } });
    const lost = ask(client);
    await clock.advance(10_000);
    expect(await lost).toMatch(/^upstream_timeout/);
    mute = false;
    expect(await ask(client)).toBe('fine');
  });

  it('is asked once at a configured address', async () => {
    const path = join(await folder(), 'lingma.sock');
    const { heard } = await muteServer(path);
    const clock = new FakeClock();
    const client = clientOf({ address: path, clock, deadlines: { connectMs: 100 } });
    const answer = ask(client);
    await vi.waitFor(() => expect(heard.join()).toContain('"initialize"'));
    await clock.advance(100);
    expect(await answer).toMatch(/^upstream_timeout/);
    expect(heard.filter((text) => text.includes('"initialize"'))).toHaveLength(1);
  });

  it('leaves time for the next candidate', async () => {
    const simulator = createSimulator({});
    await simulator.start();
    cleanups.push(() => simulator.stop());
    const workDir = await folder();
    const homedir = await folder();
    const path = join(workDir, 'mute.sock');
    const { heard } = await muteServer(path);
    const pid = process.pid;
    await writeFile(join(workDir, '.info.json'), JSON.stringify({ websocketPort: 0, pid, ipcServerPath: path }));
    await mkdir(join(homedir, '.lingma'));
    const file = join(homedir, '.lingma', '.info.json');
    await writeFile(file, JSON.stringify({ websocketPort: 0, pid, ipcServerPath: simulator.address.socketPath }));
    const discovery = { homedir, platform: 'linux', transport: 'pipe', explicit: { workDir } } as const;
    const clock = new FakeClock();
    const client = clientOf({ discovery, clock, deadlines: { connectMs: 2000 } });
    const answer = ask(client);
    await vi.waitFor(() => expect(heard.join()).toContain('"initialize"'));
    await clock.advance(1500);
    expect(await answer).toBe('fine');
    expect(heard.filter((text) => text.includes('"initialize"'))).toHaveLength(1);
  });
});

describe('no process at all', () => {
  const failureOf = (client: LingmaClient): Promise<GatewayError> =>
    client.complete({ messages: [{ role: 'user', text: 'Hello' }] }).then(
      () => Promise.reject(new Error('no failure')),
      (error: GatewayError) => error,
    );
  const nowhere = async (): Promise<LingmaClientOptions> => ({
    discovery: { homedir: await folder(), platform: 'linux', transport: 'pipe' },
  });

  it('found nowhere - is told as lasting, so that clients do not try for minutes', async () => {
    const error = await failureOf(clientOf(await nowhere()));
    expect(error).toMatchObject({ code: 'not_ready', shouldRetry: false });
    expect(error.message).toMatch(/^No running Lingma was found/);
  });

  it('nobody at a configured address - likewise', async () => {
    const address = join(await folder(), 'absent.sock');
    expect(await failureOf(clientOf({ address }))).toMatchObject({ code: 'not_ready', shouldRetry: false });
    expect(await failureOf(clientOf({ address: 'ws://127.0.0.1:9/' }))).toMatchObject({
      code: 'not_ready',
      shouldRetry: false,
    });
  });

  it('a configured executable - is named as what is missing, without its path', async () => {
    const home = await folder();
    const absent = await failureOf(clientOf({ ...(await nowhere()), bin: join(home, 'Lingma') }));
    expect(absent).toMatchObject({ code: 'not_ready', shouldRetry: false });
    expect(absent.message).toMatch(/LINGMA_BIN.*does not exist/);
    await writeFile(join(home, 'Lingma'), '');
    const idle = await failureOf(clientOf({ ...(await nowhere()), bin: join(home, 'Lingma') }));
    expect(idle.message).toMatch(/LINGMA_BIN.*does not run/);
    expect(idle.message).not.toContain(home);
  });

  it('one that dropped a moment ago - may come back', async () => {
    const clock = new FakeClock();
    const there = new FakeProcess();
    const gone = new GatewayError('not_ready', 'Lingma is not running where it was looked for', { shouldRetry: false });
    let running = true;
    const connector: Connector = (...args) => (running ? there.connector(...args) : Promise.reject(gone));
    const client = clientOf({ connector, clock });
    expect(await ask(client)).toBe('fine');
    running = false;
    for (const link of [...there.links]) link.drop();
    const soon = await failureOf(client);
    expect([soon.code, soon.shouldRetry]).toEqual(['not_ready', undefined]);
    await clock.advance(60_000);
    expect(await failureOf(client)).toMatchObject({ code: 'not_ready', shouldRetry: false });
    running = true;
    expect(await ask(client)).toBe('fine');
  });
});

describe('a place that kept silent', () => {
  it('found once more - is looked at again after the time to connect, and at once when it answered', () => {
    const clock = new FakeClock();
    const places = new UnresponsiveEndpoints(1000, clock);
    places.note('a', new Error('silent'));
    expect(places.failureAt('a')?.message).toBe('silent');
    expect(places.failureAt('b')).toBeUndefined();
    places.forget('a');
    expect(places.failureAt('a')).toBeUndefined();
  });

  it('a silence - counts no longer than it should', async () => {
    const clock = new FakeClock();
    const places = new UnresponsiveEndpoints(1000, clock);
    places.note('a', new Error('silent'));
    await clock.advance(999);
    expect(places.failureAt('a')).toBeDefined();
    await clock.advance(1);
    expect(places.failureAt('a')).toBeUndefined();
  });

  it('found by a file - is passed over when all is looked through a second time', async () => {
    const workDir = await folder();
    const path = join(workDir, 'mute.sock');
    const { heard } = await muteServer(path);
    const pid = process.pid;
    await writeFile(join(workDir, '.info.json'), JSON.stringify({ websocketPort: 0, pid, ipcServerPath: path }));
    const discovery = { homedir: await folder(), platform: 'linux', transport: 'pipe', explicit: { workDir } } as const;
    const clock = new FakeClock();
    const client = clientOf({ discovery, clock, deadlines: { connectMs: 100 } });
    const answer = ask(client);
    await vi.waitFor(() => expect(heard.join()).toContain('"initialize"'));
    await clock.advance(100);
    expect(await answer).toMatch(/^upstream_timeout/);
    expect(heard.filter((text) => text.includes('"initialize"'))).toHaveLength(1);
  });

  it('a connector that looks anew - does not go there, until it is time to', async () => {
    const path = join(await folder(), 'mute.sock');
    await muteServer(path);
    const clock = new FakeClock();
    const connector = createConnector({ address: path }, { clock, logger: silentLogger, connectMs: 1000 });
    const { signal } = new AbortController();
    const greeted: string[] = [];
    const look = (): Promise<unknown> =>
      connector(true, signal, (transport, own) => {
        greeted.push(transport.address);
        return new Promise((_resolve, reject) => own.addEventListener('abort', () => reject(own.reason)));
      }).catch((error: GatewayError) => error.code);
    const first = look();
    await vi.waitFor(() => expect(greeted).toHaveLength(1));
    await clock.advance(1000);
    expect([await first, await look(), greeted.length]).toEqual(['upstream_timeout', 'upstream_timeout', 1]);
    await clock.advance(1000);
    const later = look();
    await vi.waitFor(() => expect(greeted).toHaveLength(2));
    await clock.advance(1000);
    await later;
  });
});
