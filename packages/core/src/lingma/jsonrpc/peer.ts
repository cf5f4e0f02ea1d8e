/** What dialects see of a connection. `JsonRpcConnection` implements it; tests can fake it. */
import { type JsonObject, type JsonValue, OutsideTextError } from '../../util/index.js';

export type JsonRpcId = number | string;

/** A request or notification from the process, routed by `method` whether or not it has an `id`. */
export interface IncomingMessage {
  readonly method: string;
  readonly params: JsonObject;
  /** Present on requests. It is answered by the connection; see {@link IncomingHandler}. */
  readonly id?: JsonRpcId;
}

/**
 * Sees every message of its method, synchronously and in order, also those another handler has answered. For a request
 * the return value is the result to answer with at once: `undefined` leaves the answer to the next handler and at last to
 * the connection's default. A promise is for what takes its time, such as running a tool: the request is answered when it
 * settles. For notifications the value is ignored. A handler that throws, or whose promise rejects, is logged; a request
 * nobody else answers gets error -32603.
 */
export type IncomingHandler = (message: IncomingMessage) => JsonValue | Promise<JsonValue> | undefined;

/** What a request of the process is answered with. */
export type JsonRpcAnswer =
  | { readonly result: JsonValue }
  | { readonly error: { readonly code: number; readonly message: string } };

/** As much of an `AbortSignal` as a call needs. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface CallOptions {
  /** Milliseconds until the call fails with `upstream_timeout`. Default: the connection's. `Infinity`: none. */
  readonly timeoutMs?: number;
  readonly signal?: CancelSignal;
  /**
   * The call was given up (time limit or signal) and its result came after all: the moment to clean up what the process
   * made, such as a session nobody will use. Not called for errors, nor once the connection has ended.
   */
  readonly onLateResult?: (result: JsonValue) => void;
}

export interface JsonRpcPeer {
  /** `lingma`, `qodercn` … and the version, from `initialize`; empty strings before it. */
  readonly serverInfo: { readonly name: string; readonly version: string };
  /** The result of `initialize`; empty before it. */
  readonly initialized?: JsonObject;
  readonly closed: boolean;
  /**
   * @throws JsonRpcError the process answered with an error
   * @throws GatewayError `upstream_timeout`, `not_ready` (connection closed), or the signal's reason
   */
  call(method: string, params: JsonObject, options?: CallOptions): Promise<JsonValue>;
  notify(method: string, params: JsonObject): void;
  /** Handles the messages of one method. Returns the function that removes the handler again. Newest handler first. */
  on(method: string, handler: IncomingHandler): () => void;
  /** As {@link on}, for the messages of all methods that have no handler of their own. */
  onOther(handler: IncomingHandler): () => void;
  /** Called once when the connection ends; at once if it has ended already. Returns the remover. */
  onClose(listener: (error: Error) => void): () => void;
  /** Back-pressure to the process: it holds up everything that runs on this connection. */
  pause(): void;
  resume(): void;
}

/** The process answered a call with a JSON-RPC error. Its text, not its code, tells what happened. */
export class JsonRpcError extends OutsideTextError {
  override readonly name = 'JsonRpcError';
  declare readonly code: number;
  constructor(
    readonly method: string,
    code: number,
    message: string,
    readonly data?: JsonValue,
  ) {
    super(message, code);
  }
}
