/** Requests as bytes on a socket, for clients that do what no HTTP library would. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PATHS, type Protocol, type Question, requestBody } from '../support/ask.js';

/** The whole request as bytes. `headers` come last and may be empty. */
export function requestBytes(protocol: Protocol, question: Question, headers: readonly string[] = []): Buffer {
  return rawRequest(PATHS[protocol], Buffer.from(JSON.stringify(requestBody(protocol, question))), headers);
}

export function rawRequest(path: string, body: Buffer, headers: readonly string[] = []): Buffer {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    `content-length: ${body.length}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}

export interface RawClient {
  readonly socket: Socket;
  /** All that came, when the other side has ended or reset the connection. */
  readonly closed: Promise<string>;
}

/** A connection that collects what comes back. */
export async function openRaw(base: string): Promise<RawClient> {
  const { hostname, port } = new URL(base);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on('data', (data: Buffer) => chunks.push(data));
  socket.on('error', () => undefined);
  socket.once('end', () => socket.end());
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
  await once(socket, 'connect');
  return { socket, closed };
}

/** The responses on one connection, in their order, as they lie in what came back. */
export function readResponses(text: string): readonly Response[] {
  const responses: Response[] = [];
  let rest = text;
  while (rest !== '') {
    const headEnd = rest.indexOf('\r\n\r\n');
    const [statusLine = '', ...headerLines] = rest.slice(0, headEnd).split('\r\n');
    const headers = new Headers(headerLines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
    rest = rest.slice(headEnd + 4);
    // Interim: the server only asked whether somebody is still there.
    if (/ 1\d\d /.test(statusLine)) continue;
    const { body, after } =
      headers.get('transfer-encoding') === 'chunked' ? readChunks(rest) : readLength(rest, headers);
    responses.push(new Response(body, { status: Number(statusLine.split(' ')[1]), headers }));
    rest = after;
  }
  return responses;
}

interface ReadBody {
  readonly body: string;
  readonly after: string;
}

function readLength(text: string, headers: Headers): ReadBody {
  const bytes = Buffer.from(text);
  const length = Number(headers.get('content-length') ?? bytes.length);
  if (bytes.length < length) throw new Error(`${bytes.length} of ${length} bytes came`);
  return { body: bytes.toString('utf8', 0, length), after: bytes.toString('utf8', length) };
}

function readChunks(text: string): ReadBody {
  let bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n');
    if (lineEnd === -1) throw new Error('The stream was cut');
    const size = Number.parseInt(bytes.toString('latin1', 0, lineEnd), 16);
    const start = lineEnd + 2;
    if (size === 0) return { body: Buffer.concat(parts).toString('utf8'), after: bytes.toString('utf8', start + 2) };
    if (bytes.length < start + size + 2) throw new Error('The stream was cut');
    parts.push(bytes.subarray(start, start + size));
    bytes = bytes.subarray(start + size + 2);
  }
}
