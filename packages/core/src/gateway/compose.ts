/**
 * From a configuration to a running gateway. The only place in this package that reads `GatewayConfig`: everybody else
 * takes narrow options, so that each part can be used and tested without the rest.
 */
import { homedir } from 'node:os';
import { createLingmaChannel, type LingmaTurns } from '../channel/index.js';
import type { CallContext, Channel } from '../chat/index.js';
import { type AgentPlan, type GatewayConfig, isLoopbackHost, planInstances, secretVariables } from '../config/index.js';
import {
  AgentProcess,
  type DiscoveryOptions,
  type DiscoveryReport,
  inspectDiscovery,
  LingmaClient,
  type LingmaClientOptions,
  type LingmaClientStatus,
  type NativeToolRunner,
  nodeDiscoveryFileSystem,
} from '../lingma/index.js';
import { type Logger, MAX_TIMER_MS, silentLogger } from '../util/index.js';
import { createGateway } from './gateway.js';
import type { Gateway } from './gateway-options.js';
import { usersShell } from './users-shell.js';

export interface ComposeOptions {
  /** Default: says nothing. */
  readonly logger?: Logger;
  /** What discovery expands folders from (`APPDATA`, `XDG_CONFIG_HOME`), and the user's `SHELL`. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Runs Lingma's own tools on this machine. Needed where `lingma.nativeTools` is `run`, unused elsewhere. */
  readonly nativeToolRunner?: NativeToolRunner;
  /** The program's, told at `/version`. */
  readonly version?: string;
  /** Where Lingma is, whatever the configuration says. */
  readonly address?: string;
}

export interface ComposedGateway extends Gateway {
  /** What the requests are answered from, for whoever asks without HTTP. `close()` closes what is behind it, too. */
  readonly channel: Channel;
  /**
   * Reaches Lingma, as the first request would, and tells what is there.
   *
   * @throws GatewayError `not_ready` when there is none, `upstream_timeout`, `shutting_down`, or the signal's reason
   */
  connect(context?: Partial<CallContext>): Promise<LingmaDetails>;
}

/** The Lingma that was reached: for the operator, not for clients. */
export type LingmaDetails = Omit<LingmaClientStatus, 'state' | 'connections'>;

/**
 * A gateway with a Lingma client of its own. Opens nothing before the first request, `start()`, or `connect()`.
 *
 * @throws TypeError when `lingma.nativeTools` is `run` and there is no `nativeToolRunner`
 */
export function composeGateway(config: GatewayConfig, options: ComposeOptions = {}): ComposedGateway {
  const { server, auth, admission, models, streaming, toolForwarding, images } = config;
  const logger = options.logger ?? silentLogger;
  if (config.lingma.nativeTools === 'run') {
    logger.warn('Lingma may run its own tools on this machine', { cwd: config.lingma.cwd ?? process.cwd() });
  }
  warnOfAccess(config, logger);
  const lingma = createLingma(config, options);
  const channel = createLingmaChannel({
    client: lingma.turns,
    models: {
      aliases: models.aliases,
      ...(models.defaultModel !== undefined && { defaultModel: models.defaultModel }),
    },
    tools: {
      forward: toolForwarding.enabled,
      allowlist: toolForwarding.allowlist,
      onMissedCall: toolForwarding.onMissedCall,
    },
    images: {
      allowRemote: images.remoteFetch,
      allowLocalFiles: images.localFiles,
      onFailure: images.onUnsupported,
      maxBytes: images.maxBytes,
      timeoutMs: images.fetchTimeoutMs,
    },
    tokenCounter: models.tokenCounter,
  });
  const gateway = createGateway({
    channel,
    clientKeys: auth.clientKeys,
    namedKeys: auth.keys,
    ...(auth.adminToken !== undefined && { adminToken: auth.adminToken }),
    ...(auth.metricsToken !== undefined && { metricsToken: auth.metricsToken }),
    metricsPublic: auth.metricsPublic,
    // Beyond loopback the names under which others reach us are not ours to know, and keys are required there.
    ...(isLoopbackHost(server.host) && { allowedHosts: server.allowedHosts }),
    cors: { origins: server.corsOrigins },
    maxBodyBytes: server.maxBodyBytes,
    maxBodyMemoryBytes: admission.maxBodyMemoryBytes,
    maxInFlight: admission.maxInFlight,
    maxQueued: admission.maxQueued,
    queueTimeoutMs: admission.queueTimeoutMs,
    requestTimeoutMs: requestTimeout(admission.queueTimeoutMs, config.lingma.totalTimeoutMs),
    streaming: { keepAliveMs: streaming.keepAliveMs, commitAfterMs: streaming.commitAfterMs },
    listAliases: models.listAliases,
    tokenCounter: models.tokenCounter,
    ...(options.version !== undefined && { version: options.version }),
    logger,
  });
  return {
    ...gateway,
    channel,
    connect: lingma.connect,
    async close(closeOptions) {
      await gateway.close(closeOptions);
      await lingma.close();
    },
  };
}

/** What answers behind the channel; nothing else here knows whether that is one process or many. */
interface Lingma {
  readonly turns: LingmaTurns;
  readonly connect: ComposedGateway['connect'];
  close(): Promise<void>;
}

function createLingma(config: GatewayConfig, options: ComposeOptions): Lingma {
  const [plan] = planInstances(config);
  if (options.address === undefined && plan?.agent !== undefined) return createAgent(plan.agent, config, options);
  const client = new LingmaClient(lingmaOptions(config, options));
  return {
    turns: client,
    async connect(context) {
      await client.connect(context);
      return client.status();
    },
    close: () => client.close(),
  };
}

