import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { reasonForLog } from './log-reason.js';

const reason = (message: string, param?: string, code: 'invalid_request' | 'upstream_error' = 'invalid_request') =>
  reasonForLog(new GatewayError(code, message, param === undefined ? {} : { param }));

describe('reasonForLog()', () => {
  it.each([
    ["Missing required parameter: 'messages'.", 'messages', "Missing required parameter: 'messages'."],
    [
      "Invalid value for 'stream': expected a boolean, but got 'hunter2'.",
      'stream',
      "Invalid value for 'stream': expected a boolean, but got (7 characters).",
    ],
    [
      "Invalid value for 'messages[1].role': 'it's a 'secret''. Supported values are: 'user' and 'tool'.",
      'messages[1].role',
      "Invalid value for 'messages[1].role': (56 characters).",
    ],
    [
      "Invalid value for 'n': expected a string, but got 13800138000.",
      'n',
      "Invalid value for 'n': expected a string, but got a number.",
    ],
    ["The model 'my-private-model' does not exist", undefined, 'The model (16 characters) does not exist'],
    ['The request body is empty; send a JSON object', undefined, 'The request body is empty; send a JSON object'],
  ])('%s', (message, param, expected) => {
    expect(reason(message, param)).toBe(expected);
  });

  it('a failure that is not of the request - is told as it is', () => {
    expect(reason("Lingma said 'no'", undefined, 'upstream_error')).toBe("Lingma said 'no'");
  });

  it('long texts - are cut, with their length', () => {
    const path = 'x'.repeat(5_000);
    for (const text of [reason(`Missing '${path}'`, path), reason(path), reason(path, undefined, 'upstream_error')]) {
      expect(text.length).toBeLessThan(500);
      expect(text).toMatch(/\(50\d\d characters\)/);
    }
  });
});
