/**
 * Web `Response` → `node:http` response. The body is pulled only as fast as the socket takes it; a client that has
 * gone, or that has stopped reading, cancels it.
 */
import type { OutgoingHttpHeader, ServerResponse } from 'node:http';

export interface SendWebResponseOptions {
  /** Milliseconds a full socket may stay without progress before it is destroyed. Default 60 000. */
  readonly stallMs?: number;
  /** The request was a HEAD: headers go out, the body is cancelled. */
  readonly headOnly?: boolean;
}

interface BodySource {
  read(): Promise<string | Uint8Array | undefined>;
  cancel(reason?: unknown): unknown;
}

/** Bodies made by the gateway give out their text here, before it is encoded and queued a second time. */
const CHUNK_SOURCE = Symbol.for('lingma-gateway.chunk-source');
const DEFAULT_STALL_MS = 60_000;
/** Larger chunks go out in pieces, so that a slow reader shows progress. */
const PIECE_BYTES = 64 * 1024;
/** Node sets these itself. */
const OWN_HEADERS = new Set(['transfer-encoding', 'keep-alive']);

/** Resolves when the response is complete or the client is gone; rejects when the body fails (the socket is destroyed). */
export async function sendWebResponse(
  response: Response,
  outgoing: ServerResponse,
  options: SendWebResponseOptions = {},
): Promise<void> {
  const source = response.body === null ? undefined : toSource(response.body);
  if (outgoing.destroyed || outgoing.socket?.destroyed === true) {
    source?.cancel();
    return;
  }
  if (source === undefined || options.headOnly === true) {
    source?.cancel();
    outgoing.writeHead(response.status, toRawHeaders(response, source === undefined && options.headOnly !== true));
    outgoing.end();
    return;
  }
  const onClose = (): void => {
    source.cancel(new Error('The client went away'));
  };
  outgoing.once('close', onClose);
  // Headers wait for a first chunk that is there already; they do not wait for a slow one.
  const flush = setImmediate(() => outgoing.flushHeaders());
  try {
    outgoing.writeHead(response.status, toRawHeaders(response, false));
    await pump(source, outgoing, options.stallMs ?? DEFAULT_STALL_MS);
  } catch (error) {
    source.cancel(error);
    // Once the headers are out, only a cut connection still tells the client that the body is not whole.
    if (outgoing.headersSent) outgoing.destroy();
    throw error;
  } finally {
    clearImmediate(flush);
    outgoing.off('close', onClose);
  }
}

async function pump(source: BodySource, outgoing: ServerResponse, stallMs: number): Promise<void> {
  for (;;) {
    const chunk = await source.read();
    if (outgoing.destroyed) return;
    if (chunk === undefined) break;
    if (typeof chunk === 'string' && chunk.length <= PIECE_BYTES) {
      if (!outgoing.write(chunk) && !(await drained(outgoing, stallMs))) return;
      continue;
    }
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      const piece = bytes.length <= PIECE_BYTES ? bytes : bytes.subarray(start, start + PIECE_BYTES);
      if (!outgoing.write(piece) && !(await drained(outgoing, stallMs))) return;
    }
  }
  outgoing.end();
}

/** True once the socket takes more; false when it closed or stalled (then it is destroyed). */
function drained(outgoing: ServerResponse, stallMs: number): Promise<boolean> {
  if (outgoing.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = (open: boolean): void => {
      clearTimeout(timer);
      outgoing.off('drain', onDrain);
      outgoing.off('close', onClose);
      outgoing.off('error', onClose);
      resolve(open);
    };
    const onDrain = (): void => settle(true);
    const onClose = (): void => settle(false);
    const timer = setTimeout(() => {
      outgoing.destroy();
      settle(false);
    }, stallMs);
    outgoing.on('drain', onDrain);
    outgoing.on('close', onClose);
    outgoing.on('error', onClose);
  });
}

function toSource(body: ReadableStream<Uint8Array>): BodySource {
  const direct: unknown = Reflect.get(body, CHUNK_SOURCE);
  if (!body.locked && isBodySource(direct)) return direct;
  const reader = body.getReader();
  return {
    read: async () => {
      const { done, value } = await reader.read();
      return done ? undefined : value;
    },
    cancel: (reason) => reader.cancel(reason).catch(() => undefined),
  };
}

function isBodySource(value: unknown): value is BodySource {
  return typeof value === 'object' && value !== null && 'read' in value && 'cancel' in value;
}

/** Name, value, name, value …: keeps several `set-cookie` apart. */
function toRawHeaders(response: Response, empty: boolean): OutgoingHttpHeader[] {
  const raw: string[] = [];
  for (const [name, value] of response.headers) if (!OWN_HEADERS.has(name)) raw.push(name, value);
  const { status } = response;
  // Without a length Node would send an empty body as chunks.
  if (empty && status !== 204 && status !== 304 && !response.headers.has('content-length')) {
    raw.push('content-length', '0');
  }
  return raw;
}
