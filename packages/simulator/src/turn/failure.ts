import type { JsonObject } from '../json-object.js';

/** Why a turn failed. */
export interface Failure {
  readonly status: number;
  readonly message: string;
  /** Code of a JSON-RPC error; −32603 where none is given. */
  readonly code?: number | undefined;
  /** `data` of a JSON-RPC error; undefined = none. */
  readonly data?: unknown;
  /** Further members of the event that tells of it, such as `fullAnswer` or `retry_after_ms`. */
  readonly members?: JsonObject | undefined;
}

/** How a failure shows on the wire. */
export type FailureForm = 'finish' | 'chat-error' | 'rpc-error';
