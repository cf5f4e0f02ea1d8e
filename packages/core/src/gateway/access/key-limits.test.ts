import { describe, expect, it } from 'vitest';
import { StepClock } from '../testing/a-context.js';
import { createKeyLimiter, type KeyLimits, noUsage } from './key-limits.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function limiterOf(limits: KeyLimits) {
  const clock = new StepClock();
  return { clock, limiter: createKeyLimiter({ limits }, clock) };
}

/** Past midnight of UTC, from the moment the clock begins at. */
const untilMidnight = (clock: StepClock): number => 24 * HOUR - (clock.now() % (24 * HOUR));

describe('createKeyLimiter()', () => {
  it('other limits for the same usage - what was used counts against them', () => {
    const clock = new StepClock();
    const usage = noUsage();
    const before = createKeyLimiter(
      { limits: { requestsPerMinute: 2, maxParallel: 1, tokensPerDay: 10 } },
      clock,
      usage,
    );
    const leave = before.enter();
    before.spend(7);
    const after = createKeyLimiter({ limits: { requestsPerMinute: 3, maxParallel: 2, tokensPerDay: 8 } }, clock, usage);
    expect(after.headers()).toMatchObject({
      'x-ratelimit-remaining-requests': '2',
      'x-ratelimit-remaining-tokens': '1',
    });
    after.enter();
    expect(() => after.enter()).toThrow(expect.objectContaining({ code: 'rate_limited' }));
    leave();
    after.spend(1);
    expect(() => after.enter()).toThrow(expect.objectContaining({ code: 'quota_exceeded' }));
  });

  it('requests a minute - further ones are told when the minute is over, and let in then', () => {
    const { limiter, clock } = limiterOf({ requestsPerMinute: 2 });
    limiter.enter()();
    clock.pass(15_500);
    limiter.enter()();
    const refused = () => limiter.enter();
    expect(refused).toThrow(expect.objectContaining({ code: 'rate_limited', retryAfterMs: 44_500 }));
    clock.pass(44_499);
    expect(refused).toThrow(expect.objectContaining({ retryAfterMs: 1 }));
    clock.pass(1);
    limiter.enter();
    limiter.enter();
    expect(refused).toThrow(expect.objectContaining({ code: 'rate_limited' }));
  });

  it('requests at once - further ones are refused until one is over', () => {
    const { limiter } = limiterOf({ maxParallel: 2 });
    const leave = limiter.enter();
    limiter.enter();
    expect(() => limiter.enter()).toThrow(expect.objectContaining({ code: 'rate_limited', retryAfterMs: 1_000 }));
    leave();
    leave();
    limiter.enter();
    expect(() => limiter.enter()).toThrow('2 requests at once');
  });

  it('tokens a day - the request that goes over is the last one, until midnight (UTC)', () => {
    const { limiter, clock } = limiterOf({ tokensPerDay: 100 });
    limiter.enter();
    limiter.spend(99);
    limiter.enter();
    limiter.spend(50);
    expect(() => limiter.enter()).toThrow(expect.objectContaining({ code: 'quota_exceeded' }));
    clock.pass(untilMidnight(clock) - 1);
    expect(() => limiter.enter()).toThrow(expect.objectContaining({ code: 'quota_exceeded' }));
    clock.pass(1);
    limiter.enter();
    expect(limiter.headers()['x-ratelimit-remaining-tokens']).toBe('100');
  });

  it('a wall clock that is set back - gives no second budget', () => {
    let now = 10 * 24 * HOUR;
    const limiter = createKeyLimiter(
      { limits: { tokensPerDay: 1 } },
      { now: () => now, monotonic: () => 0, schedule: () => () => undefined },
    );
    limiter.spend(1);
    now -= 24 * HOUR;
    expect(() => limiter.enter()).toThrow(expect.objectContaining({ code: 'quota_exceeded' }));
  });

  it('a negative report of tokens - is none', () => {
    const { limiter } = limiterOf({ tokensPerDay: 100 });
    limiter.spend(-40);
    expect(limiter.headers()['x-ratelimit-remaining-tokens']).toBe('100');
  });

  it('a refused request - uses up nothing', () => {
    const { limiter } = limiterOf({ requestsPerMinute: 2, maxParallel: 1 });
    const leave = limiter.enter();
    expect(() => limiter.enter()).toThrow();
    expect(limiter.headers()['x-ratelimit-remaining-requests']).toBe('1');
    leave();
    limiter.enter();
  });

  it('headers - all six, before, within and after', () => {
    const { limiter, clock } = limiterOf({ requestsPerMinute: 10, tokensPerDay: 1_000 });
    clock.pass(untilMidnight(clock));
    const headers = (remaining: number, reset: string, tokens: number, resetTokens: string) => ({
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': String(remaining),
      'x-ratelimit-reset-requests': reset,
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': String(tokens),
      'x-ratelimit-reset-tokens': resetTokens,
    });
    expect(limiter.headers()).toEqual(headers(10, '0s', 1_000, '24h0m0s'));
    limiter.enter();
    limiter.spend(1_200);
    expect(limiter.headers()).toEqual(headers(9, '1m0s', 0, '24h0m0s'));
    clock.pass(59_950);
    expect(limiter.headers()).toEqual(headers(9, '50ms', 0, '23h59m1s'));
    clock.pass(50);
    expect(limiter.headers()).toEqual(headers(10, '0s', 0, '23h59m0s'));
    clock.pass(23 * HOUR + 58 * MINUTE + 57 * SECOND);
    expect(limiter.headers()['x-ratelimit-reset-tokens']).toBe('3s');
  });

  it('headers - only of what is limited', () => {
    expect(limiterOf({ maxParallel: 1 }).limiter.headers()).toEqual({});
    expect(Object.keys(limiterOf({ requestsPerMinute: 1 }).limiter.headers())).toHaveLength(3);
  });
});

