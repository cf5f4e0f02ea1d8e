/** The port between JSON-RPC and whatever carries its bytes: WebSocket, unix socket, named pipe, the standard streams of a child. */

/** How the peer tells messages apart: by a header before each, or one a line. */
export type FramingName = 'content-length' | 'ndjson';

/** A connection as bytes. */
export interface Transport {
  /** Where it leads, for the log: `ws://127.0.0.1:36510/`, a socket path. */
  readonly address: string;
  /** Default `content-length`. */
  readonly framing?: FramingName;
  /** Sends one whole frame. What the peer does not take yet is queued by the runtime. */
  send(frame: Uint8Array): void;
  /** Stops reading from the peer, so that the kernel's back-pressure reaches it. */
  pause(): void;
  resume(): void;
  /** Closes from our side. `onClose` follows. Idempotent. */
  close(): void;
  /** Handlers are set once, before the first event can come. `bytes` mean a stream: boundaries carry no meaning. */
  listen(handlers: TransportHandlers): void;
}

/** Who is told what a transport brings. */
export interface TransportHandlers {
  onBytes(bytes: Uint8Array): void;
  /** Once. `error` is absent after an orderly close. */
  onClose(error?: Error): void;
}
