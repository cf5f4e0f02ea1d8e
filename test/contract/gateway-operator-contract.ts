/**
 * What operators and their programs see: readiness, capabilities, the routes under `/internal`, and settings that are exchanged
 * while requests run. Run on plain `fetch` and on `node:http`.
 */
import {
  createGateway,
  type Gateway,
  type GatewayAdmin,
  GatewayError,
  type GatewayOptions,
  type GatewaySettings,
} from '@lingma-gateway/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Mount, Mounted } from './gateway-contract.js';
import { END, ScriptedChannel, START, text } from './scripted-channel.js';

type Json = Record<string, unknown>;
const json = async (response: Response): Promise<Json> => JSON.parse(await response.text()) as Json;
const errorOf = async (response: Response): Promise<Json> => (await json(response)).error as Json;

interface Harness extends Mounted {
  readonly gateway: Gateway;
  readonly channel: ScriptedChannel;
  admin(path: string, init?: RequestInit): Promise<Response>;
  ask(body?: object, key?: string): Promise<Response>;
}

const KEYS = { clientKeys: ['client-key'], adminToken: 'admin-key' };
const messages = [{ role: 'user', content: 'Hi' }];
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

type Instance = ReturnType<NonNullable<GatewayOptions['upstream']>['instances']>[number];
const instance = (name: string, idx: number, more: Partial<Instance> = {}): Instance => ({
  ...{ name, idx, state: 'ready', ready: true, loggedIn: true, inFlight: 0, weight: 1, managed: true },
  ...{ restarts: 0, failures: 0, draining: false, ...more },
});

