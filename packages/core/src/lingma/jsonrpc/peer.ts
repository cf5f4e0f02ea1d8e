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
 * Sees every incoming message, synchronously and in order, also those another handler has answered. For a request the
 * return value is the result to answer with at once: `undefined` leaves the answer to the next handler and at last to the
 * connection's default (`default-answer.ts`: `{}` for known methods, a refusal for permissions and tools, error -32601 for
 * unknown ones). A promise is for `tool/invoke` alone, whose answer takes its time (protocol section 9.1): the request is
 * answered when it settles. For notifications the value is ignored. A handler that throws, or whose promise rejects, is
 * logged; a request nobody else answers gets error -32603.
 */
export type IncomingHandler = (message: IncomingMessage) => JsonValue | Promise<JsonValue> | undefined;

export interface CallOptions {
  /** Milliseconds until the call fails with `upstream_timeout`. Default: the connection's. `Infinity`: none. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /**
   * The call was given up (time limit or signal) and its result came after all: the moment to clean up what the process
   * made, such as a session nobody will use. Not called for errors, nor once the connection has ended.
   */
  readonly onLateResult?: (result: JsonValue) => void;
}

export interface JsonRpcPeer {
  /** `lingma`, `qodercn` … and the version, from `initialize`; empty strings before it. */
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly closed: boolean;
  /**
   * @throws JsonRpcError the process answered with an error
   * @throws GatewayError `upstream_timeout`, `not_ready` (connection closed), or the signal's reason
   */
  call(method: string, params: JsonObject, options?: CallOptions): Promise<JsonValue>;
  notify(method: string, params: JsonObject): void;
  /** Returns the function that removes the handler again. Newest handler first. */
  onMessage(handler: IncomingHandler): () => void;
  /** Called once when the connection ends; at once if it has ended already. Returns the remover. */
  onClose(listener: (error: Error) => void): () => void;
  /** Back-pressure to the process: one turn at a time runs on a connection, so nobody else is held up. */
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
