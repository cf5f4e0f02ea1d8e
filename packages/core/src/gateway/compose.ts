/**
 * From a configuration to a running gateway. The only place in this package that reads `GatewayConfig`: everybody else
 * takes narrow options, so that each part can be used and tested without the rest.
 */
import { homedir } from 'node:os';
import { createLingmaChannel } from '../channel/index.js';
import type { Channel } from '../chat/index.js';
import { type GatewayConfig, isLoopbackHost } from '../config/index.js';
import {
  type DiscoveryOptions,
  type DiscoveryReport,
  inspectDiscovery,
  LingmaClient,
  type LingmaClientOptions,
  nodeDiscoveryFileSystem,
} from '../lingma/index.js';
import { ConversationCache } from '../pool/index.js';
import { type Logger, MAX_TIMER_MS, silentLogger } from '../util/index.js';
import { createGateway } from './gateway.js';
import type { Gateway } from './gateway-options.js';
import { usersShell } from './users-shell.js';

export interface ComposeOptions {
  /** Default: says nothing. */
  readonly logger?: Logger;
  /**
   * What discovery expands folders from (`APPDATA`, `XDG_CONFIG_HOME`), the user's `SHELL`, and where commands of Lingma's own tools get
   * `PATH`, `HOME` and `LANG`. Default: none.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The program's, told at `/version`. */
  readonly version?: string;
  /** Where Lingma is, whatever the configuration says. */
  readonly address?: string;
}

export interface ComposedGateway extends Gateway {
  /** Owned by the gateway: `close()` closes it too. */
  readonly client: LingmaClient;
  readonly channel: Channel;
}

/** A gateway with a Lingma client of its own. Opens nothing before the first request, `start()`, or use of the client. */
export function composeGateway(config: GatewayConfig, options: ComposeOptions = {}): ComposedGateway {
  const { server, auth, admission, lingma, models, streaming, toolForwarding, images } = config;
  const logger = options.logger ?? silentLogger;
  if (lingma.nativeTools === 'run') {
    logger.warn('Lingma may run its own tools on this machine', { cwd: lingma.cwd ?? process.cwd() });
  }
  const client = new LingmaClient(lingmaOptions(config, options));
  const conversations =
    lingma.sessionMode === 'auto'
      ? new ConversationCache({ onDrop: ({ sessionId }) => client.discardSession(sessionId) })
      : undefined;
  const channel = createLingmaChannel({
    client,
    ...(conversations !== undefined && { conversations }),
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
    // Beyond loopback the names under which others reach us are not ours to know, and keys are required there.
    ...(isLoopbackHost(server.host) && { allowedHosts: server.allowedHosts }),
    cors: { origins: server.corsOrigins },
    maxBodyBytes: server.maxBodyBytes,
    maxBodyMemoryBytes: admission.maxBodyMemoryBytes,
    maxInFlight: admission.maxInFlight === 0 ? Number.POSITIVE_INFINITY : admission.maxInFlight,
    queueTimeoutMs: admission.queueTimeoutMs,
    requestTimeoutMs: requestTimeout(admission.queueTimeoutMs, lingma.totalTimeoutMs),
    streaming: { keepAliveMs: streaming.keepAliveMs, commitAfterMs: streaming.commitAfterMs },
    listAliases: models.listAliases,
    tokenCounter: models.tokenCounter,
    ...(options.version !== undefined && { version: options.version }),
    logger,
  });
  return {
    ...gateway,
    client,
    channel,
    async close(closeOptions) {
      await gateway.close(closeOptions);
      conversations?.close();
      await client.close();
    },
  };
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
  return { platform: process.platform, homedir: homedir(), env, transport, explicit };
}

function lingmaOptions(config: GatewayConfig, options: ComposeOptions): LingmaClientOptions {
  const { admission, lingma, models } = config;
  const shellType = lingma.shellType ?? usersShell(process.platform, options.env?.SHELL);
  return {
    ...(options.address === undefined
      ? { discovery: discoveryOptions(config, options.env) }
      : { address: options.address }),
    ...(lingma.bin !== undefined && { bin: lingma.bin }),
    dialect: lingma.dialect,
    mode: lingma.mode,
    sessionMode: lingma.sessionMode,
    ...(models.defaultModel !== undefined && { model: models.defaultModel }),
    ...(lingma.cwd !== undefined && { cwd: lingma.cwd }),
    ...(shellType !== undefined && { shellType }),
    currentFilePath: lingma.currentFilePath,
    nativeTools: lingma.nativeTools,
    ...(options.env !== undefined && { commandEnv: options.env }),
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
