/** What an app brings of its own: who may call, hooks, metrics, stores; and that gateways of one process share nothing. */
import { type Authorize, type Caller, GatewayError, type GatewayHooks } from '@lingma-gateway/core';
import { openaiChat, protocols, type WireProtocol } from '@lingma-gateway/core/wire';
import { lingmaGateway as expressGateway } from '@lingma-gateway/express';
import { lingmaGateway as fastifyGateway } from '@lingma-gateway/fastify';
import { toNodeHandler } from '@lingma-gateway/node';
import express from 'express';
import { fastify } from 'fastify';
import { Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import { START } from '../contract/scripted-channel.js';
import { PATHS, requestBody } from '../support/ask.js';
import { CHAT, cleanUp, HELLO, listen, type Played, PROTOCOLS, playGateway } from './apps.js';

const BEARER = { authorization: 'Bearer session-of-ann' };
const users: Readonly<Record<string, Caller>> = {
  'Bearer session-of-ann': { id: 'ann' },
  'Bearer session-of-bob': { id: 'bob', limits: { requestsPerMinute: 1 }, models: ['org_*'] },
  'Bearer session-of-root': { id: 'root', isOperator: true },
};
const authorize: Authorize = async (request) => users[request.headers.get('authorization') ?? ''];

/** By `fetch` and by a socket: the two ways to a gateway. */
const WAYS: readonly (readonly [
  string,
  (played: Played) => Promise<(path: string, init?: RequestInit) => Promise<Response>>,
])[] = [
  [
    'fetch',
    async ({ gateway }) =>
      (path, init) =>
        gateway.fetch(new Request(`http://app.local${path}`, init)),
  ],
  [
    'node:http',
    async ({ gateway }) => {
      const base = await listen(toNodeHandler(gateway.fetch));
      return (path, init) => fetch(base + path, init);
    },
  ],
  [
    'Express',
    async ({ gateway }) => {
      const app = express();
      app.use(express.json());
      app.use('/ai', expressGateway(gateway));
      const base = `${await listen(app)}/ai`;
      return (path, init) => fetch(base + path, init);
    },
  ],
  [
    'Fastify',
    async ({ gateway }) => {
      const app = fastify();
      cleanUp(() => app.close());
      app.register(fastifyGateway, { prefix: '/ai', gateway });
      const base = `${await app.listen({ port: 0, host: '127.0.0.1' })}/ai`;
      return (path, init) => fetch(base + path, init);
    },
  ],
];

const asking = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

describe.each(WAYS)('authorize() by %s', (_, open) => {
  it('a caller of the app’s - is who the channel hears of; others get a 401 of the protocol', async () => {
    const played = playGateway({ authorize });
    const call = await open(played);
    for (const protocol of PROTOCOLS) {
      const body = requestBody(protocol, { prompt: 'Hi' });
      expect((await call(PATHS[protocol], asking(body, BEARER))).status, protocol).toBe(200);
      expect(played.channel.last.context.principal?.id).toBe('ann');
      const refused = await call(PATHS[protocol], asking(body));
      expect(refused.status).toBe(401);
      const { error } = (await refused.json()) as { error: { type: string } };
      expect(error.type).toBe(protocol === 'messages' ? 'authentication_error' : 'invalid_request_error');
    }
    expect(played.channel.turns).toHaveLength(3);
    expect((await call('/v1/models')).status).toBe(401);
    expect((await call('/v1/models', { headers: BEARER })).status).toBe(200);
  });

  it('limits and models - count for the caller, whatever object is handed over', async () => {
    const played = playGateway({
      authorize: async (request) => ({ ...(await authorize(request, {} as never)) }) as Caller,
    });
    const call = await open(played);
    const bob = { authorization: 'Bearer session-of-bob' };
    const first = await call(CHAT, asking({ ...HELLO, model: 'auto' }, bob));
    expect([first.status, first.headers.get('x-ratelimit-remaining-requests')]).toEqual([200, '0']);
    expect((await call(CHAT, asking({ ...HELLO, model: 'auto' }, bob))).status).toBe(429);
    expect((await call(CHAT, asking(HELLO, BEARER))).status).toBe(200);
    const listed = (await (await call('/v1/models', { headers: bob })).json()) as { data: { id: string }[] };
    expect(listed.data.map(({ id }) => id)).toEqual(['org_auto']);
  });

  it('a Response - is the answer, cookies and all', async () => {
    const headers = new Headers({ location: '/login', 'x-app': 'yes' });
    headers.append('set-cookie', 'a=1');
    headers.append('set-cookie', 'b=2');
    const played = playGateway({ authorize: () => new Response('please sign in', { status: 302, headers }) });
    const response = await (await open(played))(CHAT, { ...asking(HELLO), redirect: 'manual' });
    expect([response.status, response.headers.get('location'), await response.text()]).toEqual([
      302,
      '/login',
      'please sign in',
    ]);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(played.channel.turns).toHaveLength(0);
  });

  it('a Response without a body - has none', async () => {
    const played = playGateway({ authorize: () => new Response(null, { status: 204 }) });
    const response = await (await open(played))(CHAT, asking(HELLO));
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('what it throws - a GatewayError is told with its status, anything else is a 500 that says nothing', async () => {
    let thrown: Error = new GatewayError('quota_exceeded', 'Your plan has ended');
    const played = playGateway({ authorize: () => Promise.reject(thrown) });
    const call = await open(played);
    const refused = await call(CHAT, asking(HELLO));
    expect([refused.status, await refused.text()]).toEqual([429, expect.stringContaining('Your plan has ended')]);
    thrown = new Error('select * from users');
    const broken = await call(CHAT, asking(HELLO));
    expect([broken.status, await broken.text()]).toEqual([500, expect.not.stringContaining('select')]);
  });

  it('it is asked - with the request and what is known of it, its body left alone', async () => {
    const seen = vi.fn<Authorize>(() => ({ id: 'x' }));
    const played = playGateway({ authorize: seen });
    const call = await open(played);
    await call(`${CHAT}?team=1`, asking(HELLO, { 'x-user': 'ann', 'x-request-id': 'r-1', cookie: 'session=s' }));
    const [request, info] = seen.mock.calls[0] ?? [];
    expect(request).toBeInstanceOf(Request);
    expect([request?.method, request?.headers.get('x-user'), request?.headers.get('cookie')]).toEqual([
      'POST',
      'ann',
      'session=s',
    ]);
    expect(new URL(request?.url ?? '').search).toBe('?team=1');
    expect(info).toMatchObject({ access: 'client', route: 'openai-chat', requestId: 'r-1' });
    expect(played.channel.turns).toHaveLength(1);
  });
});

describe('authorize()', () => {
  it('public routes - are open, and tell strangers no models', async () => {
    const { gateway } = playGateway({ authorize });
    const get = (path: string, headers = {}) => gateway.fetch(new Request(`http://a${path}`, { headers }));
    expect((await get('/health')).status).toBe(200);
    expect(await (await get('/capabilities')).json()).not.toHaveProperty('models');
  });

  it('the operator’s routes - are for callers who are operators, and for the admin token', async () => {
    const { gateway } = playGateway({ authorize, adminToken: 'root-token' });
    const get = async (path: string, token: string) =>
      (await gateway.fetch(new Request(`http://a${path}`, { headers: { authorization: `Bearer ${token}` } }))).status;
    for (const path of ['/internal/stats', '/metrics']) {
      expect(await get(path, 'session-of-ann'), path).toBe(403);
      expect(await get(path, 'nobody')).toBe(401);
      expect(await get(path, 'session-of-root')).toBe(200);
      expect(await get(path, 'root-token')).toBe(200);
    }
  });

  it('keys of the gateway - count beside it, and it is not asked then', async () => {
    const seen = vi.fn<Authorize>(authorize);
    const { gateway, channel } = playGateway({ authorize: seen, namedKeys: [{ name: 'team', key: 'k' }] });
    const send = (token: string) =>
      gateway.fetch(new Request(`http://a${CHAT}`, asking(HELLO, { authorization: `Bearer ${token}` })));
    expect((await send('k')).status).toBe(200);
    expect(channel.last.context.principal?.id).toBe('team');
    expect(seen).not.toHaveBeenCalled();
    expect((await send('session-of-ann')).status).toBe(200);
    expect((await send('wrong')).status).toBe(401);
  });

  it.each<[unknown, string]>([
    [{ name: 'ann' }, 'no option "name"'],
    [{ id: 7 }, '"id" must be'],
    [{ id: 'a', limits: { perMinute: 1 } }, 'limits.perMinute'],
    [{ id: 'x'.repeat(257) }, 'longer than 256'],
    ['ann', 'takes its options as an object'],
  ])('it says %o - a 500, and the log says what is wrong with it', async (said, message) => {
    const { gateway, log, channel } = playGateway({ authorize: () => said as Caller });
    expect((await gateway.fetch(new Request(`http://a${CHAT}`, asking(HELLO)))).status).toBe(500);
    expect(String(log.find(({ cause }) => cause !== undefined)?.cause)).toContain(message);
    expect(channel.turns).toHaveLength(0);
  });

  it('a client that leaves while it is asked - is not answered', async () => {
    const client = new AbortController();
    let asked: Request | undefined;
    const { gateway, channel } = playGateway({
      authorize: (request) => {
        asked = request;
        return new Promise(() => undefined);
      },
    });
    const answer = gateway.fetch(new Request(`http://a${CHAT}`, { ...asking(HELLO), signal: client.signal }));
    await vi.waitFor(() => expect(asked).toBeDefined());
    client.abort();
    expect((await answer).status).toBe(499);
    expect(asked?.signal.aborted).toBe(true);
    expect(channel.turns).toHaveLength(0);
    expect(gateway.status().requests).toBe(0);
  });

  it('reconfigure() - exchanges it', async () => {
    const { gateway, channel } = playGateway({ authorize });
    const send = async () => (await gateway.fetch(new Request(`http://a${CHAT}`, asking(HELLO)))).status;
    expect(await send()).toBe(401);
    gateway.reconfigure({ channel, authorize: () => ({ id: 'anybody' }) });
    expect(await send()).toBe(200);
  });
});

describe('hooks', () => {
  const watch = () => {
    const told: string[] = [];
    const hooks: GatewayHooks = {
      onRequest: (request, { principal }) => void told.push(`request ${request.model} ${principal?.id}`),
      onEvent: ({ type }) => void told.push(type),
      onEnd: ({ finishReason, error, usage }) =>
        void told.push(`end ${finishReason ?? error?.code} ${usage?.outputTokens ?? '-'}`),
    };
    return { told, hooks };
  };
  const EVENTS = ['response-start', 'text-start', 'text-delta', 'text-delta', 'text-end', 'response-end'];

  it.each(PROTOCOLS)('%s, streamed and whole - are told of the turn, its events and its end', async (protocol) => {
    for (const stream of [false, true]) {
      const { told, hooks } = watch();
      const { gateway } = playGateway({ hooks });
      const body = requestBody(protocol, { prompt: 'Hi', model: 'gpt-x', stream });
      const response = await gateway.fetch(new Request(`http://a${PATHS[protocol]}`, asking(body)));
      expect(await response.text()).toContain('Hello');
      await vi.waitFor(() => expect(told.at(-1)).toMatch(/^end/));
      expect(told).toEqual(['request gpt-x anonymous', ...EVENTS, 'end stop 2']);
    }
  });

  it('onRequest() - may ask something else in the request’s place', async () => {
    const onRequest: GatewayHooks['onRequest'] = async (request) => ({
      ...request,
      messages: [{ role: 'system', content: 'House rules' }, ...request.messages],
    });
    const { gateway, channel } = playGateway({ hooks: { onRequest } });
    expect((await gateway.fetch(new Request(`http://a${CHAT}`, asking(HELLO)))).status).toBe(200);
    expect(channel.last.request.messages[0]).toEqual({ role: 'system', content: 'House rules' });
  });

  it.each([false, true])('onRequest() - may refuse, with its own status; streamed: %s', async (stream) => {
    const onEnd = vi.fn();
    const onRequest = (): never => {
      throw new GatewayError('permission_denied', 'Not on Sundays');
    };
    const { gateway, channel } = playGateway({ hooks: { onRequest, onEnd } });
    const response = await gateway.fetch(new Request(`http://a${CHAT}`, asking({ ...HELLO, stream })));
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('Not on Sundays')]);
    expect(channel.turns).toHaveLength(0);
    expect(onEnd.mock.calls.map(([end]) => end.error.code)).toEqual(['permission_denied']);
  });

  it('a turn that fails, and one whose client leaves - end once, with the reason', async () => {
    const { told, hooks } = watch();
    const { gateway, channel } = playGateway({ hooks });
    channel.script = (turn) => turn.fail(new GatewayError('upstream_error', 'Lingma failed'));
    await gateway.fetch(new Request(`http://a${CHAT}`, asking(HELLO)));
    expect(told.at(-1)).toBe('end upstream_error -');
    channel.script = (turn) => turn.push(START, { type: 'text-start', id: 't' });
    const response = await gateway.fetch(new Request(`http://a${CHAT}`, asking({ ...HELLO, stream: true })));
    await response.body?.cancel();
    await vi.waitFor(() => expect(gateway.status().requests).toBe(0));
    expect(told.filter((line) => line.startsWith('end'))).toEqual(['end upstream_error -', 'end client_closed -']);
  });

  it('a hook that throws - is logged, and the answer is whole', async () => {
    const broken = (): never => {
      throw new Error('hook');
    };
    const { gateway, log } = playGateway({ hooks: { onEvent: broken, onEnd: broken } });
    const response = await gateway.fetch(new Request(`http://a${CHAT}`, asking({ ...HELLO, stream: true })));
    expect(await response.text()).toContain('[DONE]');
    expect(log.filter(({ message }) => message === 'a hook failed').length).toBe(EVENTS.length + 1);
  });

  it('a completion with several prompts - is told turn by turn', async () => {
    const { told, hooks } = watch();
    const { gateway } = playGateway({ hooks });
    const body = { model: 'm', prompt: ['one', 'two'] };
    expect((await gateway.fetch(new Request('http://a/v1/completions', asking(body)))).status).toBe(200);
    expect(told.filter((line) => /^(request|end)/.test(line))).toEqual([
      'request m anonymous',
      'end stop 2',
      'request m anonymous',
      'end stop 2',
    ]);
  });
});

describe('a protocol of one’s own', () => {
  const shout: WireProtocol = {
    ...openaiChat,
    name: 'shout',
    path: '/api/chat',
    streamType: 'text/plain',
    createStreamEncoder: () => ({
      keepAlive: '',
      push: (event) => (event.type === 'text-delta' ? event.delta.toUpperCase() : ''),
      end: () => '!\n',
      fail: ({ code }) => `?${code}\n`,
    }),
  };

  it('is served at its path beside ours, in place of what only said that nothing is there', async () => {
    const { gateway } = playGateway({ protocols: [...Object.values(protocols), shout] });
    const response = await gateway.fetch(new Request('http://a/api/chat', asking({ ...HELLO, stream: true })));
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['text/plain', 'HELLO WORLD!\n']);
    expect((await gateway.fetch(new Request(`http://a${CHAT}`, asking(HELLO)))).status).toBe(200);
    expect((await gateway.fetch(new Request('http://a/api/chat', asking({})))).status).toBe(400);
    expect(gateway.hasRoute('POST', '/api/chat')).toBe(true);
  });

  it('alone - is all there is', async () => {
    const { gateway } = playGateway({ protocols: [shout] });
    expect((await gateway.fetch(new Request('http://a/api/chat', asking(HELLO)))).status).toBe(200);
    expect((await gateway.fetch(new Request(`http://a${CHAT}`, asking(HELLO)))).status).toBe(404);
  });
});

