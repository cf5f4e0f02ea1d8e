/** Upstreams behind a proxy: the channel's own, the environment's, or none for whoever is excepted. */
import { createServer, request as forward } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { composeGateway } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { createOpenAiUpstream } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { BASE, user } from './channel-stack.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Proxy {
  readonly url: string;
  /** `CONNECT host:port` or `POST http://host:port/path`, with what it was let in by. */
  readonly asked: { readonly line: string; readonly authorization: string | undefined }[];
}

/** Tunnels and forwards, whatever is asked for, to `port` on this machine. */
async function startProxy(port: number, options: { readonly refuses?: boolean } = {}): Promise<Proxy> {
  const asked: Proxy['asked'][number][] = [];
  const server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    asked.push({ line: `${method} ${url}`, authorization: headers['proxy-authorization'] });
    const { pathname } = new URL(url);
    const out = forward({ host: '127.0.0.1', port, path: pathname, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(out);
  });
  server.on('connect', ({ method, url, headers }, socket) => {
    asked.push({ line: `${method} ${url}`, authorization: headers['proxy-authorization'] });
    if (options.refuses === true) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const out = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(out).pipe(socket);
    });
    for (const end of [out, socket]) end.on('error', () => undefined);
    closing.push(async () => [out, socket].map((each) => each.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function start(
  channel: (parts: { readonly proxy: Proxy; readonly port: number }) => object,
  envOf: (proxy: Proxy) => Record<string, string> = () => ({}),
  options: { readonly refuses?: boolean } = {},
) {
  const upstream = await createOpenAiUpstream();
  closing.push(() => upstream.stop());
  const port = Number(new URL(upstream.url).port);
  const proxy = await startProxy(port, options);
  const list = [
    { name: 'lingma', type: 'lingma', enabled: false },
    { name: 'far', apiKey: 'k', models: ['m'], ...channel({ proxy, port }) },
  ];
  const file = { lingma: { wsUrl: 'ws://127.0.0.1:9/' }, channels: { list } };
  const loaded = loadConfig({ file: { name: 'gateway.json', text: JSON.stringify(file) } });
  const gateway = composeGateway(loaded.config, { origins: loaded.origins, env: envOf(proxy) });
  closing.push(() => gateway.close({ graceMs: 0 }));
  const ask = async (stream: boolean) => {
    const body = JSON.stringify({ model: 'm', messages: user('Hi'), stream });
    const response = await gateway.fetch(new Request(`${BASE}/v1/chat/completions`, { method: 'POST', body }));
    return { status: response.status, text: await response.text() };
  };
  return { ask, proxy, upstream };
}

/** A name that only the proxy can lead to. */
const FAR = 'http://upstream.invalid';

describe('a channel behind a proxy', () => {
  it('of its own, with a password - the tunnel is asked for, streamed and not', async () => {
    const { ask, proxy } = await start(({ proxy }) => ({
      baseUrl: FAR,
      proxy: proxy.url.replace('//', '//me:p%40ss@'),
    }));
    for (const stream of [true, false]) expect(await ask(stream)).toMatchObject({ status: 200 });
    expect(new Set(proxy.asked.map(({ line }) => line))).toEqual(new Set(['CONNECT upstream.invalid:80']));
    expect(proxy.asked[0]?.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  it.each([
    ['HTTP_PROXY', (proxy: Proxy) => ({ HTTP_PROXY: proxy.url })],
    ['http_proxy before HTTP_PROXY', (proxy: Proxy) => ({ http_proxy: proxy.url, HTTP_PROXY: 'http://127.0.0.1:9' })],
    ['NO_PROXY of another', (proxy: Proxy) => ({ HTTP_PROXY: proxy.url, NO_PROXY: 'example.com,10.0.0.1' })],
  ])('%s - goes through it', async (_, env) => {
    const { ask, proxy, upstream } = await start(() => ({ baseUrl: FAR }), env);
    expect(await ask(false)).toMatchObject({ status: 200 });
    expect(proxy.asked[0]?.line).toMatch(/^(?:CONNECT upstream\.invalid:80|POST http:\/\/upstream\.invalid\/v1\/)/);
    expect(upstream.calls).toHaveLength(1);
  });

  it('HTTPS_PROXY - is asked for the tunnel of an https upstream', async () => {
    const { ask, proxy } = await start(
      () => ({ baseUrl: 'https://upstream.invalid/api/v3' }),
      (proxy) => ({ HTTPS_PROXY: proxy.url }),
    );
    // Behind the tunnel nobody speaks TLS.
    expect(await ask(false)).toMatchObject({ status: 502 });
    expect(proxy.asked[0]?.line).toBe('CONNECT upstream.invalid:443');
  });

  it.each([
    ['named', '127.0.0.1'],
    ['in a list', 'example.com, 127.0.0.1'],
    ['all', '*'],
  ])('NO_PROXY, %s - goes past it', async (_, no) => {
    const { ask, proxy } = await start(
      ({ port }) => ({ baseUrl: `http://127.0.0.1:${port}` }),
      (proxy) => ({ HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: no }),
    );
    expect(await ask(true)).toMatchObject({ status: 200 });
    expect(proxy.asked).toEqual([]);
  });

  it('its own proxy - goes before the environment, whatever that excepts', async () => {
    const { ask, proxy } = await start(
      ({ proxy, port }) => ({ baseUrl: `http://127.0.0.1:${port}`, proxy: proxy.url }),
      () => ({ HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '*' }),
    );
    expect(await ask(false)).toMatchObject({ status: 200 });
    expect(proxy.asked).toHaveLength(1);
  });

  it('a proxy that refuses, or is not there - 502, and no word of its password', async () => {
    for (const [url, options] of [
      [undefined, { refuses: true }],
      ['http://me:canary@127.0.0.1:9', {}],
    ] as const) {
      const { ask } = await start(
        ({ proxy }) => ({ baseUrl: FAR, proxy: url ?? proxy.url.replace('//', '//me:canary@') }),
        undefined,
        options,
      );
      for (const stream of [true, false]) {
        const { status, text } = await ask(stream);
        expect(status).toBeGreaterThanOrEqual(502);
        expect(text).not.toContain('canary');
      }
    }
  });
});
