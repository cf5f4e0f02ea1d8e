import { describe, expect, it } from 'vitest';
import { checkGateway, checkOptions } from './check-options.js';
import { toNodeHandler } from './to-node-handler.js';

const KINDS = { stallMs: 'number', onError: 'function', basePath: 'string', closeGateway: 'boolean' } as const;

describe('checkOptions()', () => {
  it.each([
    [{ stallMs: 0, onError: () => undefined, basePath: '', closeGateway: false }],
    [{ stallMs: Number.POSITIVE_INFINITY, onError: undefined }],
    [{}],
  ])('%o - is fine', (options) => expect(() => checkOptions('mount()', options, KINDS)).not.toThrow());

  it.each([
    [
      { basepath: '/' },
      'mount() has no option "basepath"; did you mean "basePath"? it has stallMs, onError, basePath, closeGateway',
    ],
    [{ stalMs: 1 }, 'did you mean "stallMs"?'],
    [{ toString: 1 }, 'no option "toString"; it has stallMs'],
    [{ stallMs: '5' }, '"stallMs" must be a number of 0 or more'],
    [{ stallMs: Number.NaN }, '"stallMs" must be a number of 0 or more'],
    [{ stallMs: -1 }, '"stallMs" must be a number of 0 or more'],
    [{ onError: 'x' }, '"onError" must be a function'],
    [{ closeGateway: null }, '"closeGateway" must be a boolean'],
    [null, 'takes its options as an object'],
    ['x', 'takes its options as an object'],
  ])('%o - a TypeError that says what is wrong', (options, message) => {
    expect(() => checkOptions('mount()', options, KINDS)).toThrow(TypeError);
    expect(() => checkOptions('mount()', options, KINDS)).toThrow(message);
  });
});

it('checkGateway() - takes what has fetch and hasRoute, and says so of all else', () => {
  const fetch = (): Response => new Response();
  expect(() => checkGateway('mount()', { fetch, hasRoute: () => true })).not.toThrow();
  for (const other of [undefined, null, fetch, {}, { fetch }, { gateway: { fetch, hasRoute: fetch } }]) {
    expect(() => checkGateway('mount()', other)).toThrow('mount() takes a gateway');
  }
});

it('toNodeHandler() - checks what it is given', () => {
  const odd = toNodeHandler as (...given: unknown[]) => unknown;
  expect(() => odd(undefined)).toThrow(TypeError);
  expect(() => odd(() => new Response(), { prefix: '/x' })).toThrow('no option "prefix"');
  expect(() => odd(() => new Response(), { basePath: 'x' })).toThrow('must begin with a slash');
});
