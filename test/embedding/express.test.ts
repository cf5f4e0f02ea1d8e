/** The gateway beside what Express apps are made of. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { lingmaGateway } from '@lingma-gateway/express';
import { toNodeHandler } from '@lingma-gateway/node';
import compression from 'compression';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { describe, expect, it, vi } from 'vitest';
import { ANSWER } from '../contract/scripted-channel.js';
import { PATHS } from '../support/ask.js';
import { createClients } from '../support/call-tools.js';
import { EXPRESS } from '../support/express-versions.js';
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
  listen,
  type Played,
  PROTOCOLS,
  plainRequest,
  playGateway,
  post,
} from './apps.js';

expectQuietProcess();

/** What the channel was asked. */
const asked = ({ channel }: Played): string => JSON.stringify(channel.turns.at(-1)?.request);

const keepRaw = (request: IncomingMessage, _response: ServerResponse, raw: Buffer): void =>
  void Object.assign(request, { rawBody: raw });
const bigInts: RequestHandler = (request, _response, next) => {
  const revive = (_: string, value: unknown, { source = '' } = {} as { source?: string }): unknown =>
    Number.isSafeInteger(value) || typeof value !== 'number' ? value : BigInt(source);
  request.body = JSON.parse(String(request.body), revive as Parameters<typeof JSON.parse>[1]);
  next();
};
const canRevive = (() => {
  let source: string | undefined;
  JSON.parse('1', ((_: string, value: unknown, context?: { source?: string }) => {
    source = context?.source;
    return value;
  }) as Parameters<typeof JSON.parse>[1]);
  return source !== undefined;
})();

/** What may have read the body, and whether its numbers still have all their digits. */
const PARSERS: readonly (readonly [name: string, exact: boolean, parsers: readonly RequestHandler[]])[] = [
  ['nothing', true, []],
  ['express.json()', false, [express.json()]],
  ['express.json() and express.urlencoded()', false, [express.json(), express.urlencoded({ extended: true })]],
  ['express.json() that keeps rawBody', true, [express.json({ verify: keepRaw })]],
  ['express.raw()', true, [express.raw({ type: '*/*' })]],
  ['express.text()', true, [express.text({ type: '*/*' })]],
  ['parsers of other types', true, [express.urlencoded({ extended: false }), express.text()]],
  ...(canRevive ? [['a parser that makes BigInts', true, [express.text({ type: '*/*' }), bigInts]] as const] : []),
];

