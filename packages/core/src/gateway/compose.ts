/**
 * From a configuration to a running gateway. With `compose-lingma.ts` the only place in this package that reads
 * `GatewayConfig`: everybody else takes narrow options, so that each part can be used and tested without the rest.
 * Over 250 lines: most of them hand settings on, and read best in one place.
 */
import { createLingmaChannel } from '../channel/index.js';
import { type CallContext, type Channel, GatewayError } from '../chat/index.js';
import {
  ConfigError,
  effectiveSections,
  type GatewayConfig,
  INSTANCE_SETTINGS,
  isLoopbackHost,
  type LoadedConfig,
  type ReloadSettings,
  reloadConfig,
} from '../config/index.js';
import type { NativeToolRunner } from '../lingma/index.js';
import type { LingmaPool } from '../pool/index.js';
import { type Logger, MAX_TIMER_MS, silentLogger } from '../util/index.js';
import { composeChannels } from './compose-channels.js';
import { type ComposedLingma, composeLingma, type LingmaDetails } from './compose-lingma.js';
import { createGateway } from './gateway.js';
import type { ReloadResult } from './gateway-admin.js';
import type { Gateway, GatewaySettings } from './gateway-options.js';

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
  /** What `loadConfig` warned about; for the operator's routes. */
  readonly warnings?: LoadedConfig['warnings'];
  /** Where the settings come from when they are read anew. Absent: `/internal/reload` is not there. */
  readonly settingsSource?: SettingsSource;
}

export interface SettingsSource {
  /** @throws ConfigError with every problem */
  load(): LoadedConfig;
  /** What else must hold for settings that are taken over. */
  readonly rules?: ReloadSettings['rules'];
  /** Told of what is in effect after each reload that changed something: what the gateway itself does not use of it. */
  applied?(config: GatewayConfig): void;
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
  /**
   * Reads the settings anew from `settingsSource`, and takes over what counts without a restart: all of it, or nothing. Requests
   * that run keep what they began with.
   *
   * @throws ConfigError with every problem; TypeError without a source
   */
  reload(): ReloadResult;
  /** Ends at once what `close()` would take its time for: processes of its own do not outlive the program. Never throws. */
  kill(): void;
}

/**
 * A gateway with the Lingmas that the settings ask for. Opens nothing before the first request, `start()`, or `connect()`.
 *
 * @throws TypeError when `lingma.nativeTools` is `run` and there is no `nativeToolRunner`
 */
