import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../chat/index.js';
import { settled } from '../dialect/testing/fake-peer.js';
import { TurnInbox } from './event-queue.js';

const piece = (length: number): ChatEvent => ({ type: 'text-delta', id: 't', delta: 'x'.repeat(length) });

function anInbox() {
  const told: string[] = [];
  const inbox = new TurnInbox({
    highWaterBytes: 1000,
    lowWaterBytes: 500,
    maxBytes: 10_000,
    onFull: () => told.push('full'),
    onDrained: () => told.push('drained'),
    onOverflow: () => told.push('overflow'),
  });
  return { inbox, told };
}

describe('TurnInbox', () => {
  it('push() - a reader who lags holds the process up, and overflows in the end', async () => {
    const { inbox, told } = anInbox();
    for (let index = 0; index < 3; index++) inbox.push(piece(500));
    expect(told).toEqual(['full']);
    await inbox.read();
    expect(told).toEqual(['full', 'drained']);
    for (let index = 0; index < 12; index++) inbox.push(piece(500));
    expect(told.at(-1)).toBe('overflow');
  });

  it('push() - one piece larger than all limits is no failure of a reader who waits', async () => {
    const { inbox, told } = anInbox();
    const reading = inbox.read();
    inbox.push(piece(100));
    for (let index = 0; index < 2; index++) inbox.push(piece(50_000));
    expect(await reading).toHaveLength(3);
    expect(told).toEqual([]);
  });

  it('push() - nor of one who had nothing to read when it came', async () => {
    const { inbox, told } = anInbox();
    inbox.push(piece(50_000));
    expect(told).toEqual(['full']);
    expect(await inbox.read()).toHaveLength(1);
    expect(told).toEqual(['full', 'drained']);
  });

  it('end() and fail() - come after what is unread', async () => {
    const { inbox } = anInbox();
    inbox.push(piece(1));
    inbox.end();
    inbox.fail(new Error('too late'));
    expect(await inbox.read()).toHaveLength(1);
    expect(await inbox.read()).toBeUndefined();
    const failing = anInbox().inbox;
    const reading = failing.read();
    failing.fail(new Error('boom'));
    await expect(reading).rejects.toThrow('boom');
    await settled();
  });
});
