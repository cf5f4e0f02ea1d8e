import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { normalBasePath, pathnameOf, targetBelow, targetBelowSegments } from './mount-path.js';

const to = (url: string): IncomingMessage =>
  ({ url, headers: { host: 'app.example' }, socket: {} }) as unknown as IncomingMessage;

describe('targetBelow()', () => {
  it.each([
    ['/lingma/v1/models?x=1', '/lingma', '/v1/models?x=1'],
    ['/lingma', '/lingma', '/'],
    ['/lingma?x=1', '/lingma', '/?x=1'],
    ['/lingma/', '/lingma', '/'],
    ['/lingmas/v1', '/lingma', undefined],
    ['/v1/models', '/lingma', undefined],
    ['/v1/models?x=/lingma', '', '/v1/models?x=/lingma'],
    ['http://proxy.example/lingma/v1/models?x=1', '/lingma', '/v1/models?x=1'],
    ['http://proxy.example/other', '/lingma', undefined],
  ])('%s below "%s" - %s', (url, basePath, expected) => {
    expect(targetBelow(to(url), basePath)).toBe(expected);
  });
});

describe('targetBelowSegments()', () => {
  it.each([
    ['/a/b/v1/models?x=/1', 2, '/v1/models?x=/1'],
    ['/a', 1, '/'],
    ['/a/', 1, '/'],
    ['/a?x=1', 1, '/?x=1'],
    ['/v1/models', 0, '/v1/models'],
    ['/', 0, '/'],
    ['/a', 3, '/'],
    ['http://proxy.example/a/v1/models', 1, '/v1/models'],
  ])('%s without %i - %s', (url, count, expected) => {
    expect(targetBelowSegments(to(url), count)).toBe(expected);
  });
});

describe('normalBasePath()', () => {
  it('slashes at the end - are left out; one in front is wanted', () => {
    expect(['', '/', '/a', '/a/', '/a/b//'].map(normalBasePath)).toEqual(['', '', '/a', '/a', '/a/b']);
    expect(() => normalBasePath('lingma')).toThrow(TypeError);
  });
});

describe('pathnameOf()', () => {
  it('is the path that a URL has', () => {
    for (const target of ['/v1/models', '/a/../v1/models?x=1', '/v1/mod%65ls', '/v1//models', '/灵码', '/']) {
      expect(pathnameOf(target)).toBe(new URL(`http://x${target}`).pathname);
    }
  });
});
