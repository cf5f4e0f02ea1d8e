import { describe, expect, it } from 'vitest';
import { createOriginGuard, type OriginGuardOptions } from './origin-guard.js';

const check = (options: OriginGuardOptions, headers: Record<string, string>, url = 'http://127.0.0.1:8317/') =>
  createOriginGuard(options).check({ headers: new Headers(headers), url: new URL(url) });
const denied = expect.objectContaining({ code: 'permission_denied' });

describe('createOriginGuard', () => {
  it('Host missing - the name in the URL counts', () => {
    expect(check({ allowedHosts: [] }, {})).toBeUndefined();
    expect(() => check({ allowedHosts: [] }, {}, 'http://evil.example/')).toThrow(denied);
  });

  it('allowed hosts - compared without case, port, brackets and final dot', () => {
    for (const host of ['Gateway.Example', 'gateway.example:80', 'gateway.example.', '[fd00::1]:8317']) {
      expect(check({ allowedHosts: ['GATEWAY.example', 'fd00::1'] }, { host }), host).toBeUndefined();
    }
    for (const host of ['x.gateway.example', 'gateway.example.evil', '127.0.0.1, evil.example', '', '127.0.0.1x']) {
      expect(() => check({ allowedHosts: ['gateway.example'] }, { host }), host).toThrow(denied);
    }
  });

  it('a host that was allowed before - the next one is looked at all the same', () => {
    const guard = createOriginGuard({ allowedHosts: [] });
    const ask = (host: string) => guard.check({ headers: new Headers({ host }), url: new URL('http://127.0.0.1/') });
    for (const host of ['localhost:1', 'localhost:1', 'localhost:2']) expect(ask(host)).toBeUndefined();
    for (let twice = 0; twice < 2; twice++) expect(() => ask('evil.example')).toThrow(denied);
    expect(ask('localhost:2')).toBeUndefined();
  });

  it('allowed hosts absent - connections to this machine have Host checked, all others not', () => {
    const guard = createOriginGuard({});
    const request = (host: string) => ({ headers: new Headers({ host }), url: new URL('http://x/') });
    for (const local of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.8.8.8']) {
      expect(() => guard.check(request('evil.example'), local), local).toThrow(denied);
      expect(guard.check(request('localhost:3000'), local), local).toBeUndefined();
    }
    for (const local of ['192.168.0.7', 'fd00::1', undefined]) {
      expect(guard.check(request('evil.example'), local), local).toBeUndefined();
      // What was let in unchecked is not remembered as allowed.
      expect(() => guard.check(request('evil.example'), '127.0.0.1')).toThrow(denied);
    }
  });

  it('allowed hosts given - count on every connection, and * lets in any name', () => {
    const request = { headers: new Headers({ host: 'app.example' }), url: new URL('http://x/') };
    for (const local of ['127.0.0.1', '192.168.0.7', undefined]) {
      expect(createOriginGuard({ allowedHosts: ['app.example'] }).check(request, local)).toBeUndefined();
      expect(() => createOriginGuard({ allowedHosts: [] }).check(request, local)).toThrow(denied);
      expect(createOriginGuard({ allowedHosts: ['*'] }).check(request, local)).toBeUndefined();
    }
  });

  it('addresses - one in any spelling', () => {
    for (const host of ['[::ffff:127.0.0.1]:8317', '[::FFFF:7f00:1]', '127.1', '[0:0:0:0:0:0:0:1]:1', '2130706433']) {
      expect(check({ allowedHosts: [] }, { host }), host).toBeUndefined();
      expect(check({ allowedHosts: [] }, { host: 'localhost', origin: `http://${host}` }), host).toBeDefined();
    }
    expect(check({ allowedHosts: ['[FD00:0::1]'] }, { host: '[fd00::1]' })).toBeUndefined();
    for (const host of ['[::ffff:10.0.0.1]', '10.1', '128.1', '[::2]', '127.1.evil.example', '127.0.0.1.5']) {
      expect(() => check({ allowedHosts: [] }, { host }), host).toThrow(denied);
    }
  });

  it('same origin - a page of the gateway itself may call', () => {
    const host = 'gateway.example:8317';
    expect(check({}, { host, origin: `http://${host}` })).toBe(`http://${host}`);
    expect(() => check({}, { host, origin: 'http://gateway.example:9999' })).toThrow(denied);
  });

  it('no Origin - no browser page', () => expect(check({}, {})).toBeUndefined());

  it('malformed web origins - are foreign', () => {
    for (const origin of ['https://', 'http://a b', 'HTTPS://evil.example', 'https://evil.example https://x']) {
      expect(() => check({}, { origin }), origin).toThrow(denied);
    }
  });

  const FOREIGN = [
    'null',
    'file://',
    'chrome-extension://abcdef',
    'moz-extension://0-1',
    'safari-web-extension://0-1',
    'vscode-webview://abc',
    'app://obsidian.md',
    'tauri://localhost',
    'capacitor://localhost',
    'ftp://127.0.0.1',
    'data:',
    'about:blank',
    'nonsense',
    '*',
    '',
    ' ',
  ];

  it.each(FOREIGN)('%j, an origin that is not of the web - is foreign unless allowed', (origin) => {
    // `Headers` trims; such a request is made by other means.
    const headers = { get: (name: string) => (name === 'origin' ? origin : null) };
    const request = { headers, url: new URL('http://127.0.0.1:8317/') };
    expect(() => createOriginGuard({}).check(request)).toThrow(denied);
    if (origin.trim() !== '') expect(createOriginGuard({ allowedOrigins: [origin] }).check(request)).toBe(origin);
  });

  it('allowed origins - compared without case and final slash; a scheme as a whole', () => {
    const allowedOrigins = [
      'https://Chat.example/',
      'VSCode-WebView://*',
      'chrome-extension://abc/',
      'file://',
      'https://*',
    ];
    for (const origin of ['https://chat.example', 'vscode-webview://1-2', 'chrome-extension://ABC', 'file://']) {
      expect(check({ allowedOrigins }, { origin }), origin).toBe(origin);
    }
    expect(check({ allowedOrigins: ['file://*'] }, { origin: 'file://' })).toBe('file://');
    for (const origin of [
      'https://evil.example',
      'http://chat.example',
      'https://chat.example:444',
      'chrome-extension://abcd',
      'vscode-webviews://1-2',
      'null',
    ]) {
      expect(() => check({ allowedOrigins }, { origin }), origin).toThrow(denied);
    }
  });

  it('pages of this machine - may call', () => {
    for (const origin of ['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:5173', 'http://app.localhost']) {
      expect(check({}, { origin }), origin).toBe(origin);
    }
  });

  it('what the log is told of a refused header - is bounded', () => {
    const long = `x${'y'.repeat(9_000)}`;
    for (const headers of [{ origin: long }, { host: long }]) {
      let cause: unknown;
      try {
        check({ allowedHosts: [] }, headers);
      } catch (error) {
        ({ cause } = error as Error);
      }
      expect(String(cause).length).toBeLessThan(300);
    }
  });
});
