export { type Affinity, affinityOf } from './affinity-key.js';
export { ConversationCache, type ConversationCacheOptions } from './conversation-cache.js';
export type { Conversation, ConversationStats, ConversationStore, MessageWeight } from './conversation-store.js';
export type { InstanceProcess } from './create-instance.js';
export { type Fingerprint, fingerprintOf, type Position } from './fingerprint.js';
export type {
  InstanceFactory,
  InstancePlace,
  InstanceReport,
  InstanceState,
  PoolInstance,
  PoolInstanceEvents,
} from './instance-port.js';
export { LingmaPool } from './pool.js';
export type {
  InstanceStatus,
  PoolEvents,
  PoolSession,
  PoolStatus,
  PoolTurn,
  PoolTurnOutcome,
  PoolTurnStream,
} from './pool-contract.js';
export type { PoolLease } from './pool-lease.js';
export type { InstanceSpec, LingmaPoolOptions } from './pool-options.js';
export type { RoutingHints, RoutingRule } from './routing.js';
