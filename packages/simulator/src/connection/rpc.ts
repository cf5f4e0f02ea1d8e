import type { JsonObject } from '../json-object.js';

/** Ids are echoed with the type they came in. */
export type RpcId = number | string;

/** A JSON-RPC error response, protocol section 3.2. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Codes of JSON-RPC that the process uses. */
export const RPC_CODE = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  internal: -32603,
  notInitialized: -32002,
  unknownSession: -32001,
} as const;

/** The Go side's usual error: code −32603 and a text. */
export function internalError(message: string): RpcError {
  return new RpcError(RPC_CODE.internal, message);
}

/** Base struct inlined in many results, protocol section 3. */
export function baseResult(requestId: string): JsonObject {
  return { requestId, errorCode: '', errorMessage: '', success: true };
}
