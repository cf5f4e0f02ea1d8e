import { describe, expect, it } from 'vitest';
import type { ChatEvent, FinishReason } from './event.js';
import { settleFinish, settleFinishReason } from './settle-finish.js';
import { end, start, toolCall, toolStart } from './testing/events.js';

describe('settleFinishReason()', () => {
  it.each<[FinishReason, number, number, FinishReason]>([
    ['stop', 0, 0, 'stop'],
    ['stop', 1, 0, 'tool-calls'],
    ['other', 2, 0, 'tool-calls'],
    ['tool-calls', 1, 0, 'tool-calls'],
    ['tool-calls', 0, 0, 'stop'],
    ['length', 1, 0, 'length'],
    ['length', 0, 1, 'length'],
    ['tool-calls', 1, 1, 'length'],
    ['stop', 0, 1, 'length'],
    ['content-filter', 1, 0, 'content-filter'],
    ['other', 0, 0, 'other'],
  ])('%s with %i whole and %i cut calls is %s', (reason, complete, incomplete, settled) => {
    expect(settleFinishReason(reason, { complete, incomplete })).toBe(settled);
  });
});

describe('settleFinish()', () => {
  const reasonOf = (...events: readonly ChatEvent[]): FinishReason | undefined => {
    const settle = settleFinish();
    const last = events.map(settle).at(-1);
    return last?.type === 'response-end' ? last.finishReason : undefined;
  };
  const cut: readonly ChatEvent[] = [toolStart('cut'), { type: 'tool-input-end', id: 'cut', incomplete: true }];
  const upstream = toolCall('native').map((event) =>
    event.type === 'tool-input-start' ? { ...event, executedBy: 'upstream' as const } : event,
  );

  it.each<[string, readonly ChatEvent[], FinishReason, FinishReason]>([
    ['a call', toolCall('a'), 'stop', 'tool-calls'],
    ['a call that was cut behind a whole one', [...toolCall('a'), ...cut], 'tool-calls', 'length'],
    ['a call that ran upstream', upstream, 'tool-calls', 'stop'],
    ['a call that ran upstream, behind one of the caller', [...toolCall('a'), ...upstream], 'stop', 'tool-calls'],
    ['the limit behind a call', toolCall('a'), 'length', 'length'],
    ['no call', [], 'stop', 'stop'],
  ])('%s', (_name, events, reason, settled) => {
    expect(reasonOf(start(), ...events, end(reason))).toBe(settled);
  });

  it('a second turn - does not count the calls of the first', () => {
    expect(reasonOf(start(), ...toolCall('a'), end('stop'), start(), end('stop'))).toBe('stop');
  });

  it('an end that is in line already - passes as it is', () => {
    const last = end('length');
    expect(settleFinish()(last)).toBe(last);
  });
});
