export { ConversationCache, type ConversationCacheOptions } from './conversation/conversation-cache.js';
export type {
  Conversation,
  ConversationStats,
  ConversationStore,
  MessageWeight,
} from './conversation/conversation-store.js';
export { type ConversationState, type Fingerprint, fingerprintOf, type Position } from './conversation/fingerprint.js';
export type { InstanceAgent, InstanceProcess } from './instance/create-instance.js';
export type {
  InstanceFactory,
  InstancePlace,
  InstanceReport,
  InstanceState,
  PoolInstance,
  PoolInstanceEvents,
} from './instance/instance-port.js';
export { LingmaPool, type PoolRequestOptions } from './pool.js';
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
export { type Affinity, affinityOf } from './routing/affinity-key.js';
export { CoolDown, type ObservedTurn } from './routing/cool-down.js';
export { rendezvous, type WeightedName } from './routing/rendezvous.js';
export type { RoutingHints, RoutingRule } from './routing/routing.js';
