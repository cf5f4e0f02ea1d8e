import { describe, expect, it } from 'vitest';
import { ERROR_TABLE, type ErrorCode, GatewayError } from '../../../chat/index.js';
import { responseError } from './response-error.js';

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];
/** Told by a code of their own, because clients act on it or because the request itself is to blame. */
const OWN_CODES: Readonly<Record<string, readonly ErrorCode[]>> = {
  invalid_prompt: ['invalid_request', 'unsupported_feature', 'unsupported_media_type', 'payload_too_large'],
  context_length_exceeded: ['context_length_exceeded'],
  rate_limit_exceeded: ['rate_limited'],
  insufficient_quota: ['quota_exceeded'],
};

describe('responseError()', () => {
  it.each(Object.entries(OWN_CODES))('%s - what is told by it, and nothing else', (code, told) => {
    expect(CODES.filter((each) => responseError(new GatewayError(each, 'x')).code === code).sort()).toEqual(
      [...told].sort(),
    );
  });

  it('server_error - stands for all the rest', () => {
    const own = new Set(Object.values(OWN_CODES).flat());
    for (const code of CODES.filter((each) => !own.has(each))) {
      expect(responseError(new GatewayError(code, 'x')), code).toEqual({
        status: 'failed',
        code: 'server_error',
        message: 'x',
      });
    }
  });

  it('rate limit - the wait stands in the message, where agents look for it', () => {
    const error = new GatewayError('rate_limited', 'Too many requests.', { retryAfterMs: 2500 });
    expect(responseError(error).message).toBe('Too many requests. Please try again in 2.5s.');
  });
});
