import { describe, expect, it } from 'vitest';
import { Secret } from '../util/index.js';
import { createPrincipalResolver } from './auth.js';

const resolve = createPrincipalResolver([new Secret('one'), new Secret('two')]);
const as = (headers: Record<string, string>) => resolve(new Headers(headers));

describe('createPrincipalResolver', () => {
  it('principal - the same for a key whichever header carries it, another for another key', () => {
    const { id } = as({ authorization: 'Bearer one' });
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(as({ 'x-api-key': 'one' }).id).toBe(id);
    expect(as({ 'x-api-key': 'two' }).id).not.toBe(id);
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
    expect(() => as({ authorization: 'Bearer one', 'x-api-key': 'two' })).toThrow('different keys');
  });
});
