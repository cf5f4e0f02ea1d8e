import { describe, expect, it } from 'vitest';
import { isLoopbackAddress, isLoopbackHost } from './loopback.js';

describe('loopback', () => {
  it.each([
    ['127.0.0.1', true, true],
    ['127.255.3.4', true, true],
    ['::1', true, true],
    ['[::1]', true, true],
    ['0:0:0:0:0:0:0:1', true, true],
    ['::ffff:127.0.0.1', true, true],
    ['[::FFFF:7f00:1]', true, true],
    ['::ffff:7fab:0', true, true],
    ['::ffff:8000:1', false, false],
    ['::ffff:7f0:1', false, false],
    ['localhost', false, true],
    ['LOCALHOST.', false, true],
    ['x.localhost', false, true],
    ['127.256.0.1', false, false],
    ['127.0.0.1.evil.example', false, false],
    ['localhost.evil.example', false, false],
    ['evillocalhost', false, false],
    ['0.0.0.0', false, false],
    ['::', false, false],
    ['192.168.0.7', false, false],
    ['::ffff:10.0.0.1', false, false],
  ])('%s - address %s, host %s', (text, address, host) => {
    expect([isLoopbackAddress(text), isLoopbackHost(text)]).toEqual([address, host]);
  });
});
