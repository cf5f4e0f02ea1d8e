/** The error object both OpenAI protocols use: `{ message, type, param, code }`, in envelopes and inside streams. */
import type { ErrorCode, GatewayError } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import type { ErrorEnvelope } from '../protocol.js';
import { retryHeaders } from './retry-headers.js';

interface OpenAiName {
  readonly type: string;
  readonly code: string | null;
}

const named = (type: string, code: string | null): OpenAiName => ({ type, code });

/** Client libraries branch on `type` and `code`; these are the words the protocol's own servers use where they have one. */
export const OPENAI_ERRORS = {
  invalid_request: named('invalid_request_error', null),
  context_length_exceeded: named('invalid_request_error', 'context_length_exceeded'),
  unsupported_feature: named('invalid_request_error', 'unsupported_feature'),
  unauthenticated: named('invalid_request_error', 'invalid_api_key'),
  permission_denied: named('invalid_request_error', 'permission_denied'),
  not_found: named('invalid_request_error', 'not_found'),
  instance_not_found: named('invalid_request_error', 'instance_not_found'),
  instance_not_running: named('invalid_request_error', 'instance_not_running'),
  not_logged_in: named('invalid_request_error', 'not_logged_in'),
  no_login_way: named('invalid_request_error', 'no_login_way'),
  no_such_flow: named('invalid_request_error', 'no_such_flow'),
  login_flow_expired: named('invalid_request_error', 'login_flow_expired'),
  login_nonce_used: named('invalid_request_error', 'login_nonce_used'),
  bad_callback_url: named('invalid_request_error', 'bad_callback_url'),
  bad_session_bundle: named('invalid_request_error', 'bad_session_bundle'),
  method_not_allowed: named('invalid_request_error', 'method_not_allowed'),
  model_not_found: named('invalid_request_error', 'model_not_found'),
  // OpenAI's own word for it, with 403 in place of 404: "Project … does not have access to model …".
  model_not_allowed: named('invalid_request_error', 'model_not_found'),
  upgrade_required: named('invalid_request_error', 'upgrade_required'),
  request_timeout: named('invalid_request_error', 'request_timeout'),
  payload_too_large: named('invalid_request_error', 'payload_too_large'),
  unsupported_media_type: named('invalid_request_error', 'unsupported_media_type'),
  rate_limited: named('requests', 'rate_limit_exceeded'),
  quota_exceeded: named('insufficient_quota', 'insufficient_quota'),
  client_closed: named('invalid_request_error', 'client_closed'),
  internal: named('server_error', null),
  upstream_error: named('server_error', 'upstream_error'),
  upstream_overloaded: named('server_error', 'upstream_overloaded'),
  no_available_channel: named('server_error', 'no_available_channel'),
  upstream_protocol: named('server_error', 'upstream_protocol'),
  output_mismatch: named('server_error', 'output_mismatch'),
  not_ready: named('server_error', 'not_ready'),
  login_required: named('server_error', 'login_required'),
  admin_disabled: named('server_error', 'admin_disabled'),
  metrics_disabled: named('server_error', 'metrics_disabled'),
  shutting_down: named('server_error', 'shutting_down'),
  upstream_timeout: named('server_error', 'upstream_timeout'),
} as const satisfies Record<ErrorCode, OpenAiName>;

/** `{ error: { message, type, param, code } }`; absent members are `null`, as the SDKs' types have them. */
export function openAiErrorBody(error: GatewayError): JsonObject {
  const { type, code } = OPENAI_ERRORS[error.code];
  return { error: { message: error.message, type, param: error.param ?? null, code } };
}

export function encodeOpenAiError(error: GatewayError): ErrorEnvelope {
  return { status: error.status, headers: retryHeaders(error), body: openAiErrorBody(error) };
}
