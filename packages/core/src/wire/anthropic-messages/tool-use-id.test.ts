import { expect, it } from 'vitest';
import { toToolUseId } from './tool-use-id.js';

it.each([
  ['call_0123456789abcdef01234567', 'toolu_0123456789abcdef01234567'],
  ['call_1', 'call_1'],
  ['toolu_0123456789abcdef01234567', 'toolu_0123456789abcdef01234567'],
])('toToolUseId - %s', (id, expected) => {
  expect(toToolUseId(id)).toBe(expected);
});
