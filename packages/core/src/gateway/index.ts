export { type ComposedGateway, type ComposeOptions, composeGateway } from './compose.js';
export { createGateway, type Gateway, type GatewayOptions, type GatewayStatus } from './gateway.js';
