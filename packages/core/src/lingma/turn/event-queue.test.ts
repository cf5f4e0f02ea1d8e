import { describe, expect, it } from 'vitest';
import { type ChatEvent, eventStream } from '../../chat/index.js';
import { settled } from '../dialect/testing/fake-peer.js';
import { EventQueue } from './event-queue.js';

const MIB = 1024 * 1024;
const piece = (length: number): ChatEvent => ({ type: 'text-delta', id: 't', delta: 'x'.repeat(length) });

function aQueue(isAlone = true) {
  const told: string[] = [];
  const queue = new EventQueue({
    ...(isAlone && { peer: { pause: () => told.push('pause'), resume: () => told.push('resume') } }),
    highWaterBytes: 1000,
    maxBytes: 10_000,
    onOverflow: () => told.push('overflow'),
    onTaken: () => told.push('taken'),
  });
  const stream = eventStream(
    (sink) => queue.start(sink),
    async () => queue.discard(),
  );
  return { queue, stream, told };
}

describe('EventQueue', () => {
  it('push() - a reader who lags holds the process up, and overflows in the end', async () => {
    const { queue, stream, told } = aQueue();
    for (let index = 0; index < 3; index++) queue.push(piece(500));
    expect(told).toEqual(['pause']);
    expect(queue.held).toBe(true);
    await stream.read();
    expect(told).toEqual(['pause', 'resume', 'taken']);
    expect(queue.held).toBe(false);
    for (let index = 0; index < 12; index++) queue.push(piece(500));
    expect(told.at(-1)).toBe('overflow');
  });

  it('push() - on a shared connection nobody is held up: what is unread is kept up to the limit', async () => {
    const { queue, stream, told } = aQueue(false);
    for (let index = 0; index < 9; index++) queue.push(piece(500));
    expect(queue.held).toBe(true);
    expect(await stream.read()).toHaveLength(9);
    expect(told).toEqual(['taken']);
    for (let index = 0; index < 10; index++) queue.push(piece(500));
    expect(told).toEqual(['taken', 'overflow']);
  });

  it('push() - one piece larger than all limits is no failure of a reader who waits', async () => {
    const { queue, stream, told } = aQueue();
    const reading = stream.read();
    queue.push(piece(100));
    for (let index = 0; index < 2; index++) queue.push(piece(50_000));
    expect(await reading).toHaveLength(3);
    expect(told).toEqual([]);
  });

  it('push() - nor of one who had nothing to read when it came', async () => {
    const { queue, stream, told } = aQueue();
    queue.push(piece(50_000));
    expect(told).toEqual(['pause']);
    expect(await stream.read()).toHaveLength(1);
    expect(told).toEqual(['pause', 'resume', 'taken']);
  });

  it('pause() - counts what has come and not gone', async () => {
    const { queue, told } = aQueue();
    const batches: number[] = [];
    const flow = queue.start({ events: (batch) => batches.push(batch.length), end: () => batches.push(0) });
    queue.push(piece(400));
    flow.pause();
    queue.push(piece(400));
    await settled();
    expect(batches).toEqual([]);
    expect(told).toEqual(['pause']);
    flow.resume();
    await settled();
    expect(batches).toEqual([2]);
    expect(told).toEqual(['pause', 'resume', 'taken']);
  });

  it('what one read brought - is one batch, and the end comes behind it', async () => {
    const { queue } = aQueue();
    const batches: number[] = [];
    queue.start({ events: (batch) => batches.push(batch.length), end: () => batches.push(0) });
    queue.push(piece(1));
    queue.push(piece(2));
    queue.end();
    queue.push(piece(3));
    expect(batches).toEqual([]);
    await settled();
    expect(batches).toEqual([2, 0]);
  });

  it('by default - a megabyte holds the process up, 32 end the turn', () => {
    const told: string[] = [];
    const queue = new EventQueue({
      peer: { pause: () => told.push('pause'), resume: () => told.push('resume') },
      onOverflow: () => told.push('overflow'),
    });
    queue.push(piece(MIB / 2 - 100));
    expect(told).toEqual([]);
    queue.push(piece(100));
    expect(told).toEqual(['pause']);
    for (let index = 2; index < 32; index++) queue.push(piece(MIB / 2 - 32));
    queue.push(piece(MIB / 2 - 128));
    expect(told).toEqual(['pause']);
    queue.push(piece(1));
    expect(told).toEqual(['pause', 'overflow']);
  });

  it('letGo() - the connection is held up no more', () => {
    const { queue, told } = aQueue();
    queue.push(piece(600));
    queue.letGo();
    for (let index = 0; index < 100; index++) queue.push(piece(600));
    expect(told).toEqual(['pause', 'resume']);
  });

  it('discard() - ends at once, without what was unread', async () => {
    const { queue, stream } = aQueue();
    const reading = stream.read();
    queue.push(piece(5));
    queue.discard();
    expect(await reading).toBeUndefined();
  });

  it('end() and fail() - come after what is unread', async () => {
    const { queue, stream } = aQueue();
    queue.push(piece(1));
    queue.end();
    queue.fail(new Error('too late'));
    expect(await stream.read()).toHaveLength(1);
    expect(await stream.read()).toBeUndefined();
    const failing = aQueue();
    const reading = failing.stream.read();
    failing.queue.fail(new Error('boom'));
    await expect(reading).rejects.toThrow('boom');
  });

  it('progress - is told once for what one read of the socket brought, and at once while nobody reads', async () => {
    let told = 0;
    const queue = new EventQueue({ onOverflow: () => undefined, onProgress: () => told++ });
    queue.push(piece(1));
    expect(told).toBe(1);
    const flow = queue.start({ events: () => undefined, end: () => undefined });
    await settled();
    expect(told).toBe(2);
    for (let index = 0; index < 5; index++) queue.push(piece(1));
    expect(told).toBe(2);
    await settled();
    expect(told).toBe(3);
    flow.pause();
    queue.push(piece(1));
    expect(told).toBe(4);
  });
});
