import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createJsonRpcConnection } from '../jsonrpc/connection.js';
import { encodeFrame } from '../jsonrpc/encode-frame.js';
import { HandshakeRefusedError } from './connect-error.js';
import type { Transport } from './transport.js';
import { connectWebSocket } from './websocket.js';

/** A WebSocket server by hand: it decides which bytes leave together. */
let server: Server;
let url: string;
let requestText: string;
let onRequest: (socket: Socket, accept: string) => void;
const sockets = new Set<Socket>();

beforeEach(async () => {
  requestText = '';
  onRequest = (socket, accept) => socket.write(accept);
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const onData = (bytes: Buffer): void => {
      requestText += bytes.toString('latin1');
      if (!requestText.includes('\r\n\r\n')) return;
      socket.off('data', onData);
      const key = /sec-websocket-key: *(\S+)/i.exec(requestText)?.[1] ?? '';
      const digest = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      onRequest(
        socket,
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${digest}\r\n\r\n`,
      );
    };
    socket.on('data', onData);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise((resolve) => server.close(resolve));
});

const TEXT = 1;
const BINARY = 2;

/** A frame as servers send it: unmasked. */
function wsFrame(payload: Uint8Array, opcode: number, final = true): Buffer {
  const length = payload.length;
  const head = Buffer.from([
    (final ? 0x80 : 0) | opcode,
    ...(length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 255]
        : [127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255]),
  ]);
  return Buffer.concat([head, payload]);
}

function record(transport: Transport) {
  const seen = {
    chunks: [] as Buffer[],
    ends: [] as (Error | undefined)[],
    text: () => Buffer.concat(seen.chunks).toString(),
  };
  transport.listen({
    onBytes: (bytes) => seen.chunks.push(Buffer.from(bytes)),
    onClose: (error) => seen.ends.push(error),
  });
  return seen;
}

describe('connectWebSocket()', () => {
  it('send() to this machine - is marked as masked, with a mask that changes nothing', async () => {
    const sent: Buffer[] = [];
    onRequest = (socket, accept) => {
      socket.on('data', (bytes) => sent.push(bytes));
      socket.write(accept);
    };
    const transport = await connectWebSocket({ url });
    transport.send(Buffer.from('hello'));
    await vi.waitFor(() => expect(Buffer.concat(sent).length).toBe(11));
    expect(Buffer.concat(sent)).toEqual(Buffer.from('\x81\x85\0\0\0\0hello', 'latin1'));
    transport.close();
  });

  it('asks without Origin and compression, with the given headers', async () => {
    const transport = await connectWebSocket({ url, headers: { 'Cosy-MachineToken': 't0k' } });
    record(transport);
    expect(requestText).toMatch(/^GET \/ HTTP\/1\.1\r\n/);
    expect(requestText).toMatch(/\r\nCosy-MachineToken: t0k\r\n/);
    expect(requestText).not.toMatch(/\r\n(origin|sec-websocket-extensions|sec-websocket-protocol):/i);
    transport.close();
  });

  it('loses no message that comes in one chunk with the handshake answer, however late listen is', async () => {
    onRequest = (socket, accept) => {
      const hello = [wsFrame(Buffer.from('early '), TEXT), wsFrame(Buffer.from('bird '), BINARY)];
      socket.write(Buffer.concat([Buffer.from(accept), ...hello]));
      socket.write(wsFrame(Buffer.from('later'), TEXT));
    };
    const transport = await connectWebSocket({ url });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const seen = record(transport);
    await vi.waitFor(() => expect(seen.text()).toBe('early bird later'));
    transport.close();
  });

  it('one message each, without a header - read and written as such', async () => {
    const sent: Buffer[] = [];
    const hello = { jsonrpc: '2.0', method: 'hello', params: { text: '你好' } };
    onRequest = (socket, accept) => {
      socket.on('data', (bytes) => sent.push(bytes));
      socket.write(accept);
      socket.write(wsFrame(Buffer.from('//stream-control'), TEXT));
      const body = Buffer.from(JSON.stringify(hello));
      socket.write(Buffer.concat([wsFrame(body.subarray(0, 20), TEXT, false), wsFrame(body.subarray(20), 0)]));
      socket.write(wsFrame(body, TEXT));
    };
    const connection = createJsonRpcConnection(await connectWebSocket({ url, framing: 'ndjson' }));
    const texts: unknown[] = [];
    connection.on('hello', ({ params }) => {
      texts.push(params.text);
      return undefined;
    });
    await vi.waitFor(() => expect(texts).toEqual(['你好', '你好']));
    connection.notify('bye', {});
    const expected = JSON.stringify({ jsonrpc: '2.0', method: 'bye', params: {} });
    await vi.waitFor(() => expect(Buffer.concat(sent).subarray(6).toString()).toBe(expected));
    connection.close();
  });

  it('passes text, binary and fragmented messages on as bytes, cut inside a character or not', async () => {
    const stream = Buffer.from(encodeFrame({ method: 'chat/answer', params: { text: '你好' } }));
    const middle = stream.indexOf(Buffer.from('你')) + 1;
    onRequest = (socket, accept) => {
      socket.write(accept);
      // Text frames whose bytes are no UTF-8 on their own, then a fragmented message.
      socket.write(wsFrame(stream.subarray(0, middle), TEXT));
      socket.write(wsFrame(stream.subarray(middle), TEXT));
      socket.write(wsFrame(stream.subarray(0, middle), BINARY, false));
      socket.write(wsFrame(stream.subarray(middle), 0));
    };
    const connection = createJsonRpcConnection(await connectWebSocket({ url }));
    const texts: unknown[] = [];
    connection.on('chat/answer', ({ params }) => {
      texts.push(params.text);
      return undefined;
    });
    await vi.waitFor(() => expect(texts).toEqual(['你好', '你好']));
    connection.close();
  });

  it('hands on all messages of one chunk in one go of the event loop', async () => {
    let peer: Socket | undefined;
    onRequest = (socket, accept) => {
      peer = socket;
      socket.write(accept);
    };
    const transport = await connectWebSocket({ url });
    const goes: number[] = [];
    let go = 0;
    transport.listen({
      onBytes: () => {
        goes.push(go);
        setImmediate(() => go++);
      },
      onClose: () => undefined,
    });
    peer?.write(
      Buffer.concat([
        wsFrame(Buffer.from('a'), TEXT),
        wsFrame(Buffer.from('b'), TEXT),
        wsFrame(Buffer.from('c'), TEXT),
      ]),
    );
    await vi.waitFor(() => expect(goes).toEqual([0, 0, 0]));
    transport.close();
  });

  it('sends each frame as one whole, masked text message', async () => {
    let received = Buffer.alloc(0);
    onRequest = (socket, accept) => {
      socket.on('data', (bytes) => (received = Buffer.concat([received, bytes])));
      socket.write(accept);
    };
    const transport = await connectWebSocket({ url });
    record(transport);
    transport.send(Buffer.from('hello'));
    await vi.waitFor(() => expect(received.length).toBe(11));
    expect(received[0]).toBe(0x80 | TEXT);
    expect(received[1]).toBe(0x80 | 5);
    const mask = received.subarray(2, 6);
    expect(
      received
        .subarray(6)
        .map((byte, index) => byte ^ (mask[index % 4] ?? 0))
        .toString(),
    ).toBe('hello');
    transport.close();
  });

  it('stops reading while paused', async () => {
    let peer: Socket | undefined;
    onRequest = (socket, accept) => {
      peer = socket;
      socket.write(accept);
    };
    const transport = await connectWebSocket({ url });
    const seen = record(transport);
    transport.pause();
    const total = 16 * 1024 * 1024;
    for (let sent = 0; sent < total; sent += 65_536) peer?.write(wsFrame(Buffer.alloc(65_536), BINARY));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(peer?.writableLength).toBeGreaterThan(0);
    transport.resume();
    await vi.waitFor(() => expect(seen.chunks.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(total));
    transport.close();
  });

  it.each([
    ['normally', Buffer.from([3, 232]), undefined],
    ['without a code', Buffer.alloc(0), undefined],
    [
      'with an error code',
      Buffer.concat([Buffer.from([3, 243]), Buffer.from('oops')]),
      'WebSocket closed with code 1011 and a reason of 4 bytes',
    ],
  ])('tells once that the peer closed %s', async (_name, payload, message) => {
    onRequest = (socket, accept) => {
      socket.write(accept);
      socket.end(wsFrame(payload, 8));
    };
    const transport = await connectWebSocket({ url });
    const seen = record(transport);
    await vi.waitFor(() => expect(seen.ends).toHaveLength(1));
    expect(seen.ends[0]?.message).toBe(message);
    transport.close();
    expect(seen.ends).toHaveLength(1);
  });

  it('takes several large frames in one message', async () => {
    const frame = encodeFrame({ jsonrpc: '2.0', method: 'window/logMessage', params: { text: 'x'.repeat(34 << 20) } });
    onRequest = (socket, accept) => {
      socket.write(accept);
      socket.write(wsFrame(Buffer.concat([frame, frame]), TEXT));
    };
    const connection = createJsonRpcConnection(await connectWebSocket({ url }));
    const sizes: number[] = [];
    connection.on('window/logMessage', ({ params }) => void sizes.push(String(params.text).length));
    await vi.waitFor(() => expect(sizes).toEqual([34 << 20, 34 << 20]), 10_000);
    connection.close();
  });

  it('tells upstream_protocol for a message over the limit, and a cut connection as an error', async () => {
    onRequest = (socket, accept) => {
      socket.write(accept);
      socket.write(wsFrame(Buffer.alloc(2000), BINARY));
    };
    const seen = record(await connectWebSocket({ url, maxMessageBytes: 1000 }));
    await vi.waitFor(() => expect(seen.ends).toHaveLength(1));
    expect(seen.ends[0]).toMatchObject({ code: 'upstream_protocol' });

    requestText = '';
    onRequest = (socket, accept) => socket.end(accept);
    const cut = record(await connectWebSocket({ url }));
    await vi.waitFor(() => expect(cut.ends).toHaveLength(1));
    expect(cut.ends[0]?.message).toContain('1006');
  });

  it('closes within a second of a peer that ignores the close frame', async () => {
    const transport = await connectWebSocket({ url });
    const seen = record(transport);
    transport.close();
    expect(seen.ends).toEqual([undefined]);
    const [peer] = sockets;
    peer?.resume();
    await once(peer as Socket, 'close');
  });
});

describe('connectWebSocket() - that fails', () => {
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: Error) => error,
    );

  it('rejects with not_ready when nothing listens', async () => {
    const port = (server.address() as AddressInfo).port;
    await new Promise((resolve) => server.close(resolve));
    const error = await failure(connectWebSocket({ url }));
    expect(error).toMatchObject({ code: 'not_ready', message: expect.stringContaining('Start Lingma') });
    expect(error?.message).not.toContain(String(port));
    expect(String(error?.cause)).toContain('ECONNREFUSED');
    server.listen(0);
  });

  it.each([
    [403, 'machine token'],
    [404, 'Check the configured address'],
    [200, 'Check the configured address'],
  ])('rejects with not_ready when the answer is %d', async (status, hint) => {
    onRequest = (socket) => socket.end(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\nno`);
    const error = await failure(connectWebSocket({ url }));
    expect(error).toMatchObject({ code: 'not_ready', message: expect.stringContaining(hint), cause: { status } });
    expect(error?.cause).toBeInstanceOf(HandshakeRefusedError);
  });

  it('rejects with not_ready when the peer hangs up, talks nonsense or takes too long', async () => {
    onRequest = (socket) => socket.destroy();
    expect(await failure(connectWebSocket({ url }))).toMatchObject({ code: 'not_ready', cause: { status: undefined } });
    requestText = '';
    onRequest = (socket) => socket.end('what?\r\n\r\n');
    expect(await failure(connectWebSocket({ url }))).toMatchObject({ code: 'not_ready' });
    requestText = '';
    onRequest = () => undefined;
    expect(await failure(connectWebSocket({ url, handshakeTimeoutMs: 30 }))).toMatchObject({
      code: 'not_ready',
      message: expect.stringContaining('in time'),
    });
    expect(await failure(connectWebSocket({ url: 'not a url' }))).toMatchObject({
      code: 'not_ready',
      message: expect.stringContaining('ws://127.0.0.1:36510/'),
    });
  });

  it("rejects with the signal's reason, before and during the handshake", async () => {
    const reason = new Error('stopped');
    expect(await failure(connectWebSocket({ url, signal: AbortSignal.abort(reason) }))).toBe(reason);
    const controller = new AbortController();
    onRequest = () => controller.abort(reason);
    expect(await failure(connectWebSocket({ url, signal: controller.signal }))).toBe(reason);
    await vi.waitFor(() => expect([...sockets].every((socket) => socket.destroyed || socket.readableEnded)).toBe(true));
  });
});
