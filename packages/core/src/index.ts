/** Lingma behind OpenAI's and Anthropic's APIs: the gateway, its channel, and the client they stand on. */
export { createLingmaChannel, type LingmaChannelOptions } from './channel/index.js';
export { type ErrorCode, GatewayError } from './chat/index.js';
export {
  type ComposedGateway,
  type ComposeOptions,
  composeGateway,
  createGateway,
  type Gateway,
  type GatewayOptions,
  type GatewayStatus,
  inspectLingma,
  preloadGateway,
} from './gateway/index.js';
export {
  type DiscoveryReport,
  LingmaClient,
  type LingmaClientOptions,
  type LingmaClientState,
  type LingmaClientStatus,
  type LingmaTurn,
  type LingmaTurnStream,
  type TurnOutcome,
} from './lingma/index.js';
export {
  type Affinity,
  type InstanceFactory,
  type InstancePlace,
  type InstanceProcess,
  type InstanceReport,
  type InstanceSpec,
  type InstanceState,
  type InstanceStatus,
  LingmaPool,
  type LingmaPoolOptions,
  type PoolEvents,
  type PoolInstance,
  type PoolInstanceEvents,
  type PoolLease,
  type PoolSession,
  type PoolStatus,
  type PoolTurn,
  type PoolTurnOutcome,
  type PoolTurnStream,
  type RoutingHints,
  type RoutingRule,
} from './pool/index.js';
export { hasOutsideText, type LogFields, type Logger, Secret, silentLogger } from './util/index.js';
