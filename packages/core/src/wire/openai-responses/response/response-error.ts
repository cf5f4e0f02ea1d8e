/** How a failure is told inside a Response (`error`), once the status is out: `response.failed` carries it. */
import type { ErrorCode, GatewayError } from '../../../chat/index.js';
import type { ResponseFailure } from './response-object.js';

/**
 * The published list of codes has no word for most of what can go wrong; `server_error` stands for all of it. Codex acts
 * on three: it stops at `insufficient_quota`, waits as told after `rate_limit_exceeded`, and compacts the conversation
 * after `context_length_exceeded`.
 */
const RESPONSE_ERROR_CODE = {
  invalid_request: 'invalid_prompt',
  context_length_exceeded: 'context_length_exceeded',
  unsupported_feature: 'invalid_prompt',
  payload_too_large: 'invalid_prompt',
  unsupported_media_type: 'invalid_prompt',
  rate_limited: 'rate_limit_exceeded',
  quota_exceeded: 'insufficient_quota',
  unauthenticated: 'server_error',
  permission_denied: 'server_error',
  not_found: 'server_error',
  instance_not_found: 'server_error',
  instance_not_running: 'server_error',
  not_logged_in: 'server_error',
  no_login_way: 'server_error',
  no_such_flow: 'server_error',
  login_flow_expired: 'server_error',
  login_nonce_used: 'server_error',
  bad_callback_url: 'server_error',
  bad_session_bundle: 'server_error',
  method_not_allowed: 'server_error',
  model_not_found: 'server_error',
  model_not_allowed: 'server_error',
  upgrade_required: 'server_error',
  request_timeout: 'server_error',
  client_closed: 'server_error',
  internal: 'server_error',
  upstream_error: 'server_error',
  upstream_overloaded: 'server_error',
  no_available_channel: 'server_error',
  upstream_protocol: 'server_error',
  output_mismatch: 'server_error',
  not_ready: 'server_error',
  login_required: 'server_error',
  admin_disabled: 'server_error',
  metrics_disabled: 'server_error',
  shutting_down: 'server_error',
  upstream_timeout: 'server_error',
} as const satisfies Record<ErrorCode, string>;

export function responseError(error: GatewayError): ResponseFailure {
  const wait =
    error.code === 'rate_limited' && error.retryAfterMs !== undefined
      ? ` Please try again in ${(error.retryAfterMs / 1000).toFixed(1)}s.`
      : '';
  return { status: 'failed', code: RESPONSE_ERROR_CODE[error.code], message: error.message + wait };
}
