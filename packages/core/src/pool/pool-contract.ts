/** What users of a pool give and get. */
import type { ChatEventStream } from '../chat/index.js';
import type { LingmaTurn, TurnOutcome } from '../lingma/index.js';
import type { InstanceReport, InstanceState } from './instance/instance-port.js';
import type { Affinity } from './routing/affinity-key.js';
import type { RoutingRule } from './routing/routing.js';

/** A turn as the pool gets it: one of `LingmaClient`'s, whose session names its instance too. */
export type PoolTurn = Omit<LingmaTurn, 'session'> & {
  /**
   * Goes on in this session, sending `messages.slice(knownCount)` alone. Where its instance cannot take the turn, or has
   * lost its process since, the turn runs on another with all of `messages`.
   */
  readonly session?: PoolSession & NonNullable<LingmaTurn['session']>;
  /** What the turn belongs with; asked only where there is a choice. Default: `affinityKey` of the context. */
  readonly affinity?: () => Affinity | undefined;
};

/** A session of one instance's process. */
export interface PoolSession {
  readonly id: string;
  /** Name of the instance. Absent: nobody knows, so the turn runs in a new one. */
  readonly instance?: string;
  /** Of the instance when the session was made. Absent: of now. */
  readonly generation?: number;
}

/** What became of a turn's session, and on which instance. */
export interface PoolTurnOutcome extends TurnOutcome {
  /** Where the turn ran in the end. */
  readonly instance: string;
  readonly generation: number;
}

/** The events of a pool's turn. */
export interface PoolTurnStream extends ChatEventStream {
  /** Once the instance is done with the turn; never rejects. `undefined`: it never reached a process. */
  outcome(): Promise<PoolTurnOutcome | undefined>;
  /** As `LingmaTurnStream.ended`. */
  ended?(): PoolTurnOutcome | undefined;
}

/** What a pool knows of one of its instances. */
export interface InstanceStatus extends InstanceReport {
  readonly name: string;
  readonly idx: number;
  readonly state: InstanceState;
  readonly ready: boolean;
  readonly loggedIn?: boolean;
  readonly inFlight: number;
  readonly weight: number;
  readonly managed: boolean;
  /** Turns that failed upstream, since the pool began. */
  readonly failures: number;
  /** Milliseconds since the epoch. */
  readonly cooldownUntil?: number;
  readonly draining: boolean;
}

/** How a pool and its instances are. */
export interface PoolStatus {
  readonly size: number;
  readonly ready: number;
  readonly instances: readonly InstanceStatus[];
}

/** What `LingmaPool.on` tells, by event. */
export interface PoolEvents {
  readonly state: { readonly instance: string; readonly state: InstanceState };
  readonly login: { readonly instance: string; readonly loggedIn: boolean };
  /** `until`: milliseconds since the epoch; absent: it is over. */
  readonly cooldown: { readonly instance: string; readonly reason: 'failures' | 'quota'; readonly until?: number };
  readonly lease: {
    readonly instance: string;
    readonly action: 'acquired' | 'released';
    /** Why this instance. */
    readonly rule: RoutingRule;
    /** Leases of the instance after this. */
    readonly inFlight: number;
  };
}
