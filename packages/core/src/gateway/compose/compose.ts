/**
 * From a configuration to a running gateway. With `compose-lingma.ts` the only place in this package that reads
 * `GatewayConfig`: everybody else takes narrow options, so that each part can be used and tested without the rest.
 *
 * Over 250 lines: what is read anew while the gateway runs is made here, and nowhere else.
 */
import { createLingmaChannel } from '../../channel/index.js';
import { type CallContext, type Channel, GatewayError } from '../../chat/index.js';
import {
  ConfigError,
  effectiveSections,
  type GatewayConfig,
  INSTANCE_SETTINGS,
  type LoadedConfig,
  reloadConfig,
} from '../../config/index.js';
import type { LingmaPool } from '../../pool/index.js';
import { silentLogger } from '../../util/index.js';
import { createKeyAdmin } from '../access/key-admin.js';
import type { ChannelAdmin } from '../channel-admin.js';
import { createGateway } from '../gateway.js';
import type { LoginAdmin, ReloadResult, SessionAdmin } from '../gateway-admin.js';
import type { Gateway, GatewaySettings } from '../gateway-options.js';
import { composeChannels } from './compose-channels.js';
import { type ComposedLingma, composeLingma, type LingmaDetails } from './compose-lingma.js';
import { type ComposeOptions, checkComposed } from './compose-options.js';
import { createKeysOf, settingsOf, warnOfAccess } from './compose-settings.js';

/** A gateway with the Lingmas behind it, as {@link composeGateway} makes it. */
export interface ComposedGateway extends Gateway {
  /** What the requests are answered from, for whoever asks without HTTP. `close()` closes what is behind it, too. */
  readonly channel: Channel;
  /** The Lingmas behind the channel: to be told of, drained, started again. */
  readonly pool: LingmaPool;
  /** The channels that the settings list, as the operator's routes see them. */
  readonly channels: ChannelAdmin;
  /** Signing in, as the operator's routes do it. Absent without {@link ComposeOptions.login}. */
  readonly login?: LoginAdmin;
  readonly sessions: SessionAdmin;
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
 * @throws TypeError when `lingma.nativeTools` is `run` and there is no `nativeToolRunner`, and on options that are none
 */
export function composeGateway(config: GatewayConfig, options: ComposeOptions = {}): ComposedGateway {
  checkComposed(config, options);
  const logger = options.logger ?? silentLogger;
  const { settingsSource, binary } = options;
  if (config.lingma.nativeTools === 'run') {
    logger.warn('Lingma may run its own tools on this machine', { cwd: config.lingma.cwd ?? process.cwd() });
  }
  warnOfAccess(config, logger);
  const lingma = composeLingma(config, { ...options, logger });
  const { records } = options;
  const keysOf = createKeysOf(records?.keys, logger);
  const ofHost = {
    ...(options.authorize !== undefined && { authorize: options.authorize }),
    ...(options.hooks !== undefined && { hooks: options.hooks }),
  };
  const settingsFor = (from: GatewayConfig, channel: Channel): GatewaySettings => ({
    ...settingsOf(from, channel, keysOf),
    ...ofHost,
  });
  const channels = composeChannels({ logger, env: options.env, origins: options.origins, address: options.address });
  let lingmaChannel = createChannel(config, lingma);
  let settings = settingsFor(config, channels.channelOf(config, lingmaChannel));
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
      const nextSettings = settingsFor(next.config, channel);
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
      ...(records !== undefined && {
        keys: createKeyAdmin({
          store: records.keys,
          configured: () => current.config.auth,
          spent: (name, period) => records.usage.totals.spent(name, period),
          now: () => Date.now(),
        }),
      }),
      ...(lingma.login !== undefined && { login: lingma.login }),
      sessions: lingma.sessions,
      isBootstrapping: () => binary?.isBootstrapping() ?? false,
      bootstrap: () => binary?.describe(),
      channels: channels.admin,
    },
    ...(records !== undefined && { usage: records.usage }),
    debug: config.debug,
    ...(options.version !== undefined && { version: options.version }),
    ...(options.metrics !== undefined && { metrics: options.metrics }),
    ...(options.responseStore !== undefined && { responseStore: options.responseStore }),
    ...(options.clock !== undefined && { clock: options.clock }),
    logger,
  });
  const forgetKeys = records?.keys.onChange(() => {
    settings = settingsFor(current.config, settings.channel);
    gateway.reconfigure(settings);
    logger.info('client keys read anew', { keys: records.keys.list().length });
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
    channels: channels.admin,
    ...(lingma.login !== undefined && { login: lingma.login }),
    sessions: lingma.sessions,
    connect: lingma.connect,
    reload,
    kill: () => lingma.pool.kill(),
    async close(closeOptions) {
      await gateway.close(closeOptions);
      forgetKeys?.();
      await Promise.all([lingma.close(), channels.close()]);
    },
    [Symbol.asyncDispose]() {
      return this.close();
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
