export type { AccessTier, NamedKey } from './access/auth.js';
export type { Admittance, Authorize, AuthorizeInfo, Caller } from './access/authorize.js';
export type { KeyAdmin } from './access/key-admin.js';
export type { KeyLimits, KeyQuota, QuotaPeriod } from './access/key-limits.js';
export type { KeyEndpoint, KeyRules } from './access/key-rules.js';
export type { ChannelAdmin } from './channel-admin.js';
export { type ComposedGateway, composeGateway } from './compose/compose.js';
export type { ClientSources } from './compose/compose-client.js';
export { areProcessesTaken, inspectLingma, type LingmaDetails, type LingmaSources } from './compose/compose-lingma.js';
export type { ComposeOptions, GatewayRecords, SettingsSource } from './compose/compose-options.js';
export { type AgentPlace, inspectAgent, installedAgents } from './compose/inspect-agents.js';
export type { ProgramSource } from './compose/program-source.js';
export { createGateway } from './gateway.js';
export type {
  ExportedSession,
  GatewayAdmin,
  InstanceAdmin,
  LoginAdmin,
  LoginStart,
  LoginStarted,
  LoginView,
  ReloadResult,
  SessionAdmin,
} from './gateway-admin.js';
export type { Gateway, GatewayOptions, GatewaySettings, GatewayStatus } from './gateway-options.js';
export type { GatewayHooks, TurnEnd } from './hooks.js';
export type { RequestInfo } from './http/gateway-request.js';
export type { ObservedInstance, ObservedSessions } from './observe/gauges.js';
export type { MetricsRegistry } from './observe/metrics.js';
export type { UpstreamView } from './observe/observation.js';
export { type PreloadOptions, preloadGateway } from './preload.js';
export type { StreamingOptions } from './respond/respond-chat.js';
export type { ChannelFeatures } from './routes/capabilities.js';
