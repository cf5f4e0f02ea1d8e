/** Unix sockets and Windows named pipes: to Node they are the same. */
import { createConnection, type Socket } from 'node:net';
import { type Clock, systemClock } from '../../util/index.js';
import { ConnectTimeoutError, unreachable } from './connect-error.js';
import { EarlyEvents } from './early-events.js';
import { handOverLater, handOverReads } from './read-batching.js';
import type { FramingName, Transport, TransportHandlers } from './transport.js';
import { createBatchedWrites } from './write-batching.js';

export interface PipeOptions {
  /** A socket's path, or `\\.\pipe\<name>`. */
  readonly path: string;
  /** Default 5000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Default `content-length`. */
  readonly framing?: FramingName;
}

/** How long a peer may take to read what was sent before we closed. */
const FLUSH_TIMEOUT_MS = 1_000;

/** @throws GatewayError `not_ready`, or the signal's reason */
export function connectPipe(options: PipeOptions): Promise<Transport> {
  const { path, timeoutMs = 5_000, signal, clock = systemClock } = options;
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    const release = (): void => {
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', onError).off('connect', onConnect);
    };
    const fail = (reason: unknown): void => {
      release();
      socket.on('error', () => undefined).destroy();
      reject(reason);
    };
    const onAbort = (): void => fail(signal?.reason);
    const onError = (error: Error): void => fail(unreachable(path, error));
    const onConnect = (): void => {
      release();
      resolve(new PipeTransport(path, socket, clock, options.framing));
    };
    const cancelTimer = clock.schedule(timeoutMs, () =>
      fail(unreachable(path, new ConnectTimeoutError(path, timeoutMs))),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError).on('connect', onConnect);
  });
}

class PipeTransport implements Transport {
  readonly #events = new EarlyEvents();
  readonly #beforeWrite: () => void;
  #error: Error | undefined;

  constructor(
    readonly address: string,
    private readonly socket: Socket,
    private readonly clock: Clock,
    readonly framing: FramingName = 'content-length',
  ) {
    this.#beforeWrite = createBatchedWrites(socket);
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('close', () => {
      handOverReads();
      this.#events.end(this.#error);
    });
  }

  send(frame: Uint8Array): void {
    if (!this.socket.writable) return;
    this.#beforeWrite();
    this.socket.write(frame);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    if (this.socket.destroyed) return;
    // Flushes what was sent, then goes without waiting for the peer's end; one that does not read loses it.
    this.socket.destroySoon();
    const cancel = this.clock.schedule(FLUSH_TIMEOUT_MS, () => this.socket.destroy());
    this.socket.once('close', cancel);
    this.#events.end(undefined);
  }

  listen(handlers: TransportHandlers): void {
    this.#events.listen(handlers);
    // Reading begins only now, and with it the flow: nothing is lost between connecting and this.
    const take = (bytes: Uint8Array): void => this.#events.receiver.onBytes(bytes);
    this.socket.on('data', (bytes) => handOverLater(take, bytes));
  }
}
