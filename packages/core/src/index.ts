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
  type Conversation,
  ConversationCache,
  type ConversationCacheOptions,
  type ConversationStats,
  type ConversationStore,
} from './pool/index.js';
export { hasOutsideText, type LogFields, type Logger, Secret, silentLogger } from './util/index.js';
