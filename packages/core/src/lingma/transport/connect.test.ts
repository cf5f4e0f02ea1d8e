import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { Secret } from '../../util/index.js';
import type { LingmaAddress } from './address.js';
import { connectLingma, handshakeUrls } from './connect.js';
import { readMachineToken } from './machine-token.js';

let server: Server;
let port: number;
/** Path and token of every handshake asked for. */
let asked: string[];
/** The answer to a handshake: 101 or another status. */
let statusFor: (path: string, token: string) => number;

beforeEach(async () => {
  asked = [];
  statusFor = () => 101;
  const webSockets = new WebSocketServer({ noServer: true });
  server = createServer().on('upgrade', (request: IncomingMessage, socket, head) => {
    const token = String(request.headers['cosy-machinetoken'] ?? '-');
    asked.push(`${request.url} ${token}`);
    const status = statusFor(request.url ?? '', token);
    if (status === 101) webSockets.handleUpgrade(request, socket, head, (webSocket) => webSocket.resume());
    else socket.end(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

const tokenFile = (files: Record<string, string>) => (path: string) => Promise.resolve(files[path]);
const at = (path = '/', workDir?: string): Extract<LingmaAddress, { kind: 'websocket' }> => ({
  kind: 'websocket',
  url: `ws://127.0.0.1:${port}${path}`,
  origin: 'test',
  ...(workDir === undefined ? {} : { workDir }),
});

describe('connectLingma()', () => {
  it('asks at / first and without a token when nothing is known', async () => {
    const transport = await connectLingma(at());
    transport.close();
    expect(asked).toEqual(['/ -']);
    expect(transport.address).toBe(`ws://127.0.0.1:${port}/`);
  });

  it('asks at /ws first, with the token, when the work folder has one', async () => {
    statusFor = (path, token) => (path === '/ws' && token === 'abc' ? 101 : 403);
    const readFile = tokenFile({ '/w/cache/machine_token.json': '{"token":"abc","type":"machine","updateAt":1}' });
    (await connectLingma(at('/', '/w'), { readFile })).close();
    expect(asked).toEqual(['/ws abc']);
  });

  it.each([400, 404, 200])('goes on to the other path after a %d', async (status) => {
    statusFor = (path) => (path === '/ws' ? 101 : status);
    (await connectLingma(at())).close();
    expect(asked).toEqual(['/ -', '/ws -']);
    asked = [];
    statusFor = (path) => (path === '/' ? 101 : status);
    (await connectLingma(at('/ws'))).close();
    expect(asked).toEqual(['/ws -', '/ -']);
  });

  it('rejects with the refusal that tells most', async () => {
    statusFor = (path) => (path === '/' ? 404 : 403);
    await expect(connectLingma(at())).rejects.toMatchObject({ code: 'not_ready', cause: { status: 403 } });
    statusFor = () => 404;
    await expect(connectLingma(at())).rejects.toMatchObject({ code: 'not_ready', cause: { status: 404 } });
  });

  it('asks once when nothing listens, and only at a path of the own choice', async () => {
    statusFor = () => 404;
    await expect(connectLingma(at('/deep/path'))).rejects.toMatchObject({ code: 'not_ready' });
    expect(asked).toEqual(['/deep/path -']);
    await expect(connectLingma({ kind: 'websocket', url: 'ws://127.0.0.1:1/', origin: 'test' })).rejects.toMatchObject({
      code: 'not_ready',
    });
  });
});

describe('handshakeUrls()', () => {
  const address = (url: string, workDir?: string) => ({
    kind: 'websocket' as const,
    url,
    origin: 'test',
    ...(workDir === undefined ? {} : { workDir }),
  });

  it('orders by what is known of the product', () => {
    const both = ['ws://h:1/', 'ws://h:1/ws'];
    expect(handshakeUrls(address('ws://h:1'), undefined)).toEqual(both);
    expect(handshakeUrls(address('ws://h:1', '/home/me/.lingma'), undefined)).toEqual(both);
    expect(handshakeUrls(address('ws://h:1', '/c/QoderCN/SharedClientCache'), undefined)).toEqual([...both].reverse());
    expect(handshakeUrls(address('ws://h:1'), new Secret('t'))).toEqual([...both].reverse());
  });

  it('keeps the query', () => {
    expect(handshakeUrls(address('ws://h:1/?a=1'), undefined)).toEqual(['ws://h:1/?a=1', 'ws://h:1/ws?a=1']);
  });
});

describe('readMachineToken()', () => {
  it('reads with the separators of the work folder', async () => {
    const readFile = tokenFile({ 'C:\\w\\cache\\machine_token.json': '{"token":" t1\\n"}' });
    expect((await readMachineToken('C:\\w\\', readFile))?.reveal()).toBe('t1');
  });

  it.each(['', '{}', '[]', 'null', '{"token":5}', '{"token":""}', '{"token":"a\\r\\nb"}', '{"token":"灵"}', 'broken'])(
    'takes nothing from %j',
    async (content) => expect(await readMachineToken('/w', () => Promise.resolve(content))).toBeUndefined(),
  );

  it('takes nothing from a file that is not there or not readable', async () => {
    expect(await readMachineToken('/w', () => Promise.resolve(undefined))).toBeUndefined();
    expect(await readMachineToken('/w', () => Promise.reject(new Error('EACCES')))).toBeUndefined();
  });
});
