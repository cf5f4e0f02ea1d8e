/** What a handler is told of a request besides the request. */
import type { IncomingMessage } from 'node:http';
import type { HandedRequest } from './handed-request.js';

/** What the socket says of a request. */
export interface RequestInfo {
  readonly remoteAddress?: string;
  /** The address that was connected to. */
  readonly localAddress?: string;
}

/** The address of the client is the app's to say, that of this machine the socket's. */
export function infoOf({ socket }: IncomingMessage, handed?: HandedRequest): RequestInfo {
  const { localAddress } = socket;
  const remoteAddress = handed?.remoteAddress ?? socket.remoteAddress;
  const info: { remoteAddress?: string; localAddress?: string } = {};
  if (remoteAddress !== undefined) info.remoteAddress = remoteAddress;
  if (localAddress !== undefined) info.localAddress = localAddress;
  return info;
}
