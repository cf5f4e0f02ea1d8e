/** The gateway beside what Fastify apps are made of. */
import { once } from 'node:events';
import { connect, type OutgoingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import compress from '@fastify/compress';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { lingmaGateway } from '@lingma-gateway/fastify';
import { toNodeHandler } from '@lingma-gateway/node';
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { ANSWER, END, START } from '../contract/scripted-channel.js';
import { PATHS } from '../support/ask.js';
import { createClients } from '../support/call-tools.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { sim, startSimulated } from '../support/stack.js';
import {
  bodyWithExactNumber,
  CHAT,
  cleanUp,
  EXACT,
  expectBackPressure,
  expectDisconnectToEndTurn,
  expectUnbuffered,
  HELLO,
  type Played,
  PROTOCOLS,
  plainRequest,
  playGateway,
  post,
} from './apps.js';

expectQuietProcess();

type Build = (app: FastifyInstance) => unknown;

/** An app that ends with the test. */
function makeApp(options: FastifyServerOptions = {}): FastifyInstance {
  const app = fastify({ forceCloseConnections: true, ...options }) as FastifyInstance;
  cleanUp(() => app.close());
  return app;
}

async function listen(app: FastifyInstance): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

async function mount(
  build: Build = () => undefined,
  options: Parameters<typeof playGateway>[0] = {},
  server: FastifyServerOptions = {},
): Promise<Played & { base: string; app: FastifyInstance }> {
  const played = playGateway(options);
  const app = makeApp(server);
  await build(app);
  app.register(lingmaGateway, { prefix: '/lingma', gateway: played.gateway });
  return { ...played, app, base: `${await listen(app)}/lingma` };
}

describe('bodies', () => {
  it('of every protocol - reach the gateway to the last digit, and the app’s parsers stay the app’s', async () => {
    const played = await mount((app) => {
      app.post('/own', async ({ body }) => body);
    });
    for (const protocol of PROTOCOLS) {
      const response = await post(played.base + PATHS[protocol], bodyWithExactNumber(protocol));
      expect(response.status).toBe(200);
      expect(JSON.stringify(played.channel.turns.at(-1)?.request)).toContain(EXACT);
    }
    const own = await post(new URL('/own', played.base).href, { a: 1 });
    expect(await own.json()).toEqual({ a: 1 });
    expect((await post(new URL('/own', played.base).href, 'x', { 'content-type': 'text/odd' })).status).toBe(415);
  });

  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'application/odd'])(
    'of type %s, packed, and beyond the app’s bodyLimit - are read',
    async (type) => {
      const { base } = await mount(undefined, {}, { bodyLimit: 100 });
      const body = JSON.stringify({ ...HELLO, user: 'x'.repeat(500) });
      expect((await post(base + CHAT, body, { 'content-type': type })).status).toBe(200);
      const headers = { 'content-type': type, 'content-encoding': 'gzip' };
      const packed = await plainRequest(base + CHAT, { method: 'POST', headers, body: gzipSync(body) });
      expect(packed.status).toBe(200);
    },
  );

  it('that a hook of the app has unpacked or changed - are read as the hook left them', async () => {
    const { base, channel } = await mount((app) => {
      app.addHook('preParsing', async (request, _reply, payload) => {
        delete request.raw.headers['content-encoding'];
        const rename = new Transform({
          transform: (chunk, _encoding, done) => done(null, String(chunk).replace('Hi', 'from the hook')),
        });
        return payload.pipe(createGunzip()).pipe(rename);
      });
    });
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const body = gzipSync(JSON.stringify(HELLO));
    expect((await plainRequest(base + CHAT, { method: 'POST', headers, body })).status).toBe(200);
    expect(JSON.stringify(channel.turns[0]?.request.messages)).toContain('from the hook');
  });

  it('none, and one that is too large - 400 and 413 in the gateway’s words', async () => {
    const { base } = await mount(undefined, { maxBodyBytes: 1_000 });
    expect((await fetch(base + CHAT, { method: 'POST' })).status).toBe(400);
    const large = await post(base + CHAT, { ...HELLO, user: 'x'.repeat(2_000) });
    expect([large.status, await large.json()]).toMatchObject([413, { error: { code: 'payload_too_large' } }]);
  });

  it('a route that hijacks the reply - hands its parsed body over as `body` of the raw request', async () => {
    const { gateway } = playGateway();
    const handler = toNodeHandler(gateway.fetch, { basePath: '/own' });
    const app = makeApp();
    app.post('/own/*', (request, reply) => {
      reply.hijack();
      handler(Object.assign(request.raw, { body: request.body }), reply.raw);
    });
    app.post('/forgot/*', (request, reply) => {
      reply.hijack();
      toNodeHandler(gateway.fetch, { basePath: '/forgot' })(request.raw, reply.raw);
    });
    const base = await listen(app);
    expect((await post(`${base}/own${CHAT}`, HELLO)).status).toBe(200);
    const lost = await post(`${base}/forgot${CHAT}`, HELLO);
    expect(lost.status).toBe(500);
    expect(await lost.text()).toContain('read before it reached the gateway');
  });
});

