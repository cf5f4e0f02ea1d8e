/** Opens the ports and sockets that clients come in by. */
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer as createStreamServer, type Server, type Socket } from 'node:net';
import { isNamedPipe } from './ipc-path.js';

const HOST = '127.0.0.1';
/** How many ports after a taken one are tried before any free one will do. */
const PORTS_TO_TRY = 20;

/** Listens on `port`, on the next free one if it is taken; 0 = any. Loopback only. Returns the port. */
export async function listenOnPort(server: Server, port: number): Promise<number> {
  const wanted = port === 0 ? [] : Array.from({ length: PORTS_TO_TRY }, (_, i) => port + i).filter((p) => p < 65_536);
  for (const candidate of [...wanted, 0]) {
    try {
      await listen(server, { host: HOST, port: candidate });
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : candidate;
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      if (candidate === 0 || (code !== 'EADDRINUSE' && code !== 'EACCES')) throw cause;
    }
  }
  throw new Error('no free port');
}

/** Listens on a Unix socket (mode 0600, a dead one at the same place is replaced) or a named pipe. */
export async function listenOnPath(path: string, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createStreamServer(onConnection);
  if (isNamedPipe(path)) {
    await listen(server, { path });
    return server;
  }
  if (await accepts(path)) throw new Error(`another process listens on ${path}`);
  rmSync(path, { force: true });
  await listen(server, { path });
  chmodSync(path, 0o600);
  return server;
}

/** Stops listening; open connections are the caller's business. */
export function closeServer(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (server === undefined || !server.listening) return resolve();
    server.close(() => resolve());
  });
}

function listen(server: Server, where: { host?: string; port?: number; path?: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(cause);
    server.once('error', fail);
    server.listen(where, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** Does somebody answer at this socket? */
function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
