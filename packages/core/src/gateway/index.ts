export { createGateway, type Gateway, type GatewayOptions, type GatewayStatus } from './gateway.js';
