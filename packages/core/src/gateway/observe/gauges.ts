/** What is looked at when somebody asks, and not counted: places in the gateway, the pool, the conversations that are kept. */
import type { ChannelReport } from '../../channel/index.js';
import type { AdmissionStats } from '../admission.js';

export const INSTANCE_STATES = ['stopped', 'starting', 'ready', 'reconnecting', 'failed', 'closed'] as const;

/** An instance of the pool, as operators see it. */
export interface ObservedInstance {
  readonly name: string;
  readonly idx: number;
  /** One of {@link INSTANCE_STATES}. */
  readonly state: string;
  readonly ready: boolean;
  readonly loggedIn?: boolean;
  /** It tells with each turn whether somebody is signed in: `loggedIn` speaks of the last one. */
  readonly isAgent?: true;
  readonly inFlight: number;
  readonly weight: number;
  readonly managed: boolean;
  /** Name and version as the process tells them. */
  readonly server?: string;
  readonly restarts: number;
  readonly failures: number;
  /** Milliseconds since the epoch. */
  readonly cooldownUntil?: number;
  readonly lastError?: string;
  /** How far signing in to it is. */
  readonly loginState?: string;
  /** Of a process that the gateway has started, once it has told. */
  readonly extensionRuntime?: 'ok' | 'missing';
  /** It takes nothing new, by the operator's wish. */
  readonly draining?: boolean;
  /** What an agent tells beside its answers. */
  readonly remarks?: {
    readonly title?: string;
    readonly cost?: { readonly amount: number; readonly currency: string };
    readonly contextTokens?: number;
    readonly plan?: readonly { readonly text: string; readonly status: string }[];
    readonly retries?: number;
    readonly silent?: { readonly turns: number; readonly seconds: number };
  };
}

/** How the conversations that are kept are doing. */
export interface ObservedSessions {
  readonly enabled: boolean;
  readonly maxEntries: number;
  readonly ttlMs: number;
  readonly entries: number;
  readonly hits: number;
  readonly misses: number;
  readonly evicted: number;
  readonly expired: number;
}

export interface Gauges {
  readonly admission: () => AdmissionStats;
  readonly instances: () => readonly ObservedInstance[];
  readonly sessions: () => ObservedSessions;
  /** Empty: Lingma is all there is. */
  readonly channels: () => readonly ChannelReport[];
}

export const NO_SESSIONS: ObservedSessions = {
  enabled: false,
  maxEntries: 0,
  ttlMs: 0,
  entries: 0,
  hits: 0,
  misses: 0,
  evicted: 0,
  expired: 0,
};
