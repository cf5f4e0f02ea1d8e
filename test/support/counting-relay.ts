/** A TCP relay that counts what comes back through it: how much a client has really taken from its server. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CountingRelay {
  readonly port: number;
  /** Bytes passed on to clients, over all connections. */
  readonly bytes: number;
  close(): Promise<void>;
}

export async function startCountingRelay(targetPort: number): Promise<CountingRelay> {
  let bytes = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    return socket;
  };
  const server = createServer((incoming) => {
    const outgoing = keep(connect(targetPort, '127.0.0.1'));
    keep(incoming)
      .pipe(outgoing)
      .on('close', () => incoming.destroy());
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('data', (data) => {
      bytes += data.length;
    });
    // `pipe` passes on the slowness of the reader.
    outgoing.pipe(incoming);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get bytes() {
      return bytes;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
