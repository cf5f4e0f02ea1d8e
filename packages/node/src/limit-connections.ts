/**
 * How many connections may be open. Each one takes a file descriptor, and so does the way to whatever answers: with all of
 * them taken by clients nobody would be served at all.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { failure } from './failure-body.js';

/** How many connections a server keeps. */
export interface ConnectionLimits {
  /** Connections that are served. Requests on further ones are answered with 503. */
  readonly served: number;
  /** Connections beyond which new ones are closed unanswered. Those between are told at once when they are many, else when they ask. */
  readonly open: number;
}

const RETRY_AFTER_S = 2;
/** How long what else a refused client sends is swallowed: unread bytes would reset the connection under the answer. */
const LINGER_MS = 1_000;

/**
 * Shares out `descriptors`: a quarter, at most 512, for refusals, as many for everything else, and `answering` for the ways to
 * whatever answers. Clients get the rest.
 */
export function connectionLimits(descriptors: number, answering = 0): ConnectionLimits {
  const spare = Math.min(Math.floor(descriptors / 4), 512);
  const served = Math.max(1, descriptors - 2 * spare - answering);
  return { served, open: served + Math.max(1, spare) };
}

/** `true`: the request was answered here. To be asked before anything else is done with it. */
export type RefuseExcess = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

/** Bounds the connections of a server. Returns what answers requests on those that are too many. */
export function limitConnections(server: Server, { served, open }: ConnectionLimits): RefuseExcess {
  let count = 0;
  // What is left over is for those whose end the system has not told yet.
  const half = Math.max(1, Math.floor((open - served) * 0.4));
  /** Beyond the served ones, without a request so far; the oldest first. At most `half`. */
  const waiting = new Set<Duplex>();
  /** Told that it is too many, on their way out. At most `half`. */
  const leaving = new Set<Duplex>();
  const busy = (): number => count - waiting.size - leaving.size;
  const refuse = (socket: Duplex): void => {
    waiting.delete(socket);
    leaving.add(socket);
    socket.end(refusal());
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
    const [oldest] = leaving;
    if (leaving.size > half) oldest?.destroy();
  };
  server.maxConnections = open;
  server.on('connection', (socket) => {
    socket.once('close', () => {
      count--;
      waiting.delete(socket);
      leaving.delete(socket);
    });
    count++;
    if (busy() <= served) return;
    waiting.add(socket);
    const [oldest] = waiting;
    if (waiting.size > half && oldest !== undefined) refuse(oldest);
  });
  return (incoming, outgoing) => {
    const { socket } = incoming;
    // Where it is crowded nobody keeps a connection that is not in use.
    if (busy() > served * 0.75) outgoing.shouldKeepAlive = false;
    if (busy() < served) waiting.delete(socket);
    if (waiting.has(socket)) refuse(socket);
    if (!leaving.has(socket)) return false;
    incoming.resume();
    return true;
  };
}

function refusal(): string {
  const { headers, body } = failure(503, 'Too many connections are open; try again later', 'overloaded');
  const lines = Object.entries({ ...headers, 'retry-after': RETRY_AFTER_S, connection: 'close' });
  return `HTTP/1.1 503 Service Unavailable\r\n${lines.map((line) => `${line.join(': ')}\r\n`).join('')}\r\n${body}`;
}
