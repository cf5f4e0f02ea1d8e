import { describe, expect, it } from 'vitest';
import { createOriginGuard, type OriginGuardOptions } from './origin-guard.js';

const check = (options: OriginGuardOptions, headers: Record<string, string>, url = 'http://127.0.0.1:8317/') =>
  createOriginGuard(options).check(new Request(url, { headers }), new URL(url));
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
});
