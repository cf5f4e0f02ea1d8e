/** One error class and one table. Whatever fails ends as a row of {@link ERROR_TABLE}; wire encoders dress it. */

export type ErrorCode =
  | 'invalid_request'
  | 'context_length_exceeded'
  | 'unsupported_feature'
  | 'unauthenticated'
  | 'permission_denied'
  | 'not_found'
  | 'instance_not_found'
  | 'instance_not_running'
  | 'not_logged_in'
  | 'no_login_way'
  | 'no_such_flow'
  | 'login_flow_expired'
  | 'login_nonce_used'
  | 'bad_callback_url'
  | 'bad_session_bundle'
  | 'method_not_allowed'
  | 'model_not_found'
  | 'model_not_allowed'
  | 'upgrade_required'
  | 'request_timeout'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'no_available_channel'
  | 'rate_limited'
  | 'quota_exceeded'
  | 'client_closed'
  | 'internal'
  | 'upstream_error'
  | 'upstream_overloaded'
  | 'upstream_protocol'
  | 'output_mismatch'
  | 'not_ready'
  | 'login_required'
  | 'admin_disabled'
  | 'metrics_disabled'
  | 'shutting_down'
  | 'upstream_timeout';

/** What clients are told with an error's code. */
export interface ErrorRow {
  readonly status: number;
  /** False: the official clients are told not to try again (`x-should-retry: false`). Absent: their own rule holds. */
  readonly shouldRetry?: false;
}

/** HTTP status by code. The names each protocol uses stand in its `encode-error.ts`. */
export const ERROR_TABLE = {
  invalid_request: { status: 400 },
  // Apart from the rest: clients compact the conversation when they see it, and for nothing else.
  context_length_exceeded: { status: 400 },
  unsupported_feature: { status: 400 },
  // Claude Code tries a key that was refused ten times more, for minutes, before it says so.
  unauthenticated: { status: 401, shouldRetry: false },
  permission_denied: { status: 403 },
  not_found: { status: 404 },
  // For operators.
  instance_not_found: { status: 404 },
  instance_not_running: { status: 409 },
  not_logged_in: { status: 409 },
  no_login_way: { status: 409 },
  no_such_flow: { status: 404 },
  login_flow_expired: { status: 410 },
  login_nonce_used: { status: 409 },
  bad_callback_url: { status: 400 },
  bad_session_bundle: { status: 400 },
  method_not_allowed: { status: 405 },
  model_not_found: { status: 404 },
  // The model may well be there; this key may not use it.
  model_not_allowed: { status: 403 },
  // Plain HTTP is all there is, however often one asks.
  upgrade_required: { status: 426, shouldRetry: false },
  request_timeout: { status: 408 },
  payload_too_large: { status: 413 },
  unsupported_media_type: { status: 415 },
  // Of channels: all that could answer rest or are disabled.
  no_available_channel: { status: 503 },
  rate_limited: { status: 429 },
  quota_exceeded: { status: 429, shouldRetry: false },
  client_closed: { status: 499 },
  internal: { status: 500 },
  upstream_error: { status: 502 },
  upstream_overloaded: { status: 503 },
  upstream_protocol: { status: 502 },
  // Asked twice already.
  output_mismatch: { status: 502, shouldRetry: false },
  not_ready: { status: 503 },
  login_required: { status: 503, shouldRetry: false },
  // Nobody can be told from anybody else, until the operator sets a key or token.
  admin_disabled: { status: 503, shouldRetry: false },
  metrics_disabled: { status: 503, shouldRetry: false },
  shutting_down: { status: 503 },
  upstream_timeout: { status: 504 },
} as const satisfies Record<ErrorCode, ErrorRow>;

const MARKER = Symbol.for('lingma-gateway.error');

/** What an error says beside its code and message. */
export interface GatewayErrorOptions {
  /** For the log only; may hold what clients must not see. */
  readonly cause?: unknown;
  /** Sent as `Retry-After`. */
  readonly retryAfterMs?: number;
  /** This failure will not pass by itself, though others of its code may. */
  readonly shouldRetry?: false;
  /** The request field at fault, in the client's spelling. */
  readonly param?: string;
  /** Members a protocol's envelope adds under `error.details`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** `message` is for the client: it holds no secret, path or account. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;
  readonly shouldRetry?: false;
  readonly param?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly [MARKER] = true;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.shouldRetry !== undefined) this.shouldRetry = options.shouldRetry;
    if (options.param !== undefined) this.param = options.param;
    if (options.details !== undefined) this.details = options.details;
  }

  get status(): number {
    return ERROR_TABLE[this.code].status;
  }

  /** Whether it is one, of this copy of the package or another (one of each kind of modules, say). */
  static isInstance(value: unknown): value is GatewayError {
    return typeof value === 'object' && value !== null && MARKER in value;
  }

  /** `instanceof` says the same; of a class that extends this one, what it always says. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: the class on the right of `instanceof`, which may be another.
    return this === GatewayError ? GatewayError.isInstance(value) : Object[Symbol.hasInstance].call(this, value);
  }
}

/** Callers may abort with anything; inside every reason is a {@link GatewayError}. */
export function abortReason(reason: unknown): GatewayError {
  return GatewayError.isInstance(reason)
    ? reason
    : new GatewayError('client_closed', 'The request was aborted', { cause: reason });
}

/** Anything thrown as a {@link GatewayError}; unknown things become `internal`, with the original as `cause`. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (GatewayError.isInstance(thrown)) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') return abortReason(thrown);
  return new GatewayError('internal', 'Internal error', { cause: thrown });
}
