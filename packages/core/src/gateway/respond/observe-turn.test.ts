import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../chat/index.js';
import { silentLogger, systemClock } from '../../util/index.js';
import type { KeyLimiter } from '../access/key-limits.js';
import type { RequestContext } from '../request-context.js';
import { TurnObserver } from './observe-turn.js';

/** A turn's start whose prompt is counted when its size is read. */
function startOf(onCount: () => number): ChatEvent {
  return {
    type: 'response-start',
    responseId: 'r',
    model: 'm',
    createdAt: 0,
    warnings: [],
    get inputTokens() {
      return onCount();
    },
  };
}

function observing(limiter?: KeyLimiter) {
  const principal = { id: 'p', ...(limiter !== undefined && { limiter }) };
  const context = { record: {}, principal, clock: systemClock, startedAt: 0, logger: silentLogger };
  return new TurnObserver(context as unknown as RequestContext, []);
}

describe('TurnObserver', () => {
  it('a key without limits - the prompt is not counted', () => {
    let counted = 0;
    const observer = observing();
    observer.push(startOf(() => ++counted));
    observer.finish();
    expect(counted).toBe(0);
  });

  it('a key with limits, and a turn that is cut off - what it took so far is spent', () => {
    let spent = 0;
    const observer = observing({
      enter: () => () => undefined,
      headers: () => ({}),
      spend: (tokens) => (spent += tokens),
    });
    observer.push(startOf(() => 40));
    observer.push({ type: 'text-start', id: 't' });
    observer.push({ type: 'text-delta', id: 't', delta: 'a word or two' });
    observer.finish();
    expect(spent).toBeGreaterThan(40);
    expect(spent).toBeLessThan(50);
  });
});
