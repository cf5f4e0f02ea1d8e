/**
 * Requests of one connection, one at a time. A client may send many without waiting for an answer (pipelining); the answers
 * go out in order anyway, so working on all of them at once only lets one socket take what is meant for many.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Line {
  last: ServerResponse;
  waiting: number;
  /** Requests after the one whose answer closes the connection. */
  unheard: number;
  closing: boolean;
}

/** Requests that may wait on one connection; the answer to the last one closes it, and what comes after was never heard. */
const MAX_WAITING = 1_024;
/** Whoever goes on is cut off at once. The two bound what one socket makes us hold. */
const MAX_UNHEARD = 8_192;

const lines = new WeakMap<Socket, Line>();

/** Calls `run` once the requests that came before on the same connection are answered; never when the connection is gone. */
export function runInLine(incoming: IncomingMessage, outgoing: ServerResponse, run: () => void): void {
  // HTTP/2 has streams of its own on a connection, and a bound for them.
  if (incoming.httpVersionMajor > 1) {
    run();
    return;
  }
  const { socket } = incoming;
  const line = lines.get(socket);
  if (line === undefined) {
    lines.set(socket, { last: outgoing, waiting: 0, unheard: 0, closing: false });
    run();
    return;
  }
  if (line.closing) {
    if (++line.unheard > MAX_UNHEARD) socket.destroy();
    return;
  }
  const { last } = line;
  line.last = outgoing;
  if (last.closed) {
    run();
    return;
  }
  if (++line.waiting === MAX_WAITING) {
    line.closing = true;
    outgoing.shouldKeepAlive = false;
  }
  last.once('close', () => {
    line.waiting--;
    if (!socket.destroyed) run();
  });
}
