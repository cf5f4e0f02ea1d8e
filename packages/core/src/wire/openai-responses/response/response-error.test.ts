import { describe, expect, it } from 'vitest';
import { ERROR_TABLE, type ErrorCode, GatewayError } from '../../../chat/index.js';
import { responseError } from './response-error.js';

describe('responseError()', () => {
  it('pin - the code inside a failed response', () => {
    const codes = Object.keys(ERROR_TABLE) as ErrorCode[];
    expect(Object.fromEntries(codes.map((code) => [code, responseError(new GatewayError(code, 'x')).code]))).toEqual({
      invalid_request: 'invalid_prompt',
      context_length_exceeded: 'context_length_exceeded',
      unsupported_feature: 'invalid_prompt',
      unsupported_media_type: 'invalid_prompt',
      unauthenticated: 'server_error',
      permission_denied: 'server_error',
      not_found: 'server_error',
      instance_not_found: 'server_error',
      method_not_allowed: 'server_error',
      model_not_found: 'server_error',
      model_not_allowed: 'server_error',
      upgrade_required: 'server_error',
      request_timeout: 'server_error',
      payload_too_large: 'invalid_prompt',
      rate_limited: 'rate_limit_exceeded',
      quota_exceeded: 'insufficient_quota',
      client_closed: 'server_error',
      internal: 'server_error',
      upstream_error: 'server_error',
      upstream_overloaded: 'server_error',
      upstream_protocol: 'server_error',
      output_mismatch: 'server_error',
      not_ready: 'server_error',
      login_required: 'server_error',
      admin_disabled: 'server_error',
      metrics_disabled: 'server_error',
      shutting_down: 'server_error',
      upstream_timeout: 'server_error',
    });
  });

  it('rate limit - the wait stands in the message, where agents look for it', () => {
    const error = new GatewayError('rate_limited', 'Too many requests.', { retryAfterMs: 2500 });
    expect(responseError(error).message).toBe('Too many requests. Please try again in 2.5s.');
  });
});