export function describeOperatorContract(title: string, mount: Mount): void {
  let open: Harness | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  const start = async (options: Partial<GatewayOptions> = {}): Promise<Harness> => {
    const channel = new ScriptedChannel();
    const gateway = createGateway({ channel, version: '1.2.3', ...KEYS, ...options });
    const mounted = await mount(gateway);
    open = {
      ...mounted,
      gateway,
      channel,
      admin: (path, init = {}) =>
        mounted.request(path, { ...init, headers: { ...bearer('admin-key').headers, ...(init.headers as object) } }),
      ask: (body = {}, key = 'client-key') =>
        mounted.request('/v1/chat/completions', {
          method: 'POST',
          body: JSON.stringify({ model: 'm', messages, ...body }),
          headers: { ...bearer(key).headers, 'content-type': 'application/json' },
        }),
    };
    return open;
  };

  describe(`${title}: readiness`, () => {
    const cases: readonly (readonly [string, readonly Instance[], readonly string[]])[] = [
      ['one of two is ready', [instance('a', 0, { state: 'failed', ready: false }), instance('b', 1)], []],
      ['nobody says whether anybody is logged in', [instance('a', 0, { loggedIn: undefined as never })], []],
      ['none is there', [instance('a', 0, { state: 'reconnecting', ready: false })], ['no_instance_ready']],
      ['the ready one is drained', [instance('a', 0, { draining: true })], ['no_instance_ready']],
      ['nobody is logged in', [instance('a', 0, { loggedIn: false })], ['login_required']],
      ['one of two is logged in', [instance('a', 0, { loggedIn: false }), instance('b', 1)], []],
    ];
    it.each(cases)('%s', async (_, instances, reasons) => {
      const harness = await start({ upstream: { instances: () => instances } });
      const response = await harness.request('/readyz');
      const ready = reasons.length === 0;
      expect([response.status, await json(response)]).toEqual(
        ready ? [200, { ready: true }] : [503, { ready: false, reasons }],
      );
      expect(response.headers.has('retry-after')).toBe(!ready);
    });

    it('Lingma is still being fetched - says so', async () => {
      const harness = await start({ admin: { isBootstrapping: () => true } });
      expect(await json(await harness.request('/readyz'))).toEqual({ ready: false, reasons: ['bootstrapping'] });
    });
  });

  describe(`${title}: capabilities`, () => {
    const FEATURES = {
      ...{ streaming: true, tools: true, tool_forwarding: true, tool_emulation: true, parallel_tool_calls: true },
      ...{ structured_output: true, images: true, audio: false, reasoning: true, count_tokens: true },
      ...{ stored_responses: true, session_reuse: true, embeddings: false },
    };

    it('without a key - what is public; with one, the models it may use', async () => {
      const harness = await start({ namedKeys: [{ name: 'bob', key: 'bobs-key', models: ['org_*'] }] });
      for (const path of ['/capabilities', '/v1/capabilities']) {
        expect(await json(await harness.request(path))).toEqual({
          service: 'lingma-gateway',
          version: '1.2.3',
          protocols: ['openai.chat_completions', 'openai.responses', 'anthropic.messages'],
          features: FEATURES,
          endpoints: expect.objectContaining({
            chat_completions: '/v1/chat/completions',
            responses: '/v1/responses',
            messages: '/v1/messages',
            models: '/v1/models',
          }),
          limits: { max_body_bytes: 33_554_432 },
        });
        expect(await json(await harness.request(path, bearer('wrong')))).not.toHaveProperty('models');
        const known = await json(await harness.request(path, bearer('client-key')));
        expect(known.models).toContainEqual(
          expect.objectContaining({ id: 'org_auto', limits: { context_length: 128_000, max_input_tokens: 128_000 } }),
        );
        const bobs = (await json(await harness.request(path, bearer('bobs-key')))).models as { id: string }[];
        expect(bobs.map(({ id }) => id)).toEqual(['org_auto', 'claude-x'].slice(0, bobs.length));
      }
    });

    it('settings - are what it tells of', async () => {
      const harness = await start({ maxBodyBytes: 2048, features: { tools: false, sessionReuse: false } });
      const { features, limits } = await json(await harness.request('/capabilities'));
      const off = { tools: false, tool_forwarding: false, tool_emulation: false, parallel_tool_calls: false };
      expect(features).toEqual({ ...FEATURES, ...off, session_reuse: false });
      expect(limits).toEqual({ max_body_bytes: 2048 });
    });

    it('no keys at all - everybody may list the models; an upstream that cannot tell is no failure', async () => {
      const harness = await start({ clientKeys: [] });
      expect(await json(await harness.request('/capabilities'))).toHaveProperty('models');
      harness.channel.failModels = new GatewayError('not_ready', 'not there');
      const response = await harness.request('/capabilities');
      expect([response.status, 'models' in (await json(response))]).toEqual([200, false]);
    });
  });

  describe(`${title}: operators`, () => {
    const steer = () => {
      const calls: string[] = [];
      const call = (what: string) => (name: string) => void calls.push(`${what} ${name}`);
      const admin: GatewayAdmin = {
        effectiveConfig: () => ({
          config: { server: { port: { value: 1, origin: { kind: 'default', name: null } } } },
        }),
        reload: () => ({ changed: ['auth.keys'], needsRestart: ['server.port'] }),
        instances: {
          drain: call('drain'),
          resume: call('resume'),
          restart: () => Promise.reject(new GatewayError('not_ready', 'no')),
          queryModels: async (name) => ({
            chat: [{ key: `of ${name}`, displayName: 'Auto', isVl: true, token: 'pt-secret' }],
          }),
        },
      };
      const upstream = { instances: () => [instance('a', 0), instance('b', 1, { draining: true })] };
      return { calls, options: { admin, upstream } };
    };
    const ROUTES = [
      ['GET', '/internal/instances'],
      ['GET', '/internal/effective-config'],
      ['GET', '/internal/models/raw'],
      ['POST', '/internal/reload'],
      ['POST', '/internal/instances/a/drain'],
      ['GET', '/internal/stats'],
      ['GET', '/internal/debug/requests'],
    ] as const;

    it.each(ROUTES)(
      '%s %s - for operators alone, never kept, no page of elsewhere, while closing too',
      async (method, path) => {
        const harness = await start({
          ...steer().options,
          cors: { origins: ['https://chat.example'] },
          maxInFlight: 1,
        });
        const refused = await harness.request(path, { method, ...bearer('client-key') });
        expect([refused.status, await errorOf(refused)]).toEqual([
          401,
          expect.objectContaining({ message: 'Invalid admin token', type: 'invalid_request_error' }),
        ]);
        const foreign = await harness.admin(path, { method, headers: { origin: 'https://chat.example' } });
        expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
        harness.channel.script = (turn) => turn.push(START);
        const running = await harness.ask({ stream: true });
        const closed = harness.gateway.close({ graceMs: 60_000 });
        const response = await harness.admin(path, { method, headers: { 'anthropic-version': '2023-06-01' } });
        expect(response.ok).toBe(true);
        for (const one of [refused, foreign, response]) expect(one.headers.get('cache-control')).toBe('no-store');
        harness.channel.last.push(END);
        await running.text();
        await closed;
      },
    );

    it('instances - as in the statistics', async () => {
      const harness = await start(steer().options);
      expect(await json(await harness.admin('/internal/instances'))).toMatchObject({
        size: 2,
        ready: 2,
        instances: [
          { name: 'a', idx: 0, state: 'ready', ready: true, in_flight: 0, weight: 1, managed: true, logged_in: true },
          { name: 'b', draining: true, server: null, cooldown_until: null, last_error: null },
        ],
      });
    });

    it('drain, resume, restart - 202 at once, however it ends', async () => {
      const { calls, options } = steer();
      const harness = await start(options);
      for (const step of ['drain', 'resume', 'restart']) {
        const response = await harness.admin(`/internal/instances/b/${step}`, { method: 'POST' });
        expect([response.status, await json(response)]).toEqual([
          202,
          { instance: 'b', state: 'ready', draining: true, in_flight: 0 },
        ]);
      }
      expect(calls).toEqual(['drain b', 'resume b']);
    });

    it('an instance that is not there - 404 with those that are', async () => {
      const harness = await start(steer().options);
      for (const path of ['/internal/instances/c/drain', '/internal/instances/a%20b/restart']) {
        const response = await harness.admin(path, { method: 'POST' });
        expect(response.status).toBe(404);
        expect(await errorOf(response)).toMatchObject({
          code: 'instance_not_found',
          message: expect.stringContaining('a, b'),
        });
      }
      expect((await harness.admin('/internal/models/raw?instance=c')).status).toBe(404);
    });

    it('raw models - as Lingma lists them, without tokens; of the instance named, or one that can answer', async () => {
      const harness = await start(steer().options);
      expect(await json(await harness.admin('/internal/models/raw?instance=b'))).toEqual({
        instance: 'b',
        result: { chat: [{ key: 'of b', displayName: 'Auto', isVl: true, token: '***' }] },
      });
      expect((await json(await harness.admin('/internal/models/raw'))).instance).toBe('a');
    });

    it('reload - what has changed; problems are a 400 with all of them', async () => {
      const { options } = steer();
      const harness = await start(options);
      const fine = await harness.admin('/internal/reload', { method: 'POST' });
      expect(await json(fine)).toEqual({ changed: ['auth.keys'], needs_restart: ['server.port'] });
      const details = { problems: [{ subject: 'server.port' }, { subject: 'auth.keys' }] };
      Object.assign(options.admin, {
        reload: () => {
          throw new GatewayError('invalid_request', 'Nothing has changed: two problems', { details });
        },
      });
      const refused = await harness.admin('/internal/reload', { method: 'POST' });
      expect([refused.status, await errorOf(refused)]).toEqual([400, expect.objectContaining({ details })]);
    });

    it('nothing to steer - no such routes', async () => {
      const harness = await start();
      expect((await harness.admin('/internal/reload', { method: 'POST' })).status).toBe(404);
      expect((await harness.admin('/internal/instances')).status).toBe(200);
    });
  });

  describe(`${title}: settings exchanged`, () => {
    const settings = (harness: Harness, more: Partial<GatewaySettings>): GatewaySettings => ({
      channel: harness.channel,
      ...KEYS,
      ...more,
    });

    it('a request that runs keeps its own; the next has the new ones', async () => {
      const harness = await start();
      harness.channel.script = (turn) => turn.push(START);
      const running = await harness.ask({ stream: true });
      const other = new ScriptedChannel();
      harness.gateway.reconfigure(settings(harness, { channel: other, clientKeys: ['new-key'] }));
      harness.channel.last.push(...text('t', 'Bye'), END);
      expect(await running.text()).toContain('Bye');
      expect((await harness.ask({}, 'client-key')).status).toBe(401);
      expect((await harness.ask({}, 'new-key')).status).toBe(200);
      expect([harness.channel.turns.length, other.turns.length]).toEqual([1, 1]);
    });

    it('settings that make no sense - nothing has changed', async () => {
      const harness = await start();
      const broken = settings(harness, { clientKeys: ['new-key'], namedKeys: [{ name: 'without a key' }] });
      expect(() => harness.gateway.reconfigure(broken)).toThrow(TypeError);
      expect((await harness.ask({}, 'client-key')).status).toBe(200);
      expect((await harness.ask({}, 'new-key')).status).toBe(401);
    });

    it('slots - those who wait get in when there are more', async () => {
      const harness = await start({ maxInFlight: 1 });
      harness.channel.script = (turn) => turn.push(START);
      const running = await harness.ask({ stream: true });
      const waiting = harness.ask({ stream: true });
      await vi.waitFor(() => expect(harness.gateway.status().waiting).toBe(1));
      harness.gateway.reconfigure(settings(harness, { maxInFlight: 2 }));
      const admitted = await waiting;
      expect(admitted.status).toBe(200);
      for (const turn of harness.channel.turns) turn.push(END);
      await Promise.all([running.text(), admitted.text()]);
      await vi.waitFor(() => expect(harness.gateway.status()).toMatchObject({ inFlight: 0, waiting: 0 }));
    });

    it("a key's limits - become others; what it has used up stays used up, also where nothing but others changed", async () => {
      const keys = (requestsPerMinute: number) => [{ name: 'bob', key: 'bobs-key', limits: { requestsPerMinute } }];
      const harness = await start({ namedKeys: keys(2) });
      await harness.ask({}, 'bobs-key');
      await harness.ask({}, 'bobs-key');
      harness.gateway.reconfigure(settings(harness, { namedKeys: keys(2), listAliases: true }));
      expect((await harness.ask({}, 'bobs-key')).status).toBe(429);
      harness.gateway.reconfigure(settings(harness, { namedKeys: keys(3) }));
      const allowed = await harness.ask({}, 'bobs-key');
      expect([allowed.status, allowed.headers.get('x-ratelimit-remaining-requests')]).toEqual([200, '0']);
    });

    it('the limit of bodies and the list of models', async () => {
      const harness = await start();
      const ids = async (): Promise<unknown> =>
        ((await json(await harness.request('/v1/models', bearer('client-key')))).data as { id: string }[]).map(
          ({ id }) => id,
        );
      expect(await ids()).not.toContain('claude-x');
      harness.gateway.reconfigure(settings(harness, { maxBodyBytes: 1024, listAliases: true }));
      expect(await ids()).toContain('claude-x');
      expect((await harness.ask({ user: 'x'.repeat(2000) })).status).toBe(413);
    });
  });

  describe(`${title}: draining`, () => {
    it.each([
      ['/v1/chat/completions', 503],
      ['/v1/responses', 503],
      ['/v1/messages', 529],
    ])('%s - refused with a time to come back, and the connection given up', async (path, status) => {
      const harness = await start();
      harness.channel.script = (turn) => turn.push(START);
      const running = await harness.ask({ stream: true });
      const closed = harness.gateway.close({ graceMs: 60_000 });
      const ready = await harness.request('/readyz');
      expect([ready.status, await json(ready)]).toEqual([503, { ready: false, reasons: ['draining'] }]);
      const body = JSON.stringify({ model: 'm', messages, input: 'Hi', max_tokens: 9 });
      const refused = await harness.request(path, { method: 'POST', body, ...bearer('client-key') });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([status, '5']);
      expect(refused.headers.get('connection')).toBe('close');
      harness.channel.last.push(...text('t', 'Bye'), END);
      expect(await running.text()).toContain('[DONE]');
      await closed;
    });

    it('askers that come all the time - do not hold up the end', async () => {
      const harness = await start();
      harness.channel.script = (turn) => turn.push(START);
      const running = await harness.ask({ stream: true });
      let asking = true;
      const asker = (async () => {
        while (asking) {
          await Promise.all([harness.request('/readyz'), harness.request('/healthz')]);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      const closed = harness.gateway.close({ graceMs: 60_000 });
      harness.channel.last.push(END);
      await running.text();
      await closed;
      asking = false;
      await asker;
    });
  });
}
