/** The rest of a request whose answer is out already. */
import type { IncomingMessage } from 'node:http';

/** How long the rest of a request that nobody wants is swallowed after its response, so that the client gets to read it. */
const LINGER_MS = 5_000;

/** A response may come before its request is complete (too large, unauthorized): the rest must not block the connection. */
export function swallowRest(incoming: IncomingMessage): void {
  if (incoming.complete) return;
  incoming.removeAllListeners('data');
  // What stands for a socket where requests are injected has nothing to destroy.
  const timer = setTimeout(() => incoming.socket.destroy?.(), LINGER_MS);
  timer.unref();
  incoming.once('close', () => clearTimeout(timer));
  incoming.once('end', () => clearTimeout(timer));
  incoming.resume();
}
