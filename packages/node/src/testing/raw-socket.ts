/** A server on a free port, and clients that say over plain sockets what HTTP libraries would not. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface RawServer {
  /** A connection that is open and collects what comes back. */
  open(): Promise<RawSocket>;
  stop(): Promise<void>;
}

export interface RawSocket {
  readonly socket: Socket;
  /** All that came back so far. */
  text(): string;
  /** Settles when the other side has closed; with all that came back. */
  readonly closed: Promise<string>;
}

export async function listenRaw(server: Server): Promise<RawServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    async open() {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      let received = '';
      socket.setEncoding('utf8').on('data', (text: string) => {
        received += text;
      });
      socket.on('error', () => undefined);
      const closed = new Promise<string>((resolve) => {
        socket.once('end', () => socket.end());
        socket.once('close', () => resolve(received));
      });
      await once(socket, 'connect');
      return { socket, text: () => received, closed };
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export const GET = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
