/**
 * How many connections may be open. Each one takes a file descriptor, and so does the way to whatever answers: with all of
 * them taken by clients nobody would be served at all.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { failure } from './failure-body.js';

export interface ConnectionLimits {
  /** Connections that are served. Requests on further ones are answered with 503. */
  readonly served: number;
  /** Connections beyond which new ones are closed unanswered. */
  readonly open: number;
}

const RETRY_AFTER_S = 2;

/** Shares out `descriptors` between clients, their refusals, and everything else; a quarter, at most 512, for each of the latter. */
export function connectionLimits(descriptors: number): ConnectionLimits {
  const spare = Math.min(Math.floor(descriptors / 4), 512);
  return { served: Math.max(1, descriptors - 2 * spare), open: Math.max(2, descriptors - spare) };
}

/** `true`: the request was answered here. To be asked before anything else is done with it. */
export type RefuseExcess = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

export function limitConnections(server: Server, { served, open }: ConnectionLimits): RefuseExcess {
  let count = 0;
  const excess = new WeakSet<Duplex>();
  server.maxConnections = open;
  server.on('connection', (socket) => {
    if (++count > served) excess.add(socket);
    socket.once('close', () => {
      count--;
    });
  });
  return (incoming, outgoing) => {
    const { socket } = incoming;
    // Where it is crowded nobody keeps a connection that is not in use.
    if (count > served * 0.75) outgoing.shouldKeepAlive = false;
    if (!excess.has(socket)) return false;
    if (count <= served) {
      excess.delete(socket);
      return false;
    }
    const { headers, body } = failure(503, 'Too many connections are open; try again later', 'overloaded');
    outgoing.writeHead(503, { ...headers, 'retry-after': String(RETRY_AFTER_S), connection: 'close' });
    outgoing.end(body);
    // Unread bytes would reset the connection under the answer.
    incoming.resume();
    return true;
  };
}
