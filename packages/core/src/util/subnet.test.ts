import { describe, expect, it } from 'vitest';
import { isWithin, parseSubnet, type Subnet } from './subnet.js';

describe('a subnet', () => {
  it.each<[string, string, boolean]>([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.9.9.9/8', '10.0.0.1', true],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', 'fd00::1', false],
    ['::/0', 'fd00::1', true],
    ['fd00::/8', 'fdff::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['10.0.0.0/8', '::ffff:a00:1', true],
    ['::ffff:10.0.0.0/104', '10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '11.0.0.1', false],
    ['::ffff:10.1.2.3', '10.1.2.3', true],
    ['10.0.0.0/8', 'localhost', false],
    ['0.0.0.0/0', '', false],
  ])('%s - %s: %s', (text, address, within) => {
    expect(isWithin(address, [parseSubnet(text) as Subnet])).toBe(within);
  });

  it.each(['', '10', '10.0.0/8', '010.0.0.1', '0x7f.0.0.1', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/8/8'])(
    '%j is none',
    (text) => expect(parseSubnet(text)).toBeUndefined(),
  );
  it.each(['fd00::/129', '::ffff:10.0.0.0/95', 'fd00:::1', 'somewhere', ' 10.0.0.0/8', '10.0.0.0/8x'])(
    '%j is none',
    (text) => expect(parseSubnet(text)).toBeUndefined(),
  );
});
