/** One class for all that can go wrong, told apart by its code. */

/**
 * - `LLM_CLIENT_CONFIG`: the call cannot be made as it is: a variable is missing, an argument makes no sense
 * - `LLM_CLIENT_HTTP`: the server answered with a status other than 2xx
 * - `LLM_CLIENT_RESPONSE`: a 2xx whose body is not what it should be, or a stream that was cut
 * - `ETIMEDOUT`: it took longer than `timeoutMs`
 * - `LLM_CLIENT_NETWORK`, or the code of the cause (`ECONNREFUSED`, …): nothing was answered
 */
export type LlmClientErrorCode =
  | 'LLM_CLIENT_CONFIG'
  | 'LLM_CLIENT_HTTP'
  | 'LLM_CLIENT_RESPONSE'
  | 'LLM_CLIENT_NETWORK'
  | 'ETIMEDOUT'
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'ENOTFOUND'
  | 'EAI_AGAIN'
  | (string & Record<never, never>);

/** What a failed call tells beside its message. */
export interface LlmClientErrorDetails {
  /** Of an answer with another status than 2xx: the server's own words. Of a network failure: the error below. */
  readonly cause?: unknown;
  /** HTTP status of the answer. */
  readonly status?: number;
  /** The server's code for it, `error.code` or else `error.type` of the body. */
  readonly errorCode?: string;
  /** Milliseconds that the server asks to wait (`Retry-After`, `retry-after-ms`). */
  readonly retryAfterMs?: number;
  /** The answer's `x-request-id`. */
  readonly requestId?: string;
}

/** What every failed call rejects with, but for those that the caller's own signal ends. */
export class LlmClientError extends Error implements LlmClientErrorDetails {
  readonly code: LlmClientErrorCode;
  readonly status?: number;
  readonly errorCode?: string;
  readonly retryAfterMs?: number;
  readonly requestId?: string;

  constructor(code: LlmClientErrorCode, message: string, { cause, ...details }: LlmClientErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LlmClientError';
    this.code = code;
    Object.assign(this, details);
  }
}

/** Also of another copy of this client: the copied file beside the package, ESM beside CommonJS. */
export function isLlmClientError(value: unknown): value is LlmClientError {
  return value instanceof Error && value.name === 'LlmClientError' && typeof Reflect.get(value, 'code') === 'string';
}
