export type { NamedKey } from './access/auth.js';
export type { KeyLimits } from './access/key-limits.js';
export {
  type ComposedGateway,
  type ComposeOptions,
  composeGateway,
} from './compose.js';
export { inspectLingma, type LingmaDetails } from './compose-lingma.js';
export { createGateway } from './gateway.js';
export type { Gateway, GatewayOptions, GatewayStatus } from './gateway-options.js';
export { preloadGateway } from './preload.js';
