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
  type KeyLimits,
  type LingmaDetails,
  type NamedKey,
  preloadGateway,
  type RequestInfo,
} from './gateway/index.js';
export {
  type DiscoveryReport,
  LingmaClient,
  type LingmaClientOptions,
  type LingmaClientState,
  type LingmaClientStatus,
  type LingmaModel,
  type LingmaTurn,
  type LingmaTurnStream,
  type NativeToolCall,
  type NativeToolOutcome,
  type NativeToolRunner,
  type NativeToolSession,
  type NativeToolTurn,
  type TurnOutcome,
} from './lingma/index.js';
export {
  type Clock,
  hasOutsideText,
  type JsonObject,
  type LogFields,
  type Logger,
  Secret,
  silentLogger,
} from './util/index.js';
