/** The HTTP server's life: listen with messages that say what to do, drain without cutting streams, end for certain. */
import { lookup } from 'node:dns/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopbackAddress } from '@lingma-gateway/core/config';
import {
  type ConnectionLimits,
  limitConnections,
  type RefuseExcess,
  refuseBrokenRequests,
  serveHalfClosed,
} from '@lingma-gateway/node';
import { ENGLISH, type Messages } from '../text/english.js';
import { reachableHost } from './running-gateway.js';

/** Listening is not possible; the message is for the operator. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export interface Listening {
  /** For clients on this machine: `http://127.0.0.1:8317`, also when listening on every address. */
  readonly url: string;
  readonly port: number;
  /** Whether only this machine can reach the address that was bound. */
  readonly isLoopback: boolean;
  /**
   * Takes no new connections and lets go of idle ones. Resolves once every request is answered, or after `graceMs`;
   * true when none was left.
   */
  drain(graceMs: number): Promise<boolean>;
  /** Cuts what is left. */
  destroy(): void;
}

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly handler: RequestListener;
  /** Refuses a name that leads to an address which other machines can reach. Default false. */
  readonly loopbackOnly?: boolean;
  /** Default: as many connections as come. */
  readonly connections?: ConnectionLimits;
  /** Of failures. Default: English. */
  readonly text?: Messages;
}

/** @throws ListenError */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { host, port, handler, text = ENGLISH } = options;
  let draining = false;
  let refuseExcess: RefuseExcess = () => false;
  const server = createServer((request, response) => {
    // A kept-alive socket becomes idle only after its answer; while draining it has to go then.
    response.once('close', () => {
      if (draining) setImmediate(() => server.closeIdleConnections());
    });
    if (!refuseExcess(request, response)) handler(request, response);
  });
  if (options.connections !== undefined) refuseExcess = limitConnections(server, options.connections);
  // These limit how long a *request* may take to arrive; answers may stream for hours.
  server.headersTimeout = 60_000;
  server.requestTimeout = 300_000;
  // Longer than clients and proxies keep theirs, so that they do not write into a socket we are just closing.
  server.keepAliveTimeout = 75_000;
  server.timeout = 0;
  refuseBrokenRequests(server);
  serveHalfClosed(server);

  const bindHost = host.replace(/^\[(.*)\]$/, '$1');
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(error instanceof ListenError ? error : new ListenError(explain(error, bindHost, port, text)));
    };
    server.once('error', fail);
    // Resolved once, so that the address that was judged is the one that is bound.
    addressOf(bindHost, options.loopbackOnly === true, text).then((bound) => server.listen(port, bound, resolve), fail);
  });
  const address = server.address() as AddressInfo;

  return {
    url: `http://${reachableHost(bindHost)}:${address.port}`,
    port: address.port,
    isLoopback: isLoopbackAddress(address.address),
    drain(graceMs) {
      draining = true;
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve(true);
        });
        server.closeIdleConnections();
      });
    },
    destroy() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The address a host stands for. @throws ListenError for one that others can reach where that must not be */
async function addressOf(host: string, loopbackOnly: boolean, { listen: text }: Messages): Promise<string> {
  const { address } = await lookup(host);
  if (!loopbackOnly || isLoopbackAddress(address)) return address;
  throw new ListenError(text.notLoopback(host, address));
}

function explain(error: NodeJS.ErrnoException, host: string, port: number, { listen: text }: Messages): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return text.inUse(host, port);
    case 'EACCES':
      return text.notAllowed(port);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return text.noAddress(host);
    default:
      return text.failed(`${host}:${port}`, error.message);
  }
}
