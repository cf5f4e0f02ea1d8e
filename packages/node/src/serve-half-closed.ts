/**
 * Clients that close their side of the connection once the request is out and wait for the answer (`nc -N`, some proxies).
 * Node takes a closed side for a client that is gone, and a client that is gone closes in the same way. What tells them
 * apart: whoever is gone resets the connection when something is written to it.
 */
import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** After the first write the reset is on its way, the second one finds it; then now and then for those who leave later. */
const PROBE_MS = [100, 5_000];

/** Answers half-closed connections of HTTP/1.1 whose answer had not begun; on all others a closed side still means "gone". */
export function serveHalfClosed(server: Server): void {
  // Not in the documentation, but there since the beginning; without it the socket is ended with the client's side.
  Object.assign(server, { httpAllowHalfOpen: true });
  /** In the order of their answers. */
  const unanswered = new WeakMap<Duplex, Set<ServerResponse>>();
  server.on('connection', (socket) => {
    const open = new Set<ServerResponse>();
    unanswered.set(socket, open);
    socket.once('end', () => {
      const [next] = open;
      if (next === undefined) return;
      if (next.headersSent || next.req.httpVersion !== '1.1') socket.destroy();
      else probe(next);
    });
  });
  server.on('request', ({ socket }, outgoing) => {
    const open = unanswered.get(socket);
    open?.add(outgoing);
    outgoing.once('close', () => open?.delete(outgoing));
  });
}

/** An interim response (102) is nothing to a client that waits. Once the answer has begun, its own writes tell. */
function probe(outgoing: ServerResponse, round = 0): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  outgoing.writeProcessing();
  const timer = setTimeout(() => {
    outgoing.off('close', stop);
    probe(outgoing, round + 1);
  }, PROBE_MS[Math.min(round, 1)]).unref();
  const stop = (): void => clearTimeout(timer);
  outgoing.once('close', stop);
}
