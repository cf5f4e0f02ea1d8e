import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createGateway, type GatewayOptions } from '@lingma-gateway/core';
import { toNodeHandler } from '@lingma-gateway/node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { whenSettled } from '../support/when-settled.js';
import { describeGatewayContract, type Mount } from './gateway-contract.js';
import { describeLimitsContract } from './gateway-limits-contract.js';
import { describeOperatorContract } from './gateway-operator-contract.js';
import { describeRoutesContract } from './gateway-routes-contract.js';
import { END, ScriptedChannel, START } from './scripted-channel.js';

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function shut(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

const mount: Mount = async (gateway) => {
  const server = createServer(toNodeHandler(gateway.fetch));
  const port = await listen(server);
  return {
    request: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init),
    close: () => shut(server),
  };
};
describeGatewayContract('node:http', mount);
describeRoutesContract('node:http', mount);
describeOperatorContract('node:http', mount);
describeLimitsContract('node:http', mount);

describe('node:http', () => {
  let server: Server | undefined;
  let socket: Socket | undefined;
  afterEach(async () => {
    socket?.destroy();
    if (server !== undefined) await shut(server);
    server = undefined;
  });

  const start = async (options: Partial<GatewayOptions> = {}, stallMs?: number) => {
    const channel = new ScriptedChannel();
    const gateway = createGateway({ channel, ...options });
    server = createServer(toNodeHandler(gateway.fetch, stallMs === undefined ? {} : { stallMs }));
    return { channel, gateway, port: await listen(server) };
  };
  /** Sends bytes as they are and gathers what comes back until the server is done or `enough` says so. */
  const raw = async (port: number, bytes: string, enough: (text: string) => boolean): Promise<string> => {
    const own = connect(port, '127.0.0.1');
    socket = own;
    own.on('error', () => undefined);
    own.write(bytes);
    let text = '';
    for await (const chunk of own) {
      text += String(chunk);
      if (enough(text)) break;
    }
    return text;
  };
  const whole = (text: string): boolean => /\r\n\r\n/.test(text);
  const post = (body: string, headers = ''): string =>
    `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const STREAM = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] });

  it('Host headers - foreign and odd ones get 403 on loopback, none of them breaks anything', async () => {
    const { port } = await start({ allowedHosts: [] });
    const ask = (host: string): Promise<string> => raw(port, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`, whole);
    expect(await ask('localhost')).toMatch(/^HTTP\/1.1 200/);
    expect(await ask('127.0.0.1:99999999')).toMatch(/^HTTP\/1.1 403/);
    for (const host of ['evil.example', 'user:pw@localhost', 'a b', '[', '/', '%']) {
      expect(await ask(host), host).toMatch(/^HTTP\/1.1 403/);
    }
  });

  it('targets - absolute form and // are paths, never another host', async () => {
    const { port } = await start({ allowedHosts: [] });
    const ask = (target: string): Promise<string> =>
      raw(port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`, whole);
    expect(await ask('http://evil.example/healthz?x=1')).toMatch(/^HTTP\/1.1 200/);
    expect(await ask('//healthz')).toMatch(/^HTTP\/1.1 200/);
    expect(await ask('//evil.example/healthz')).toMatch(/^HTTP\/1.1 404/);
  });

  it('a client that leaves while it waits for a slot, its body unread - frees its place at once', async () => {
    const { port, gateway, channel } = await start({ maxInFlight: 1 });
    channel.script = (turn) => turn.push(START);
    const running = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: 'POST', body: STREAM });
    const own = connect(port, '127.0.0.1');
    socket = own;
    own.write(post(JSON.stringify({ ...JSON.parse(STREAM), padding: 'x'.repeat(10_000) })));
    await vi.waitFor(() => expect(gateway.status().waiting).toBe(1));
    own.destroy();
    await vi.waitFor(() => expect(gateway.status()).toMatchObject({ waiting: 0, requests: 1 }));
    channel.last.push(END);
    await running.text();
  });

  it('a large body that waits for a slot - stays with its client', async () => {
    const { port, gateway, channel } = await start({ maxInFlight: 1 });
    const accepted: Socket[] = [];
    server?.on('connection', (connection: Socket) => accepted.push(connection));
    channel.script = (turn) => turn.push(START);
    const running = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: 'POST', body: STREAM });
    const own = connect(port, '127.0.0.1');
    socket = own;
    const large = JSON.stringify({ ...JSON.parse(STREAM), padding: 'x'.repeat(16 * 1024 * 1024) });
    own.write(post(large));
    await vi.waitFor(() => expect(gateway.status().waiting).toBe(1));
    // The server stops reading at its own small buffer; what the system holds is not ours.
    for (let read = -1; read !== accepted[1]?.bytesRead; ) {
      read = accepted[1]?.bytesRead ?? 0;
      for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(accepted[1]?.bytesRead).toBeLessThan(1024 * 1024);
    channel.script = (turn) => turn.push(START, END);
    channel.last.push(END);
    await running.text();
    let text = '';
    for await (const chunk of own) {
      text += String(chunk);
      if (text.includes('[DONE]')) break;
    }
    expect(text).toMatch(/^HTTP\/1.1 200/);
    expect(accepted[1]?.bytesRead).toBeGreaterThan(large.length);
  });

  it('a body cut off in the middle - the request ends, nothing stays behind', async () => {
    const { port, gateway } = await start();
    const own = connect(port, '127.0.0.1');
    socket = own;
    own.write('POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"model":');
    await vi.waitFor(() => expect(gateway.status().requests).toBe(1));
    own.destroy();
    await vi.waitFor(() => expect(gateway.status().requests).toBe(0));
  });

  it('a keep-alive connection - serves one request after the other, also after a refused body', async () => {
    const { port } = await start({ maxBodyBytes: 1_000 });
    const large = JSON.stringify({ x: 'y'.repeat(200_000) });
    // Declared: refused unread. Chunked: refused in the middle, with the rest still on its way.
    const chunked = `POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`;
    const text = await raw(port, post(large) + chunked + post(STREAM), (all) => all.includes('[DONE]'));
    expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  it('headers of a stream - go out before its first text', async () => {
    const { port, channel } = await start({ streaming: { commitAfterMs: 1 } });
    channel.script = () => undefined;
    const text = await raw(port, post(STREAM), whole);
    expect(text).toMatch(/^HTTP\/1.1 200/);
  });

  it('WebSocket handshakes - get 426 with a JSON body, so that Codex goes on over plain HTTP', async () => {
    const complaints: string[] = [];
    const complain = (message: string): void => void complaints.push(message);
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: complain,
      error: complain,
      child: () => logger,
    };
    const { port, gateway } = await start({ logger });
    for (const path of ['/v1/responses', '/responses', '/v1/models']) {
      const refused = await new Promise<IncomingMessage>((resolve, reject) => {
        const client = new WebSocket(`ws://127.0.0.1:${port}${path}`);
        client.on('unexpected-response', (_request, response) => resolve(response));
        client.on('open', () => reject(new Error('opened')));
        client.on('error', () => undefined);
      });
      expect([path, refused.statusCode]).toEqual([path, 426]);
      expect(refused.headers).toMatchObject({ 'content-type': 'application/json', upgrade: 'HTTP/1.1' });
      expect(refused.headers['x-should-retry']).toBe('false');
      let body = '';
      for await (const piece of refused) body += String(piece);
      expect(JSON.parse(body)).toMatchObject({ error: { code: 'upgrade_required', type: 'invalid_request_error' } });
    }
    await vi.waitFor(() => expect(gateway.status().requests).toBe(0));
    expect(complaints).toEqual([]);
  });

  it('a WebSocket handshake on a connection that goes on - does not hold up what comes after it', async () => {
    const { port } = await start();
    const handshake =
      'GET /v1/responses HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    const own = connect(port, '127.0.0.1');
    socket = own;
    own.write(handshake);
    let text = '';
    for await (const chunk of own) {
      text += String(chunk);
      // Clients do not send on before they know whether this is still HTTP.
      if (text.endsWith('}') && !text.includes('HTTP/1.1 200')) own.write(post(STREAM));
      if (text.includes('[DONE]')) break;
    }
    expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 426', 'HTTP/1.1 200']);
  });

  it('an offer to upgrade to HTTP/2, with a body - is no WebSocket: the request is answered', async () => {
    const { port } = await start();
    const h2c = post(
      STREAM,
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n',
    );
    expect(await raw(port, h2c, (all) => all.includes('[DONE]'))).toMatch(/^HTTP\/1.1 200/);
  });

  it('a slow reader - holds the turn back instead of filling memory, and gets all of it in the end', async () => {
    const { port, channel, gateway } = await start();
    const chunk = 'x'.repeat(32 * 1024);
    const total = 2_000;
    let made = 0;
    channel.script = () => undefined;
    channel.source = () => {
      made++;
      if (made === 1) return [START, { type: 'text-start', id: 't' }];
      if (made <= total) return [{ type: 'text-delta', id: 't', delta: chunk }];
      return [{ type: 'text-end', id: 't' }, END];
    };
    const own = connect(port, '127.0.0.1');
    socket = own;
    own.pause();
    own.write(post(STREAM, 'Connection: close\r\n'));
    await whenSettled(() => made);
    // What is under way fits into the kernel's buffers and one high-water mark.
    expect(made).toBeLessThan(total / 4);
    let received = 0;
    for await (const piece of own) received += (piece as Buffer).length;
    expect(received).toBeGreaterThan((total - 1) * chunk.length);
    await vi.waitFor(() => expect(gateway.status().requests).toBe(0));
  });

  it('a reader that stops for good - is cut off, and its turn stopped', async () => {
    const { port, channel, gateway } = await start({}, 200);
    channel.script = (turn) => turn.push(START, { type: 'text-start', id: 't' });
    let made = 0;
    channel.source = () => {
      made++;
      // An end, so that a gateway that does not wait fails this test instead of the machine.
      if (made > 500) return [{ type: 'text-end', id: 't' }, END];
      return [{ type: 'text-delta', id: 't', delta: 'x'.repeat(200 * 1024) }];
    };
    const own = connect(port, '127.0.0.1');
    socket = own;
    own.on('error', () => undefined);
    own.pause();
    own.write(post(STREAM));
    await vi.waitFor(() => expect(channel.turns[0]?.closed).toBe(true), { timeout: 10_000 });
    await vi.waitFor(() => expect(gateway.status()).toMatchObject({ inFlight: 0, requests: 0 }));
    expect(made).toBeLessThan(200);
  });
});
