import type { ClientConnection } from '../connection/client-connection.js';
import type { RpcId } from '../connection/rpc.js';
import type { JsonObject } from '../json-object.js';
import type { Lingma } from '../process/process-state.js';

/** One incoming message with a method. */
export interface Call {
  readonly lingma: Lingma;
  readonly client: ClientConnection;
  readonly method: string;
  readonly params: JsonObject;
  /** Undefined for a notification. */
  readonly id: RpcId | undefined;
  /** Runs after the reply has been written. */
  afterReply(action: () => void): void;
}

/** Returned by a handler that replies on its own, or never. */
export const NO_REPLY: unique symbol = Symbol('no reply');

/** Returns the result; throws RpcError to fail the call. */
export type Handler = (call: Call) => unknown;

/** Handlers by method name. */
export type MethodTable = { readonly [method: string]: Handler };
