import { describe, expect, it } from 'vitest';
import { settled } from './dialect/testing/fake-peer.js';
import { WaitingLine } from './waiting-line.js';

function aLine(onRefused: 'fail' | 'look-again' | 'wait' = 'wait') {
  const openings: { resolve(name: string): void; reject(error: Error): void }[] = [];
  const surplus: string[] = [];
  const line = new WaitingLine<string>({
    open: () => new Promise((resolve, reject) => openings.push({ resolve, reject })),
    onSurplus: (name) => surplus.push(name),
    onRefused: () => onRefused,
  });
  const join = (signal = new AbortController().signal) => line.join(signal);
  return { line, openings, surplus, join };
}

describe('WaitingLine', () => {
  it('join() - takes in order what is given back or opened, whichever comes first', async () => {
    const { line, openings, surplus, join } = aLine();
    const first = join();
    const second = join();
    expect(openings).toHaveLength(2);
    expect(line.give('a')).toBe(true);
    expect(await first).toBe('a');
    // Opened for the first, but he has one by now.
    openings[0]?.resolve('b');
    expect(await second).toBe('b');
    expect(line.give('c')).toBe(false);
    openings[1]?.resolve('d');
    await settled();
    expect(surplus).toEqual(['d']);
  });

  it('join() - waits for what is being opened already for somebody who left', async () => {
    const { line, openings, join } = aLine();
    const controller = new AbortController();
    const left = join(controller.signal);
    controller.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(line.give('a')).toBe(false);
    const next = join();
    expect(openings).toHaveLength(1);
    openings[0]?.resolve('b');
    expect(await next).toBe('b');
  });

  it('join() - does not fail with an attempt begun before it came', async () => {
    const { openings, join } = aLine('fail');
    const controller = new AbortController();
    const left = join(controller.signal);
    controller.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    const next = join();
    openings[0]?.reject(new Error('refused then'));
    await settled();
    expect(openings).toHaveLength(2);
    openings[1]?.reject(new Error('refused now'));
    await expect(next).rejects.toThrow('refused now');
  });

  it('join() - waits on after a refusal, and looks again when woken', async () => {
    const { line, openings, join } = aLine();
    const refused = join();
    const hopeful = join();
    openings[0]?.reject(new Error('no more clients'));
    await settled();
    line.wake(Number.POSITIVE_INFINITY);
    expect(await refused).toBeUndefined();
    expect(line.give('a')).toBe(true);
    expect(await hopeful).toBe('a');
  });

  it('join() - one who was refused comes before those who joined later', async () => {
    const { line, openings, join } = aLine();
    const refused = join();
    openings[0]?.reject(new Error('no more clients'));
    await settled();
    const later = join();
    expect(openings).toHaveLength(2);
    openings[1]?.resolve('a');
    expect(await refused).toBe('a');
    await settled();
    // What was opened for the later one went to the first; another is opened.
    openings[2]?.resolve('b');
    expect(await later).toBe('b');
    expect(line.give('c')).toBe(false);
  });

  it('join() - fails or looks again when told to', async () => {
    const failing = aLine('fail');
    const failed = failing.join();
    failing.openings[0]?.reject(new Error('refused'));
    await expect(failed).rejects.toThrow('refused');
    expect(failing.line.give('a')).toBe(false);
    const looking = aLine('look-again');
    const looked = looking.join();
    looking.openings[0]?.reject(new Error('refused'));
    expect(await looked).toBeUndefined();
  });
});
