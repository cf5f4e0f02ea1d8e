import { describe, expect, it } from 'vitest';
import { checkUrl, mayBePrivate, shownUrl, urlRule } from './url-rule.js';

const store = urlRule({
  given: 'https://marketplace.visualstudio.com',
  allowHosts: ['mirror.example.com', '*.corp.example'],
});
const local = urlRule({ given: 'http://127.0.0.1:8080/x', allowHosts: [] });

describe('checkUrl()', () => {
  it.each([
    'https://marketplace.visualstudio.com/_apis/x',
    'https://alibaba-cloud.gallery.vsassets.io/x',
    'https://alibaba-cloud.gallerycdn.vsassets.io/x?token=1',
    'https://MARKETPLACE.visualstudio.com./x',
    'https://mirror.example.com:8443/x',
    'https://a.b.corp.example/x',
  ])('%s - the store, or what the operator has named', (address) => {
    expect(checkUrl(address, store).href).toBeTruthy();
  });

  it.each([
    ['https://example.com/x', 'host_not_allowed'],
    ['https://visualstudio.com/x', 'host_not_allowed'],
    ['https://evilvisualstudio.com/x', 'host_not_allowed'],
    ['https://marketplace.visualstudio.com.evil.example/x', 'host_not_allowed'],
    ['https://corp.example/x', 'host_not_allowed'],
    ['https://sub.mirror.example.com/x', 'host_not_allowed'],
    ['https://127.0.0.1/x', 'host_not_allowed'],
    ['http://marketplace.visualstudio.com/x', 'bad_url'],
    ['http://127.0.0.1/x', 'bad_url'],
    ['ftp://marketplace.visualstudio.com/x', 'bad_url'],
    ['https://me:secret@marketplace.visualstudio.com/x', 'bad_url'],
    ['nonsense', 'bad_url'],
  ])('%s - %s', (address, code) => {
    expect(() => checkUrl(address, store)).toThrow(expect.objectContaining({ code }));
    expect(() => checkUrl(address, store)).not.toThrow('secret');
  });

  it.each(['http://127.0.0.1:1/x', 'http://localhost:2/x', 'http://[::1]:3/x', 'https://127.0.0.1/x'])(
    '%s from an address of this machine - stays on it',
    (address) => {
      expect(checkUrl(address, local).href).toBe(address);
    },
  );

  it.each(['http://10.0.0.1/x', 'http://127.0.0.1.example.com/x', 'http://example.com/x'])(
    '%s from an address of this machine - leaves it',
    (address) => {
      expect(() => checkUrl(address, local)).toThrow('bad_url');
    },
  );

  it('a relative redirect - is one of the same host', () => {
    const base = new URL('https://mirror.example.com/a/b');
    expect(checkUrl('../c', store, base).href).toBe('https://mirror.example.com/c');
  });
});

it('mayBePrivate() - this machine where the operator gave it, and hosts that are named', () => {
  const may = (address: string, rule = store) => mayBePrivate(new URL(address), rule);
  expect([may('https://mirror.example.com'), may('https://x.corp.example')]).toEqual([true, true]);
  expect([may('https://marketplace.visualstudio.com'), may('https://127.0.0.1')]).toEqual([false, false]);
  expect([may('http://localhost', local), may('https://x.vsassets.io', local)]).toEqual([true, false]);
});

it('shownUrl() - without what may be secret', () => {
  expect(shownUrl(new URL('https://me:secret@host:1/a?token=secret#secret'))).toBe('https://host:1/a');
});
