import { describe, expect, it } from 'vitest';
import { FakeClock, settled } from '../dialect/testing/fake-peer.js';
import { ConnectionWaiters } from './connection-waiters.js';

function aLine(onRefused: 'fail' | 'look-again' | 'wait' = 'wait') {
  const openings: { resolve(name: string): void; reject(error: Error): void }[] = [];
  const surplus: string[] = [];
  const clock = new FakeClock();
  const line = new ConnectionWaiters<string>({
    clock,
    open: () => new Promise((resolve, reject) => openings.push({ resolve, reject })),
    onSurplus: (name) => surplus.push(name),
    onRefused: () => onRefused,
  });
  const join = (signal = new AbortController().signal, patience = new AbortController().signal) =>
    line.join(signal, patience);
  return { line, openings, surplus, join, clock };
}

describe('ConnectionWaiters', () => {
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

  it('join() - tries one opening a second for those who only wait, and for all once it goes well', async () => {
    const { openings, join, clock } = aLine();
    const joined = [join(), join(), join()];
    for (const { reject } of [...openings]) reject(new Error('EMFILE'));
    await clock.advance(999);
    expect(openings).toHaveLength(3);
    await clock.advance(1);
    expect(openings).toHaveLength(4);
    openings[3]?.reject(new Error('EMFILE'));
    await clock.advance(1000);
    expect(openings).toHaveLength(5);
    openings[4]?.resolve('a');
    await settled();
    openings[5]?.resolve('b');
    await settled();
    openings[6]?.resolve('c');
    expect(await Promise.all(joined)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
    expect(clock.pending).toBe(0);
  });

  it('join() - patience ends the wait for what others hold', async () => {
    const { openings, join, clock } = aLine();
    const patience = new AbortController();
    const waiting = join(undefined, patience.signal);
    openings[0]?.reject(new Error('EMFILE'));
    await settled();
    patience.abort(new Error('waited long enough'));
    await expect(waiting).rejects.toThrow('waited long enough');
    expect(clock.pending).toBe(0);
  });

  it('join() - patience lets an opening that is under way come to its end', async () => {
    const patience = new AbortController();
    const lucky = aLine();
    const opened = lucky.join(undefined, patience.signal);
    patience.abort(new Error('waited long enough'));
    lucky.openings[0]?.resolve('a');
    expect(await opened).toBe('a');
    await lucky.clock.advance(5000);
    const silent = aLine();
    const slow = silent.join(undefined, patience.signal);
    await silent.clock.advance(0);
    const unlucky = aLine();
    const refused = unlucky.join(undefined, patience.signal);
    unlucky.openings[0]?.reject(new Error('EMFILE'));
    await expect(refused).rejects.toThrow('waited long enough');
    silent.openings[0]?.resolve('b');
    expect(await slow).toBe('b');
  });

  it('join() - patience and a little more end the wait for an opening, unless it is the first of all', async () => {
    const controller = new AbortController();
    const { line, clock } = aLine();
    const waiting = line.join(new AbortController().signal, controller.signal).catch((error: Error) => error.message);
    controller.abort(new Error('waited long enough'));
    let over = false;
    void waiting.then(() => {
      over = true;
    });
    await clock.advance(4999);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(await waiting).toBe('waited long enough');
    expect(clock.pending).toBe(0);
  });
});
