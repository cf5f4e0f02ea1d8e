import { describe, expect, it } from 'vitest';
import { settled } from './dialect/testing/fake-peer.js';
import { WaitingLine } from './waiting-line.js';

function aLine(onRefused: 'fail' | 'look-again' | 'wait' = 'wait') {
  const line = new WaitingLine<string>();
  const dials: { resolve(name: string): void; reject(error: Error): void; signal: AbortSignal }[] = [];
  const surplus: string[] = [];
  const join = (signal = new AbortController().signal) =>
    line.join({
      signal,
      open: (dialSignal) => new Promise((resolve, reject) => dials.push({ resolve, reject, signal: dialSignal })),
      onSurplus: (name) => surplus.push(name),
      onRefused: () => onRefused,
    });
  return { line, dials, surplus, join };
}

describe('WaitingLine', () => {
  it('join() - takes what is given back while it dials, in order, and ends the dial', async () => {
    const { line, dials, surplus, join } = aLine();
    const first = join();
    const second = join();
    expect(line.give('a')).toBe(true);
    expect(await first).toBe('a');
    expect(dials[0]?.signal.aborted).toBe(true);
    dials[1]?.resolve('b');
    expect(await second).toBe('b');
    expect(line.give('c')).toBe(false);
    // A dial that came through all the same is not lost.
    dials[0]?.resolve('d');
    await settled();
    expect(surplus).toEqual(['d']);
  });

  it('join() - waits on after a refusal, and looks again when woken', async () => {
    const { line, dials, join } = aLine();
    const refused = join();
    const dialling = join();
    dials[0]?.reject(new Error('no more clients'));
    await settled();
    line.wake(Number.POSITIVE_INFINITY);
    expect(await refused).toBeUndefined();
    expect(line.give('a')).toBe(true);
    expect(await dialling).toBe('a');
  });

  it('join() - fails or looks again when told to', async () => {
    const failing = aLine('fail');
    const failed = failing.join();
    failing.dials[0]?.reject(new Error('refused'));
    await expect(failed).rejects.toThrow('refused');
    expect(failing.line.give('a')).toBe(false);
    const looking = aLine('look-again');
    const looked = looking.join();
    looking.dials[0]?.reject(new Error('refused'));
    expect(await looked).toBeUndefined();
  });

  it('join() - an abort leaves the line and ends the dial', async () => {
    const { line, dials, join } = aLine();
    const controller = new AbortController();
    const waiting = join(controller.signal);
    controller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(dials[0]?.signal.aborted).toBe(true);
    expect(line.give('a')).toBe(false);
  });
});