it('several gateways of one process - share neither keys nor limits, answers, numbers or an end', async () => {
  const registries = [new Registry(), new Registry()] as const;
  const [one, two] = registries.map((registry, index) =>
    playGateway({
      namedKeys: [{ name: 'team', key: `key-${index}`, limits: { requestsPerMinute: 1 } }],
      metrics: { registry },
      metricsPublic: true,
    }),
  ) as [Played, Played];
  const send = async (
    { gateway }: Played,
    key: string,
    path = '/v1/responses',
    body: unknown = { model: 'm', input: 'Hi' },
  ) => gateway.fetch(new Request(`http://a${path}`, asking(body, { authorization: `Bearer ${key}` })));
  const stored = (await (await send(one, 'key-0')).json()) as { id: string };
  expect((await send(one, 'key-1')).status).toBe(401);
  expect((await send(one, 'key-0')).status).toBe(429);
  expect((await send(two, 'key-1')).status).toBe(200);
  const read = async ({ gateway }: Played, key: string) =>
    (
      await gateway.fetch(
        new Request(`http://a/v1/responses/${stored.id}`, { headers: { authorization: `Bearer ${key}` } }),
      )
    ).status;
  expect([await read(one, 'key-0'), await read(two, 'key-1')]).toEqual([200, 404]);
  const counted = async ({ gateway }: Played): Promise<string[]> =>
    (await (await gateway.fetch(new Request('http://a/metrics'))).text())
      .split('\n')
      .filter(
        (line) => line.startsWith('gateway_http_requests_total{route="openai-responses"') && line.includes('200'),
      );
  expect(await counted(one)).toEqual(await counted(two));
  await one.gateway.close();
  expect([one.gateway.status().state, two.gateway.status().state]).toEqual(['closing', 'open']);
  expect((await fetch(`${await listen(toNodeHandler(two.gateway.fetch))}/health`)).status).toBe(200);
});

it('await using - closes a gateway', async () => {
  const { gateway } = playGateway();
  {
    await using used = gateway;
    expect(used.status().state).toBe('open');
  }
  expect(gateway.status().state).toBe('closing');
});