describe.each(EXPRESS)('%s', (_, make) => {
  const mount = async (
    before: readonly RequestHandler[] = [],
    options: Parameters<typeof playGateway>[0] = {},
    after: (app: express.Express) => void = () => undefined,
  ): Promise<Played & { base: string }> => {
    const played = playGateway(options);
    const app = make();
    for (const middleware of before) app.use(middleware);
    app.use('/lingma', lingmaGateway(played.gateway));
    after(app);
    return { ...played, base: `${await listen(app)}/lingma` };
  };

  describe('bodies', () => {
    it.each(PARSERS)('read by %s - are answered (exact: %s)', async (_name, exact, parsers) => {
      const played = await mount(parsers);
      for (const protocol of PROTOCOLS) {
        const response = await post(played.base + PATHS[protocol], bodyWithExactNumber(protocol));
        expect([protocol, response.status]).toEqual([protocol, 200]);
        expect(await response.text()).toContain('Hello world');
        expect(asked(played)).toContain(exact ? EXACT : '1764263345123456');
        expect(asked(played).includes(EXACT), protocol).toBe(exact);
      }
    });

    it.each(PARSERS)('packed, read by %s - are answered', async (_name, _exact, parsers) => {
      const { base } = await mount(parsers);
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      const body = gzipSync(JSON.stringify(HELLO));
      const { status } = await plainRequest(base + CHAT, { method: 'POST', headers, body });
      expect(status).toBe(200);
    });

    it('changed by the app - the change counts, also where the raw body is kept', async () => {
      const change: RequestHandler = (request, _response, next) => {
        request.body.messages.push({ role: 'user', content: 'added by the app' });
        next();
      };
      for (const parser of [express.json(), express.json({ verify: keepRaw })]) {
        const played = await mount([parser, change]);
        expect((await post(played.base + CHAT, HELLO)).status).toBe(200);
        expect(asked(played)).toContain('added by the app');
      }
    });

    it('read and thrown away - 500 that says so, in the envelope of each protocol', async () => {
      const drop: RequestHandler = (request, _response, next) => void request.on('end', () => next()).resume();
      const { base, log } = await mount([drop]);
      for (const protocol of PROTOCOLS) {
        const response = await post(base + PATHS[protocol], HELLO);
        expect(response.status).toBe(500);
        const { error } = (await response.json()) as { error: { message: string } };
        expect(error.message).toBe('The request body was read before it reached the gateway');
      }
      expect(log.some(({ cause }) => String(cause).includes('mount the handler before'))).toBe(true);
    });

    it('taken for a form, as curl sends it - 400, and none without the parser', async () => {
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const { base } = await mount([express.urlencoded({ extended: true })]);
      expect((await post(base + CHAT, HELLO, form)).status).toBe(400);
      expect((await post((await mount()).base + CHAT, HELLO, form)).status).toBe(200);
    });

    it('none at all - 400, with or without a parser', async () => {
      for (const parsers of [[], [express.json()]]) {
        const { base } = await mount(parsers);
        expect((await fetch(base + CHAT, { method: 'POST' })).status).toBe(400);
      }
    });

    it('larger than the gateway takes - 413, parsed or not', async () => {
      const long = { ...HELLO, messages: [{ role: 'user', content: 'x'.repeat(3_000) }] };
      for (const parsers of [[], [express.json()]]) {
        const { base } = await mount(parsers, { maxBodyBytes: 2_000 });
        expect((await post(base + CHAT, long)).status).toBe(413);
      }
    });
  });

  describe('places', () => {
    it('a prefix, a router in a router, a path of parameters - are all taken off', async () => {
      const { gateway } = playGateway();
      const inner = make.Router();
      inner.use('/b', lingmaGateway(gateway));
      const app = make();
      app.use('/a', inner);
      app.use('/teams/:team/ai', lingmaGateway(gateway));
      app.use(lingmaGateway(gateway, { basePath: '/by-option/' }));
      app.get('/', (_request, response) => void response.send('own page'));
      app.use(lingmaGateway(gateway));
      const base = await listen(app);
      for (const prefix of ['/a/b', '/teams/x/ai', '/by-option', '']) {
        expect((await post(`${base}${prefix}${CHAT}?x=1`, HELLO)).status, prefix).toBe(200);
        expect((await fetch(`${base}${prefix}/v1/models`)).status, prefix).toBe(200);
      }
      expect((await post(`${base}/by-optional${CHAT}`, HELLO)).status).toBe(404);
      expect(await (await fetch(base)).text()).toBe('own page');
    });

    it('other paths - go to the app, with their bodies; other methods are the gateway’s 405', async () => {
      const { base } = await mount([], {}, (app) => {
        app.post('/lingma/own', express.json(), (request, response) => void response.json(request.body));
        app.use((_request, response) => void response.status(404).send('the app’s own'));
      });
      expect(await (await post(`${base}/own`, { a: 1 })).json()).toEqual({ a: 1 });
      for (const path of ['/v1/nothing', '/v1/chat', '/x']) {
        const response = await fetch(base + path);
        expect([response.status, await response.text()]).toEqual([404, 'the app’s own']);
      }
      expect((await fetch(base + CHAT)).status).toBe(405);
    });

    it('toNodeHandler() itself - is a middleware, too, and called without next', async () => {
      const { gateway } = playGateway();
      const app = make();
      app.use(express.json());
      app.use('/all', toNodeHandler(gateway.fetch));
      const handler = toNodeHandler(gateway.fetch);
      app.post(CHAT, (request, response) => handler(request, response));
      const base = await listen(app);
      for (const url of [`${base}/all${CHAT}`, base + CHAT]) {
        for (const stream of [false, true]) expect((await post(url, { ...HELLO, stream })).status).toBe(200);
      }
    });

    it('a wrapped fetch - sees a Request with the same body, path and headers', async () => {
      const { gateway } = playGateway();
      const seen: Request[] = [];
      const app = make();
      app.use(express.json());
      app.use(
        '/lingma',
        lingmaGateway({
          hasRoute: gateway.hasRoute,
          fetch: (request, info) => {
            seen.push(request);
            return gateway.fetch(request, info);
          },
        }),
      );
      const base = await listen(app);
      expect((await post(`${base}/lingma${CHAT}?a=b`, HELLO)).status).toBe(200);
      expect(seen[0]?.url).toBe(`${base}${CHAT}?a=b`);
      expect(seen[0]?.headers.has('content-length')).toBe(false);
    });
  });

  describe('neighbours', () => {
    it('compression and helmet - streams are neither packed nor held back, whole answers are packed', async () => {
      const everything = compression({ filter: () => true, threshold: 0 });
      const { base, ...played } = await mount([helmet(), everything, express.json()]);
      const streamed = await expectUnbuffered(base, played);
      expect(streamed.headers.get('x-content-type-options')).toBe('nosniff');
      const whole = await plainRequest(`${base}/v1/models`, { headers: { 'accept-encoding': 'gzip' } });
      expect(whole.headers['content-encoding']).toBe('gzip');
      expect(whole.headers['content-length']).toBeUndefined();
      expect(whole.headers['content-security-policy']).toBeDefined();
    });

    it('compression in an app that rewrites our headers - packs a stream, and still holds nothing back', async () => {
      const rewrite: RequestHandler = (_request, response, next) => {
        const writeHead = response.writeHead.bind(response) as (status: number, headers: object) => typeof response;
        const withOthers = (status: number, headers: object) =>
          writeHead(status, { ...headers, 'cache-control': 'no-store' });
        response.writeHead = withOthers as typeof response.writeHead;
        next();
      };
      const { base, channel } = await mount([compression({ filter: () => true }), rewrite]);
      channel.script = (turn) => turn.push(...ANSWER.slice(0, 2), { type: 'text-delta', id: 't', delta: 'soon' });
      const response = await post(base + CHAT, { ...HELLO, stream: true }, { 'accept-encoding': 'gzip' });
      expect(response.headers.get('content-encoding')).toBe('gzip');
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let seen = '';
      while (!seen.includes('soon')) seen += (await reader?.read())?.value ?? '';
      await reader?.cancel();
    });

    it('a slow reader, behind compression - holds the turn back', async () => {
      const { base, ...played } = await mount([compression(), express.json()]);
      await expectBackPressure(base, played);
    });

    it('a client that goes away - ends its turn', async () => {
      const { base, ...played } = await mount([express.json()]);
      await expectDisconnectToEndTurn(base, played);
    });

    it('the app’s own auth - decides first, and may speak for its users', async () => {
      const auth: RequestHandler = (request, response, next) => {
        if (request.headers.authorization !== 'Bearer of-the-app') {
          response.status(401).send('the app says no');
          return;
        }
        request.headers.authorization = 'Bearer of-the-gateway';
        next();
      };
      const { base, channel } = await mount([auth], { namedKeys: [{ name: 'team', key: 'of-the-gateway' }] });
      const refused = await post(base + CHAT, HELLO);
      expect([refused.status, await refused.text()]).toEqual([401, 'the app says no']);
      const answered = await post(base + CHAT, HELLO, { authorization: 'Bearer of-the-app' });
      expect(answered.status).toBe(200);
      expect(channel.turns[0]?.context.principal?.id).toBe('team');
    });

    it('request ids - what the app tells counts before the client’s, and the logger’s is used where neither is', async () => {
      const told: RequestHandler = (_request, response, next) => {
        response.setHeader('x-request-id', 'told-by-app');
        next();
      };
      const lines: string[] = [];
      const logger = pinoHttp({ genReqId: () => 'id-of-pino' }, { write: (line: string) => void lines.push(line) });
      for (const [before, sent, expected] of [
        [[told], 'sent-by-client', 'told-by-app'],
        [[logger], 'sent-by-client', 'sent-by-client'],
        [[logger], undefined, 'id-of-pino'],
        [[], undefined, /^req_/],
      ] as const) {
        const { base, log } = await mount(before);
        const response = await post(base + CHAT, HELLO, sent === undefined ? {} : { 'x-request-id': sent });
        const id = response.headers.get('x-request-id');
        expect(id).toMatch(expected);
        expect(log.find(({ message }) => message === 'request')?.requestId).toBe(id);
      }
      await vi.waitFor(() => expect(lines).toHaveLength(2));
      expect(JSON.parse(lines[1] ?? '')).toMatchObject({ req: { id: 'id-of-pino' }, res: { statusCode: 200 } });
    });

    it('the address of a client behind a proxy that the app trusts - reaches the log', async () => {
      const { gateway, log } = playGateway();
      const app = make();
      app.set('trust proxy', 'loopback');
      app.use(lingmaGateway(gateway));
      await post((await listen(app)) + CHAT, HELLO, { 'x-forwarded-for': '203.0.113.9' });
      expect(log.find(({ message }) => message === 'request')?.remoteAddress).toBe('203.0.113.9');
    });

    it('a handler that fails - is told to the app’s error handler', async () => {
      const onError: ErrorRequestHandler = (error, _request, response, _next) =>
        void response.status(418).send(String(error));
      const app = make();
      app.use(lingmaGateway({ fetch: () => Promise.reject(new Error('broken')), hasRoute: () => true }));
      app.use(onError);
      const response = await fetch(`${await listen(app)}/v1/models`);
      expect([response.status, await response.text()]).toEqual([418, 'Error: broken']);
    });

    it('an app that has answered in the meantime - keeps its answer, and the turn ends', async () => {
      const hasty: RequestHandler = (_request, response, next) => {
        next();
        setImmediate(() => response.status(503).send('too slow'));
      };
      const played = await mount([hasty]);
      played.channel.script = () => undefined;
      const response = await post(played.base + CHAT, HELLO);
      expect([response.status, await response.text()]).toEqual([503, 'too slow']);
      const turn = played.channel.turns[0];
      turn?.push({ type: 'text-start', id: 't' });
      turn?.end();
      await vi.waitFor(() => expect(played.gateway.status().requests).toBe(0));
    });
  });

  it('options that are none - are a TypeError', () => {
    const { gateway } = playGateway();
    const odd = lingmaGateway as (...given: unknown[]) => unknown;
    expect(() => odd({ gateway })).toThrow('takes a gateway');
    expect(() => odd(gateway, { basepath: '/x' })).toThrow(
      'did you mean "basePath"? it has stallMs, onError, basePath',
    );
  });

  it('Host - one that is not of this machine is refused on a loopback socket, whatever the app listens under', async () => {
    const evil = { headers: { host: 'evil.example' } };
    const { base } = await mount([express.json()]);
    expect((await plainRequest(`${base}/v1/models`, evil)).status).toBe(403);
    const { port } = new URL(base);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      expect((await plainRequest(`${base}/v1/models`, { headers: { host } })).status, host).toBe(200);
    }
    for (const allowedHosts of [['evil.example'], ['*']]) {
      const open = await mount([], { allowedHosts });
      expect((await plainRequest(`${open.base}/v1/models`, evil)).status).toBe(200);
    }
  });

  it('the official packages - talk to a mounted gateway, streamed and whole', async () => {
    const stack = await startSimulated();
    cleanUp(() => stack.close());
    const app = make();
    app.use(helmet(), compression(), express.json(), express.urlencoded({ extended: true }));
    app.use('/ai', lingmaGateway(stack.gateway));
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
    expect((await openai.models.list()).data.length).toBeGreaterThan(0);
  });
});