describe('createKeyLimiter() - a quota', () => {
  const quotaOf = (tokens: number, period: 'none' | 'day' | 'month' = 'none', spentBefore = 0) => {
    const clock = new StepClock();
    return { clock, limiter: createKeyLimiter({ quota: { tokens, period }, spentBefore: () => spentBefore }, clock) };
  };
  const refused = (code: string) => expect.objectContaining({ code });

  it('used up - refused for good; the request that goes over is the last one', () => {
    const { limiter } = quotaOf(10);
    limiter.enter()();
    limiter.spend(12);
    expect(() => limiter.enter()).toThrow(refused('quota_exceeded'));
  });

  it('what was spent before - counts', () => {
    expect(() => quotaOf(10, 'none', 10).limiter.enter()).toThrow(refused('quota_exceeded'));
  });

  it.each(['day', 'month'] as const)('another %s - begins anew', (period) => {
    let spent = 0;
    const clock = new StepClock();
    const limiter = createKeyLimiter({ quota: { tokens: 10, period }, spentBefore: () => spent }, clock);
    limiter.enter()();
    limiter.spend(10);
    expect(() => limiter.enter()).toThrow(refused('quota_exceeded'));
    clock.pass(32 * 24 * HOUR);
    limiter.enter()();
    spent = 10;
    clock.pass(32 * 24 * HOUR);
    expect(() => limiter.enter()).toThrow(refused('quota_exceeded'));
  });

  it.each(['day', 'month'] as const)('a wall clock that is set back over a %s - gives no second budget', (period) => {
    let now = 40 * 24 * HOUR;
    const clock = { now: () => now, monotonic: () => 0, schedule: () => () => undefined };
    const limiter = createKeyLimiter({ quota: { tokens: 10, period } }, clock);
    limiter.spend(10);
    now -= 32 * 24 * HOUR;
    expect(() => limiter.enter()).toThrow(refused('quota_exceeded'));
  });

  it('many at once - only as many as what is left may hold', () => {
    const { limiter } = quotaOf(1_000);
    const leaves = [limiter.enter(400), limiter.enter(400), limiter.enter(400)];
    expect(() => limiter.enter(400)).toThrow(refused('rate_limited'));
    for (const leave of leaves) {
      leave();
      leave();
    }
    limiter.spend(600);
    limiter.enter(400);
    expect(() => limiter.enter(1)).toThrow(refused('rate_limited'));
  });
});
