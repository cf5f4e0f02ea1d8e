/** `gateway.fetch` where requests are the Web's own: Hono, route handlers as Next has them, servers that are one function. */
import { createServer } from 'node:http';
import { type HttpBindings, serve } from '@hono/node-server';
import type { RequestInfo } from '@lingma-gateway/core';
import { toNodeHandler } from '@lingma-gateway/node';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { secureHeaders } from 'hono/secure-headers';
import { describe, expect, it, vi } from 'vitest';
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
  listen,
  type Played,
  PROTOCOLS,
  plainRequest,
  playGateway,
  post,
} from './apps.js';

expectQuietProcess();

/** Hono's app with the gateway below `/lingma`, behind middleware of its own, on either of two servers. */
const SERVERS: readonly (readonly [title: string, mount: (played: Played) => Promise<string>])[] = [
  [
    'Hono on toNodeHandler()',
    ({ gateway }) => {
      const app = new Hono();
      app.use(secureHeaders(), compress());
      app.mount('/lingma', gateway.fetch);
      return listen(toNodeHandler(app.fetch));
    },
  ],
  [
    'Hono on @hono/node-server',
    async ({ gateway }) => {
      const app = new Hono<{ Bindings: HttpBindings }>();
      app.use(secureHeaders(), compress());
      app.use('/lingma/*', async (context, next) => {
        const { method, path, raw } = context.req;
        if (!gateway.hasRoute(method, path.slice('/lingma'.length))) return next();
        const { remoteAddress = '', localAddress = '' } = context.env.incoming.socket;
        return gateway.fetch(raw, { basePath: '/lingma', remoteAddress, localAddress });
      });
      return new Promise((resolve) => {
        const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
          resolve(`http://127.0.0.1:${port}`),
        );
        cleanUp(() => {
          server.close();
          if ('closeAllConnections' in server) server.closeAllConnections();
        });
      });
    },
  ],
];

describe.each(SERVERS)('%s', (_, mount) => {
  const start = async (options: Parameters<typeof playGateway>[0] = {}): Promise<Played & { base: string }> => {
    const played = playGateway(options);
    return { ...played, base: `${await mount(played)}/lingma` };
  };

  it('every protocol - answered below the prefix, to the last digit', async () => {
    const { base, channel } = await start();
    for (const protocol of PROTOCOLS) {
      const response = await post(base + PATHS[protocol], bodyWithExactNumber(protocol));
      expect(await response.text()).toContain('Hello world');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(JSON.stringify(channel.turns.at(-1)?.request)).toContain(EXACT);
    }
    expect((await fetch(new URL('/elsewhere', base))).status).toBe(404);
  });

  it('a stream - neither packed nor held back', async () => {
    const { base, ...played } = await start();
    await expectUnbuffered(base, played);
  });

  it('a slow reader - holds the turn back', async () => {
    const { base, ...played } = await start();
    await expectBackPressure(base, played);
  });

  it('a client that goes away - ends its turn', async () => {
    const { base, ...played } = await start();
    await expectDisconnectToEndTurn(base, played);
  });

  it('Host - one that is not of this machine is refused on a loopback socket', async () => {
    const { base } = await start();
    const evil = { headers: { host: 'evil.example' } };
    expect((await plainRequest(`${base}/v1/models`, evil)).status).toBe(403);
    expect((await plainRequest(`${base}/v1/models`, {})).status).toBe(200);
  });

  it('the official packages - streamed', async () => {
    const stack = await startSimulated();
    cleanUp(() => stack.close());
    const { openai, anthropic } = createClients(`${await mount({ ...playGateway(), gateway: stack.gateway })}/lingma`);
    const messages = [{ role: 'user' as const, content: sim({ text: 'Hello 世界', chunks: 4 }) }];
    const chat = openai.chat.completions.stream({ model: 'auto', messages });
    expect((await chat.finalChatCompletion()).choices[0]?.message.content).toBe('Hello 世界');
    const message = anthropic.messages.stream({ model: 'auto', max_tokens: 100, messages });
    expect(await message.finalText()).toBe('Hello 世界');
  });
});

describe('a route handler, as Next has them', () => {
  const request = (path: string, init?: RequestInit): Request => new Request(`https://app.example${path}`, init);
  const hello = { method: 'POST', body: JSON.stringify(HELLO) };

  it('basePath - is taken off; hints name it', async () => {
    const { gateway } = playGateway();
    const handler = (asked: Request): Promise<Response> => gateway.fetch(asked, { basePath: '/api/lingma' });
    expect((await handler(request(`/api/lingma${CHAT}?x=1`, hello))).status).toBe(200);
    expect((await handler(request('/api/lingma'))).status).toBe(200);
    const missing = await handler(request('/api/lingma/v1/chat', hello));
    expect(missing.status).toBe(404);
    expect(await missing.text()).toContain('The base URL is https://app.example/api/lingma/v1 for OpenAI clients');
    expect((await handler(request(`/api/lingmas${CHAT}`, hello))).status).toBe(404);
  });

  it('a Request that was read - 500 that says so; a new one of the same body is answered', async () => {
    const { gateway } = playGateway();
    const used = request(CHAT, hello);
    const text = await used.text();
    const refused = await gateway.fetch(used);
    expect([refused.status, await refused.json()]).toMatchObject([
      500,
      { error: { message: 'The request body was read before it reached the gateway' } },
    ]);
    expect((await gateway.fetch(new Request(used.url, { method: 'POST', body: text }))).status).toBe(200);
  });

  it('a signal that aborts - ends the turn', async () => {
    const { gateway, channel } = playGateway();
    channel.script = () => undefined;
    const client = new AbortController();
    const answer = gateway.fetch(request(CHAT, { ...hello, signal: client.signal }));
    await vi.waitFor(() => expect(channel.turns).toHaveLength(1));
    client.abort();
    await answer;
    expect(channel.turns[0]?.context.signal.aborted).toBe(true);
  });
});

it('a server that is one function with arguments of its own - nothing of them is taken for what is known of the socket', async () => {
  const { gateway, log } = playGateway();
  const ofBun = { requestIP: () => ({ address: '203.0.113.9' }), port: 3000, basePath: 7, localAddress: {} };
  const serveOne = (handler: (request: Request, server: typeof ofBun) => Promise<Response>): Promise<Response> =>
    handler(new Request('http://app.example/v1/models'), ofBun);
  expect((await serveOne((request, server) => gateway.fetch(request, server as unknown as RequestInfo))).status).toBe(
    200,
  );
  const addressed = await serveOne((request, server) =>
    gateway.fetch(request, { remoteAddress: server.requestIP().address }),
  );
  expect(addressed.status).toBe(200);
  expect(log.map(({ remoteAddress }) => remoteAddress)).toEqual([undefined, '203.0.113.9']);
});

it('a gateway on node:http, without any option - refuses a Host that is not of this machine', async () => {
  const { gateway } = playGateway();
  const base = await listen(createServer(toNodeHandler(gateway.fetch)));
  expect((await plainRequest(`${base}/v1/models`, { headers: { host: 'evil.example' } })).status).toBe(403);
  expect((await plainRequest(`${base}/v1/models`, {})).status).toBe(200);
});
