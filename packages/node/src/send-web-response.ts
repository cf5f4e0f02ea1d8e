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

/** A body that is pushed: text goes out as it is made, and no more is made while the socket is full. */
interface ChunkSource {
  pipe(sink: { write(text: string): boolean; end(): void }): void;
  resume(): void;
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
  const { body } = response;
  if (outgoing.destroyed || outgoing.socket?.destroyed === true) {
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
  // Headers wait for a first chunk that is there already; they do not wait for a slow one.
  const flush = setImmediate(() => outgoing.flushHeaders());
  try {
    outgoing.writeHead(response.status, toRawHeaders(response, false));
    if (reader !== undefined) await pump(reader, outgoing, stallMs);
    else if (source !== undefined) await push(source, outgoing, stallMs);
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

function push(source: ChunkSource, outgoing: ServerResponse, stallMs: number): Promise<void> {
  return new Promise((resolve) => {
    const gate = new DrainGate(outgoing, stallMs, () => source.resume());
    const settle = (): void => {
      gate.close();
      outgoing.off('close', onClose);
      resolve();
    };
    const onClose = (): void => {
      source.cancel(new Error('The client went away'));
      settle();
    };
    outgoing.once('close', onClose);
    source.pipe({
      write(text) {
        if (outgoing.destroyed) return false;
        const open = text.length <= PIECE_BYTES ? outgoing.write(text) : writePieces(Buffer.from(text), outgoing);
        if (!open) gate.wait();
        return open;
      },
      end() {
        outgoing.end();
        settle();
      },
    });
  });
}

/** Whether the socket takes more behind them. */
function writePieces(bytes: Uint8Array, outgoing: ServerResponse): boolean {
  let open = true;
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    open = outgoing.write(bytes.subarray(start, start + PIECE_BYTES));
  }
  return open;
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

/** Tells when a full socket takes more; one that makes no progress for too long is destroyed. */
class DrainGate {
  readonly #outgoing: ServerResponse;
  readonly #stallMs: number;
  readonly #onDrain: () => void;
  #timer: NodeJS.Timeout | undefined;
  #listening = false;

  constructor(outgoing: ServerResponse, stallMs: number, onDrain: () => void) {
    this.#outgoing = outgoing;
    this.#stallMs = stallMs;
    this.#onDrain = onDrain;
  }

  wait(): void {
    if (this.#timer !== undefined) return;
    if (!this.#listening) {
      this.#listening = true;
      this.#outgoing.on('drain', this.#drained);
    }
    this.#watch();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#outgoing.off('drain', this.#drained);
  }

  readonly #drained = (): void => {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onDrain();
  };

  /** Much text drains slowly: as long as some of it leaves, the reader is there. */
  #watch(): void {
    const before = this.#sent;
    this.#timer = setTimeout(() => {
      if (this.#sent > before) this.#watch();
      else this.#outgoing.destroy();
    }, this.#stallMs);
  }

  /** Bytes of the connection that the kernel has taken. */
  get #sent(): number {
    const { socket } = this.#outgoing;
    return socket === null ? 0 : socket.bytesWritten - socket.writableLength;
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
