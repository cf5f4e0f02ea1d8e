import { describe, expect, it } from 'vitest';
import { GatewayError } from '../chat/index.js';
import { exhaustionError } from './exhaustion.js';

const failing = (code: string, cause?: unknown): Error => Object.assign(new Error(code, { cause }), { code });

describe('exhaustionError()', () => {
  it.each([
    ['plain', failing('EMFILE')],
    ['of the machine', failing('ENFILE')],
    ['of memory', failing('ENOMEM')],
    ['as a cause', new Error('open failed', { cause: failing('EMFILE') })],
    ['among several', new AggregateError([failing('ECONNREFUSED'), failing('EMFILE')])],
    ['called an internal error', new GatewayError('internal', 'Internal error', { cause: failing('EMFILE') })],
    [
      'called an upstream error',
      new GatewayError('upstream_error', 'x', { cause: new Error('x', { cause: failing('ENOBUFS') }) }),
    ],
    ['called "not found"', new GatewayError('not_ready', 'No Lingma', { cause: failing('EMFILE') })],
  ])('%s - is a 503 that says when to come back', (_, thrown) => {
    const error = exhaustionError(thrown);
    expect(error).toMatchObject({ code: 'not_ready', status: 503, retryAfterMs: 2_000 });
    expect(error?.cause).toBe(thrown);
  });

  it('anything else - stays what it is', () => {
    const loop: { cause?: unknown } = {};
    loop.cause = loop;
    for (const thrown of [
      new Error('x'),
      failing('ECONNREFUSED'),
      new GatewayError('invalid_request', 'x', { cause: failing('EMFILE') }),
      new GatewayError('rate_limited', 'x', { cause: failing('EMFILE'), retryAfterMs: 1 }),
      loop,
      'EMFILE',
      undefined,
    ]) {
      expect(exhaustionError(thrown)).toBeUndefined();
    }
  });
});
