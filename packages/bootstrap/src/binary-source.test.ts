import type { Clock } from '@lingma-gateway/core';
import { describe, expect, it } from 'vitest';
import { BinarySource } from './binary-source.js';
import type { Bootstrap, EnsureOptions } from './bootstrap.js';
import { BootstrapError } from './bootstrap-error.js';
import type { LocatedBinary } from './bootstrap-options.js';

const OWN: LocatedBinary = { path: '/data/bin/2.11.1/x86_64_linux/Lingma', version: '2.11.1', isOwn: true };
const MINUTE = 60_000;

function setUp(ensure: (signal: AbortSignal, options?: EnsureOptions) => Promise<LocatedBinary>, first = {}) {
  let now = 0;
  const clock: Clock = { now: () => now, schedule: () => () => undefined };
  const calls: (EnsureOptions | undefined)[] = [];
  let repairs = 0;
  const bootstrap: Pick<Bootstrap, 'ensure' | 'repair' | 'progress'> = {
    ensure: (signal, options) => {
      calls.push(options);
      return ensure(signal, options);
    },
    repair: async () => {
      repairs++;
      return true;
    },
    progress: { state: 'idle' },
  };
  const source = new BinarySource({ bootstrap, clock, force: false, update: false, ...first });
  const locate = (signal = new AbortController().signal) => source.locate(signal);
  return { source, locate, calls, repairs: () => repairs, wait: (ms: number) => (now += ms) };
}

describe('BinarySource', () => {
  it('several ask at once - one bootstrap', async () => {
    const { locate, calls } = setUp(async () => OWN);
    expect(await Promise.all([locate(), locate(), locate()])).toEqual([OWN.path, OWN.path, OWN.path]);
    expect(calls).toHaveLength(1);
  });

  it('what a start is to do - is done once', async () => {
    const { locate, calls } = setUp(async () => OWN, { force: true });
    await locate();
    await locate();
    expect(calls).toEqual([{ force: true, update: false }, {}]);
  });

  it('one stops asking - the others get it', async () => {
    let finish = (_: LocatedBinary): void => undefined;
    const { locate } = setUp(() => new Promise((resolve) => (finish = resolve)));
    const stop = new AbortController();
    const [one, other] = [locate(stop.signal), locate()];
    stop.abort(new Error('enough'));
    await expect(one).rejects.toThrow('enough');
    finish(OWN);
    expect(await other).toBe(OWN.path);
  });

  it('it failed - the same is told for a minute, then two, and nothing is asked', async () => {
    const error = new BootstrapError('no_binary', 'none');
    const { locate, calls, wait, source } = setUp(() => Promise.reject(error));
    const fails = () => expect(locate()).rejects.toBe(error);
    await fails();
    wait(MINUTE - 1);
    await fails();
    expect([calls.length, source.retryInMs]).toEqual([1, 1]);
    wait(1);
    await fails();
    expect([calls.length, source.retryInMs]).toEqual([2, 2 * MINUTE]);
    for (let times = 0; times < 20; times++) {
      wait(31 * MINUTE);
      await fails();
    }
    expect(source.retryInMs).toBe(30 * MINUTE);
  });

  it('several processes complain of one fault - one repair; of another later - one more', async () => {
    const { source, locate, repairs, wait } = setUp(async () => OWN);
    const { signal } = new AbortController();
    expect(await source.repair('extension-runtime-missing', signal)).toBe(false);
    await locate();
    const repair = () => source.repair('extension-runtime-missing', signal);
    expect(await Promise.all([repair(), repair()])).toEqual([true, true]);
    expect(repairs()).toBe(1);
    wait(11 * MINUTE);
    await repair();
    expect(repairs()).toBe(2);
  });

  it("an IDE's Lingma - is not ours to repair", async () => {
    const { source, locate, repairs } = setUp(async () => ({ ...OWN, isOwn: false }));
    await locate();
    expect(await source.repair('extension-runtime-missing', new AbortController().signal)).toBe(false);
    expect(repairs()).toBe(0);
  });

  it('hasChanged() - another path than the one that was told', async () => {
    let path = OWN.path;
    const { source, locate } = setUp(async () => ({ ...OWN, path }));
    const { signal } = new AbortController();
    expect(await source.hasChanged(signal)).toBe(false);
    await locate();
    expect(await source.hasChanged(signal)).toBe(false);
    path = '/data/bin/2.12.0/x86_64_linux/Lingma';
    expect(await source.hasChanged(signal)).toBe(true);
    expect(await locate()).toBe(path);
  });

  it('close() - ends what is under way, and waits for it', async () => {
    const { source, locate } = setUp(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const located = locate();
    await source.close();
    await expect(located).rejects.toThrow('the gateway ends');
  });
});
