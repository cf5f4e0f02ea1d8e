import { describe, expect, it } from 'vitest';
import { inBandFailure, readError, readRetryAfter, refusalFailure } from './failure.js';

const refuse = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  refusalFailure({
    status,
    statusText: 'Said so',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    header: (name) => headers[name],
    secrets: ['topsecretkey'],
    now: 1_000_000,
  });
const openai = (message: string, code?: string, type?: string) => ({ error: { message, code, type } });

describe('refusalFailure', () => {
  it.each([
    [400, openai('temperature is too high'), 'request', 'invalid_request'],
    [
      400,
      openai("This model's maximum context length is 8 tokens", 'context_length_exceeded'),
      'request',
      'context_length_exceeded',
    ],
    [400, openai('Your credit balance is too low'), 'key', 'quota_exceeded'],
    [401, openai('No such key', 'invalid_api_key'), 'key', 'upstream_error'],
    [402, 'Payment Required', 'key', 'quota_exceeded'],
    [403, openai('The API key has been disabled'), 'key', 'upstream_error'],
    [403, openai('Not in your region'), 'failed', 'permission_denied'],
    [403, openai('用户额度不足', 'insufficient_user_quota'), 'key', 'quota_exceeded'],
    [404, openai('The model `x` does not exist', 'model_not_found'), 'model', 'model_not_found'],
    [404, '<html>404 page</html>', 'request', 'not_found'],
    [408, '', 'failed', 'request_timeout'],
    [425, '', 'failed', 'upstream_overloaded'],
    [403, openai('Not allowed', 'content_filter'), 'request', 'invalid_request'],
    [400, openai('Access denied', 'Arrearage'), 'key', 'quota_exceeded'],
    // What was asked and is quoted says nothing of the account.
    [400, openai("Input should be a number, not 'insufficient_quota'"), 'request', 'invalid_request'],
    [422, openai('Got "your credit balance is too low"'), 'request', 'invalid_request'],
    [500, openai('No template for invalid_api_key'), 'failed', 'upstream_error'],
    [413, '', 'request', 'payload_too_large'],
    [415, '', 'request', 'unsupported_media_type'],
    [422, { detail: 'bad' }, 'request', 'invalid_request'],
    [429, openai('Slow down', 'rate_limit_exceeded'), 'limited', 'rate_limited'],
    [429, openai('You exceeded your current quota', 'insufficient_quota'), 'key', 'quota_exceeded'],
    [500, '', 'failed', 'upstream_error'],
    [500, openai('x', undefined, 'authentication_error'), 'key', 'upstream_error'],
    [503, '', 'failed', 'upstream_overloaded'],
    [504, '', 'failed', 'upstream_timeout'],
    [302, '', 'failed', 'upstream_error'],
  ])('%i %j - %s, %s', (status, body, kind, code) => {
    expect(refuse(status, body)).toMatchObject({ kind, code, upstreamStatus: status });
  });

  it('what it says - without our keys, whatever form it has', () => {
    const texts = [
      openai('bad topsecretkey'),
      { error: 'bad topsecretkey' },
      { message: 'bad topsecretkey' },
      'bad topsecretkey',
    ];
    for (const text of texts) expect(refuse(400, text).message).toBe('bad ***');
  });

  it.each([
    [`${'x'.repeat(190)}topsecretkey`],
    [openai(`${'x'.repeat(1_990)}topsecretkey`)],
    [{ error: `${'x'.repeat(1_995)}topsecretkey` }],
  ])('a key at the place where a long text is cut - not in parts either', (body) => {
    expect(refuse(400, body).message).not.toContain('tops');
    expect(inBandFailure((body as { error?: string }).error ?? '', ['topsecretkey'], 0).message).not.toContain('tops');
  });

  it('when to come back - seconds, milliseconds or a date', () => {
    expect(refuse(429, '', { 'retry-after': '7' }).retryAfterMs).toBe(7_000);
    expect(readRetryAfter((name) => (name === 'retry-after-ms' ? '250' : '9'), 0)).toBe(250);
    expect(readRetryAfter((name) => ({ 'retry-after': new Date(5_000).toUTCString() })[name], 2_000)).toBe(3_000);
    expect(readRetryAfter((name) => ({ 'retry-after': 'soon' })[name], 0)).toBeUndefined();
  });
});

describe('inBandFailure', () => {
  it.each([
    [{ message: 'x', code: 429 }, 'limited'],
    [{ message: 'x', type: 'rate_limit_error' }, 'limited'],
    [{ message: 'x', code: 'invalid_api_key' }, 'key'],
    [{ message: 'x', type: 'invalid_request_error' }, 'request'],
    ['boom', 'failed'],
    [{}, 'failed'],
  ])('%j - %s', (error, kind) => expect(inBandFailure(error, [], 0).kind).toBe(kind));
});

describe('readError', () => {
  it.each([
    [
      '<html><head><title>502</title><style>a{}</style></head><body>Bad <b>Gateway</b></body></html>',
      '502 Bad Gateway',
    ],
    ['', 'Bad Gateway'],
    ['{"error":{"message":""}}', '{"error":{"message":""}}'],
    [`${'x'.repeat(500)}`, 'x'.repeat(200)],
  ])('%s', (body, message) => expect(readError(body, 'Bad Gateway').message).toBe(message));
});
