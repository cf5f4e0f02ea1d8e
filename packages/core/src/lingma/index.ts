export {
  LingmaClient,
  type LingmaClientEvents,
  type LingmaClientOptions,
  type LingmaClientStatus,
} from './client.js';
export type { ClientBehaviour, ClientDeadlines, Connector } from './client-options.js';
export type { ConnectorOptions } from './connector.js';
export type {
  DialectName,
  LingmaTurn,
  NativeToolPolicy,
  PreparedImage,
  TurnDeadlines,
  TurnMode,
} from './dialect/dialect.js';
export { isAgentName, parseModels, type ResolvedModel, resolveModel } from './models.js';
export { type DiscoveryReport, inspectDiscovery } from './process/discover.js';
export type { DiscoveryOptions } from './process/discovery-candidates.js';
export type { LookedPlace } from './process/finding.js';
export { nodeDiscoveryFileSystem } from './process/node-discovery-file-system.js';
export type { LingmaClientState } from './process-access.js';
