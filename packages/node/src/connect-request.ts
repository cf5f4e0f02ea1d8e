/**
 * A request as Express, Connect and their kin hand it to a middleware: what routers, parsers, loggers and the app's own
 * middleware have left on it.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { HandedRequest } from './handed-request.js';

type ConnectRequest = IncomingMessage & {
  /** Before routers cut the path. */
  readonly originalUrl?: string;
  /** The client's address, by way of the proxies that Express trusts. */
  readonly ip?: unknown;
  /** Given by loggers and request-id middleware. */
  readonly id?: unknown;
};

/** @param target path and query below the mount */
export function fromConnect(incoming: ConnectRequest, outgoing: ServerResponse, target: string): HandedRequest {
  const { headers, ip } = incoming;
  const requestId = requestIdOf(headers, outgoing.getHeader('x-request-id'), incoming.id);
  return {
    target,
    headers,
    ...(typeof ip === 'string' && ip !== '' && { remoteAddress: ip }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** At the root of an app, where `/` is the app's own page. */
export const isAtRoot = ({ originalUrl, url }: ConnectRequest): boolean =>
  originalUrl === undefined || originalUrl === url;

/** Ids that can go into a header and a log. */
const SANE_ID = /^[\w.:/+=@-]{1,128}$/;

/**
 * One request, one id: what the app tells the client already, else what the client sent, else what the app calls it.
 * `undefined` where the request's own header says it, or nothing does.
 */
export function requestIdOf(headers: IncomingHttpHeaders, told: unknown, own: unknown): string | undefined {
  const sane = (id: unknown): string | undefined => {
    const text = typeof id === 'number' ? String(id) : id;
    return typeof text === 'string' && SANE_ID.test(text) ? text : undefined;
  };
  return sane(told) ?? (headers['x-request-id'] === undefined ? sane(own) : undefined);
}
