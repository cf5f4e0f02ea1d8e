/**
 * Which instance takes a turn. Purely decided of what is known of each; the pool acts on it. A new rule is a function in
 * {@link RULES}.
 */

import type { InstanceState } from '../instance/instance-port.js';
import type { Affinity } from './affinity-key.js';
import { rendezvous, type WeightedName } from './rendezvous.js';

export interface RoutingCandidate extends WeightedName {
  readonly state: InstanceState;
  readonly loggedIn: boolean | undefined;
  /** Takes nothing new. */
  readonly draining: boolean;
  /** Failed too often of late. */
  readonly coolingDown: boolean;
  /** Its account has no quota left. */
  readonly usedUp: boolean;
  readonly inFlight: number;
  readonly maxInFlight: number;
}

/** What speaks for or against an instance. */
export interface RoutingHints {
  /** Instance that holds the session of this conversation. */
  readonly instance?: string;
  readonly affinity?: Affinity | undefined;
  /** Instances that have failed this request already. */
  readonly without?: ReadonlySet<string>;
}

/**
 * `conversation`: it holds the session. `affinity`: calls of one key stay together. `load`: it is the least busy.
 * `rotation`: none can take the turn as things are; this one's turn to be tried has come.
 */
export type RoutingRule = 'conversation' | 'affinity' | 'load' | 'rotation';

export interface RoutingDecision<Candidate extends RoutingCandidate> {
  readonly candidate: Candidate;
  readonly rule: RoutingRule;
}

/** Turns in flight per weight that an instance may be ahead of the least busy one and still have a wish followed. */
const WISH_AHEAD = 1;

/** In the order in which they are asked; the first that names an eligible instance decides. */
const RULES = [
  ['conversation', ofConversation],
  ['affinity', ofAffinity],
  ['load', leastBusy],
] as const satisfies readonly (readonly [RoutingRule, Rule])[];

type Rule = <Candidate extends RoutingCandidate>(
  instances: readonly Candidate[],
  hints: RoutingHints,
) => Candidate | undefined;

/**
 * Names the instance for a turn; `undefined` when every one is closed, draining or left out.
 *
 * @param rotation how many turns found none eligible before this one
 */
export function pick<Candidate extends RoutingCandidate>(
  instances: readonly Candidate[],
  hints: RoutingHints,
  rotation = 0,
): RoutingDecision<Candidate> | undefined {
  for (const [rule, choose] of RULES) {
    const candidate = choose(instances, hints);
    if (candidate !== undefined) return { candidate, rule };
  }
  return rotate(instances, hints, rotation);
}

export function isEligible(candidate: RoutingCandidate, hints: RoutingHints = {}): boolean {
  return (
    candidate.state === 'ready' &&
    candidate.loggedIn !== false &&
    !candidate.coolingDown &&
    !candidate.usedUp &&
    candidate.inFlight < candidate.maxInFlight &&
    isOpen(candidate, hints)
  );
}

/** It may take turns again, if it can be brought to. */
function isOpen({ name, state, draining }: RoutingCandidate, { without }: RoutingHints): boolean {
  return state !== 'closed' && !draining && without?.has(name) !== true;
}

function ofConversation<Candidate extends RoutingCandidate>(
  instances: readonly Candidate[],
  hints: RoutingHints,
): Candidate | undefined {
  if (hints.instance === undefined) return undefined;
  return instances.find((candidate) => candidate.name === hints.instance && isEligible(candidate, hints));
}

/** Over all that are configured: an instance that is away for a while gets its own keys back. */
function ofAffinity<Candidate extends RoutingCandidate>(
  instances: readonly Candidate[],
  hints: RoutingHints,
): Candidate | undefined {
  const { affinity } = hints;
  if (affinity === undefined) return undefined;
  const preferred = rendezvous(instances, affinity.key);
  if (preferred === undefined || !isEligible(preferred, hints)) return undefined;
  if (!affinity.soft) return preferred;
  const least = leastBusy(instances, hints) ?? preferred;
  return loadOf(preferred) <= loadOf(least) + WISH_AHEAD ? preferred : undefined;
}

/** The first of the list where several are as idle. */
function leastBusy<Candidate extends RoutingCandidate>(
  instances: readonly Candidate[],
  hints: RoutingHints,
): Candidate | undefined {
  let least: Candidate | undefined;
  for (const candidate of instances) {
    if (!isEligible(candidate, hints)) continue;
    if (least === undefined || loadOf(candidate) < loadOf(least)) least = candidate;
  }
  return least;
}

const loadOf = ({ inFlight, weight }: RoutingCandidate): number => inFlight / weight;

/** Who is likely to answer soonest goes first; among these it goes round, so that each is started or tried again. */
function rotate<Candidate extends RoutingCandidate>(
  instances: readonly Candidate[],
  hints: RoutingHints,
  rotation: number,
): RoutingDecision<Candidate> | undefined {
  const open = instances.filter((candidate) => isOpen(candidate, hints));
  const best = Math.min(...open.map(hopeOf));
  const hopeful = open.filter((candidate) => hopeOf(candidate) === best);
  const candidate = hopeful[rotation % hopeful.length];
  return candidate && { candidate, rule: 'rotation' };
}

/** False: whatever it says, it will not be an answer. */
export const isHopeful = ({ loggedIn, usedUp }: RoutingCandidate): boolean => loggedIn !== false && !usedUp;

/** Lower is better: places become free by themselves, starting takes a while. */
function hopeOf(candidate: RoutingCandidate): number {
  const { state, coolingDown } = candidate;
  if (!isHopeful(candidate)) return 3;
  if (coolingDown || state === 'failed') return 2;
  return state === 'ready' ? 0 : 1;
}
