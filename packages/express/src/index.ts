export { type LingmaGatewayOptions, lingmaGateway, type MountedGateway } from './lingma-gateway.js';
