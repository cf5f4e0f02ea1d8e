/** Lingma behind OpenAI's and Anthropic's APIs: the gateway, its channel, and the client they stand on. */
export { createLingmaChannel, type LingmaChannelOptions } from './channel/index.js';
export { type ErrorCode, GatewayError } from './chat/index.js';
export { createGateway, type Gateway, type GatewayOptions, type GatewayStatus } from './gateway/index.js';
export {
  LingmaClient,
  type LingmaClientOptions,
  type LingmaClientState,
  type LingmaClientStatus,
  type LingmaTurn,
} from './lingma/index.js';
