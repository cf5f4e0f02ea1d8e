import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
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
  /** `wire`: what carries the WebSocket. */
  readonly onClient: (socket: WebSocket, wire: Socket) => void;
  readonly upgrade: () => UpgradeAnswer;
}

/** How an upgrade is answered: as it should, not at all, with bytes that are no HTTP, or with a reset. */
export type UpgradeAnswer = 'ok' | 'silent' | 'garbage' | 'reset';

/** The port for WebSockets. */
export interface WebSocketListener {
  readonly server: Server;
  /** Ends what is no WebSocket: plain requests, and upgrades that were left without an answer. */
  closeOthers(): void;
}

const MAX_MESSAGE_BYTES = 128 * 1024 * 1024;

/** HTTP server that upgrades to WebSocket at its paths (protocol sections 1.5 and 2.1) and knows nothing else. */
export function createWebSocketServer(options: WebSocketServerOptions): WebSocketListener {
  const unanswered = new Set<Socket>();
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
    const wire = socket as Socket;
    const answer = options.upgrade();
    if (answer !== 'ok') {
      wire.on('error', () => undefined);
      if (answer === 'reset') wire.resetAndDestroy();
      else if (answer === 'garbage') wire.end('\u0000\u0001 nothing that HTTP knows\r\n\r\n');
      else {
        unanswered.add(wire);
        wire.on('end', () => wire.destroy()).on('close', () => unanswered.delete(wire));
        wire.resume();
      }
      return;
    }
    upgrader.handleUpgrade(request, socket, head, (client) => options.onClient(client, wire));
  });
  return {
    server,
    closeOthers() {
      server.closeAllConnections();
      for (const wire of unanswered) wire.destroy();
    },
  };
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
