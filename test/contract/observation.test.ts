/** What operators see of a gateway: metrics, statistics, the last requests. Names are literals here: dashboards stand on them. */
import { createGateway, GatewayError, type GatewayOptions } from '@lingma-gateway/core';
import { Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import { ANSWER, END, FakeClock, ScriptedChannel, START, text } from './scripted-channel.js';

const BASE = 'http://127.0.0.1:8317';
const ADMIN = { authorization: 'Bearer admin-secret' };

function start(options: Partial<GatewayOptions> = {}) {
  const channel = new ScriptedChannel();
  const clock = new FakeClock();
  const gateway = createGateway({
    channel,
    clock,
    clientKeys: ['client-secret'],
    adminToken: 'admin-secret',
    metricsToken: 'metrics-secret',
    version: '1.2.3',
    ...options,
  });
  const request = (path: string, init: RequestInit = {}) => gateway.fetch(new Request(BASE + path, init));
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    request(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: 'Bearer client-secret', ...headers },
    });
  const admin = async (path: string) => (await request(path, { headers: ADMIN })).json();
  const metrics = async () =>
    (await request('/metrics', { headers: { authorization: 'Bearer metrics-secret' } })).text();
  const settled = () => vi.waitFor(() => expect(gateway.status().requests).toBe(0));
  return { gateway, channel, clock, request, post, admin, metrics, settled };
}

const messages = [{ role: 'user', content: 'Hi' }];
const CHAT = { model: 'org_auto', messages };
const PROTOCOLS = [
  ['openai-chat', '/v1/chat/completions', CHAT],
  ['openai-responses', '/v1/responses', { model: 'org_auto', input: 'Hi', store: false }],
  ['anthropic-messages', '/v1/messages', { model: 'org_auto', messages, max_tokens: 9 }],
] as const;

