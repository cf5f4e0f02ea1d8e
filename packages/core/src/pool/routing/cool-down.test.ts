import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { CoolDown } from './cool-down.js';

function setUp() {
  const clock = new ManualClock();
  const cool = new CoolDown(clock);
  const failTurn = (): boolean => cool.fail(cool.begin());
  const rest = (): void => {
    while (!failTurn());
  };
  return { clock, cool, failTurn, rest };
}

describe('CoolDown', () => {
  it('three failures within half a minute - a rest of 10 s', () => {
    const { clock, cool, failTurn } = setUp();
    expect([failTurn(), failTurn(), cool.blocks]).toEqual([false, false, false]);
    clock.pass(30_000);
    expect([failTurn(), cool.blocks, cool.restMs]).toEqual([true, true, 10_000]);
    clock.pass(9999);
    expect([cool.blocks, cool.restMs]).toEqual([true, 1]);
    clock.pass(1);
    expect([cool.blocks, cool.restMs]).toEqual([false, 0]);
  });

  it('three failures in more than that - none', () => {
    const { clock, cool, failTurn } = setUp();
    for (let turn = 0; turn < 20; turn++) {
      expect(failTurn()).toBe(false);
      clock.pass(15_001);
    }
    expect(cool.blocks).toBe(false);
    expect(cool.restMs).toBeUndefined();
  });

  it('after a rest - one turn alone tries it', () => {
    const { clock, cool, rest } = setUp();
    rest();
    clock.pass(10_000);
    const probe = cool.begin();
    expect([probe.isProbe, cool.blocks]).toEqual([true, true]);
    expect(cool.begin().isProbe).toBe(false);
    expect([cool.succeed(probe), cool.blocks, cool.restMs]).toEqual([true, false, undefined]);
  });

  it('the probe fails - twice as long each time, five minutes at the most; once it answers, 10 s again', () => {
    const { clock, cool, failTurn, rest } = setUp();
    rest();
    const rests: (number | undefined)[] = [];
    for (let round = 0; round < 7; round++) {
      rests.push(cool.restMs);
      clock.pass(cool.restMs ?? 0);
      expect(failTurn()).toBe(true);
    }
    expect(rests).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
    clock.pass(300_000);
    cool.succeed(cool.begin());
    expect([failTurn(), failTurn()]).toEqual([false, false]);
    expect([failTurn(), cool.restMs]).toEqual([true, 10_000]);
  });

  it('the probe says nothing - the next turn is the probe', () => {
    const { clock, cool, rest } = setUp();
    rest();
    clock.pass(10_000);
    cool.dismiss(cool.begin());
    expect(cool.blocks).toBe(false);
    expect(cool.begin().isProbe).toBe(true);
  });

  it('turns that go there all the same - fail without making it longer, and end the rest when they answer', () => {
    const { clock, cool, failTurn, rest } = setUp();
    const before = cool.begin();
    rest();
    clock.pass(4000);
    expect([failTurn(), cool.restMs]).toEqual([false, 6000]);
    expect([cool.succeed(before), cool.blocks]).toEqual([false, true]);
    expect([cool.succeed(cool.begin()), cool.blocks]).toEqual([true, false]);
  });

  it('turns lost together - are one failure', () => {
    const { clock, cool } = setUp();
    for (let loss = 1; loss <= 3; loss++) {
      const lost = Array.from({ length: 20 }, () => cool.begin());
      expect(lost.map((turn) => cool.fail(turn, true)).some((begins) => begins)).toBe(loss === 3);
      // Some begin before it is known.
      clock.pass(999);
      expect(cool.fail(cool.begin(), true)).toBe(false);
      clock.pass(1);
    }
    expect(cool.blocks).toBe(true);
  });

  it('turns that fail together, each with an answer of its own - count each', () => {
    const { cool } = setUp();
    const turns = [cool.begin(), cool.begin(), cool.begin()];
    expect(turns.map((turn) => cool.fail(turn))).toEqual([false, false, true]);
  });
});
