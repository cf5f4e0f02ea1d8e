export type { NamedKey } from './access/auth.js';
export type { Authorize, AuthorizeInfo, Caller } from './access/authorize.js';
export type { KeyLimits } from './access/key-limits.js';
export {
  type ComposedGateway,
  type ComposeOptions,
  composeGateway,
  type SettingsSource,
} from './compose.js';
export type { ClientSources } from './compose-client.js';
export { areProcessesTaken, inspectLingma, type LingmaDetails, type LingmaSources } from './compose-lingma.js';
export { createGateway } from './gateway.js';
export type { GatewayAdmin, InstanceAdmin, ReloadResult } from './gateway-admin.js';
export type { Gateway, GatewayOptions, GatewaySettings, GatewayStatus } from './gateway-options.js';
export type { GatewayHooks, TurnEnd } from './hooks.js';
export type { RequestInfo } from './http/gateway-request.js';
export { type AgentPlace, inspectAgent, installedAgents } from './inspect-agents.js';
export type { ObservedInstance, ObservedSessions } from './observe/gauges.js';
export type { UpstreamView } from './observe/observation.js';
export { type PreloadOptions, preloadGateway } from './preload.js';
export type { StreamingOptions } from './respond/respond-chat.js';
export type { ChannelFeatures } from './routes/capabilities.js';
