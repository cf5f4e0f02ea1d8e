import { describe, expect, it } from 'vitest';
import { encodeSse, hasLineEnds, SSE_KEEP_ALIVE } from './sse.js';

describe('encodeSse()', () => {
  it('writes an event line only when there is an event', () => {
    expect(encodeSse({ data: '[DONE]' })).toBe('data: [DONE]\n\n');
    expect(encodeSse({ event: 'ping', data: '{}' })).toBe('event: ping\ndata: {}\n\n');
  });

  it('keeps a stream alive with a comment', () => {
    expect(SSE_KEEP_ALIVE).toBe(': keep-alive\n\n');
  });
});

describe('hasLineEnds()', () => {
  it.each([0, 10, 1_000])('finds each of them behind %i characters, and no others', (length) => {
    for (const text of ['a'.repeat(length), '句'.repeat(length)]) {
      for (const end of ['\u0085', '\u2028', '\u2029']) expect(hasLineEnds(`${text}${end}b`)).toBe(true);
      expect(hasLineEnds(`${text}\u2027\u202a\n\r\u0084\u0086`)).toBe(false);
    }
  });
});
