import { describe, expect, it } from 'vitest';
import { type KeyEvent, KeyHealth } from './key-health.js';
import type { FailureKind } from './upstream.js';

function aKey() {
  let now = 0;
  const events: KeyEvent['type'][] = [];
  const health = new KeyHealth({ now: () => now, schedule: () => () => undefined }, ({ type }) => events.push(type));
  return {
    health,
    events,
    pass: (ms: number) => {
      now += ms;
    },
    fail: (kind: FailureKind = 'failed', retryAfterMs?: number) =>
      health.fail(health.begin(), kind, 'why', retryAfterMs),
    succeed: () => health.succeed(health.begin()),
  };
}

describe('KeyHealth', () => {
  it.each<[string, number | undefined, number]>([
    ['no hint', undefined, 10_000],
    ['a hint', 4_000, 4_000],
    ['a long hint', 3_600_000, 300_000],
  ])('limited, %s - rests so long', (_, retryAfterMs, restMs) => {
    const key = aKey();
    key.fail('limited', retryAfterMs);
    expect(key.health).toMatchObject({ state: 'cooling_down', restMs, blocks: true });
    key.pass(restMs);
    expect(key.health).toMatchObject({ state: 'ready', blocks: false });
  });

  it('three failures in 30 s - rests, longer each time, and one probe at a time', () => {
    const key = aKey();
    key.fail();
    key.fail();
    expect(key.health.blocks).toBe(false);
    key.fail();
    expect(key.health).toMatchObject({ state: 'cooling_down', restMs: 10_000 });
    key.pass(10_000);
    expect(key.health.blocks).toBe(false);
    const probe = key.health.begin();
    expect(key.health.blocks).toBe(true);
    key.health.fail(probe, 'failed', 'why');
    expect(key.health.restMs).toBe(20_000);
    key.pass(20_000);
    key.succeed();
    expect(key.health.state).toBe('ready');
    expect(key.events).toEqual(['cooling_down', 'cooling_down', 'recovered']);
  });

  it('a refused key - disabled with its reason; tried again after an hour, by one request', () => {
    const key = aKey();
    key.fail('key');
    expect(key.health).toMatchObject({ state: 'disabled_auto', reason: 'why', restMs: 3_600_000, blocks: true });
    key.pass(3_600_000);
    const retest = key.health.begin();
    expect(key.health.blocks).toBe(true);
    key.health.succeed(retest);
    expect(key.health).toMatchObject({ state: 'ready', blocks: false });
  });

  it('a caller who goes during a probe or a retest - leaves it to the next', () => {
    const key = aKey();
    key.fail('key');
    key.pass(3_600_000);
    key.health.dismiss(key.health.begin());
    expect(key.health.blocks).toBe(false);
    key.health.reset();
    expect(key.health.state).toBe('ready');
  });

  it('failures of the request or the model - say nothing of it', () => {
    const key = aKey();
    for (let count = 0; count < 20; count++) key.fail(count % 2 === 0 ? 'request' : 'model');
    expect(key.health.state).toBe('ready');
  });

  it('fewer than eight of the last ten succeed - warns and rests, disables nothing', () => {
    const key = aKey();
    for (let count = 0; count < 10; count++) {
      if (count % 3 === 1) key.fail();
      else key.succeed();
      key.pass(20_000);
    }
    expect(key.events).toEqual(['bad_ratio']);
    key.pass(-20_000);
    expect(key.health.state).toBe('cooling_down');
  });
});
