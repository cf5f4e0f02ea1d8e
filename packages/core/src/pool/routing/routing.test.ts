import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InstanceState } from '../instance/instance-port.js';
import { rendezvous } from './rendezvous.js';
import { isEligible, pick, type RoutingCandidate, type RoutingHints } from './routing.js';

const instance = (index: number, more: Partial<RoutingCandidate> = {}): RoutingCandidate => ({
  name: `inst-${index}`,
  weight: 1,
  state: 'ready',
  loggedIn: true,
  draining: false,
  coolingDown: false,
  usedUp: false,
  inFlight: 0,
  maxInFlight: 256,
  ...more,
});
const three = (more: (index: number) => Partial<RoutingCandidate> = () => ({})): RoutingCandidate[] =>
  [0, 1, 2].map((index) => instance(index, more(index)));
const decide = (
  instances: readonly RoutingCandidate[],
  hints: RoutingHints = {},
  rotation?: number,
): string | undefined => {
  const decision = pick(instances, hints, rotation);
  return decision && `${decision.rule} ${decision.candidate.name}`;
};
const hard = (key: string): RoutingHints => ({ affinity: { key, soft: false } });
const soft = (key: string): RoutingHints => ({ affinity: { key, soft: true } });
const home = (key: string): string => rendezvous(three(), key)?.name ?? '';

/** Turns that begin one after another and all stay. */
function spread(instances: readonly RoutingCandidate[], count: number, hints: (turn: number) => RoutingHints) {
  const current = instances.map((one) => ({ ...one }));
  for (let turn = 0; turn < count; turn++) {
    const chosen = pick(current, hints(turn))?.candidate;
    if (chosen !== undefined) chosen.inFlight++;
  }
  return current.map(({ inFlight }) => inFlight);
}

