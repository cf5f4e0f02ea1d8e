export { type ComposedGateway, type ComposeOptions, composeGateway, inspectLingma } from './compose.js';
export { createGateway } from './gateway.js';
export type { Gateway, GatewayOptions, GatewayStatus } from './gateway-options.js';
export { preloadGateway } from './preload.js';
