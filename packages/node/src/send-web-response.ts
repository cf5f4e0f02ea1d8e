/**
 * Web `Response` → `node:http` response. The body is pulled only as fast as the socket takes it; a client that has
 * gone, or that has stopped reading, cancels it.
 */
import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import { DrainGate } from './drain-gate.js';
import { type ChunkSource, DEFAULT_STALL_MS, isTaken, pushChunks, writePieces } from './push-chunks.js';

/** What {@link sendWebResponse} can be told. */
export interface SendWebResponseOptions {
  /** Milliseconds a full socket may stay without progress before it is destroyed. Default 60 000. */
  readonly stallMs?: number;
  /** The request was a HEAD: headers go out, the body is cancelled. */
  readonly headOnly?: boolean;
}

/** Bodies made by the gateway give out their text here, before it is encoded and queued a second time. */
const CHUNK_SOURCE = Symbol.for('lingma-gateway.chunk-source');
/** Node sets these itself. */
const OWN_HEADERS = new Set(['transfer-encoding', 'keep-alive']);

/** Resolves when the response is complete or the client is gone; rejects when the body fails (the socket is destroyed). */
export async function sendWebResponse(
  response: Response,
  outgoing: ServerResponse,
  options: SendWebResponseOptions = {},
): Promise<void> {
  const { body } = response;
  if (isTaken(outgoing)) {
    discard(body);
    return;
  }
  if (body === null || options.headOnly === true) {
    discard(body);
    outgoing.writeHead(response.status, toRawHeaders(response, body === null && options.headOnly !== true));
    outgoing.end();
    return;
  }
  const stallMs = options.stallMs ?? DEFAULT_STALL_MS;
  const source = chunkSourceOf(body);
  // Throws where somebody else reads it already: then there is still a status to say so with.
  const reader = source === undefined ? body.getReader() : undefined;
  outgoing.writeHead(response.status, toRawHeaders(response, false));
  if (source !== undefined) return pushChunks(source, outgoing, stallMs);
  // Headers wait for a first chunk that is there already; they do not wait for a slow one.
  const flush = setImmediate(() => outgoing.flushHeaders());
  try {
    if (reader !== undefined) await pump(reader, outgoing, stallMs);
  } finally {
    clearImmediate(flush);
  }
}

function discard(body: ReadableStream<Uint8Array> | null): void {
  if (body === null) return;
  const source = chunkSourceOf(body);
  if (source !== undefined) source.cancel();
  else body.cancel().catch(() => undefined);
}

type BodyReader = ReadableStreamDefaultReader<Uint8Array>;

async function pump(reader: BodyReader, outgoing: ServerResponse, stallMs: number): Promise<void> {
  let drained: () => void = () => undefined;
  const gate = new DrainGate(outgoing, stallMs, () => drained());
  const onClose = (): void => {
    reader.cancel(new Error('The client went away')).catch(() => undefined);
    drained();
  };
  outgoing.once('close', onClose);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (outgoing.destroyed) return;
      if (done) break;
      if (writePieces(value, outgoing)) continue;
      await new Promise<void>((resolve) => {
        drained = resolve;
        gate.wait();
      });
      if (outgoing.destroyed) return;
    }
    outgoing.end();
  } catch (error) {
    // Once the headers are out, only a cut connection still tells the client that the body is not whole.
    if (outgoing.headersSent) outgoing.destroy();
    throw error;
  } finally {
    gate.close();
    outgoing.off('close', onClose);
  }
}

function chunkSourceOf(body: ReadableStream<Uint8Array>): ChunkSource | undefined {
  const direct: unknown = Reflect.get(body, CHUNK_SOURCE);
  return !body.locked && isChunkSource(direct) ? direct : undefined;
}

function isChunkSource(value: unknown): value is ChunkSource {
  return typeof value === 'object' && value !== null && 'pipe' in value && 'resume' in value && 'cancel' in value;
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
