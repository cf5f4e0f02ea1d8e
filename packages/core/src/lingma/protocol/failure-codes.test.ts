import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../util/index.js';
import { rpcError } from '../dialect/testing/fake-peer.js';
import { parseMessage } from '../jsonrpc/message.js';
import { classifyFailure, toTurnError } from './errors.js';
import { readFailure } from './failure-detail.js';
import { decodeErrorEvent, decodeFinish, failureInResult, type TurnEnd } from './turn-end.js';

const codeOf = (end: TurnEnd): string =>
  end.type === 'error' ? end.error.code : `${end.type} ${'reason' in end ? end.reason : ''}`;

const VENDOR: readonly (readonly [number, string])[] = [
  ...[103, 105].map((code) => [code, 'login_required'] as const),
  ...[110, 112, 113, 114, 115, 116, 117, 118, 119, 122].map((code) => [code, 'quota_exceeded'] as const),
  [406, 'content-filter'],
  [413, 'context_length_exceeded'],
  [80411, 'context_length_exceeded'],
  [80412, 'invalid_request'],
  [430, 'upstream_error'],
  [10408, 'upstream_timeout'],
  [10605, 'rate_limited'],
  ...[416, 500, 10500, 47902, 48716, 100400].map((code) => [code, 'upstream_error'] as const),
];

describe('codes of the vendor', () => {
  const shapes: readonly (readonly [string, (code: number) => JsonObject])[] = [
    ['statusCode', (code) => ({ reason: 'error', statusCode: code, fullAnswer: 'See our prices' })],
    ['statusCode as text', (code) => ({ reason: '', statusCode: String(code) })],
    ['with the reason of a good end', (code) => ({ reason: 'success', statusCode: code })],
    ['errorCode beside a 200', (code) => ({ statusCode: 200, errorCode: String(code) })],
    [
      'JSON in the reason',
      (code) => ({ statusCode: 403, reason: JSON.stringify({ code: String(code), message: 'x' }) }),
    ],
    ['JSON in the reason alone', (code) => ({ reason: JSON.stringify({ code, pricingUrl: 'https://x/quota' }) })],
    [
      'JSON in JSON',
      (code) => ({ statusCode: 403, message: JSON.stringify({ code: '403', message: JSON.stringify({ code }) }) }),
    ],
  ];
  for (const [name, shape] of shapes) {
    it.each(VENDOR)(`finish, ${name} - %i is %s`, (code, expected) => {
      expect(codeOf(decodeFinish(shape(code)))).toBe(
        expected === 'content-filter' ? 'finish content-filter' : expected,
      );
    });
  }

  it.each(VENDOR)('JSON-RPC error, error event and result - %i is %s', (code, expected) => {
    const filtered = expected === 'content-filter';
    expect(toTurnError(rpcError('x', code)).code).toBe(filtered ? 'upstream_error' : expected);
    expect(toTurnError(rpcError('x', -32603, { error: { code: String(code) } })).code).toBe(
      filtered ? 'upstream_error' : expected,
    );
    expect(codeOf(decodeErrorEvent({ error: { code, message: 'x' } }))).toBe(
      filtered ? 'finish content-filter' : expected,
    );
    const failure = failureInResult({ success: false, errorCode: code });
    expect(typeof failure === 'string' ? failure : failure?.code).toBe(expected);
  });

  it('a message for people - no JSON of the price list in it', () => {
    const reason = JSON.stringify({ code: '112', message: 'x', pricingUrl: 'https://x', purchaseUrl: 'https://y' });
    const end = decodeFinish({ statusCode: 112, reason });
    expect(end).toMatchObject({ error: { message: 'The Lingma account has used up its quota' } });
  });
});

describe('decodeFinish()', () => {
  it.each([0, 200, '200', undefined, null])('statusCode %j - is a good end', (statusCode) => {
    const data: JsonObject = { reason: 'success', fullAnswer: 'a', ...(statusCode !== undefined && { statusCode }) };
    expect(decodeFinish(data)).toMatchObject({ type: 'finish', reason: 'stop', fullAnswer: 'a' });
  });

  it.each([1, 112, 201, 302, 400, 599, -1, 47902])('statusCode %i - is a failure', (statusCode) => {
    expect(decodeFinish({ reason: 'success', statusCode, fullAnswer: 'a' }).type).toBe('error');
  });

  it('cancelled - by its reason, unless the code says what else happened', () => {
    expect(decodeFinish({ reason: 'cancelled', statusCode: 499 }).type).toBe('cancelled');
    expect(codeOf(decodeFinish({ reason: 'cancelled', statusCode: 112 }))).toBe('quota_exceeded');
  });
});

