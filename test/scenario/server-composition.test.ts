import {
  type ComposedGateway,
  type ComposeOptions,
  composeGateway,
  inspectLingma,
  silentLogger,
} from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

let simulator: Simulator;
const open: ComposedGateway[] = [];

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.start();
});
afterAll(() => simulator.stop());
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close({ graceMs: 0 });
});

function compose(
  flags: Readonly<Record<string, string>>,
  options: ComposeOptions = {},
  settings: object = {},
): ComposedGateway {
  const file = { name: 'a.json', text: JSON.stringify(settings) };
  const { config } = loadConfig({ file, flags: { 'ws-url': simulator.address.webSocketUrl, ...flags } });
  const gateway = composeGateway(config, options);
  open.push(gateway);
  return gateway;
}

const ask = (gateway: ComposedGateway, content: string, headers: Readonly<Record<string, string>> = {}) =>
  gateway.fetch(
    new Request('http://127.0.0.1/v1/chat/completions', {
      method: 'POST',
      headers: { host: '127.0.0.1', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'alias-of-mine', messages: [{ role: 'user', content }] }),
    }),
  );

describe('composeGateway()', () => {
  it('answers from the Lingma that the configuration names', async () => {
    const gateway = compose({});
    const response = await ask(gateway, '@sim {"text":"composed"}');
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('composed');
    expect(gateway.channel.status?.()).toMatchObject({ state: 'ready', size: 1, ready: 1 });
    expect(await gateway.connect()).toMatchObject({ address: simulator.address.webSocketUrl, loggedIn: true });
  });

  it('an address given beside the configuration - wins', async () => {
    const gateway = compose({ 'ws-url': 'ws://127.0.0.1:1/' }, { address: simulator.address.webSocketUrl });
    expect((await ask(gateway, 'hello')).status).toBe(200);
  });

  it('Host - checked on a loopback bind, where a list or * may add names; not on another, even from this machine', async () => {
    const evil = new Request('http://127.0.0.1/v1/models', {
      headers: { host: 'evil.example', 'x-api-key': 'key-of-mine' },
    });
    for (const [flags, status] of [
      [{}, 403],
      [{ 'allowed-hosts': 'other.example' }, 403],
      [{ 'allowed-hosts': 'evil.example' }, 200],
      [{ 'allowed-hosts': '*' }, 200],
      [{ host: '0.0.0.0' }, 200],
    ] as const) {
      const gateway = compose({ 'api-keys': 'key-of-mine', ...flags });
      const { status: told } = await gateway.fetch(evil, { localAddress: '127.0.0.1' });
      expect([flags, told]).toEqual([flags, status]);
    }
  });

  it('dialect, model and aliases - reach Lingma', async () => {
    const gateway = compose({ dialect: 'lsp-chat', 'model-aliases': 'alias-of-mine=kmodel' });
    expect((await ask(gateway, 'hello')).status).toBe(200);
    expect(gateway.channel.status?.().dialect).toBe('lsp-chat');
    expect(simulator.stats.prompts.at(-1)).toMatchObject({ dialect: 'lsp-chat', modelKey: 'kmodel' });
    const ids = (await gateway.channel.listModels(contextOf())).map(({ id }) => id);
    expect(ids).toContain('alias-of-mine');
  });

  it('no limit of time and none of requests at once - answers', async () => {
    const gateway = compose({ timeout: '0', 'max-in-flight': '0' });
    expect((await ask(gateway, '@sim {"text":"slow","chunks":2,"delayMs":20}')).status).toBe(200);
  });

  it('a limit longer than a timer can hold - does not strike at once', async () => {
    const gateway = compose({ timeout: '2000000' });
    expect((await ask(gateway, '@sim {"text":"slow","chunks":2,"delayMs":20}')).status).toBe(200);
  });

  it('keys and the limit of bodies - are enforced', async () => {
    const gateway = compose({ 'api-keys': 'sk-one', 'max-body-bytes': '1024' });
    expect((await ask(gateway, 'hello')).status).toBe(401);
    expect((await ask(gateway, 'hello', { 'x-api-key': 'sk-one' })).status).toBe(200);
    expect((await ask(gateway, 'x'.repeat(2000), { 'x-api-key': 'sk-one' })).status).toBe(413);
  });

  it('keys with names - their limits and models, and what was not meant is warned about', async () => {
    const keys = [{ name: 'alice', key: 'sk-alice', limits: { requestsPerMinute: 1 }, models: ['kmodel'] }];
    const warned: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warned.push(message), child: () => silentLogger };
    const gateway = compose({}, { logger }, { auth: { keys, metricsPublic: true } });
    const alice = { 'x-api-key': 'sk-alice' };
    expect((await ask(gateway, 'hello')).status).toBe(401);
    const listed = await gateway.fetch(new Request('http://127.0.0.1/v1/models', { headers: alice }));
    expect(((await listed.json()) as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(['kmodel']);
    expect((await ask(gateway, 'hello', alice)).status).toBe(403);
    const limited = await ask(gateway, 'hello', alice);
    expect(limited.status).toBe(429);
    expect(limited.headers.get('x-ratelimit-limit-requests')).toBe('1');
    expect(warned).toEqual([expect.stringContaining('admin token'), 'Metrics are open to everybody']);
  });

  it('Host - checked on loopback, not beyond it', async () => {
    const foreign = { host: 'gateway.example' };
    expect((await ask(compose({}), 'hello', foreign)).status).toBe(403);
    expect((await ask(compose({ 'allowed-hosts': 'gateway.example' }), 'hello', foreign)).status).toBe(200);
    const everywhere = compose({ host: '0.0.0.0', 'api-keys': 'k' });
    expect((await ask(everywhere, 'hello', { ...foreign, 'x-api-key': 'k' })).status).toBe(200);
  });

  it('close() - closes the client too', async () => {
    const gateway = compose({});
    await gateway.connect();
    await gateway.close();
    expect(gateway.channel.status?.().state).toBe('closed');
    await expect(gateway.connect()).rejects.toMatchObject({ code: 'shutting_down' });
    expect((await ask(gateway, 'hello')).status).toBe(503);
  });
});

describe('composeGateway() over several instances', () => {
  const converse = async (gateway: ComposedGateway, name: string): Promise<void> => {
    const response = await ask(gateway, `hello ${name}`, { 'x-session-id': name });
    expect(response.status).toBe(200);
    await response.text();
  };

  it.each([
    ['drain', (gateway: ComposedGateway) => gateway.pool.drain('inst-0')],
    ['restart', (gateway: ComposedGateway) => gateway.pool.restart('inst-0')],
    ['remove', (gateway: ComposedGateway) => gateway.pool.remove('inst-0')],
  ])('%s - the conversations of that instance are gone at Lingma, those of the other stay', async (_, leave) => {
    const simulators = [createSimulator(), createSimulator()];
    try {
      for (const one of simulators) await one.start();
      const instances = simulators.map(({ address }) => ({ wsUrl: address.webSocketUrl }));
      const file = { name: 'a.json', text: JSON.stringify({ lingma: { instances } }) };
      const gateway = composeGateway(loadConfig({ file }).config);
      open.push(gateway);
      await gateway.connect();
      for (let index = 0; index < 20; index++) await converse(gateway, `talk-${index}`);
      const [first, other] = simulators as [Simulator, Simulator];
      const kept = other.stats.sessionsOpen;
      expect(first.stats.sessionsOpen).toBeGreaterThan(0);
      expect(kept).toBeGreaterThan(0);
      await leave(gateway);
      await vi.waitFor(() => expect(first.stats.sessionsOpen).toBe(0));
      expect(other.stats.sessionsOpen).toBe(kept);
      await gateway.close();
      expect(other.stats.sessionsOpen).toBe(0);
    } finally {
      for (const one of simulators) await one.stop();
    }
  });
});

describe('inspectLingma()', () => {
  it('tells the configured address', async () => {
    const { config } = loadConfig({ flags: { 'ws-url': simulator.address.webSocketUrl } });
    const { address } = await inspectLingma(config);
    expect(address).toMatchObject({ kind: 'websocket', url: simulator.address.webSocketUrl });
  });
});

const contextOf = () => ({ requestId: 'test', signal: new AbortController().signal, logger: silentLogger });