export function composeGateway(config: GatewayConfig, options: ComposeOptions = {}): ComposedGateway {
  const logger = options.logger ?? silentLogger;
  const { settingsSource } = options;
  if (config.lingma.nativeTools === 'run') {
    logger.warn('Lingma may run its own tools on this machine', { cwd: config.lingma.cwd ?? process.cwd() });
  }
  warnOfAccess(config, logger);
  const lingma = composeLingma(config, { ...options, logger });
  const channels = composeChannels({ logger, env: options.env, origins: options.origins, address: options.address });
  let lingmaChannel = createChannel(config, lingma);
  let settings = settingsOf(config, channels.channelOf(config, lingmaChannel));
  let current: Pick<LoadedConfig, 'config' | 'origins'> = { config, origins: options.origins ?? {} };
  let warnings = options.warnings ?? [];

  const takeOver = (): ReloadResult => {
    if (settingsSource === undefined) throw new TypeError('composeGateway: there is no settingsSource to reload from');
    const loaded = settingsSource.load();
    const { rules } = settingsSource;
    const next = reloadConfig(current, loaded, {
      ...(lingma.reconcile !== undefined && { also: INSTANCE_SETTINGS }),
      ...(rules !== undefined && { rules }),
    });
    const { changed, needsRestart } = next;
    if (changed.length > 0) {
      const own = isSameLingma(current.config, next.config) ? lingmaChannel : createChannel(next.config, lingma);
      const isSame = own === lingmaChannel && current.config.channels === next.config.channels;
      const channel = isSame ? settings.channel : channels.channelOf(next.config, own, next.origins);
      lingmaChannel = own;
      const nextSettings = settingsOf(next.config, channel);
      // Nothing after this throws: the settings have been checked.
      gateway.reconfigure(nextSettings);
      settings = nextSettings;
      if (changed.some((path) => INSTANCE_SETTINGS.includes(path))) lingma.reconcile?.(next.config, next.origins);
      if (next.config.auth !== current.config.auth) warnOfAccess(next.config, logger);
      settingsSource.applied?.(next.config);
    }
    current = next;
    warnings = loaded.warnings;
    return { changed, needsRestart };
  };
  const reload = (): ReloadResult => {
    try {
      const { changed, needsRestart } = takeOver();
      if (changed.length + needsRestart.length > 0) logger.info('settings read anew', { changed, needsRestart });
      return { changed, needsRestart };
    } catch (cause) {
      logger.error('settings not taken over: nothing has changed', { cause });
      throw cause;
    }
  };
  const reloadForOperator = (): ReloadResult => {
    try {
      return reload();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const details = { problems: error.problems };
      throw new GatewayError('invalid_request', `Nothing has changed: ${error.message}`, { details });
    }
  };
  const gateway = createGateway({
    ...settings,
    upstream: lingma.view,
    admin: {
      effectiveConfig: () => ({
        config: effectiveSections(current),
        warnings: warnings.map(({ subject, message }) => ({ subject, message })),
      }),
      ...(settingsSource !== undefined && { reload: reloadForOperator }),
      instances: lingma.admin,
      channels: channels.admin,
    },
    debug: config.debug,
    ...(options.version !== undefined && { version: options.version }),
    logger,
  });
  return {
    ...gateway,
    // Whoever asks without HTTP is answered by the settings of the day, too.
    channel: {
      name: settings.channel.name,
      listModels: (context) => settings.channel.listModels(context),
      streamChat: (request, context) => settings.channel.streamChat(request, context),
      status: () => settings.channel.status?.() ?? { state: 'unknown' },
    },
    pool: lingma.pool,
    connect: lingma.connect,
    reload,
    kill: () => lingma.pool.kill(),
    async close(closeOptions) {
      await gateway.close(closeOptions);
      await Promise.all([lingma.close(), channels.close()]);
    },
  };
}

function createChannel({ models, toolForwarding, images }: GatewayConfig, lingma: ComposedLingma): Channel {
  return createLingmaChannel({
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
}

/** Sections without a change are the same objects. */
const isSameLingma = (one: GatewayConfig, other: GatewayConfig): boolean =>
  one.models === other.models && one.toolForwarding === other.toolForwarding && one.images === other.images;

/** What can be exchanged while the gateway runs. */
function settingsOf(config: GatewayConfig, channel: Channel): GatewaySettings {
  const { server, auth, admission, models, streaming, toolForwarding, lingma, sessions } = config;
  return {
    channel,
    clientKeys: auth.clientKeys,
    namedKeys: auth.keys,
    ...(auth.adminToken !== undefined && { adminToken: auth.adminToken }),
    ...(auth.metricsToken !== undefined && { metricsToken: auth.metricsToken }),
    metricsPublic: auth.metricsPublic,
    // Beyond loopback the names under which others reach us are not ours to know, and keys are required there.
    allowedHosts: isLoopbackHost(server.host) ? server.allowedHosts : ['*'],
    cors: { origins: server.corsOrigins },
    maxBodyBytes: server.maxBodyBytes,
    maxBodyMemoryBytes: admission.maxBodyMemoryBytes,
    maxInFlight: admission.maxInFlight,
    maxEmbeddings: admission.maxEmbeddings,
    maxQueued: admission.maxQueued,
    queueTimeoutMs: admission.queueTimeoutMs,
    requestTimeoutMs: requestTimeout(admission.queueTimeoutMs, lingma.totalTimeoutMs),
    streaming: { keepAliveMs: streaming.keepAliveMs, commitAfterMs: streaming.commitAfterMs },
    listAliases: models.listAliases,
    tokenCounter: models.tokenCounter,
    features: {
      tools: toolForwarding.enabled,
      sessionReuse:
        lingma.sessionMode === 'reuse' ||
        (lingma.sessionMode === 'auto' && sessions.enabled && sessions.maxEntries > 0),
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
