export type { BundleFiles } from '../bundle/index.js';
export type { AgentCost, AgentRemarks } from './agent/agent-remarks.js';
export {
  CLIENT_RULES,
  LingmaClient,
  type LingmaClientEvents,
  type LingmaClientOptions,
  type LingmaClientStatus,
} from './client/client.js';
export type { ClientBehaviour, ClientDeadlines, NativeToolPolicy } from './client/client-options.js';
export { checkTurn, type LingmaTurn, type LingmaTurnStream, type TurnOutcome } from './client/lingma-turn.js';
export type { LingmaClientState } from './client/process-session.js';
export type { ConnectorOptions } from './connection/connector.js';
export type { Connector } from './connection/connector-port.js';
export { checkRequest, type RawRequestOptions } from './connection/raw-request.js';
export type { DiscoveryReport } from './discovery/discover.js';
export type { DiscoveryOptions, ExplicitPlaces, TransportChoice } from './discovery/discovery-options.js';
export type { DiscoveryVerdict, LookedPlace } from './discovery/discovery-report.js';
export type { PlaceFacts } from './discovery/known-locations.js';
export { searchLingma } from './discovery/search.js';
export { AGENT_RULES, type AgentProcessOptions } from './process/agent/agent-options.js';
export { AgentProcess, type AgentProcessStatus } from './process/agent/agent-process.js';
export { agentParts } from './process/agent/load-agent.js';
export { isWorkDirHeld } from './process/load-run.js';
export type { BundleSource } from './process/login/inject-bundle.js';
export { readSessionFiles } from './process/login/load-session-files.js';
export type {
  LoginInvitation,
  LoginPort,
  LoginProcess,
  LoginRequest,
  LoginTask,
  LoginWay,
  SupervisedClient,
} from './process/login/login-port.js';
export {
  isLoginRunning,
  LOGIN_STATES,
  type LoginReport,
  type LoginService,
  type LoginStateName,
} from './process/login/login-reports.js';
export type { SessionReplacement } from './process/login/session-swap.js';
export { ManagedProcess } from './process/managed-process.js';
export type { OutputLine, OutputSource } from './process/output/process-output.js';
export {
  type BinaryPort,
  type ManagedProcessEvents,
  type ManagedProcessOptions,
  type ManagedProcessStatus,
  PROCESS_RULES,
  type ProcessExit,
} from './process/process-options.js';
export type { ProcessStateName } from './process/process-state.js';
export { Supervisor } from './process/supervisor.js';
export type {
  LoginState,
  SupervisedProcess,
  SupervisorEvents,
  SupervisorOptions,
} from './process/supervisor-options.js';
export type { PortPair } from './process/system/free-ports.js';
export { lockFile, lockFolder } from './process/work-dir-lock.js';
export type { DialectName, TurnMode } from './protocol/dialect-name.js';
export { isConnectionLost } from './protocol/errors.js';
export { isAgentName, type LingmaModel } from './protocol/models.js';
export type { KnownSession } from './session/session-policy.js';
export type { AddressOrigin, LingmaAddress, PipeAddress, WebSocketAddress } from './transport/address.js';
export { handOverReads } from './transport/read-batching.js';
export type { FramingName, Transport, TransportHandlers } from './transport/transport.js';
export type {
  NativeToolCall,
  NativeToolOutcome,
  NativeToolRunner,
  NativeToolSession,
  NativeToolTurn,
} from './turn/native-tools/native-tool-runner.js';
export type { PreparedImage, TurnDeadlines } from './turn/turn-contract.js';
