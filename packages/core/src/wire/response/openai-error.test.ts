import { describe, expect, it } from 'vitest';
import { ERROR_TABLE, type ErrorCode, GatewayError } from '../../chat/index.js';
import { encodeError as encodeAnthropicError } from '../anthropic-messages/encode-error.js';
import { encodeOpenAiError } from './openai-error.js';

/** code, OpenAI status / type / code, Anthropic status / type. Official clients branch on every one of these words. */
const MATRIX: readonly (readonly [ErrorCode, number, string, string | null, number, string])[] = [
  ['invalid_request', 400, 'invalid_request_error', null, 400, 'invalid_request_error'],
  ['context_length_exceeded', 400, 'invalid_request_error', 'context_length_exceeded', 400, 'invalid_request_error'],
  ['unsupported_feature', 400, 'invalid_request_error', 'unsupported_feature', 400, 'invalid_request_error'],
  ['unauthenticated', 401, 'invalid_request_error', 'invalid_api_key', 401, 'authentication_error'],
  ['permission_denied', 403, 'invalid_request_error', 'permission_denied', 403, 'permission_error'],
  ['not_found', 404, 'invalid_request_error', 'not_found', 404, 'not_found_error'],
  ['instance_not_found', 404, 'invalid_request_error', 'instance_not_found', 404, 'not_found_error'],
  ['instance_not_running', 409, 'invalid_request_error', 'instance_not_running', 409, 'invalid_request_error'],
  ['not_logged_in', 409, 'invalid_request_error', 'not_logged_in', 409, 'invalid_request_error'],
  ['no_login_way', 409, 'invalid_request_error', 'no_login_way', 409, 'invalid_request_error'],
  ['no_such_flow', 404, 'invalid_request_error', 'no_such_flow', 404, 'not_found_error'],
  ['login_flow_expired', 410, 'invalid_request_error', 'login_flow_expired', 410, 'not_found_error'],
  ['login_nonce_used', 409, 'invalid_request_error', 'login_nonce_used', 409, 'invalid_request_error'],
  ['bad_callback_url', 400, 'invalid_request_error', 'bad_callback_url', 400, 'invalid_request_error'],
  ['bad_session_bundle', 400, 'invalid_request_error', 'bad_session_bundle', 400, 'invalid_request_error'],
  ['method_not_allowed', 405, 'invalid_request_error', 'method_not_allowed', 405, 'invalid_request_error'],
  ['model_not_found', 404, 'invalid_request_error', 'model_not_found', 404, 'not_found_error'],
  ['model_not_allowed', 403, 'invalid_request_error', 'model_not_found', 403, 'permission_error'],
  ['upgrade_required', 426, 'invalid_request_error', 'upgrade_required', 426, 'invalid_request_error'],
  ['request_timeout', 408, 'invalid_request_error', 'request_timeout', 408, 'invalid_request_error'],
  ['payload_too_large', 413, 'invalid_request_error', 'payload_too_large', 413, 'request_too_large'],
  ['unsupported_media_type', 415, 'invalid_request_error', 'unsupported_media_type', 415, 'invalid_request_error'],
  ['rate_limited', 429, 'requests', 'rate_limit_exceeded', 429, 'rate_limit_error'],
  ['quota_exceeded', 429, 'insufficient_quota', 'insufficient_quota', 429, 'rate_limit_error'],
  ['client_closed', 499, 'invalid_request_error', 'client_closed', 499, 'api_error'],
  ['internal', 500, 'server_error', null, 500, 'api_error'],
  ['upstream_error', 502, 'server_error', 'upstream_error', 502, 'api_error'],
  ['upstream_overloaded', 503, 'server_error', 'upstream_overloaded', 529, 'overloaded_error'],
  ['no_available_channel', 503, 'server_error', 'no_available_channel', 529, 'overloaded_error'],
  ['upstream_protocol', 502, 'server_error', 'upstream_protocol', 502, 'api_error'],
  ['output_mismatch', 502, 'server_error', 'output_mismatch', 502, 'api_error'],
  ['not_ready', 503, 'server_error', 'not_ready', 529, 'overloaded_error'],
  ['login_required', 503, 'server_error', 'login_required', 503, 'api_error'],
  ['admin_disabled', 503, 'server_error', 'admin_disabled', 503, 'api_error'],
  ['metrics_disabled', 503, 'server_error', 'metrics_disabled', 503, 'api_error'],
  ['shutting_down', 503, 'server_error', 'shutting_down', 529, 'overloaded_error'],
  ['upstream_timeout', 504, 'server_error', 'upstream_timeout', 504, 'timeout_error'],
];

describe('error envelopes', () => {
  it('the matrix has every code', () => {
    expect(MATRIX.map(([code]) => code).sort()).toEqual(Object.keys(ERROR_TABLE).sort());
  });

  it.each(MATRIX)('%s', (code, status, type, name, anthropicStatus, anthropicType) => {
    const error = new GatewayError(code, 'It failed');
    expect(encodeOpenAiError(error)).toMatchObject({
      status,
      body: { error: { message: 'It failed', type, param: null, code: name } },
    });
    expect(encodeAnthropicError(error, 'req_7')).toMatchObject({
      status: anthropicStatus,
      body: { type: 'error', error: { type: anthropicType, message: 'It failed' }, request_id: 'req_7' },
    });
  });

  it('OpenAI - names the field', () => {
    const error = new GatewayError('invalid_request', 'No', { param: 'messages[0].role' });
    expect(encodeOpenAiError(error).body).toEqual({
      error: { message: 'No', type: 'invalid_request_error', param: 'messages[0].role', code: null },
    });
  });

  it('Anthropic - carries details, and leaves out what it has not', () => {
    const error = new GatewayError('invalid_request', 'No', { details: { error_code: 'x' } });
    expect(encodeAnthropicError(error).body).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'No', details: { error_code: 'x' } },
    });
  });

  it('headers - say when to come back, or that it is no use', () => {
    const headers = (code: ErrorCode, retryAfterMs?: number): object =>
      encodeOpenAiError(new GatewayError(code, 'No', retryAfterMs === undefined ? {} : { retryAfterMs })).headers;
    expect(headers('rate_limited', 2500)).toEqual({ 'retry-after': '3', 'retry-after-ms': '2500' });
    expect(headers('not_ready')).toEqual({ 'retry-after': '1', 'retry-after-ms': '1000' });
    expect(headers('quota_exceeded')).toEqual({ 'x-should-retry': 'false' });
    expect(headers('unauthenticated')).toEqual({ 'x-should-retry': 'false' });
    expect(headers('login_required')).toEqual({ 'x-should-retry': 'false' });
    expect(headers('invalid_request')).toEqual({});
    const lasting = new GatewayError('not_ready', 'No', { shouldRetry: false });
    expect(encodeOpenAiError(lasting).headers).toEqual({ ...headers('not_ready'), 'x-should-retry': 'false' });
  });

  it('never tells the cause', () => {
    const error = new GatewayError('upstream_error', 'Lingma failed', { cause: new Error('/home/me/secret') });
    expect(JSON.stringify([encodeOpenAiError(error), encodeAnthropicError(error)])).not.toContain('secret');
  });
});