describe('pick', () => {
  it('conversation - goes where its session is, however busy, unless that one cannot take it', () => {
    const busy = three((index) => ({ inFlight: index === 2 ? 9 : 0 }));
    expect(decide(busy, { instance: 'inst-2', ...hard('key') })).toBe('conversation inst-2');
    expect(decide(busy, { instance: 'inst-2', without: new Set(['inst-2']) })).toBe('load inst-0');
    expect(decide(busy, { instance: 'gone' })).toBe('load inst-0');
  });

  it('affinity - the instance of the key with 9 in flight beats idle ones, but not its own limit', () => {
    const at = (inFlight: number) => three((index) => ({ inFlight: `inst-${index}` === home('key') ? inFlight : 0 }));
    expect(decide(at(9), hard('key'))).toBe(`affinity ${home('key')}`);
    expect(decide(at(255), hard('key'))).toBe(`affinity ${home('key')}`);
    expect(decide(at(256), hard('key'))).toMatch(/^load/);
  });

  it.each(['closed', 'stopped', 'starting', 'reconnecting', 'failed'] as const)(
    'affinity - to an instance that is %s: the others take over, the rest of the keys stays',
    (state) => {
      const away = three((index) => ({ state: `inst-${index}` === home('key') ? state : 'ready' }));
      expect(decide(away, hard('key'))).toMatch(/^load/);
      for (let index = 0; index < 50; index++) {
        const key = `other-${index}`;
        if (home(key) !== home('key')) expect(decide(away, hard(key))).toBe(`affinity ${home(key)}`);
      }
    },
  );

  it('a wish - followed while at most one turn per weight ahead', () => {
    const ahead = (inFlight: number, weight = 1) =>
      three((index) => ({ weight, inFlight: `inst-${index}` === home('key') ? inFlight : 3 }));
    expect(decide(ahead(4), soft('key'))).toBe(`affinity ${home('key')}`);
    expect(decide(ahead(5), soft('key'))).toMatch(/^load/);
    expect(decide(ahead(5, 2), soft('key'))).toBe(`affinity ${home('key')}`);
    expect(decide(ahead(6, 2), soft('key'))).toMatch(/^load/);
  });

  it.each(Array.from({ length: 12 }, (_, index) => `sys:${index}`))(
    'one wish for all - 30 turns over 3 equal instances: 9 to 11 each (%s)',
    (key) => {
      for (const count of spread(three(), 30, () => soft(key))) {
        expect(count).toBeGreaterThanOrEqual(9);
        expect(count).toBeLessThanOrEqual(11);
      }
    },
  );

  it('load - by weight, the first where several are as idle', () => {
    expect(decide(three())).toBe('load inst-0');
    expect(decide(three((index) => ({ inFlight: index === 0 ? 2 : 1 })))).toBe('load inst-1');
    expect(decide(three((index) => ({ inFlight: 2, weight: index === 2 ? 3 : 1 })))).toBe('load inst-2');
    expect(
      spread(
        three((index) => ({ weight: index + 1 })),
        60,
        () => ({}),
      ),
    ).toEqual([10, 20, 30]);
  });

  it('none eligible - goes round, those first that need the least', () => {
    const round = (instances: readonly RoutingCandidate[]) =>
      [0, 1, 2, 3].map((rotation) => decide(instances, {}, rotation)?.replace('rotation inst-', ''));
    expect(round(three(() => ({ state: 'stopped' })))).toEqual(['0', '1', '2', '0']);
    expect(round(three(() => ({ state: 'failed' })))).toEqual(['0', '1', '2', '0']);
    expect(round(three(() => ({ coolingDown: true })))).toEqual(['0', '1', '2', '0']);
    expect(round(three((index) => ({ inFlight: index === 1 ? 256 : 0, coolingDown: index !== 1 })))[0]).toBe('1');
    expect(
      decide([instance(0, { usedUp: true }), instance(1, { loggedIn: false }), instance(2, { state: 'failed' })]),
    ).toBe('rotation inst-2');
    const order: readonly Partial<RoutingCandidate>[] = [
      { loggedIn: false },
      { state: 'failed' },
      { state: 'reconnecting' },
      { inFlight: 256 },
    ];
    for (let known = 1; known <= order.length; known++) {
      const instances = order.slice(0, known).map((more, index) => instance(index, more));
      expect(decide(instances, {}, 7)).toBe(`rotation inst-${known - 1}`);
    }
  });

  it('all closed, draining or left out - nowhere', () => {
    const instances = [
      instance(0, { state: 'closed' }),
      instance(1, { draining: true }),
      instance(2, { state: 'failed' }),
    ];
    expect(decide(instances, { without: new Set(['inst-2']) })).toBeUndefined();
    expect(decide([])).toBeUndefined();
  });

  const states: InstanceState[] = ['stopped', 'starting', 'ready', 'reconnecting', 'failed', 'closed'];
  const candidate = fc.record({
    weight: fc.integer({ min: 1, max: 5 }),
    state: fc.oneof({ weight: 3, arbitrary: fc.constant('ready' as const) }, fc.constantFrom(...states)),
    loggedIn: fc.constantFrom(true, true, undefined, false),
    draining: fc.constantFrom(false, false, true),
    coolingDown: fc.constantFrom(false, false, true),
    usedUp: fc.constantFrom(false, false, false, true),
    inFlight: fc.integer({ min: 0, max: 6 }),
    maxInFlight: fc.integer({ min: 1, max: 6 }),
  });
  const pool = fc.array(candidate, { maxLength: 6 }).map((all) => all.map((one, index) => instance(index, one)));
  const name = fc.integer({ min: 0, max: 6 }).map((index) => `inst-${index}`);
  const anyHints = fc.record(
    {
      instance: name,
      affinity: fc.record({ key: fc.string({ maxLength: 8 }), soft: fc.boolean() }),
      without: fc.array(name, { maxLength: 2 }).map((names) => new Set(names)),
    },
    { requiredKeys: [] },
  );
  it('any pool and hints - the rules hold', () => {
    fc.assert(
      fc.property(pool, anyHints, fc.nat(20), (instances, hints, rotation) => {
        const decision = pick(instances, hints, rotation);
        const eligible = instances.filter((one) => isEligible(one, hints));
        expect(pick(instances, hints, rotation)).toEqual(decision);
        if (decision === undefined) {
          expect(instances.every((one) => one.state === 'closed' || one.draining || hints.without?.has(one.name))).toBe(
            true,
          );
          return;
        }
        const { candidate: chosen, rule } = decision;
        expect(hints.without?.has(chosen.name) === true || chosen.draining || chosen.state === 'closed').toBe(false);
        expect(rule === 'rotation').toBe(eligible.length === 0);
        if (rule === 'rotation') return;
        expect(eligible).toContain(chosen);
        if (rule === 'conversation') expect(chosen.name).toBe(hints.instance);
        const preferred = hints.affinity && rendezvous(instances, hints.affinity.key);
        if (rule === 'affinity') expect(chosen).toBe(preferred);
        const least = Math.min(...eligible.map(({ inFlight, weight }) => inFlight / weight));
        const load = chosen.inFlight / chosen.weight;
        if (rule === 'load') expect(load).toBe(least);
        if (rule === 'affinity' && hints.affinity?.soft === true) expect(load).toBeLessThanOrEqual(least + 1);
        if (rule === 'load' && hints.affinity?.soft === false) expect(eligible).not.toContain(preferred);
      }),
      { numRuns: 2000 },
    );
  });
});