/** A program that speaks ACP, in the place of a Lingma. */
function createAgent(plan: AgentPlan, config: GatewayConfig, options: ComposeOptions): Lingma {
  const { command, args, package: name, stateDir, cwd, home, credentials, framing, processes, signIn } = plan;
  const agent = new AgentProcess({
    ...{ name: plan.title, command, args, stateDir, home, credentials, framing },
    ...(name !== undefined && { package: name }),
    ...(cwd !== undefined && { cwd }),
    variables: {
      ...Object.fromEntries(Object.entries(plan.variables).map(([key, value]) => [key, value.reveal()])),
      ...(config.lingma.nativeTools !== 'run' && plan.askingVariables),
    },
    env: options.env ?? {},
    secretVariables: secretVariables(),
    ...(options.logger !== undefined && { logger: options.logger }),
  });
  const base = lingmaOptions(config, options);
  const client = new LingmaClient({
    ...base,
    connector: agent.connector,
    cwd: agent.cwd,
    maxConnections: processes,
    turnsPerConnection: Math.max(base.turnsPerConnection ?? 1, SESSIONS_PER_PROCESS),
    ...(signIn !== undefined && { signIn }),
    deadlines: {
      ...base.deadlines,
      connectMs: Math.max(config.lingma.startupTimeoutMs, AGENT_STARTUP_MS),
      ...(config.lingma.rpcTimeoutMs > 0 && { setupMs: Math.max(config.lingma.rpcTimeoutMs, AGENT_STARTUP_MS) }),
    },
  });
  return {
    turns: client,
    async connect(context) {
      await client.connect(context);
      return client.status();
    },
    async close() {
      await client.close();
      await agent.stop();
    },
  };
}

/** Conversations that one process of an agent carries at a time. */
const SESSIONS_PER_PROCESS = 8;
/** A program of many megabytes is read first. */
const AGENT_STARTUP_MS = 40_000;

/** What the operator may not have meant. */
function warnOfAccess({ auth }: GatewayConfig, logger: Logger): void {
  if (auth.adminToken === undefined && auth.clientKeys.length + auth.keys.length > 0) {
    logger.warn('Every client key opens the administration routes: there is no admin token', {
      setting: 'auth.adminToken',
    });
  }
  if (auth.metricsPublic) logger.warn('Metrics are open to everybody', { setting: 'auth.metricsPublic' });
}

/**
 * A net below the deadlines of the turns: one answer may take two turns, when the first had to be repeated. 0 is no
 * limit, as it is when the turns have none and when it is longer than a timer can hold.
 */
function requestTimeout(queueTimeoutMs: number, totalTimeoutMs: number): number {
  const limit = 3 * queueTimeoutMs + 2 * totalTimeoutMs;
  return totalTimeoutMs === 0 || limit > MAX_TIMER_MS ? 0 : limit;
}

/** Where a gateway of this configuration looks for Lingma, and what is there. Never rejects. */
export function inspectLingma(
  config: GatewayConfig,
  options: Pick<ComposeOptions, 'env'> = {},
): Promise<DiscoveryReport> {
  return inspectDiscovery(discoveryOptions(config, options.env), nodeDiscoveryFileSystem);
}

function discoveryOptions({ lingma }: GatewayConfig, env: ComposeOptions['env'] = {}): DiscoveryOptions {
  const { transport, wsUrl, socketPort, pipe, socket, infoFile, workDir } = lingma;
  const explicit = { wsUrl, socketPort, pipe, socket, infoFile, workDir };
  const wanted = transport === 'stdio' ? 'auto' : transport;
  return { platform: process.platform, homedir: homedir(), env, transport: wanted, explicit };
}

function lingmaOptions(config: GatewayConfig, options: ComposeOptions): LingmaClientOptions {
  const { admission, lingma, models } = config;
  const shellType = lingma.shellType ?? usersShell(process.platform, options.env?.SHELL);
  return {
    ...(options.address === undefined
      ? { discovery: discoveryOptions(config, options.env) }
      : { address: options.address }),
    ...(lingma.bin !== undefined && { bin: lingma.bin }),
    ...(lingma.framing !== 'auto' && { framing: lingma.framing }),
    dialect: lingma.dialect,
    mode: lingma.mode,
    sessionMode: lingma.sessionMode,
    ...(models.defaultModel !== undefined && { model: models.defaultModel }),
    ...(lingma.cwd !== undefined && { cwd: lingma.cwd }),
    ...(shellType !== undefined && { shellType }),
    currentFilePath: lingma.currentFilePath,
    nativeTools: lingma.nativeTools,
    ...(options.nativeToolRunner !== undefined && { nativeToolRunner: options.nativeToolRunner }),
    maxConnections: lingma.maxConnections,
    turnsPerConnection: lingma.turnsPerConnection,
    queueTimeoutMs: admission.queueTimeoutMs,
    deadlines: {
      connectMs: lingma.startupTimeoutMs,
      setupMs: lingma.rpcTimeoutMs,
      firstEventMs: lingma.firstEventTimeoutMs,
      idleMs: lingma.idleTimeoutMs,
      totalMs: lingma.totalTimeoutMs,
    },
    ...(options.logger !== undefined && { logger: options.logger }),
  };
}
