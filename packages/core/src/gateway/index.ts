export type { NamedKey } from './access/auth.js';
export type { KeyLimits } from './access/key-limits.js';
export {
  type ComposedGateway,
  type ComposeOptions,
  composeGateway,
  inspectLingma,
  type LingmaDetails,
} from './compose.js';
export { createGateway } from './gateway.js';
export type { Gateway, GatewayOptions, GatewayStatus } from './gateway-options.js';
export { type AgentPlace, inspectAgent, installedAgents } from './inspect-agents.js';
export { preloadGateway } from './preload.js';