describe('HTTP statuses', () => {
  const STATUSES: readonly (readonly [number, string])[] = [
    [401, 'login_required'],
    [402, 'quota_exceeded'],
    [408, 'upstream_timeout'],
    [429, 'rate_limited'],
    [500, 'upstream_error'],
    [502, 'upstream_error'],
    [503, 'upstream_overloaded'],
    [504, 'upstream_timeout'],
    [529, 'upstream_overloaded'],
  ];
  it.each(STATUSES)('%i - is %s, wherever it stands', (status, code) => {
    expect(toTurnError(rpcError('x', status)).code).toBe(code);
    expect(toTurnError(rpcError('x', -32603, { http_status_code: status })).code).toBe(code);
    expect(toTurnError(rpcError(`failed, status: ${status}`)).code).toBe(code);
    expect(codeOf(decodeFinish({ statusCode: status, reason: 'x' }))).toBe(code);
    expect(codeOf(decodeErrorEvent({ status, message: 'x' }))).toBe(code);
  });

  it('429 - says what the words say', () => {
    expect(classifyFailure({ text: 'slow down', status: 429 })).toMatchObject({ code: 'rate_limited' });
    expect(classifyFailure({ text: 'quota', status: 429 })).toMatchObject({ code: 'quota_exceeded' });
  });

  it('words of an overload - leave the class to the status', () => {
    const overloaded = (status: number) => classifyFailure({ text: 'The engine is overloaded', status });
    for (const status of [503, 529]) expect(overloaded(status)).toMatchObject({ code: 'upstream_overloaded' });
    expect(overloaded(429)).toMatchObject({ code: 'rate_limited' });
    for (const status of [500, 502]) expect(overloaded(status)).toMatchObject({ code: 'upstream_error' });
    expect(classifyFailure({ text: 'The engine is overloaded' })).toMatchObject({ code: 'upstream_overloaded' });
  });

  it('408 - with Go’s words for it', () => {
    expect(codeOf(decodeFinish({ statusCode: 408, reason: 'context deadline exceeded' }))).toBe('upstream_timeout');
  });

  it('-32000 - is a login where nothing else is said, and whatever went wrong otherwise', () => {
    for (const text of ['', 'Auth required', 'please sign in']) {
      expect(classifyFailure({ text, rpcCode: -32_000 })).toMatchObject({ code: 'login_required' });
    }
    expect(classifyFailure({ text: 'prompt failed', rpcCode: -32_000 })).toMatchObject({ code: 'upstream_error' });
  });

  it('numbers in a text - are no codes', () => {
    for (const text of ['112 tokens left', 'took 429 ms', 'retried 113 times', 'at line 402']) {
      expect(classifyFailure({ text })).toMatchObject({ code: 'upstream_error' });
    }
  });
});

describe('when to come back', () => {
  const cases: readonly (readonly [string, JsonValue, number | undefined])[] = [
    ['queue', { statusCode: 10605, queue: { isQueued: true, retryAfterSeconds: 30 } }, 30_000],
    ['retry_after_ms', { code: 10605, retry_after_ms: 1500, queue: { retryAfterSeconds: 30 } }, 1500],
    ['JSON text', { code: '10605', message: '{"retryAfterSeconds":29,"serviceAvailable":false}' }, 29_000],
    ['gRPC', { code: 429, details: [{ retryDelay: '7s' }] }, 7000],
    ['words', { code: 429, message: 'Please try again in 2m' }, 120_000],
    ['a header in a text', { code: 429, message: 'HTTP 429, Retry-After: 7' }, 7000],
    ['a wait', { code: 10605, queue: { estimatedWaitSeconds: 9 } }, 9000],
    ['words of a wait', { code: 429, message: 'wait 7 seconds' }, 7000],
    ['Chinese words', { code: 429, message: '请在 20 秒后重试' }, 20_000],
    ['absurd', { code: 429, retryAfter: 2 ** 60 }, 3_600_000],
    ['negative', { code: 429, retryAfter: -5 }, undefined],
    ['none', { code: 429 }, undefined],
  ];
  it.each(cases)('%s', (_name, params, retryAfterMs) => {
    const end = decodeErrorEvent(params as JsonObject);
    const error = end.type === 'error' ? end.error : undefined;
    expect([error?.code, error?.retryAfterMs]).toEqual(['rate_limited', retryAfterMs]);
  });

  it('a JSON-RPC error with members of its own', () => {
    const parsed = parseMessage('{"id":1,"error":{"code":"10605","message":"x","queue":{"retryAfterSeconds":3}}}');
    const { code, message, data } = parsed.kind === 'error' ? parsed.error : { code: 0, message: '' };
    expect(toTurnError(rpcError(message, code, data))).toMatchObject({ code: 'rate_limited', retryAfterMs: 3000 });
  });

  it('a queue - without a code', () => {
    expect(classifyFailure({ text: '{"isQueued":true}', status: 403 })).toMatchObject({ code: 'rate_limited' });
  });
});

describe('readFailure()', () => {
  it('depth and size - are bounded', () => {
    let deep: JsonValue = 'bottom';
    for (let level = 0; level < 100_000; level++) deep = level % 2 === 0 ? [deep] : { deep };
    expect(readFailure({ message: 'top', deep })).toMatchObject({ text: 'top' });
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`m${index}`, 'x'.repeat(1000)]));
    expect(readFailure(wide).text.length).toBeLessThan(4100);
    expect(readFailure('x'.repeat(1e6)).text.length).toBe(4000);
  });

  it('what names or repeats something - is no word', () => {
    expect(readFailure({ requestId: 'quota', model: 'quota', fullAnswer: 'quota', url: 'quota' }).text).toBe('');
  });

  it('JSON that was cut - has its code and its words', () => {
    const detail = readFailure('{"code":"112","message":"Credits drained","pricingUrl":"https://x/');
    expect(detail.codes).toEqual([112]);
    expect(detail.text).toContain('Credits drained');
    expect(detail.text).not.toContain('message');
  });
});
