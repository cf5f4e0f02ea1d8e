/**
 * Requests of one connection, one at a time. A client may send many without waiting for an answer (pipelining); the answers
 * go out in order anyway, so working on all of them at once only lets one socket take what is meant for many.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Line {
  last: ServerResponse;
  waiting: number;
}

/** Requests waiting on one connection above which nothing more is read from it. */
const PAUSE_ABOVE = 64;
/** Reading may go on for the sake of a body; beyond this the connection is cut. Bounds what one socket makes us hold. */
const MAX_WAITING = 2_048;

const lines = new WeakMap<Socket, Line>();

/** Calls `run` once the requests that came before on the same connection are answered; never when the connection is gone. */
export function runInLine({ socket }: IncomingMessage, outgoing: ServerResponse, run: () => void): void {
  const line = lines.get(socket);
  if (line === undefined) {
    lines.set(socket, { last: outgoing, waiting: 0 });
    run();
    return;
  }
  const { last } = line;
  line.last = outgoing;
  if (last.closed) {
    run();
    return;
  }
  if (++line.waiting > MAX_WAITING) {
    socket.destroy();
    return;
  }
  if (line.waiting > PAUSE_ABOVE) socket.pause();
  last.once('close', () => {
    line.waiting--;
    if (!socket.destroyed) run();
  });
}
