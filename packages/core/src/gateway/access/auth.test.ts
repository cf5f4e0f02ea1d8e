import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../util/index.js';
import { type LogLine, recordingLogger, StepClock } from '../testing/a-context.js';
import { type AccessOptions, type AccessTier, createAccess } from './auth.js';

const clock = new StepClock();
const accessOf = (options: Omit<AccessOptions, 'clock'>) => createAccess({ clock, ...options });
const access = accessOf({ clientKeys: [new Secret('one'), new Secret('two')] });
const as = (headers: Record<string, string>) => access.resolve('client', new Headers(headers));
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('createAccess() - clients', () => {
  it('principal - the same for a key whichever header carries it, another for another key', () => {
    const { id } = as({ authorization: 'Bearer one' });
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(as({ 'x-api-key': 'one' }).id).toBe(id);
    expect(as({ 'api-key': 'one' }).id).toBe(id);
    expect(as({ 'x-api-key': 'two' }).id).not.toBe(id);
  });

  it('identify() - a stranger without a key of ours, and where there are none to have', () => {
    const idOf = (headers: Record<string, string>) => access.identify(new Headers(headers)).id;
    expect(idOf({ 'x-api-key': 'one' })).toBe(as({ 'x-api-key': 'one' }).id);
    for (const headers of [{ 'x-api-key': 'three' }, {}, { authorization: 'Bearer one', 'x-api-key': 'two' }]) {
      expect(idOf(headers as Record<string, string>)).toBe('anonymous');
    }
    expect(accessOf({}).identify(new Headers({ 'x-api-key': 'one' })).id).toBe('anonymous');
  });

  it('no keys configured - everybody is the same stranger', () => {
    const headers = new Headers({ authorization: 'Bearer x', 'x-api-key': 'y' });
    expect(accessOf({}).resolve('client', headers).id).toBe('anonymous');
  });

  it('errors - say what to send, never what was sent', () => {
    for (const headers of [
      {},
      { authorization: 'one' },
      { 'x-api-key': 'three' },
      { authorization: 'Bearer one two' },
    ]) {
      expect(() => as(headers)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
    }
    expect(() => as({})).toThrow('x-api-key');
  });

  const one = as({ authorization: 'Bearer one' }).id;
  const both: readonly (readonly [string, Record<string, string>, string])[] = [
    ['a valid token and a foreign key', { authorization: 'Bearer one', 'x-api-key': 'sk-ant-foreign' }, one],
    ['a foreign token and a valid key', { authorization: 'Bearer foreign', 'x-api-key': 'one' }, one],
    ['the same key three times', { authorization: 'Bearer one', 'x-api-key': 'one', 'api-key': 'one' }, one],
    ['a scheme of another kind and a valid key', { authorization: 'Basic b25lOm9uZQ==', 'api-key': 'one' }, one],
    ['an empty header and a valid one', { authorization: 'Bearer one', 'x-api-key': ' ' }, one],
    ['two valid ones of different callers', { authorization: 'Bearer one', 'x-api-key': 'two' }, 'different keys'],
    ['two valid ones in the two key headers', { 'x-api-key': 'one', 'api-key': 'two' }, 'different keys'],
    ['two foreign ones', { authorization: 'Bearer three', 'x-api-key': 'four' }, 'Incorrect'],
  ];
  it.each(both)('two credentials - %s', (_case, headers, outcome) => {
    if (outcome === one) expect(as(headers).id).toBe(one);
    else expect(() => as(headers)).toThrow(outcome);
  });
});

describe('createAccess() - named keys', () => {
  const named = accessOf({
    clientKeys: ['plain', 'both'],
    namedKeys: [
      { name: 'alice', key: new Secret('a-key'), limits: { maxParallel: 1 }, models: ['qwen*'] },
      { name: 'bob', sha256: sha256('b-key').toUpperCase() },
      { name: 'carol', key: 'c-key', disabled: true },
      { name: 'dave', key: 'both', limits: { maxParallel: 1 } },
    ],
  });
  const principal = (key: string) => named.resolve('client', new Headers({ 'x-api-key': key }));

  it('a key, or its hash - is known by its name, with its limits and models', () => {
    expect(principal('a-key')).toMatchObject({ id: 'alice', limiter: {}, models: {} });
    expect(principal('b-key')).toEqual({ id: 'bob', keyName: 'bob' });
    expect(principal('plain').id).toMatch(/^[0-9a-f]{16}$/);
    expect(() => principal(sha256('b-key'))).toThrow('Incorrect');
  });

  it('a disabled key - is refused, though it would be right', () => {
    expect(() => principal('c-key')).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
    const alone = accessOf({ namedKeys: [{ name: 'carol', key: 'c-key', disabled: true }] });
    expect(() => alone.resolve('client', new Headers())).toThrow('No API key');
    expect(() => alone.resolve('admin', new Headers({ 'x-api-key': 'c-key' }))).toThrow('disabled');
  });

  it('a key that stands among the others, too - does not escape its limits', () => {
    expect(principal('both').id).toBe('dave');
  });

  it.each([{ name: 'x' }, { name: 'x', key: 'k', sha256: sha256('k') }, { name: 'x', sha256: 'abc' }])(
    '%o - is a mistake of the program',
    (key) => {
      expect(() => accessOf({ namedKeys: [key] })).toThrow(TypeError);
    },
  );
});

describe('createAccess() - tiers', () => {
  const keys = { clientKeys: ['client'] };
  const cases: readonly (readonly [string, AccessTier, Omit<AccessOptions, 'clock'>, string | undefined, string])[] = [
    ['a token is set', 'admin', { ...keys, adminToken: 'root' }, 'root', 'admin'],
    ['a token is set', 'admin', { ...keys, adminToken: new Secret('root') }, 'client', 'Invalid admin token'],
    ['a token is set', 'admin', { adminToken: 'root', metricsToken: 'm' }, 'm', 'Invalid admin token'],
    ['a token is set', 'admin', { ...keys, adminToken: 'root' }, undefined, 'No admin token provided'],
    ['no token, but keys', 'admin', keys, 'client', sha256('client').slice(0, 16)],
    ['no token, but keys', 'admin', keys, 'other', 'Incorrect API key'],
    ['neither', 'admin', {}, 'anything', 'admin_disabled'],
    ['neither', 'admin', { metricsToken: 'm' }, 'm', 'admin_disabled'],
    ['public', 'metrics', { metricsPublic: true, metricsToken: 'm' }, undefined, 'anonymous'],
    ['a token is set', 'metrics', { ...keys, metricsToken: 'm' }, 'm', 'metrics'],
    ['a token is set', 'metrics', { ...keys, metricsToken: 'm', adminToken: 'root' }, 'root', 'admin'],
    ['a token is set', 'metrics', { ...keys, metricsToken: 'm' }, 'client', 'Invalid metrics token'],
    ['a token is set', 'metrics', { ...keys, metricsToken: 'm' }, undefined, 'No metrics token provided'],
    ['no token, but keys', 'metrics', keys, 'client', sha256('client').slice(0, 16)],
    ['no token, but the admin has one', 'metrics', { adminToken: 'root' }, 'root', 'admin'],
    ['no token, but keys', 'metrics', { ...keys, adminToken: 'root' }, 'client', sha256('client').slice(0, 16)],
    ['none', 'metrics', {}, 'anything', 'metrics_disabled'],
    ['the admin token', 'client', { ...keys, adminToken: 'root' }, 'root', 'Incorrect API key'],
    ['whatever is set', 'open', { ...keys, adminToken: 'root' }, undefined, 'anonymous'],
    ['whatever is set', 'open', { ...keys, adminToken: 'root' }, 'wrong', 'anonymous'],
    ['whatever is set', 'open', keys, 'client', sha256('client').slice(0, 16)],
  ];
  it.each(cases)('%s, %s - %j, offered %s: %s', (_, tier, options, offered, outcome) => {
    const inHeaders = [{ authorization: `Bearer ${offered}` }, { 'x-api-key': `${offered}` }];
    for (const given of offered === undefined ? [{}] : inHeaders) {
      const resolve = () => accessOf(options).resolve(tier, new Headers(given as Record<string, string>)).id;
      if (outcome.endsWith('_disabled')) {
        expect(resolve).toThrow(expect.objectContaining({ code: outcome, status: 503 }));
      } else if (outcome.includes(' ')) {
        expect(resolve).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
        expect(resolve).toThrow(outcome);
      } else expect(resolve()).toBe(outcome);
    }
  });

  it('one secret in two tiers, or twice among the keys - is warned about, without the secret', () => {
    const lines: LogLine[] = [];
    const logger = recordingLogger(lines);
    const namedKeys = [{ name: 'alice', sha256: sha256('same') }];
    accessOf({ clientKeys: ['same', 'fine'], namedKeys, adminToken: 'same', metricsToken: 'other', logger });
    expect(lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warn: A client key is set twice; the first counts',
      'warn: One secret stands among the client keys and is the admin token, too',
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/same|fine/);
  });
});

it('createAccess() - a key that was replaced: valid until its time is over', () => {
  const time = new StepClock();
  const formerKeys = [{ sha256: sha256('old'), until: time.now() + 1_000 }];
  const rotated = createAccess({ clock: time, namedKeys: [{ name: 'alice', sha256: sha256('new'), formerKeys }] });
  const idOf = (key: string): string => rotated.resolve('client', new Headers({ 'x-api-key': key })).id;
  expect([idOf('new'), idOf('old')]).toEqual(['alice', 'alice']);
  time.pass(1_000);
  expect(idOf('new')).toBe('alice');
  expect(() => idOf('old')).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
});
