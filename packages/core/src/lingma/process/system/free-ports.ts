/** Ports of this machine's loopback that nobody listens on just now. */
import { createServer, type Server } from 'node:net';

/** The ports that a process was given. */
export interface PortPair {
  readonly socketPort: number;
  readonly httpPort: number;
}

/**
 * Both are held until both are known, so they differ. `wished` is the first where it is free; who gets another one sees
 * it. Another program may be faster than the one they are for: what counts in the end is what that one tells.
 */
export async function takeFreePorts(wished?: number): Promise<PortPair> {
  const held: Server[] = [];
  const hold = async (port: number): Promise<number> => {
    const server = createServer();
    const taken = await listen(server, port);
    held.push(server);
    return taken;
  };
  try {
    const socketPort = wished === undefined || wished === 0 ? await hold(0) : await hold(wished).catch(() => hold(0));
    return { socketPort, httpPort: await hold(0) };
  } finally {
    await Promise.all(held.map((server) => new Promise((done) => server.close(done))));
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      resolve((server.address() as { readonly port: number }).port);
    });
  });
}
