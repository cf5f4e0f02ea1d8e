import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Clock, Deadline, monotonicNow, sleep, systemClock } from './clock.js';

const HOUR_MS = 3_600_000;

/** A wall clock that somebody sets, and one that only goes forward. */
class TwoClocks implements Clock {
  wall = 1_700_000_000_000;
  #passed = 0;
  readonly #timers = new Set<{ readonly due: number; readonly callback: () => void }>();

  now(): number {
    return this.wall + this.#passed;
  }

  monotonic(): number {
    return this.#passed;
  }

  schedule(ms: number, callback: () => void): () => void {
    const timer = { due: this.#passed + ms, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  get waiting(): number {
    return this.#timers.size;
  }

  pass(ms: number): void {
    this.#passed += ms;
    for (const timer of [...this.#timers].filter(({ due }) => due <= this.#passed)) {
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}

describe('Deadline', () => {
  it.each([
    ['left alone', 0],
    ['set back an hour', -HOUR_MS],
    ['set forward an hour', HOUR_MS],
  ])('the wall clock is %s - strikes when its time has passed, not before', (_, jump) => {
    const clock = new TwoClocks();
    const onExpire = vi.fn();
    const deadline = new Deadline(1_000, onExpire, clock);
    clock.pass(600);
    clock.wall += jump;
    deadline.touch();
    clock.pass(600);
    expect(onExpire).not.toHaveBeenCalled();
    clock.wall += jump;
    clock.pass(399);
    expect(onExpire).not.toHaveBeenCalled();
    clock.pass(1);
    expect(onExpire).toHaveBeenCalledOnce();
    expect(clock.waiting).toBe(0);
  });

  it('longer than a timer can hold - never strikes, and has no timer that would at once', () => {
    const clock = new TwoClocks();
    const onExpire = vi.fn();
    const deadline = new Deadline(Number.POSITIVE_INFINITY, onExpire, clock);
    expect(clock.waiting).toBe(0);
    deadline.touch();
    clock.pass(HOUR_MS);
    deadline.clear();
    expect(onExpire).not.toHaveBeenCalled();
  });

  it('cleared - never strikes and leaves no timer', () => {
    const clock = new TwoClocks();
    const onExpire = vi.fn();
    const deadline = new Deadline(1_000, onExpire, clock);
    deadline.clear();
    clock.pass(5_000);
    expect(onExpire).not.toHaveBeenCalled();
    expect(clock.waiting).toBe(0);
  });
});

describe('sleep()', () => {
  it('ends after its time, or with the reason of its signal and without a timer', async () => {
    const clock = new TwoClocks();
    const slept = sleep(100, undefined, clock);
    clock.pass(100);
    await slept;
    const controller = new AbortController();
    const reason = new Error('enough');
    const cut = sleep(100, controller.signal, clock);
    controller.abort(reason);
    await expect(cut).rejects.toBe(reason);
    await expect(sleep(100, controller.signal, clock)).rejects.toBe(reason);
    expect(clock.waiting).toBe(0);
  });
});

describe('systemClock', () => {
  afterEach(() => vi.restoreAllMocks());

  it('intervals - do not follow the wall clock', () => {
    const before = monotonicNow(systemClock);
    vi.spyOn(Date, 'now').mockReturnValue(systemClock.now() - HOUR_MS);
    const passed = monotonicNow(systemClock) - before;
    expect(passed).toBeGreaterThanOrEqual(0);
    expect(passed).toBeLessThan(HOUR_MS / 2);
  });

  it('a clock that nobody sets - measures with its only reading', () => {
    expect(monotonicNow({ now: () => 7, schedule: () => () => undefined })).toBe(7);
  });
});
