export {
  LingmaClient,
  type LingmaClientEvents,
  type LingmaClientOptions,
  type LingmaClientStatus,
} from './client/client.js';
export type { ClientBehaviour, ClientDeadlines, Connector } from './client/client-options.js';
export type { LingmaClientState } from './client/process-session.js';
export type { ConnectorOptions } from './connection/connector.js';
export type {
  DialectName,
  LingmaTurn,
  NativeToolPolicy,
  PreparedImage,
  TurnDeadlines,
  TurnMode,
} from './dialect/dialect.js';
export type { DiscoveryOptions } from './discovery/candidates.js';
export { type DiscoveryReport, inspectDiscovery } from './discovery/discover.js';
export type { LookedPlace } from './discovery/discovery-report.js';
export { nodeDiscoveryFileSystem } from './discovery/node-file-system.js';
export { isAgentName, parseModels, type ResolvedModel, resolveModel } from './protocol/models.js';