describe('places', () => {
  it('prefixes, nested and with parameters, and the root - are all taken off', async () => {
    const { gateway } = playGateway();
    const app = makeApp();
    app.get('/', async () => 'own page');
    app.get('/health', async () => 'own health');
    app.register(lingmaGateway, { gateway });
    app.register(lingmaGateway, { prefix: '/teams/:team/ai', gateway });
    app.register(async (inner) => void inner.register(lingmaGateway, { prefix: '/b', gateway }), { prefix: '/a' });
    const base = await listen(app);
    for (const prefix of ['', '/a/b', '/teams/x%2Fy/ai']) {
      expect((await post(`${base}${prefix}${CHAT}?x=1`, HELLO)).status, prefix).toBe(200);
      expect((await fetch(`${base}${prefix}/v1/models`)).status, prefix).toBe(200);
    }
    expect(await (await fetch(base)).text()).toBe('own page');
    expect(await (await fetch(`${base}/health`)).text()).toBe('own health');
    expect((await fetch(`${base}/a/b`)).status).toBe(200);
    expect((await fetch(`${base}/a/b/`)).status).toBe(200);
  });

  it('other paths - get the app’s 404; other methods are the gateway’s 405', async () => {
    const { base } = await mount((app) => {
      app.setNotFoundHandler((_request, reply) => void reply.code(404).send('the app’s own'));
    });
    for (const call of [fetch(`${base}/v1/nothing`), post(`${base}/v1/chat`, HELLO), fetch(new URL('/x', base))]) {
      const response = await call;
      expect([response.status, await response.text()]).toEqual([404, 'the app’s own']);
    }
    expect((await fetch(base + CHAT)).status).toBe(405);
  });

  it('a wrapped fetch - sees a Request, and its Response is sent with all cookies', async () => {
    const { gateway } = playGateway();
    const app = makeApp();
    app.register(lingmaGateway, {
      prefix: '/lingma',
      gateway: {
        ...gateway,
        fetch: async (request, info) => {
          const response = await gateway.fetch(request, info);
          response.headers.append('set-cookie', 'a=1');
          response.headers.append('set-cookie', 'b=2');
          return response;
        },
      },
    });
    const response = await post(`${await listen(app)}/lingma${CHAT}`, { ...HELLO, stream: true });
    expect(await response.text()).toContain('[DONE]');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('HTTP/2 - streams of one connection run side by side, and its name for Host is checked', async () => {
    const { gateway, channel } = playGateway();
    const app = fastify({ http2: true });
    cleanUp(() => app.close());
    app.register(lingmaGateway, { prefix: '/lingma', gateway });
    channel.script = () => undefined;
    const session = connect(await app.listen({ port: 0, host: '127.0.0.1' }));
    cleanUp(() => session.destroy());
    const ask = async (headers: OutgoingHttpHeaders, body?: string): Promise<[unknown, string]> => {
      const call = session.request(headers, { endStream: body === undefined });
      if (body !== undefined) call.end(body);
      const [answer] = (await once(call, 'response')) as [Record<string, unknown>];
      let text = '';
      for await (const chunk of call) text += String(chunk);
      return [answer[':status'], text];
    };
    const post = { ':method': 'POST', ':path': `/lingma${CHAT}` };
    const answers = [1, 2].map(() => ask(post, JSON.stringify({ ...HELLO, stream: true })));
    await vi.waitFor(() => expect(channel.turns).toHaveLength(2));
    for (const turn of channel.turns) {
      turn.push(...ANSWER);
      turn.end();
    }
    for (const [status, text] of await Promise.all(answers)) {
      expect([status, text.includes('[DONE]')]).toEqual([200, true]);
    }
    expect((await ask({ ':path': '/lingma/v1/models' }))[0]).toBe(200);
    expect((await ask({ ':path': '/lingma/v1/models', ':authority': 'evil.example' }))[0]).toBe(403);
  });

  it('inject() - answers without a socket', async () => {
    const { app } = await mount();
    const body = { ...HELLO, stream: true };
    const response = await app.inject({ method: 'POST', url: `/lingma${CHAT}`, payload: body });
    expect(response.statusCode).toBe(200);
    expect(response.body).toContain('[DONE]');
  });
});

describe('hooks and neighbours', () => {
  it('hooks of the app - all of them run, for whole answers and streams', async () => {
    const ran: string[] = [];
    const { base } = await mount((app) => {
      for (const name of ['onRequest', 'preValidation', 'preHandler', 'onResponse'] as const) {
        app.addHook(name, async () => void ran.push(name));
      }
      app.addHook('onSend', async (_request, reply, payload) => {
        ran.push('onSend');
        reply.header('x-app', 'yes');
        return typeof payload === 'string' ? payload.replace('Hello', 'Changed') : payload;
      });
    });
    for (const stream of [false, true]) {
      const response = await post(base + CHAT, { ...HELLO, stream });
      expect(response.headers.get('x-app')).toBe('yes');
      expect(await response.text()).toContain(stream ? 'Hello' : 'Changed world');
      await vi.waitFor(() => expect(ran.splice(0)).toEqual(ALL_HOOKS));
    }
  });

  it('an onSend hook that makes a long whole answer longer - sends it whole', async () => {
    const { base, channel } = await mount((app) => {
      app.addHook('onSend', async (_request, _reply, payload) => {
        const longer = new Transform({
          transform: (chunk, _, done) => done(null, String(chunk).replaceAll('x', 'xy')),
        });
        return (payload as NodeJS.ReadableStream).pipe(longer);
      });
    });
    channel.script = (turn) => {
      turn.push(START, { type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', delta: 'x'.repeat(100_000) });
      turn.push({ type: 'text-end', id: 't' }, END);
      turn.end();
    };
    const answer = (await (await post(base + CHAT, HELLO)).json()) as { choices: { message: { content: string } }[] };
    expect(answer.choices[0]?.message.content).toHaveLength(200_000);
  });

  it('an onSend hook that pipes the stream through its own - gets it', async () => {
    const { base } = await mount((app) => {
      app.addHook('onSend', async (_request, reply, payload) => {
        reply.header('x-piped', '1');
        const upper = new Transform({ transform: (chunk, _, done) => done(null, String(chunk).toUpperCase()) });
        return (payload as NodeJS.ReadableStream).pipe(upper);
      });
    });
    const text = await (await post(base + CHAT, { ...HELLO, stream: true })).text();
    expect(text).toContain('HELLO');
    expect(text).toContain('[DONE]');
  });

  it('a hook that refuses - answers in the app’s words, and the gateway sees nothing', async () => {
    const { base, channel } = await mount(
      (app) => {
        app.addHook('onRequest', async (request, reply) => {
          if (request.headers.authorization !== 'Bearer app') return reply.code(401).send({ no: true });
          request.headers.authorization = 'Bearer key';
        });
      },
      { namedKeys: [{ name: 'team', key: 'key' }] },
    );
    const refused = await post(base + CHAT, HELLO);
    expect([refused.status, await refused.json()]).toEqual([401, { no: true }]);
    expect(channel.turns).toHaveLength(0);
    expect((await post(base + CHAT, HELLO, { authorization: 'Bearer app' })).status).toBe(200);
    expect(channel.turns[0]?.context.principal?.id).toBe('team');
  });

  it('compress, helmet and cors - streams are neither packed nor held back, whole answers are packed', async () => {
    const { base, ...played } = await mount(async (app) => {
      await app.register(compress, { threshold: 0 });
      await app.register(helmet);
      await app.register(cors, { origin: 'http://localhost:5173' });
    });
    const streamed = await expectUnbuffered(base, played);
    expect(streamed.headers.get('x-content-type-options')).toBe('nosniff');
    expect(streamed.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    const whole = await plainRequest(`${base}/v1/models`, { headers: { 'accept-encoding': 'gzip' } });
    expect(whole.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(String(gunzipSync(whole.body)))).toMatchObject({ object: 'list' });
  });

  it('a slow reader - holds the turn back', async () => {
    const { base, ...played } = await mount(undefined);
    await expectBackPressure(base, played);
  });

  it('a slow reader whose stream a hook pipes on - holds the turn back', async () => {
    const { base, ...played } = await mount((app) => {
      app.addHook('onSend', async (_request, _reply, payload) =>
        (payload as NodeJS.ReadableStream).pipe(new Transform({ transform: (chunk, _, done) => done(null, chunk) })),
      );
    });
    await expectBackPressure(base, played);
  });

  it('a client that goes away - ends its turn', async () => {
    const { base, ...played } = await mount();
    await expectDisconnectToEndTurn(base, played);
  });

  it('request ids - what the app tells counts before the client’s, and Fastify’s is used where neither is', async () => {
    const genReqId = (): string => 'id-of-fastify';
    const plain = await mount(undefined, {}, { genReqId });
    const telling = await mount((app) => {
      app.addHook('onRequest', async (_request, reply) => void reply.header('x-request-id', 'told-by-app'));
    });
    for (const [{ base, log }, sent, expected] of [
      [plain, undefined, 'id-of-fastify'],
      [plain, 'sent-by-client', 'sent-by-client'],
      [telling, 'sent-by-client', 'told-by-app'],
    ] as const) {
      const response = await post(base + CHAT, HELLO, sent === undefined ? {} : { 'x-request-id': sent });
      expect(response.headers.get('x-request-id')).toBe(expected);
      expect(log.findLast(({ message }) => message === 'request')?.requestId).toBe(expected);
    }
  });

  it('a handler that fails - is told to the app’s error handler', async () => {
    const { gateway } = playGateway();
    const app = makeApp();
    app.setErrorHandler((error, _request, reply) => void reply.code(418).send(String(error)));
    const fetch_ = (): Promise<never> => Promise.reject(new Error('broken'));
    app.register(lingmaGateway, { gateway: { ...gateway, fetch: fetch_ } });
    const response = await fetch(`${await listen(app)}/v1/models`);
    expect([response.status, await response.text()]).toEqual([418, 'Error: broken']);
  });

  it('the log - has one line of Fastify’s for a stream, at its end', async () => {
    const lines: { readonly msg: string; readonly res?: { readonly statusCode: number } }[] = [];
    const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
    const { base } = await mount(undefined, {}, { logger: { level: 'info', stream } });
    await (await post(base + CHAT, { ...HELLO, stream: true })).text();
    await vi.waitFor(() =>
      expect(lines.filter(({ msg }) => msg === 'request completed')).toMatchObject([{ res: { statusCode: 200 } }]),
    );
  });
});

const ALL_HOOKS = ['onRequest', 'preValidation', 'preHandler', 'onSend', 'onResponse'];

describe('the app’s end', () => {
  const begin = async (graceMs: number, closeGateway = true) => {
    const played = playGateway();
    const app = makeApp({ forceCloseConnections: 'idle' });
    app.register(lingmaGateway, { prefix: '/lingma', gateway: played.gateway, graceMs, closeGateway });
    const base = await listen(app);
    played.channel.script = (turn) =>
      turn.push(START, { type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', delta: 'a' });
    const response = await post(`${base}/lingma${CHAT}`, { ...HELLO, stream: true });
    return { ...played, app, text: response.text() };
  };

  it('running answers - may end before the app has closed', async () => {
    const { app, gateway, channel, text } = await begin(60_000);
    let closed = false;
    const closing = app.close().then(() => {
      closed = true;
    });
    await vi.waitFor(() => expect(gateway.status()).toMatchObject({ state: 'closing', requests: 1 }));
    expect(closed).toBe(false);
    const turn = channel.turns[0];
    turn?.push({ type: 'text-delta', id: 't', delta: 'the end' }, { type: 'text-end', id: 't' });
    turn?.push({
      type: 'response-end',
      finishReason: 'stop',
      usage: { inputTokens: 1, outputTokens: 1, origin: 'estimated' },
    });
    turn?.end();
    expect(await text).toContain('the end');
    await closing;
    expect(gateway.status()).toMatchObject({ state: 'closing', requests: 0 });
  });

  it('answers that go on - are cut off with an error when their time is over', async () => {
    const { app, text } = await begin(0);
    await app.close();
    expect(await text).toContain('shutting_down');
  });

  it('a gateway that others use as well - stays open', async () => {
    const { app, gateway, channel, text } = await begin(0, false);
    channel.turns[0]?.fail(new Error('enough'));
    await text;
    await app.close();
    expect(gateway.status().state).toBe('open');
  });
});

it('options that are none - keep the app from starting', async () => {
  const { gateway } = playGateway();
  const register = (options: object) => makeApp().register(lingmaGateway, options as { gateway: typeof gateway });
  await expect(register({ gateway, prefix: '/a', logLevel: 'warn' })).resolves.toBeDefined();
  await expect(register({ gateway, grace: 5 })).rejects.toThrow('no option "grace"; did you mean "graceMs"?');
  await expect(register({ gateway: gateway.fetch })).rejects.toThrow(TypeError);
  await expect(register({})).rejects.toThrow('takes a gateway');
});

it('Host - one that is not of this machine is refused on a loopback socket', async () => {
  const evil = { headers: { host: 'evil.example' } };
  const { base } = await mount();
  expect((await plainRequest(`${base}/v1/models`, evil)).status).toBe(403);
  expect((await plainRequest(`${base}/v1/models`, {})).status).toBe(200);
  const open = await mount(undefined, { allowedHosts: ['evil.example'] });
  expect((await plainRequest(`${open.base}/v1/models`, evil)).status).toBe(200);
});

it('the official packages - talk to a mounted gateway, streamed and whole', async () => {
  const stack = await startSimulated();
  cleanUp(() => stack.close());
  const app = makeApp();
  await app.register(compress);
  app.register(lingmaGateway, { prefix: '/ai', gateway: stack.gateway, closeGateway: false });
  const { openai, anthropic } = createClients(`${await listen(app)}/ai`);
  const messages = [{ role: 'user' as const, content: sim({ text: 'Hello 世界', chunks: 4 }) }];
  const chat = await openai.chat.completions.create({ model: 'auto', messages });
  expect(chat.choices[0]?.message.content).toBe('Hello 世界');
  const streamed = openai.chat.completions.stream({ model: 'auto', messages });
  expect((await streamed.finalChatCompletion()).choices[0]?.message.content).toBe('Hello 世界');
  const response = openai.responses.stream({ model: 'auto', input: messages[0]?.content ?? '' });
  expect((await response.finalResponse()).output_text).toBe('Hello 世界');
  const message = anthropic.messages.stream({ model: 'auto', max_tokens: 100, messages });
  expect(await message.finalText()).toBe('Hello 世界');
});
