/** Failure → OpenAI's error envelope. */
import type { ErrorCode, GatewayError } from '../../chat/index.js';
import { ERROR_TABLE } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import type { ErrorEnvelope } from '../protocol.js';

interface ErrorName {
  readonly type: string;
  readonly code: string | null;
}

const ERROR_NAME = {
  invalid_request: { type: 'invalid_request_error', code: null },
  unsupported_feature: { type: 'invalid_request_error', code: 'unsupported_feature' },
  unauthenticated: { type: 'invalid_request_error', code: 'invalid_api_key' },
  permission_denied: { type: 'invalid_request_error', code: 'permission_denied' },
  not_found: { type: 'invalid_request_error', code: 'not_found' },
  method_not_allowed: { type: 'invalid_request_error', code: 'method_not_allowed' },
  model_not_found: { type: 'invalid_request_error', code: 'model_not_found' },
  payload_too_large: { type: 'invalid_request_error', code: 'payload_too_large' },
  rate_limited: { type: 'requests', code: 'rate_limit_exceeded' },
  quota_exceeded: { type: 'insufficient_quota', code: 'insufficient_quota' },
  client_closed: { type: 'server_error', code: 'client_closed' },
  internal: { type: 'server_error', code: null },
  upstream_error: { type: 'server_error', code: 'upstream_error' },
  upstream_protocol: { type: 'server_error', code: 'upstream_protocol' },
  not_ready: { type: 'server_error', code: 'not_ready' },
  login_required: { type: 'server_error', code: 'login_required' },
  shutting_down: { type: 'server_error', code: 'shutting_down' },
  upstream_timeout: { type: 'server_error', code: 'upstream_timeout' },
} as const satisfies Record<ErrorCode, ErrorName>;

export function encodeError(error: GatewayError): ErrorEnvelope {
  const { type, code } = ERROR_NAME[error.code];
  const row: { readonly status: number; readonly shouldRetry?: false } = ERROR_TABLE[error.code];
  const details = error.details as JsonObject | undefined;
  return {
    status: row.status,
    headers: {
      ...(error.retryAfterMs !== undefined && {
        'retry-after': String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))),
        'retry-after-ms': String(Math.ceil(error.retryAfterMs)),
      }),
      ...(row.shouldRetry === false && { 'x-should-retry': 'false' }),
    },
    body: {
      error: {
        message: error.message,
        type,
        param: error.param ?? null,
        code,
        ...(details !== undefined && { details }),
      },
    },
  };
}
