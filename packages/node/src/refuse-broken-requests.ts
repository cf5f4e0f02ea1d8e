/** An answer to what Node cannot read as a request: oversized headers, broken framing, a request that never arrives. */
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { failure } from './failure-body.js';

const KNOWN: Readonly<Record<string, readonly [status: number, message: string, code: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The request headers are too large', 'headers_too_large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are too large', 'payload_too_large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time', 'request_timeout'],
};
const BROKEN = [400, 'This is no HTTP request', 'bad_request'] as const;

/**
 * Answers with a JSON error where Node alone would send an empty one (`clientError` of `node:http`), then closes the
 * connection. An answer that has begun already is cut off instead, so that nothing is written into the middle of it.
 */
export function refuseBrokenRequests(server: Server): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (request, response) => {
    answering.set(request.socket, response);
  });
  // Clients expect nothing else than to go on; Node would answer the rest with an empty 417.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = answering.get(socket);
    const begun = response?.headersSent === true && !response.writableFinished;
    if (error.code === 'ECONNRESET' || !socket.writable || begun) {
      socket.destroy();
      return;
    }
    const [status, message, code] = KNOWN[error.code ?? ''] ?? BROKEN;
    const { headers, body } = failure(status, message, code);
    const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  });
}
