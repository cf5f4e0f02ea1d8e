import { describe, expect, it } from 'vitest';
import { CallCancellation } from './call-cancellation.js';

describe('CallCancellation', () => {
  it('abort() - tells each listener once, those taken back and late ones not at all', () => {
    const cancellation = new CallCancellation();
    const told: string[] = [];
    const gone = (): void => void told.push('gone');
    cancellation.addEventListener('abort', gone);
    cancellation.addEventListener('abort', () => told.push(`${cancellation.aborted} ${cancellation.reason}`));
    cancellation.removeEventListener('abort', gone);
    expect(cancellation.aborted).toBe(false);
    cancellation.abort('first');
    cancellation.abort('second');
    cancellation.addEventListener('abort', () => told.push('late'));
    expect(told).toEqual(['true first']);
    expect(cancellation.reason).toBe('first');
  });
});
