import { describe, expect, it } from 'vitest';
import { Secret } from '../../util/index.js';
import { createPrincipalResolver, holdsKey } from './auth.js';

const resolve = createPrincipalResolver([new Secret('one'), new Secret('two')]);
const as = (headers: Record<string, string>) => resolve(new Headers(headers));

describe('createPrincipalResolver', () => {
  it('principal - the same for a key whichever header carries it, another for another key', () => {
    const { id } = as({ authorization: 'Bearer one' });
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(as({ 'x-api-key': 'one' }).id).toBe(id);
    expect(as({ 'api-key': 'one' }).id).toBe(id);
    expect(as({ 'x-api-key': 'two' }).id).not.toBe(id);
  });

  it('holdsKey() - only with a key of ours; nobody where there are none', () => {
    expect(holdsKey(resolve, new Headers({ 'x-api-key': 'one' }))).toBe(true);
    expect(holdsKey(resolve, new Headers({ 'x-api-key': 'three' }))).toBe(false);
    expect(holdsKey(resolve, new Headers())).toBe(false);
    expect(holdsKey(createPrincipalResolver([]), new Headers({ 'x-api-key': 'one' }))).toBe(false);
  });

  it('no keys configured - everybody is the same stranger', () => {
    const anybody = createPrincipalResolver([]);
    expect(anybody(new Headers({ authorization: 'Bearer x', 'x-api-key': 'y' })).id).toBe('anonymous');
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
