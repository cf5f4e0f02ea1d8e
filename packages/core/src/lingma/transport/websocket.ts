/**
 * WebSocket over `ws`. Messages are pieces of one byte stream: their kind (text, binary) and their borders mean nothing
 * (protocol section 2.1), so nothing is decoded or validated here. Where messages come without a header, a border ends a line.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type RawData, WebSocket } from 'ws';
import { GatewayError } from '../../chat/index.js';
import { type Clock, systemClock } from '../../util/index.js';
import { ConnectTimeoutError, HandshakeRefusedError, unreachable } from './connect-error.js';
import { EarlyEvents } from './early-events.js';
import { handOverLater, handOverReads } from './read-batching.js';
import { shownUrl } from './redact.js';
import type { FramingName, Transport, TransportHandlers } from './transport.js';
import { createBatchedWrites } from './write-batching.js';

export interface WebSocketOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Until the handshake is over. Default 5000. */
  readonly handshakeTimeoutMs?: number;
  /** Bytes one WebSocket message may have. Default 256 MiB: it may hold several frames, whose own limit is the reader's. */
  readonly maxMessageBytes?: number;
  /** `ndjson`: each WebSocket message is one message of the protocol, without a header. Default `content-length`. */
  readonly framing?: FramingName;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Between messages that have no header. */
const LINE_END = Buffer.from('\n');
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
/** How long the peer may take to answer our closing before the socket is cut. */
const CLOSE_TIMEOUT_MS = 1_000;

/** @throws GatewayError `not_ready` (its cause is a {@link HandshakeRefusedError} if the answer was not 101), or the signal's reason */
export function connectWebSocket(options: WebSocketOptions): Promise<Transport> {
  const { handshakeTimeoutMs = 5_000, signal, clock = systemClock } = options;
  const url = shownUrl(options.url);
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const webSocket = openWebSocket(options);
    let socket: Socket | undefined;
    const release = (): void => {
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
      webSocket
        .off('upgrade', onUpgrade)
        .off('open', onOpen)
        .off('error', onError)
        .off('unexpected-response', onRefused);
    };
    const fail = (reason: unknown): void => {
      release();
      // Cutting an unfinished handshake raises an error of its own.
      webSocket.on('error', () => undefined).terminate();
      reject(reason);
    };
    const onAbort = (): void => fail(signal?.reason);
    const onUpgrade = (response: IncomingMessage): void => {
      socket = response.socket;
    };
    const onOpen = (): void => {
      release();
      // Before anything can be read: the process may speak first, and `listen` comes a little later.
      webSocket.pause();
      resolve(new WebSocketTransport(url, webSocket, socket, options.framing));
    };
    const onRefused = (_request: unknown, response: IncomingMessage): void => {
      response.resume();
      fail(unreachable(url, new HandshakeRefusedError(url, response.statusCode)));
    };
    const onError = (error: Error): void => {
      const hungUp = (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      fail(unreachable(url, hungUp ? new HandshakeRefusedError(url, undefined) : error));
    };
    const cancelTimer = clock.schedule(handshakeTimeoutMs, () =>
      fail(unreachable(url, new ConnectTimeoutError(url, handshakeTimeoutMs))),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    webSocket.on('upgrade', onUpgrade).on('open', onOpen).on('error', onError).on('unexpected-response', onRefused);
  });
}

/**
 * Masking keeps intermediaries from being fooled, and on this machine there are none. With a mask of zeros, frames stay what
 * the standard demands, and `ws` neither copies nor walks through what is sent.
 */
const LOOPBACK = /^wss?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?:[/?]|$)/i;
const leaveZeros = (): void => undefined;

/** No `Origin` (QoderCN refuses one), no compression, no decoding. */
function openWebSocket(options: WebSocketOptions): WebSocket {
  const maxPayload = options.maxMessageBytes ?? MAX_MESSAGE_BYTES;
  const settings = {
    headers: { ...options.headers },
    perMessageDeflate: false,
    maxPayload,
    // A large message in pieces of a KiB is fine; one in single bytes would cost a hundred times its size.
    maxFragments: 256 * 1024,
    skipUTF8Validation: true,
    followRedirects: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
    ...(LOOPBACK.test(options.url) && { generateMask: leaveZeros }),
  };
  try {
    return new WebSocket(options.url, settings);
  } catch (error) {
    // The library's own message quotes the address with its user and query.
    if (error instanceof SyntaxError)
      throw unreachable('the configured address', new SyntaxError('Not a WebSocket URL'));
    throw unreachable(shownUrl(options.url), error);
  }
}

/** Orderly ends: normal closure, going away, and a close frame without a code. */
const ORDERLY = new Set([1000, 1001, 1005]);

/** As every known client sends; the process takes both. */
const AS_TEXT = { binary: false };

class WebSocketTransport implements Transport {
  readonly #events = new EarlyEvents();
  readonly #beforeWrite: () => void;
  #error: Error | undefined;

  constructor(
    readonly address: string,
    private readonly webSocket: WebSocket,
    socket: Socket | undefined,
    readonly framing: FramingName = 'content-length',
  ) {
    this.#beforeWrite = socket === undefined ? () => undefined : createBatchedWrites(socket);
    const isBare = framing === 'ndjson';
    const take = (bytes: Uint8Array): void => {
      this.#events.receiver.onBytes(bytes);
      if (isBare) this.#events.receiver.onBytes(LINE_END);
    };
    webSocket.on('message', (data: RawData) => handOverLater(take, data as Buffer));
    webSocket.on('error', (error) => {
      this.#error = isProtocolError(error)
        ? new GatewayError('upstream_protocol', 'Lingma broke the WebSocket protocol or its limits', { cause: error })
        : error;
    });
    webSocket.on('close', (code, reason) => {
      handOverReads();
      const orderly = this.#error === undefined && ORDERLY.has(code);
      // Its reason is a text from outside, for logs of its own.
      const text = reason.length === 0 ? '' : ` and a reason of ${reason.length} bytes`;
      this.#events.end(orderly ? undefined : (this.#error ?? new Error(`WebSocket closed with code ${code}${text}`)));
    });
  }

  send(frame: Uint8Array): void {
    if (this.webSocket.readyState !== WebSocket.OPEN) return;
    this.#beforeWrite();
    const message = this.framing === 'ndjson' ? frame.subarray(0, -LINE_END.length) : frame;
    this.webSocket.send(message, AS_TEXT);
  }

  pause(): void {
    this.webSocket.pause();
  }

  resume(): void {
    this.webSocket.resume();
  }

  close(): void {
    // The peer's answer to the close frame has to be read.
    this.webSocket.resume();
    this.webSocket.close();
    this.#events.end(undefined);
  }

  listen(handlers: TransportHandlers): void {
    this.#events.listen(handlers);
    this.webSocket.resume();
  }
}

/** `ws` marks what the peer did wrong, a message over the limit included. */
function isProtocolError(error: NodeJS.ErrnoException): boolean {
  return error.code?.startsWith('WS_ERR_') === true;
}
