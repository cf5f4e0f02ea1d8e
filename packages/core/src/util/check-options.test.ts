import { describe, expect, it } from 'vitest';
import { CLOCK_RULE, checkOptions, LOGGER_RULE, listOf, type OptionRule, withMethods } from './check-options.js';
import { systemClock } from './clock.js';
import { silentLogger } from './logger.js';
import { Secret } from './secret.js';

const RULES: Readonly<Record<string, OptionRule>> = {
  address: 'text',
  note: 'string',
  key: 'secret',
  waitMs: 'count',
  offset: 'number',
  quiet: 'boolean',
  onEnd: 'function',
  extra: 'object',
  anything: 'any',
  mode: ['chat', 'agent'],
  nested: { depth: 'count', names: listOf('string') },
  store: withMethods('get', 'put'),
  clock: CLOCK_RULE,
  logger: LOGGER_RULE,
};
const check = (options: unknown): void => checkOptions<object>('make()', options as object, RULES as never);

class Store {
  get(): void {}
  put(): void {}
}

describe('checkOptions()', () => {
  it.each<[object]>([
    [{}],
    [{ address: undefined, nested: undefined }],
    [{ address: 'x', note: '', key: 'k', waitMs: 0, offset: -1, quiet: false, onEnd: () => undefined }],
    [{ key: new Secret('k'), waitMs: Number.POSITIVE_INFINITY, extra: { any: 1 }, anything: null, mode: 'agent' }],
    [{ nested: { depth: 2, names: [] }, store: new Store(), clock: systemClock, logger: silentLogger }],
  ])('%o - is fine', (options) => expect(() => check(options)).not.toThrow());

  it.each<[unknown, string]>([
    [{ adress: 'x' }, 'make() has no option "adress"; did you mean "address"?'],
    [{ onend: 1 }, 'make() has no option "onend"; did you mean "onEnd"?'],
    [{ addr: 'x' }, 'make() has no option "addr"; did you mean "address"?'],
    [{ waitMsOfAll: 1 }, 'did you mean "waitMs"?'],
    [{ toString: 1 }, 'make() has no option "toString"; there are address, note,'],
    [{ nested: { dept: 1 } }, 'make() has no option "nested.dept"; did you mean "depth"?'],
    [{ nested: { names: ['a', 2] } }, 'make(): "nested.names[1]" must be a string'],
    [{ nested: { names: 'a' } }, 'make(): "nested.names" must be a list'],
    [{ nested: [] }, 'make(): "nested" must be an object'],
    [{ address: '' }, 'make(): "address" must be a string that is not empty'],
    [{ address: null }, 'make(): "address" must be a string that is not empty'],
    [{ key: '' }, 'make(): "key" must be a text that is not empty, or a Secret'],
    [{ waitMs: '5' }, 'make(): "waitMs" must be a number of 0 or more'],
    [{ waitMs: -1 }, 'make(): "waitMs" must be a number of 0 or more'],
    [{ waitMs: Number.NaN }, 'make(): "waitMs" must be a number of 0 or more'],
    [{ offset: Number.NaN }, 'make(): "offset" must be a number'],
    [{ quiet: 'yes' }, 'make(): "quiet" must be true or false'],
    [{ onEnd: 'x' }, 'make(): "onEnd" must be a function'],
    [{ mode: 'chta' }, 'make(): "mode" must be one of chat, agent; did you mean "chat"?'],
    [{ mode: 1 }, 'make(): "mode" must be one of chat, agent'],
    [{ store: { get: () => 1 } }, 'make(): "store" has no put, which must be functions'],
    [{ store: 'redis' }, 'make(): "store" must be an object with get, put'],
    [{ logger: console }, 'make(): "logger" has no child'],
    [null, 'make() takes its options as an object'],
    ['x', 'make() takes its options as an object'],
    [[], 'make() takes its options as an object'],
  ])('%o - a TypeError that says what is wrong', (options, message) => {
    expect(() => check(options)).toThrow(TypeError);
    expect(() => check(options)).toThrow(message);
  });

  it('an option that is needed - is asked for by name, with its place', () => {
    const options: { readonly address?: string } = {};
    const need = (at: string) => () =>
      checkOptions('make()', options, { address: 'text' }, { at, required: ['address'] });
    expect(need('')).toThrow(new TypeError('make() needs the option "address"'));
    expect(need('list[0]')).toThrow(new TypeError('make() needs the option "list[0].address"'));
  });
});
