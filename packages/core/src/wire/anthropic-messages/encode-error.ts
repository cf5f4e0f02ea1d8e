/** Failures as Anthropic's API tells them: `{ type: "error", error: { type, message }, request_id }`. */
import type { ErrorCode, GatewayError } from '../../chat/index.js';
import type { JsonObject, JsonValue } from '../../util/index.js';
import type { ErrorEnvelope } from '../protocol.js';
import { retryHeaders } from '../response/retry-headers.js';

export const ANTHROPIC_ERROR_TYPE = {
  invalid_request: 'invalid_request_error',
  context_length_exceeded: 'invalid_request_error',
  unsupported_feature: 'invalid_request_error',
  unauthenticated: 'authentication_error',
  permission_denied: 'permission_error',
  not_found: 'not_found_error',
  instance_not_found: 'not_found_error',
  instance_not_running: 'invalid_request_error',
  not_logged_in: 'invalid_request_error',
  no_login_way: 'invalid_request_error',
  no_such_flow: 'not_found_error',
  login_flow_expired: 'not_found_error',
  login_nonce_used: 'invalid_request_error',
  bad_callback_url: 'invalid_request_error',
  bad_session_bundle: 'invalid_request_error',
  method_not_allowed: 'invalid_request_error',
  model_not_found: 'not_found_error',
  model_not_allowed: 'permission_error',
  upgrade_required: 'invalid_request_error',
  request_timeout: 'invalid_request_error',
  payload_too_large: 'request_too_large',
  unsupported_media_type: 'invalid_request_error',
  rate_limited: 'rate_limit_error',
  quota_exceeded: 'rate_limit_error',
  client_closed: 'api_error',
  internal: 'api_error',
  upstream_error: 'api_error',
  upstream_overloaded: 'overloaded_error',
  no_available_channel: 'overloaded_error',
  upstream_protocol: 'api_error',
  output_mismatch: 'api_error',
  not_ready: 'overloaded_error',
  login_required: 'api_error',
  admin_disabled: 'api_error',
  metrics_disabled: 'api_error',
  shutting_down: 'overloaded_error',
  upstream_timeout: 'timeout_error',
} as const satisfies Record<ErrorCode, string>;

/** The status that goes with `overloaded_error` in this protocol alone. */
const OVERLOADED = 529;

export function errorBody(error: GatewayError, requestId?: string): JsonObject {
  const { details } = error;
  return {
    type: 'error',
    error: {
      type: ANTHROPIC_ERROR_TYPE[error.code],
      message: error.message,
      ...(details !== undefined && { details: details as JsonValue }),
    },
    ...(requestId !== undefined && { request_id: requestId }),
  };
}

export function encodeError(error: GatewayError, requestId?: string): ErrorEnvelope {
  const overloaded = ANTHROPIC_ERROR_TYPE[error.code] === 'overloaded_error';
  return {
    status: overloaded ? OVERLOADED : error.status,
    headers: retryHeaders(error),
    body: errorBody(error, requestId),
  };
}
