import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LightRequest } from './light-request.js';
import { toWebRequest } from './to-web-request.js';

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** What `look` makes of the request that these bytes are. */
async function received<Result>(bytes: string, look: (...call: Parameters<Handler>) => Result): Promise<Result> {
  let result: Result | undefined;
  const server = createServer((incoming, outgoing) => {
    result = look(incoming, outgoing);
    outgoing.shouldKeepAlive = false;
    outgoing.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.end(bytes, 'latin1');
  socket.resume();
  await once(socket, 'close');
  server.close();
  return result as Result;
}

const TARGETS = [
  '/',
  '/v1/chat/completions',
  '/v1/chat/completions?a=1&b=/../2',
  '//v1//models/',
  '/v1/../healthz',
  '/v1/./models/..',
  '/v1/%2e%2e/healthz',
  '/v1/models/a%20b/c:d@e.f',
  '/v1\\models',
  '/v1/"<>`{}|^',
  '/v1/models;x=1',
  '/v1/models#part',
  'http://other.example/v1/models?x=1',
  '*',
];

const HEADERS = [
  ['', 'host'],
  ['Host: 127.0.0.1:8317\r\nHost: evil.example\r\n', 'host'],
  ['Host: user@evil.example\r\n', 'host'],
  ['X-API-Key:  one \r\nx-api-key: two\r\n', 'x-api-key'],
  ['AUTHORIZATION: Bearer a\r\nauthorization: Bearer b\r\n', 'authorization'],
  ['Accept:\r\n', 'accept'],
  ['X-Name: caf\u00e9\r\n', 'x-name'],
  ['Content-Encoding: gzip\r\nContent-Encoding: br\r\n', 'content-encoding'],
] as const;

describe('LightRequest - reads as the real one does', () => {
  it.each(TARGETS)('target %s', async (target) => {
    const [light, web] = await received(`GET ${target} HTTP/1.1\r\nHost: a.example:80\r\n\r\n`, (...call) => [
      new LightRequest(...call),
      toWebRequest(call[0]),
    ]);
    expect(light.pathname).toBe(new URL(web.url).pathname);
    expect(light.url.href).toBe(web.url);
  });

  it.each(HEADERS)('headers %j', async (lines, name) => {
    const [light, web] = await received(`GET / HTTP/1.0\r\n${lines}\r\n`, (...call) => [
      new LightRequest(...call),
      toWebRequest(call[0]),
    ]);
    expect(light.headers.get(name)).toBe(web.headers.get(name));
    expect(light.headers.has(name)).toBe(web.headers.has(name));
    expect(light.url.origin).toBe(new URL(web.url).origin);
  });

  it.each([
    ['GET / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi'],
    ['POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n'],
    ['POST / HTTP/1.0\r\n\r\n'],
    ['POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi'],
    ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n'],
  ])('whether there is a body - %j', async (bytes) => {
    const [light, web] = await received(bytes, (...call) => [
      new LightRequest(...call).openBody() !== null,
      toWebRequest(call[0]).body !== null,
    ]);
    expect(light).toBe(web);
  });
});

describe('LightRequest - a client that goes', () => {
  it('before its response - is told to those that listen still, and to whoever looks later', async () => {
    const told: string[] = [];
    let late: LightRequest | undefined;
    const server = createServer((incoming, outgoing) => {
      const request = new LightRequest(incoming, outgoing);
      request.onAbort(() => told.push('one'));
      request.onAbort(() => told.push('two'))();
      outgoing.once('close', () => {
        late = new LightRequest(incoming, outgoing);
      });
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => told).toEqual(['one']);
    await expect.poll(() => late?.aborted).toBe(true);
    server.close();
  });

  it('before the end of its body - ends the body with an error; a body that is whole ends once', async () => {
    const ends: unknown[] = [];
    const server = createServer((incoming, outgoing) => {
      const body = new LightRequest(incoming, outgoing).openBody();
      body?.pipe({
        write: () => incoming.headers['content-length'] === '100' && socket.destroy(),
        end: (error) => {
          ends.push(error);
          outgoing.end();
        },
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi');
    await expect.poll(() => ends).toEqual([undefined]);
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhi');
    await expect.poll(() => ends.length).toBe(2);
    expect(ends[1]).toBeInstanceOf(Error);
    server.close();
  });

  it('a chunk of its body - is its own while nobody else listens to the request', async () => {
    const told: (boolean | undefined)[] = [];
    const server = createServer((incoming, outgoing) => {
      if (incoming.url === '/watched') incoming.on('data', () => undefined);
      new LightRequest(incoming, outgoing).openBody()?.pipe({
        write: (_, isOwn) => told.push(isOwn),
        end: () => outgoing.end(),
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const path of ['', '/watched']) {
      await (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: 'hi' })).text();
    }
    expect(told).toEqual([true, false]);
    server.close();
  });
});
