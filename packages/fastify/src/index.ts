/** `app.register(import('@lingma-gateway/fastify'), { gateway })` takes the default. */
export {
  type LingmaGatewayOptions,
  lingmaGateway as default,
  lingmaGateway,
  type MountedGateway,
} from './lingma-gateway.js';
