import { describe, expect, it } from 'vitest';
import { PlaceQueue } from './place-queue.js';

describe('PlaceQueue', () => {
  it('take() - in the order they came, and whoever aborts leaves the line', async () => {
    const queue = new PlaceQueue(2);
    const order: string[] = [];
    const [idle, abort, late] = [new AbortController(), new AbortController(), new AbortController()];
    await queue.take(idle.signal);
    expect(queue.tryTake()).toBe(true);
    expect(queue.tryTake()).toBe(false);
    const first = queue.take(idle.signal).then(() => order.push('first'));
    const given = queue.take(idle.signal, abort.signal);
    const last = queue.take(idle.signal).then(() => order.push('last'));
    abort.abort(new Error('left'));
    await expect(given).rejects.toThrow('left');
    expect([queue.taken, queue.waiting]).toEqual([2, 2]);
    queue.leave();
    await first;
    queue.leave();
    await last;
    expect(order).toEqual(['first', 'last']);
    late.abort(new Error('too late'));
    await expect(queue.take(late.signal)).rejects.toThrow('too late');
    queue.leave();
    queue.leave();
    expect([queue.taken, queue.waiting]).toEqual([0, 0]);
  });
});
