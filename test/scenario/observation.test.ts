/** What is seen of whole turns, through the settings, the pool and the conversations: over real sockets, in both dialects. */
import { type ComposedGateway, composeGateway, type LogFields, type Logger } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { createSimulator, type Simulator, type SimulatorOptions } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it, vi } from 'vitest';

const simulators: Simulator[] = [];
const gateways: ComposedGateway[] = [];
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close({ graceMs: 0 });
  for (const simulator of simulators.splice(0)) await simulator.stop();
});

/** What the log has of requests. */
const lines: LogFields[] = [];
const note = (message: string, fields: LogFields = {}): void => {
  if (message === 'request') lines.push(fields);
};
const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger };

async function start(...options: readonly SimulatorOptions[]) {
  lines.length = 0;
  for (const each of options) {
    const simulator = createSimulator(each);
    await simulator.start();
    simulators.push(simulator);
  }
  const instances = simulators.map(({ address }, at) => ({ name: `sim-${at}`, wsUrl: address.webSocketUrl }));
  const file = { name: 'a.json', text: JSON.stringify({ lingma: { instances } }) };
  const { config } = loadConfig({ file, flags: { 'admin-token': 'the-admin-token-1' } });
  const gateway = composeGateway(config, { logger });
  gateways.push(gateway);
  const fetch = (path: string, init?: RequestInit) => gateway.fetch(new Request(`http://127.0.0.1${path}`, init));
  const look = async (path: string) => {
    await vi.waitFor(() => expect(gateway.status().requests).toBe(0));
    return fetch(path, { headers: { authorization: 'Bearer the-admin-token-1' } });
  };
  const ask = async (path: string, body: object): Promise<Response> =>
    fetch(path, { method: 'POST', body: JSON.stringify({ model: 'auto', ...body }) });
  return { ask, look, stats: async () => (await look('/internal/stats')).json() };
}

/** Of the gateway's own metrics those that begin like one of these, without zeros. */
const samples = (exposition: string, ...names: readonly string[]): string[] =>
  exposition
    .split('\n')
    .filter((line) => names.some((name) => line.startsWith(`gateway_${name}`)) && !/ 0$/.test(line));

const PATHS = ['/v1/chat/completions', '/v1/responses', '/v1/messages'];
const ACP = { acp: 'present' } as const;
const LSP = { acp: 'absent' } as const;
const said = (text: string): string => `@sim ${JSON.stringify({ text })}`;

describe.each([
  ['acp', ACP],
  ['lsp-chat', LSP],
] as const)('a conversation, %s', (_, dialect) => {
  it.each([true, false])('stream %s - its instance, its session and its times are seen', async (stream) => {
    const { ask, look, stats } = await start(dialect);
    const first = [{ role: 'user', content: said('one') }];
    const second = [...first, { role: 'assistant', content: 'one' }, { role: 'user', content: said('two') }];
    await (await ask('/v1/chat/completions', { messages: first, stream })).text();
    await look('/internal/stats');
    await (await ask('/v1/messages', { messages: second, stream, max_tokens: 100 })).text();
    expect(await stats()).toMatchObject({
      stats: { chat_requests_total: 2, chat_requests_success: 2, chat_requests_error: 0 },
      pool: { size: 1, ready: 1, instances: [{ name: 'sim-0', idx: 0, state: 'ready', managed: false, in_flight: 0 }] },
      session_cache: { enabled: true, size: 1, max_entries: 256, ttl_sec: 1_800, hit_total: 1, miss_total: 0 },
    });
    const { requests } = await (await look('/internal/debug/requests')).json();
    const seen = { instance: 'sim-0', status: 200, stream, finish_reason: 'stop', upstream_model: expect.any(String) };
    expect(requests).toMatchObject([
      { ...seen, route: 'anthropic-messages', session_reused: true },
      { ...seen, route: 'openai-chat', session_reused: false },
    ]);
    const exposition = await (await look('/metrics')).text();
    expect(samples(exposition, 'turns_', 'session_cache_hit', 'pool_', 'turn_setup_seconds_count')).toEqual([
      'gateway_turn_setup_seconds_count 2',
      'gateway_turns_total{instance="sim-0",outcome="completed"} 2',
      'gateway_session_cache_hit_total 1',
      'gateway_pool_instance_ready{name="sim-0",idx="0"} 1',
      'gateway_pool_instance_logged_in{name="sim-0",idx="0"} 1',
      'gateway_pool_instance_state{name="sim-0",idx="0",state="ready"} 1',
    ]);
    expect(samples(exposition, 'time_to_first_token_seconds_count')).toEqual([
      `gateway_time_to_first_token_seconds_count{model="${requests[0].upstream_model}"} 2`,
    ]);
  });

  it.each(PATHS)(
    '%s, a stream that is left or fails - the log says where it ran, in which session, and what it took',
    async (path) => {
      const { ask, look } = await start(dialect);
      const first = [{ role: 'user', content: said('one') }];
      const second = (directive: object) => [
        ...first,
        { role: 'assistant', content: 'one' },
        { role: 'user', content: `@sim ${JSON.stringify(directive)}` },
      ];
      const body = (messages: readonly object[]) =>
        path === '/v1/responses' ? { input: messages, store: false } : { messages, max_tokens: 1000 };
      await (await ask(path, body(first))).text();
      await look('/healthz');
      const left = await ask(path, {
        ...body(second({ text: 'w '.repeat(500), chunks: 500, delayMs: 5 })),
        stream: true,
      });
      const reader = left.body?.getReader();
      for (let read = 0; read < 4; read++) await reader?.read();
      await reader?.cancel();
      await look('/healthz');
      await (await ask(path, body(first))).text();
      await look('/healthz');
      const failing = { text: 'some words', error: { status: 500, message: 'no', afterChunks: 3 } };
      await (await ask(path, { ...body(second(failing)), stream: true })).text();
      await look('/healthz');
      const chats = lines.filter(({ channel }) => channel !== undefined);
      const seen = {
        status: 200,
        stream: true,
        instance: 'sim-0',
        sessionReused: true,
        outputTokens: expect.any(Number),
      };
      expect(chats[1]).toMatchObject({ ...seen, error: 'client_closed' });
      expect(chats[3]).toMatchObject({ ...seen, error: expect.stringMatching(/^upstream_/) });
      for (const { outputTokens } of [chats[1], chats[3]] as { outputTokens: number }[])
        expect(outputTokens).toBeGreaterThan(0);
    },
  );

  it('an instance without quota - the turn is seen where it ran, and that it moved', async () => {
    const { ask, look, stats } = await start(dialect, dialect);
    simulators[0]?.setSwitches({ quotaExceeded: true });
    for (let at = 0; at < 4; at++) {
      const response = await ask('/v1/chat/completions', { messages: [{ role: 'user', content: said(`${at}`) }] });
      expect(response.status).toBe(200);
      await response.text();
    }
    const exposition = await (await look('/metrics')).text();
    expect(samples(exposition, 'turns_', 'turn_repeats', 'pool_instance_cooldown')).toEqual([
      'gateway_turns_total{instance="sim-1",outcome="completed"} 4',
      'gateway_turn_repeats_total{reason="instance"} 1',
      'gateway_pool_instance_cooldown{name="sim-0",idx="0"} 1',
    ]);
    const { instances } = (await stats()).pool;
    expect(instances).toMatchObject([
      { name: 'sim-0', cooldown_until: expect.stringMatching(/^\d{4}-/) },
      { name: 'sim-1', cooldown_until: null, last_error: null },
    ]);
  });
});