/** Numbers by name and labels, as Prometheus would read them. */
function samples(exposition: string): Map<string, number> {
  return new Map(
    exposition
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

const INSTANCES = [
  {
    ...{ name: 'inst-0', idx: 0, state: 'ready', ready: true, loggedIn: true, inFlight: 2, weight: 1, managed: true },
    ...{ server: 'lingma 2.11', restarts: 1, failures: 3, lastError: 'lost; token=abc' },
  },
  {
    ...{ name: 'second', idx: 1, state: 'failed', ready: false, inFlight: 0, weight: 2, managed: false },
    ...{ restarts: 0, failures: 0, cooldownUntil: 1_700_000_060_000 },
  },
];
const SESSIONS = {
  ...{ enabled: true, maxEntries: 256, ttlMs: 1_800_000, entries: 4 },
  ...{ hits: 5, misses: 6, evicted: 7, expired: 8 },
};
const upstream = () => {
  const listeners: ((name: string, state: string) => void)[] = [];
  return {
    view: {
      instances: () => INSTANCES,
      sessions: () => SESSIONS,
      onState: (listener: (typeof listeners)[number]) => void listeners.push(listener),
    },
    tell: (state: string) => {
      for (const listener of listeners) listener('inst-0', state);
    },
  };
};

describe('/metrics', () => {
  it('the names - are those that dashboards know, in the text format 0.0.4', async () => {
    const { request, metrics, post, settled } = start({ upstream: upstream().view });
    await (await post('/v1/chat/completions', CHAT)).text();
    await settled();
    const response = await request('/metrics', { headers: { 'x-api-key': 'metrics-secret' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const exposition = await metrics();
    expect(exposition.endsWith('\n')).toBe(true);
    const types = [...exposition.matchAll(/^# TYPE (gateway_\S+) (\w+)$/gm)].map(([, name, type]) => `${type} ${name}`);
    expect(types.sort()).toEqual([
      'counter gateway_accepted_total',
      'counter gateway_channel_requests_total',
      'counter gateway_chat_non_stream_requests',
      'counter gateway_chat_requests_error',
      'counter gateway_chat_requests_success',
      'counter gateway_chat_requests_total',
      'counter gateway_chat_stream_requests',
      'counter gateway_client_disconnects_total',
      'counter gateway_completion_tokens_estimated_total',
      'counter gateway_http_requests_total',
      'counter gateway_login_attempts_total',
      'counter gateway_pool_instance_reconnects_total',
      'counter gateway_pool_instance_restarts_total',
      'counter gateway_prompt_tokens_estimated_total',
      'counter gateway_rejected_total',
      'counter gateway_session_bundles_total',
      'counter gateway_session_cache_evict_total',
      'counter gateway_session_cache_expire_total',
      'counter gateway_session_cache_hit_total',
      'counter gateway_session_cache_miss_total',
      'counter gateway_tokens_total',
      'counter gateway_tool_calls_total',
      'counter gateway_total_tokens_estimated',
      'counter gateway_turn_repeats_total',
      'counter gateway_turns_total',
      'counter gateway_upstream_errors_total',
      'gauge gateway_build_info',
      'gauge gateway_channel_cooldown',
      'gauge gateway_channel_in_flight',
      'gauge gateway_channel_state',
      'gauge gateway_in_flight',
      'gauge gateway_max_in_flight',
      'gauge gateway_pool_instance_cooldown',
      'gauge gateway_pool_instance_in_flight',
      'gauge gateway_pool_instance_logged_in',
      'gauge gateway_pool_instance_login_state',
      'gauge gateway_pool_instance_ready',
      'gauge gateway_pool_instance_state',
      'gauge gateway_queued',
      'gauge gateway_session_cache_size',
      'histogram gateway_inter_token_seconds',
      'histogram gateway_queue_wait_seconds',
      'histogram gateway_request_duration_seconds',
      'histogram gateway_time_to_first_token_seconds',
      'histogram gateway_turn_setup_seconds',
    ]);
    expect(exposition).toContain('process_resident_memory_bytes');
    expect(exposition).toContain('\ngateway_pool_instance_in_flight{name="inst-0",idx="0"} 2\n');
    expect(exposition).toContain('\ngateway_pool_instance_ready{name="second",idx="1"} 0\n');
    expect(exposition).toContain('\ngateway_pool_instance_state{name="second",idx="1",state="failed"} 1\n');
    expect(exposition).toContain('\ngateway_pool_instance_state{name="second",idx="1",state="ready"} 0\n');
    expect(exposition).toContain('\ngateway_pool_instance_cooldown{name="second",idx="1"} 1\n');
    // Of the second nobody knows: a 0 would raise an alarm.
    expect(exposition.match(/^gateway_pool_instance_logged_in\{.*$/gm)).toEqual([
      'gateway_pool_instance_logged_in{name="inst-0",idx="0"} 1',
    ]);
    expect(exposition).toContain('\ngateway_pool_instance_restarts_total{name="inst-0",idx="0"} 1\n');
    expect(exposition).toContain(`\ngateway_build_info{version="1.2.3",node="${process.version}"} 1\n`);
    expect(exposition).toContain('\ngateway_session_cache_hit_total 5\n');
    expect(exposition).toContain('\ngateway_max_in_flight 256\n');
  });

  it.each(PROTOCOLS)('%s - its requests are counted, streamed and not, good and bad', async (protocol, path, body) => {
    const { channel, post, metrics, settled, gateway } = start();
    await gateway.start();
    channel.script = (turn) => turn.push(...ANSWER);
    await (await post(path, body)).text();
    await (await post(path, { ...body, stream: true })).text();
    channel.script = (turn) => turn.fail(new GatewayError('upstream_error', 'broken'));
    await (await post(path, body)).text();
    channel.script = (turn) => {
      turn.push(START, ...text('t', 'Hello'));
      turn.fail(new GatewayError('upstream_timeout', 'late'));
    };
    await (await post(path, { ...body, stream: true })).text();
    await (await post(path, { model: 7 })).text();
    await settled();
    const seen = samples(await metrics());
    const all = (name: string) => [...seen].filter(([key]) => key.startsWith(name));
    expect(seen.get('gateway_chat_requests_total')).toBe(5);
    expect(seen.get('gateway_chat_requests_success')).toBe(2);
    expect(seen.get('gateway_chat_requests_error')).toBe(3);
    expect(seen.get('gateway_chat_stream_requests')).toBe(2);
    expect(seen.get('gateway_chat_non_stream_requests')).toBe(2);
    expect(seen.get('gateway_accepted_total')).toBe(5);
    expect(seen.get('gateway_in_flight')).toBe(0);
    expect(seen.get('gateway_prompt_tokens_estimated_total')).toBe(33);
    expect(seen.get('gateway_completion_tokens_estimated_total')).toBe(5);
    expect(seen.get('gateway_total_tokens_estimated')).toBe(38);
    expect(seen.get('gateway_tokens_total{direction="input",model="org_auto",estimated="true"}')).toBe(33);
    expect(seen.get('gateway_turns_total{instance="none",outcome="completed"}')).toBe(2);
    expect(seen.get('gateway_turns_total{instance="none",outcome="failed"}')).toBe(2);
    expect(all('gateway_upstream_errors_total')).toEqual([
      ['gateway_upstream_errors_total{instance="none",code="upstream_error"}', 1],
      ['gateway_upstream_errors_total{instance="none",code="upstream_timeout"}', 1],
    ]);
    const http = (status: number, stream: boolean) =>
      seen.get(
        `gateway_http_requests_total{route="${protocol}",protocol="${protocol}",status="${status}",stream="${stream}"}`,
      );
    expect([http(200, false), http(200, true), http(502, false)]).toEqual([1, 2, 1]);
    expect(seen.get(`gateway_request_duration_seconds_count{route="${protocol}",stream="true"}`)).toBe(2);
    expect(seen.get('gateway_time_to_first_token_seconds_count{model="org_auto"}')).toBe(3);
    expect(seen.get('gateway_time_to_first_token_seconds_bucket{le="+Inf",model="org_auto"}')).toBe(3);
    expect(seen.get('gateway_queue_wait_seconds_count')).toBe(5);
  });

  it('what a channel tells of a turn - is counted and logged', async () => {
    const { view, tell } = upstream();
    const lines: unknown[] = [];
    const note = (_: string, fields?: object) => void lines.push(fields);
    const logger = { debug: note, info: note, warn: note, error: note, child: () => logger };
    const { channel, post, metrics, settled } = start({ upstream: view, logger });
    channel.script = (turn) => {
      turn.context.report?.({ instance: 'inst-0', sessionReused: true });
      turn.context.report?.({ repeat: 'connection' });
      turn.context.report?.({ instance: 'second', repeat: 'instance' });
      turn.push(...ANSWER);
    };
    await (await post('/v1/chat/completions', CHAT)).text();
    await settled();
    for (const state of ['reconnecting', 'ready', 'reconnecting']) tell(state);
    const seen = samples(await metrics());
    expect(seen.get('gateway_turns_total{instance="second",outcome="completed"}')).toBe(1);
    expect(seen.get('gateway_turn_repeats_total{reason="connection"}')).toBe(1);
    expect(seen.get('gateway_turn_repeats_total{reason="instance"}')).toBe(1);
    expect(seen.get('gateway_pool_instance_reconnects_total{name="inst-0",idx="0"}')).toBe(2);
    const line = {
      channel: 'scripted',
      instance: 'second',
      sessionReused: true,
      queueMs: 0,
      ttftMs: 0,
      outputTokens: 2,
    };
    expect(lines).toContainEqual(expect.objectContaining(line));
  });

  it('a key with a name - is known by it', async () => {
    const lines: unknown[] = [];
    const note = (_: string, fields?: object) => void lines.push(fields);
    const logger = { debug: note, info: note, warn: note, error: note, child: () => logger };
    const { post, admin, metrics, settled } = start({ logger, namedKeys: [{ name: 'alice', key: 'key-of-alice' }] });
    await (await post('/v1/chat/completions', CHAT, { authorization: 'Bearer key-of-alice' })).text();
    await settled();
    expect(lines).toContainEqual(expect.objectContaining({ principal: 'alice', keyName: 'alice' }));
    expect((await admin('/debug/requests')).requests).toMatchObject([{ principal: 'alice' }]);
    expect(await metrics()).not.toContain('alice');
    expect(JSON.stringify(lines)).not.toContain('key-of-alice');
  });

  it('a client that leaves - is no failure, and what it took so far is counted', async () => {
    const { channel, post, metrics, settled } = start();
    channel.script = (turn) => turn.push(START, ...text('t', 'Hello'));
    const response = await post('/v1/chat/completions', { ...CHAT, stream: true });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await settled();
    const seen = samples(await metrics());
    expect(seen.get('gateway_client_disconnects_total')).toBe(1);
    expect(seen.get('gateway_chat_requests_error')).toBe(0);
    expect(seen.get('gateway_chat_requests_success')).toBe(0);
    expect(seen.get('gateway_turns_total{instance="none",outcome="cancelled"}')).toBe(1);
    expect(seen.get('gateway_completion_tokens_estimated_total')).toBe(1);
  });

  it('5,000 requests over 50 made-up models - few series, and no name of theirs', async () => {
    const { channel, post, request, metrics, settled } = start();
    channel.script = (turn) =>
      turn.push({ ...START, model: turn.request.model } as typeof START, ...text('t', 'x'), END);
    for (let at = 0; at < 1_000; at++) {
      await Promise.all(
        Array.from({ length: 5 }, async (_, more) => {
          const [, path, body] = PROTOCOLS[(at + more) % 3] as (typeof PROTOCOLS)[number];
          const wrong = at % 10 === 0;
          const sent = { ...body, model: `made-up-${at % 50}`, stream: more % 2 === 0, user: `user-${at}` };
          return (await post(path, wrong ? { ...sent, messages: 7, input: 7 } : sent)).text();
        }),
      );
    }
    for (let at = 0; at < 300; at++) await request(`/path-${at}`);
    await settled();
    const exposition = await metrics();
    expect(samples(exposition).size).toBeLessThanOrEqual(600);
    expect(exposition).not.toMatch(/made-up|user-|path-|client-secret/);
    expect(samples(exposition).get('gateway_chat_requests_total')).toBe(5_000);
    expect(exposition).toContain('gateway_tokens_total{direction="output",model="other",estimated="true"}');
  });

  it('reported token counts below zero - count as none', async () => {
    const { channel, post, admin, settled } = start();
    const usage = { inputTokens: -5, outputTokens: -1, origin: 'reported' } as const;
    channel.script = (turn) => turn.push(START, ...text('t', 'x'), { ...END, usage } as typeof END);
    await (await post('/v1/chat/completions', CHAT)).text();
    await settled();
    expect(await admin('/internal/stats')).toMatchObject({
      stats: { prompt_tokens_estimated_total: 0, completion_tokens_estimated_total: 0, total_tokens_estimated: 0 },
    });
  });

  it('a registry of the program - gets the metrics, and is what is told', async () => {
    const registry = new Registry();
    const { metrics } = start({ metrics: { registry } });
    await vi.waitFor(async () => expect(await registry.metrics()).toContain('gateway_in_flight 0'));
    const exposition = await metrics();
    expect(exposition).toContain('gateway_in_flight 0');
    expect(exposition).not.toContain('process_');
  });

  it('two gateways - count for themselves', async () => {
    const [one, other] = [start(), start()];
    await (await one.post('/v1/chat/completions', CHAT)).text();
    await one.settled();
    expect(samples(await one.metrics()).get('gateway_chat_requests_total')).toBe(1);
    expect(samples(await other.metrics()).get('gateway_chat_requests_total')).toBe(0);
  });
});

describe('/internal/stats', () => {
  it('every member - is there from the beginning', async () => {
    const { admin, clock } = start({ upstream: upstream().view, maxInFlight: 0 });
    clock.advance(61_500);
    expect(await admin('/internal/stats')).toEqual({
      stats: {
        chat_requests_total: 0,
        chat_requests_success: 0,
        chat_requests_error: 0,
        chat_stream_requests: 0,
        chat_non_stream_requests: 0,
        prompt_tokens_estimated_total: 0,
        completion_tokens_estimated_total: 0,
        total_tokens_estimated: 0,
        uptime_seconds: 61,
      },
      concurrency: { in_flight: 0, queued: 0, accepted_total: 0, rejected_total: 0, max_in_flight: 0 },
      pool: {
        size: 2,
        ready: 1,
        instances: [
          {
            name: 'inst-0',
            idx: 0,
            state: 'ready',
            ready: true,
            in_flight: 2,
            weight: 1,
            managed: true,
            logged_in: true,
            server: 'lingma 2.11',
            restarts: 1,
            failures: 3,
            cooldown_until: null,
            last_error: 'lost; token=***',
          },
          {
            name: 'second',
            idx: 1,
            state: 'failed',
            ready: false,
            in_flight: 0,
            weight: 2,
            managed: false,
            logged_in: null,
            server: null,
            restarts: 0,
            failures: 0,
            cooldown_until: '2023-11-14T22:14:20.000Z',
            last_error: null,
          },
        ],
      },
      session_cache: {
        enabled: true,
        size: 4,
        max_entries: 256,
        ttl_sec: 1_800,
        hit_total: 5,
        miss_total: 6,
        evict_total: 7,
        expire_total: 8,
      },
    });
  });

  it('one upstream that is no pool - stands there as one instance', async () => {
    const { admin } = start();
    expect(await admin('/internal/stats')).toMatchObject({
      pool: { size: 1, ready: 1, instances: [{ name: 'inst-0', idx: 0, state: 'ready', ready: true }] },
      session_cache: { enabled: false, size: 0 },
    });
  });

  it('requests under way - stand in the concurrency', async () => {
    const { channel, post, admin } = start({ maxInFlight: 1, queueTimeoutMs: 5_000 });
    channel.script = (turn) => turn.push(START);
    const first = await post('/v1/chat/completions', { ...CHAT, stream: true });
    void post('/v1/chat/completions', CHAT);
    await vi.waitFor(async () => {
      expect((await admin('/internal/stats')).concurrency).toMatchObject({ in_flight: 1, queued: 1, max_in_flight: 1 });
    });
    await first.body?.cancel();
  });
});

describe('/internal/debug/requests', () => {
  it.each(['/internal/debug/requests', '/debug/requests'])('%s - newest first, without bodies', async (path) => {
    const { channel, post, request, admin, settled } = start();
    await (await post('/v1/chat/completions', { ...CHAT, user: 'somebody' })).text();
    channel.script = (turn) => turn.fail(new GatewayError('upstream_error', 'broken'));
    await (await post('/v1/messages?key=secret-of-mine', { ...CHAT, max_tokens: 9, stream: true })).text();
    await request('/healthz');
    await settled();
    const body = await admin(path);
    expect(body).toMatchObject({ ok: true, count: 2, capacity: 200 });
    expect(body.requests).toMatchObject([
      {
        path: '/v1/messages',
        route: 'anthropic-messages',
        status: 502,
        stream: true,
        error: 'upstream_error',
        usage: null,
      },
      {
        method: 'POST',
        path: '/v1/chat/completions',
        route: 'openai-chat',
        status: 200,
        model: 'org_auto',
        upstream_model: 'org_auto',
        stream: false,
        finish_reason: 'stop',
        usage: { input_tokens: 11, output_tokens: 2, estimated: true },
        error: null,
      },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/somebody|Hello|secret-of-mine/);
  });

  it.each([
    ['', 50],
    ['?limit=3', 3],
    ['?limit=0', 1],
    ['?limit=-4', 1],
    ['?limit=9999', 60],
    ['?limit=many', 50],
    ['?limit=2.7', 2],
  ])('%s of 60 requests - %d', async (query, length) => {
    const { request, admin } = start();
    for (let at = 0; at < 60; at++) await request('/v1/models', { headers: { 'x-api-key': 'client-secret' } });
    const body = await admin(`/internal/debug/requests${query}`);
    expect(body.requests).toHaveLength(length);
    expect(body.count).toBe(60);
  });

  it('debug.requests: 0 - none are kept', async () => {
    const { post, admin } = start({ debug: { requests: 0, bodies: true } });
    await (await post('/v1/chat/completions', CHAT)).text();
    expect(await admin('/debug/requests')).toEqual({ ok: true, count: 0, capacity: 0, requests: [] });
  });

  it.each(PROTOCOLS)('%s, with bodies - what was asked and answered, without secrets', async (_, path, body) => {
    const { channel, post, admin, settled } = start({ debug: { bodies: true } });
    channel.script = (turn) => turn.push(START, ...text('t', 'It is sk-abcdefgh12345678'), END);
    await (await post(path, { ...body, stream: true, metadata: { api_key: 'hunter2' } })).text();
    await settled();
    const [entry] = (await admin('/debug/requests')).requests;
    expect(entry.request).toMatchObject({ model: 'org_auto', metadata: { api_key: '***' } });
    expect(entry.response).toEqual({ text: 'It is sk-***' });
  });
});

describe('the routes of operators', () => {
  const ROUTES = [
    ['/metrics', 'metrics-secret'],
    ['/internal/stats', 'admin-secret'],
    ['/internal/debug/requests', 'admin-secret'],
    ['/debug/requests', 'admin-secret'],
  ] as const;

  it.each(ROUTES)('%s - for its own key, never kept by caches, HEAD as well', async (path, key) => {
    const { request } = start();
    expect((await request(path)).status).toBe(401);
    expect((await request(path, { headers: { 'x-api-key': 'client-secret' } })).status).toBe(401);
    for (const method of ['GET', 'HEAD']) {
      const response = await request(path, { method, headers: { authorization: `Bearer ${key}` } });
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
    expect((await request(path, { method: 'POST', headers: ADMIN })).status).toBe(405);
  });

  it.each(ROUTES)('%s - answers no page of another origin, whatever is allowed elsewhere', async (path, key) => {
    const { request } = start({ cors: { origins: ['https://chat.example'] } });
    for (const origin of ['https://chat.example', 'http://localhost:3000', 'null']) {
      for (const method of ['GET', 'OPTIONS']) {
        const headers = { authorization: `Bearer ${key}`, origin, 'access-control-request-method': 'GET' };
        const response = await request(path, { method, headers });
        expect(response.status, `${method} ${origin}`).toBe(403);
        expect(response.headers.has('access-control-allow-origin')).toBe(false);
        expect(response.headers.has('access-control-allow-methods')).toBe(false);
      }
    }
    const own = await request(path, { headers: { authorization: `Bearer ${key}`, origin: BASE } });
    expect(own.status).toBe(200);
    expect(own.headers.has('access-control-allow-origin')).toBe(false);
  });

  it.each(ROUTES)('%s - answers while the gateway is full, and while it shuts down', async (path, key) => {
    const { channel, gateway, post, request } = start({ maxInFlight: 1, queueTimeoutMs: 0 });
    channel.script = (turn) => turn.push(START);
    const running = await post('/v1/chat/completions', { ...CHAT, stream: true });
    const headers = { authorization: `Bearer ${key}` };
    expect((await request(path, { headers })).status).toBe(200);
    const closing = gateway.close({ graceMs: 60_000 });
    expect((await request(path, { headers })).status).toBe(200);
    channel.last.push(...text('t', 'x'), END);
    await running.text();
    await closing;
    expect((await request(path, { headers })).status).toBe(200);
  });
});
