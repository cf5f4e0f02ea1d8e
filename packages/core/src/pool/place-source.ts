/** Where turns get their places on instances, as the turns see it. */
import type { CallContext } from '../chat/index.js';
import type { PoolMember } from './member.js';
import type { PoolSession, PoolTurn } from './pool-contract.js';

/** A place on a member, and the way to give it back. */
export interface Place {
  readonly member: PoolMember;
  readonly release: () => void;
}

/** Where a turn gets its places. */
export interface PlaceSource {
  /** At once, where an instance can take the turn as it is. @throws GatewayError `shutting_down` */
  take(turn: PoolTurn, context: CallContext): Place | undefined;
  wait(turn: PoolTurn, context: CallContext, signal: AbortSignal): Promise<Place>;
  /** For a turn that waits on `lost`: on another that can take it at once. */
  takeEligible(lost: PoolMember): Place | undefined;
  /** For a turn that has failed on `failed`. `undefined`: no other could do better. */
  takeOther(failed: PoolMember, signal: AbortSignal): Promise<Place | undefined>;
}

/** The process of this member has the session. */
export function isHeldBy({ instance, generation }: PoolSession, member: PoolMember): boolean {
  return instance === member.name && (generation === undefined || generation === member.instance.generation);
}
