import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** Who may come in through the WebSocket port. */
export interface WebSocketServerOptions {
  readonly paths: readonly string[];
  /** Needed value of the `Cosy-MachineToken` header; undefined = none needed, any taken. With it an `Origin` is refused. */
  readonly machineToken: string | undefined;
  /** False refuses: too many clients. */
  readonly admits: () => boolean;
  readonly onRefused: (reason: string) => void;
  readonly onClient: (socket: WebSocket) => void;
}

const MAX_MESSAGE_BYTES = 128 * 1024 * 1024;

/** HTTP server that upgrades to WebSocket at its paths (protocol sections 1.5 and 2.1) and knows nothing else. */
export function createWebSocketServer(options: WebSocketServerOptions): Server {
  const upgrader = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES });
  const server = createServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('Bad Request\n');
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refusalOf(request, options);
    if (refusal !== undefined) {
      options.onRefused(refusal);
      socket.on('error', () => undefined);
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    upgrader.handleUpgrade(request, socket, head, (client) => options.onClient(client));
  });
  return server;
}

function refusalOf(request: IncomingMessage, options: WebSocketServerOptions): string | undefined {
  const path = (request.url ?? '/').split('?')[0] ?? '';
  if (!options.paths.includes(path)) return '404 Not Found';
  if (options.machineToken !== undefined) {
    if (request.headers.origin !== undefined) return '403 Forbidden';
    if (request.headers['cosy-machinetoken'] !== options.machineToken) return '401 Unauthorized';
  }
  return options.admits() ? undefined : '503 Service Unavailable';
}
