/**
 * From a configuration to a running gateway. With `compose-lingma.ts` the only place in this package that reads
 * `GatewayConfig`: everybody else takes narrow options, so that each part can be used and tested without the rest.
 */
import { createLingmaChannel } from '../channel/index.js';
import type { CallContext, Channel } from '../chat/index.js';
import { type GatewayConfig, isLoopbackHost, type LoadedConfig } from '../config/index.js';
import type { NativeToolRunner } from '../lingma/index.js';
import type { LingmaPool } from '../pool/index.js';
import { type Logger, MAX_TIMER_MS, silentLogger } from '../util/index.js';
import { composeLingma, type LingmaDetails } from './compose-lingma.js';
import { createGateway } from './gateway.js';
import type { Gateway } from './gateway-options.js';

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
  /** Where the settings come from, as `loadConfig` tells: some mean something although their value could not be used. */
  readonly origins?: LoadedConfig['origins'];
}

export interface ComposedGateway extends Gateway {
  /** What the requests are answered from, for whoever asks without HTTP. `close()` closes what is behind it, too. */
  readonly channel: Channel;
  /** The Lingmas behind the channel: to be told of, drained, started again. */
  readonly pool: LingmaPool;
  /**
   * Reaches Lingma, as the first request would, and tells what is there.
   *
   * @throws GatewayError `not_ready` when there is none, `upstream_timeout`, `shutting_down`, or the signal's reason
   */
  connect(context?: Partial<CallContext>): Promise<LingmaDetails>;
  /** Ends at once what `close()` would take its time for: processes of its own do not outlive the program. Never throws. */
  kill(): void;
}

/**
 * A gateway with the Lingmas that the settings ask for. Opens nothing before the first request, `start()`, or `connect()`.
 *
 * @throws TypeError when `lingma.nativeTools` is `run` and there is no `nativeToolRunner`
 */
export function composeGateway(config: GatewayConfig, options: ComposeOptions = {}): ComposedGateway {
  const { server, auth, admission, models, streaming, toolForwarding, images, debug } = config;
  const logger = options.logger ?? silentLogger;
  if (config.lingma.nativeTools === 'run') {
    logger.warn('Lingma may run its own tools on this machine', { cwd: config.lingma.cwd ?? process.cwd() });
  }
  warnOfAccess(config, logger);
  const lingma = composeLingma(config, { ...options, logger });
  const channel = createLingmaChannel({
    client: lingma.pool,
    ...(lingma.conversations !== undefined && { conversations: lingma.conversations }),
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
    upstream: lingma.view,
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
    debug,
    ...(options.version !== undefined && { version: options.version }),
    logger,
  });
  return {
    ...gateway,
    channel,
    pool: lingma.pool,
    connect: lingma.connect,
    kill: () => lingma.pool.kill(),
    async close(closeOptions) {
      await gateway.close(closeOptions);
      await lingma.close();
    },
  };
}

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
