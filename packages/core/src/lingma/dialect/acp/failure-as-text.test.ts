import { describe, expect, it } from 'vitest';
import { failureToldIn, mayBeFailure } from './failure-as-text.js';

describe('failureToldIn()', () => {
  it.each<[string, string | undefined]>([
    ['[Error] 429 Too Many Requests: rate limit exceeded', 'rate_limited'],
    ['API Error: 429 {"type":"error","error":{"type":"rate_limit_error"}}', 'rate_limited'],
    ['[API Error: You have exceeded your current quota]', 'quota_exceeded'],
    ['exceeded retry limit, last status: 429 Too Many Requests', 'rate_limited'],
    ['API Error: 529 Overloaded', 'upstream_overloaded'],
    ['[Error] something went wrong', 'upstream_error'],
    ['[Error] Authentication required: please log in first', 'login_required'],
    ['HTTP 429 means that there were too many requests.', undefined],
    ['Here is what it says: [Error] 429', undefined],
    ['[Error] is how the log marks them.\n\nIt goes on like this:\n\nand so on', undefined],
    ['', undefined],
  ])('%s', (answer, code) => {
    expect(failureToldIn(answer)?.code).toBe(code);
  });
});

describe('mayBeFailure()', () => {
  it.each([
    ['', true],
    ['[', true],
    ['[Err', true],
    ['API Error: 4', true],
    ['[Errata] of', false],
    ['An', false],
    ['API keys are', false],
  ])('%j', (begun, expected) => {
    expect(mayBeFailure(begun)).toBe(expected);
  });
});
