export type { NamedKey } from './access/auth.js';
export type { KeyLimits } from './access/key-limits.js';
export {
  type ComposedGateway,
  type ComposeOptions,
  composeGateway,
  type SettingsSource,
} from './compose.js';
export { areProcessesTaken, inspectLingma, type LingmaDetails } from './compose-lingma.js';
export { createGateway } from './gateway.js';
export type { GatewayAdmin, InstanceAdmin, ReloadResult } from './gateway-admin.js';
export type { Gateway, GatewayOptions, GatewaySettings, GatewayStatus } from './gateway-options.js';
export type { RequestInfo } from './http/gateway-request.js';
export { type AgentPlace, inspectAgent, installedAgents } from './inspect-agents.js';
export type { UpstreamView } from './observe/observation.js';
export { preloadGateway } from './preload.js';
export type { ProgramSource } from './program-source.js';
