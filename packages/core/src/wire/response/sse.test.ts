import { describe, expect, it } from 'vitest';
import { encodeSse, SSE_KEEP_ALIVE } from './sse.js';

describe('encodeSse()', () => {
  it('writes an event line only when there is an event', () => {
    expect(encodeSse({ data: '[DONE]' })).toBe('data: [DONE]\n\n');
    expect(encodeSse({ event: 'ping', data: '{}' })).toBe('event: ping\ndata: {}\n\n');
  });

  it('keeps a stream alive with a comment', () => {
    expect(SSE_KEEP_ALIVE).toBe(': keep-alive\n\n');
  });
});
