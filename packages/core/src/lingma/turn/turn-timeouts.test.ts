import { describe, expect, it } from 'vitest';
import { FakeClock, settled } from '../dialect/testing/fake-peer.js';
import { TurnTimeouts, type TurnTimeoutsOptions } from './turn-timeouts.js';

function running(options: Partial<TurnTimeoutsOptions> = {}) {
  const clock = new FakeClock();
  const struck: string[] = [];
  const clocks = new TurnTimeouts({
    deadlines: { firstEventMs: 1000, idleMs: 500, totalMs: 10_000 },
    clock,
    excused: () => false,
    confirmEnd: () => undefined,
    onComplete: () => struck.push('complete'),
    onExpired: (error) => struck.push(`${error.code}: ${error.message}`),
    onGathered: () => struck.push('gathered'),
    onNotStopped: () => struck.push('not stopped'),
    ...options,
  });
  return { clock, clocks, struck };
}

const FIRST = 'upstream_timeout: No answer from Lingma for 1 s';
const IDLE = 'upstream_timeout: Lingma fell silent for 0.5 s in the middle of the answer';
const TOTAL = 'upstream_timeout: Lingma took longer than 10 s to answer';

describe('TurnTimeouts', () => {
  it('until the first piece - fails the turn, at its time and not before', async () => {
    const { clock, struck } = running();
    await clock.advance(999);
    expect(struck).toEqual([]);
    await clock.advance(1);
    expect(struck).toEqual([FIRST]);
  });

  it('until the first piece - signs of life put it off, the answer ends it', async () => {
    const { clock, clocks, struck } = running();
    await clock.advance(900);
    clocks.touch();
    await clock.advance(900);
    clocks.answered();
    await clock.advance(400);
    expect(struck).toEqual([]);
  });

  it('between two pieces - fails the turn; pieces, signs of life and a reader who caught up put it off', async () => {
    const { clock, clocks, struck } = running();
    clocks.answered();
    for (const sign of [() => clocks.answered(), () => clocks.touch(), () => clocks.caughtUp()]) {
      await clock.advance(400);
      sign();
    }
    await clock.advance(499);
    expect(struck).toEqual([]);
    await clock.advance(1);
    expect(struck).toEqual([IDLE]);
  });

  it('between two pieces - does not count while it is excused, and strikes again later', async () => {
    let excused = true;
    const { clock, clocks, struck } = running({ excused: () => excused });
    clocks.answered();
    await clock.advance(2000);
    expect(struck).toEqual([]);
    excused = false;
    await clock.advance(500);
    expect(struck).toEqual([IDLE]);
  });

  it.each([
    ['says so', () => Promise.resolve(true), ['complete']],
    ['says no', () => Promise.resolve(false), [IDLE]],
    ['fails', () => Promise.reject(new Error('x')), [IDLE]],
  ] as const)(
    'between two pieces - where the process %s, asked whether that is all',
    async (_name, confirmEnd, told) => {
      const { clock, clocks, struck } = running({ confirmEnd });
      clocks.answered();
      await clock.advance(500);
      await settled();
      expect(struck.slice(0, 1)).toEqual(told);
    },
  );

  it('between two pieces - where ending the turn throws, still ends it', async () => {
    const { clock, clocks, struck } = running({
      confirmEnd: () => Promise.resolve(true),
      onComplete: () => {
        throw new Error('boom');
      },
    });
    clocks.answered();
    await clock.advance(500);
    await settled();
    expect(struck).toEqual([IDLE]);
  });

  it('between two pieces - a piece that comes while the process is asked counts', async () => {
    let say: (complete: boolean) => void = () => undefined;
    const { clock, clocks, struck } = running({ confirmEnd: () => new Promise((resolve) => (say = resolve)) });
    clocks.answered();
    await clock.advance(500);
    clocks.answered();
    say(false);
    await settled();
    expect(struck).toEqual([]);
  });

  it('an answer of the process that comes after the turn - is nothing', async () => {
    let say: (complete: boolean) => void = () => undefined;
    const { clock, clocks, struck } = running({ confirmEnd: () => new Promise((resolve) => (say = resolve)) });
    clocks.answered();
    await clock.advance(500);
    clocks.clear();
    say(true);
    await settled();
    expect(struck).toEqual([]);
  });

  it('the whole - fails the turn however lively it is', async () => {
    const { clock, clocks, struck } = running();
    for (let ms = 0; ms < 10_000; ms += 250) {
      clocks.answered();
      await clock.advance(250);
    }
    expect(struck).toEqual([TOTAL]);
  });

  it('after a call - further ones put the end off', async () => {
    const { clock, clocks, struck } = running();
    clocks.gather();
    await clock.advance(200);
    clocks.gather();
    await clock.advance(299);
    expect(struck).toEqual([]);
    await clock.advance(1);
    expect(struck).toEqual(['gathered']);
  });

  it('clear() - nothing strikes any more, but for a stop that is waited for', async () => {
    const { clock, clocks, struck } = running();
    clocks.answered();
    clocks.gather();
    clocks.clear();
    expect(clock.pending).toBe(0);
    clocks.awaitStop();
    await clock.advance(1999);
    expect(struck).toEqual([]);
    await clock.advance(1);
    expect(struck).toEqual(['not stopped']);
  });

  it('deadlines that no timer can hold - never strike', () => {
    const never = Number.POSITIVE_INFINITY;
    const { clock } = running({ deadlines: { firstEventMs: 2 ** 31, idleMs: never, totalMs: never } });
    expect(clock.pending).toBe(0);
  });
});
