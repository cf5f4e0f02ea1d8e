import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { fromConnect, isAtRoot, requestIdOf } from './connect-request.js';

describe('requestIdOf()', () => {
  it.each<[told: unknown, sent: string | undefined, own: unknown, expected: string | undefined]>([
    ['told', 'sent', 'own', 'told'],
    [undefined, 'sent', 'own', undefined],
    [undefined, undefined, 'own', 'own'],
    [undefined, undefined, 7, '7'],
    [42, undefined, undefined, '42'],
    ['no id\r\n', undefined, 'own', 'own'],
    [undefined, undefined, { id: 1 }, undefined],
    [undefined, undefined, 'x'.repeat(200), undefined],
    [['a', 'b'], 'sent', undefined, undefined],
    [undefined, undefined, undefined, undefined],
  ])('told %s, sent %s, own %s - %s', (told, sent, own, expected) => {
    expect(requestIdOf(sent === undefined ? {} : { 'x-request-id': sent }, told, own)).toBe(expected);
  });
});

describe('fromConnect()', () => {
  const outgoing = { getHeader: () => undefined } as unknown as ServerResponse;
  const incoming = (members: object): IncomingMessage =>
    ({ headers: { a: 'b' }, ...members }) as unknown as IncomingMessage;

  it('an address - counts where the app tells one', () => {
    expect(fromConnect(incoming({ ip: '203.0.113.9' }), outgoing, '/x')).toEqual({
      target: '/x',
      headers: { a: 'b' },
      remoteAddress: '203.0.113.9',
    });
    for (const ip of [undefined, '', 7]) {
      expect(fromConnect(incoming({ ip }), outgoing, '/x')).not.toHaveProperty('remoteAddress');
    }
  });

  it('the root of an app - is where no router has cut the path', () => {
    expect(isAtRoot(incoming({ url: '/' }))).toBe(true);
    expect(isAtRoot(incoming({ url: '/', originalUrl: '/' }))).toBe(true);
    expect(isAtRoot(incoming({ url: '/', originalUrl: '/lingma' }))).toBe(false);
  });
});
