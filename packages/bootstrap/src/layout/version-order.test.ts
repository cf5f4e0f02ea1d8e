import { describe, expect, it } from 'vitest';
import { compareVersions, isVersionName } from './version-order.js';

describe('compareVersions()', () => {
  it.each([
    ['2.6.10', '2.6.9', 1],
    ['2.6.10', '2.6.10', 0],
    ['2.6', '2.6.0', 0],
    ['2.10.0', '2.9.9', 1],
    ['10.0', '9.9.9.9', 1],
    ['v2.1', '2.1', 0],
    ['2.6.10', '2.6.10-beta', 1],
    ['2.6.10-alpha', '2.6.10-beta', -1],
    ['2.0', 'latest', 1],
    ['', '0.0', -1],
    ['', 'x', 0],
  ])('%s, %s', (one, other, sign) => {
    expect(Math.sign(compareVersions(one, other))).toBe(sign);
    expect(Math.sign(compareVersions(other, one))).toBe(sign === 0 ? 0 : -sign);
  });
});

it.each([
  ['2.11.1', true],
  ['v2.0', true],
  ['2.6.10-beta.1', true],
  ['2', false],
  ['latest', false],
  ['../2.0', false],
  ['2.0/..', false],
  ['.tmp-2.0', false],
  [`2.0${'x'.repeat(50)}`, false],
])('isVersionName() - %s', (name, expected) => {
  expect(isVersionName(name)).toBe(expected);
});
