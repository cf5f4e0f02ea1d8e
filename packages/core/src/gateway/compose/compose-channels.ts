/** The channels that the settings ask for: Lingma alone, as it is, or several behind a router. */
import { readFileSync } from 'node:fs';
import {
  type ChannelRouter,
  createChannelRouter,
  lazyOpenAiUpstream,
  lingmaUpstream,
  type RoutedChannelOptions,
} from '../../channel/index.js';
import type { Channel } from '../../chat/index.js';
import { ConfigError, type GatewayConfig, isSameSetting, type LoadedConfig, lingmaSource } from '../../config/index.js';
import { DEFAULT_LIMITS, type Logger, systemClock } from '../../util/index.js';
import type { ChannelAdmin } from '../channel-admin.js';

type ChannelConfig = GatewayConfig['channels']['list'][number];
type Upstream = RoutedChannelOptions['upstream'];

export interface ChannelSources {
  readonly logger: Logger;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly origins?: LoadedConfig['origins'] | undefined;
  /** Where Lingma is, whatever the configuration says. */
  readonly address?: string | undefined;
}

export interface ComposedChannels {
  /** The channel of these settings. Those before go on with what runs on them. @throws ConfigError */
  channelOf(config: GatewayConfig, lingma: Channel, origins?: LoadedConfig['origins']): Channel;
  readonly admin: ChannelAdmin;
  /** What runs may end first. */
  close(): Promise<void>;
}

/** Parts of a channel that make it another upstream. */
const CONNECTION = ['baseUrl', 'headers', 'systemPrompt', 'timeouts', 'proxy'] as const;

interface OpenUpstream {
  readonly channel: ChannelConfig;
  readonly keys: readonly string[];
  readonly upstream: Upstream;
}

export function composeChannels(sources: ChannelSources): ComposedChannels {
  let router: ChannelRouter | undefined;
  let open: ReadonlyMap<string, OpenUpstream> = new Map();
  const { logger, env = {} } = sources;

  const upstreamOf = (channel: ChannelConfig): OpenUpstream => {
    const keys = keysOf(channel);
    const known = open.get(channel.name);
    const isSame =
      known !== undefined &&
      isSameSetting(known.keys, keys) &&
      CONNECTION.every((part) => isSameSetting(known.channel[part], channel[part]));
    return isSame ? { ...known, channel } : { channel, keys, upstream: openUpstream(channel, keys, env) };
  };
  return {
    channelOf(config, lingma, origins = sources.origins ?? {}) {
      const channels = channelsOf(config);
      const next = new Map(
        channels.filter(({ type }) => type === 'openai').map((each) => [each.name, upstreamOf(each)]),
      );
      const before = [...open.values()];
      open = next;
      for (const { upstream } of before) {
        if ([...next.values()].some((each) => each.upstream === upstream)) continue;
        upstream.close().catch((cause: unknown) => logger.warn('a channel could not be closed', { cause }));
      }
      if (channels.length === 0) {
        router = undefined;
        return lingma;
      }
      const { models } = config;
      router = createChannelRouter(
        {
          channels: [
            lingmaOptions(
              channels.find(({ type }) => type === 'lingma'),
              lingma,
              router,
            ),
            ...[...next.values()].map(routedOptions),
          ],
          lingma,
          expectsLingma: sources.address !== undefined || lingmaSource(config, origins) !== 'discover',
          models: {
            aliases: models.aliases,
            ...(models.defaultModel !== undefined && { defaultModel: models.defaultModel }),
          },
          unknown: models.unknown ?? 'error',
          maxAttempts: config.channels.maxAttempts,
          namesChannel: config.channels.tellChannel,
          clock: systemClock,
          logger,
        },
        router,
      );
      return router;
    },
    admin: {
      list: () => router?.reports() ?? [],
      setEnabled: (name, enabled) => router?.setEnabled(name, enabled) ?? false,
      test: async (name, model, context) => router?.test(name, model, context),
    },
    async close() {
      await Promise.all([...open.values()].map(({ upstream }) => upstream.close()));
    },
  };
}

/** The settings that give channels, as one list. */
function channelsOf({ channels }: GatewayConfig): readonly ChannelConfig[] {
  const { list, upstreamUrl, upstreamKey, upstreamModels } = channels;
  if (upstreamUrl === undefined) return list;
  return [
    ...list,
    {
      name: 'upstream',
      type: 'openai',
      baseUrl: upstreamUrl,
      ...(upstreamKey !== undefined && { apiKey: upstreamKey }),
      models: upstreamModels.length === 0 ? 'auto' : [...upstreamModels],
      ...{ modelMapping: {}, priority: 0, weight: 1, enabled: true, headers: {}, timeouts: {}, tags: [] },
      endpoints: ['chat', 'embeddings', 'completions'],
    },
  ];
}

/** @throws ConfigError for a file that cannot be read */
function keysOf({ name, apiKey, apiKeyFile, apiKeys }: ChannelConfig): readonly string[] {
  if (apiKeyFile !== undefined) return [keyIn(apiKeyFile, name)];
  return (apiKeys ?? (apiKey === undefined ? [] : [apiKey])).map((key) => key.reveal());
}

function keyIn(path: string, name: string): string {
  try {
    const key = readFileSync(path, 'utf8').trim();
    if (key !== '') return key;
  } catch {
    // Told below, as an empty one is.
  }
  const message = `the key file of the channel ${name} is empty or cannot be read`;
  throw new ConfigError([{ subject: 'channels.list', origin: { kind: 'default' }, message, hint: path }]);
}

function openUpstream(
  channel: ChannelConfig,
  keys: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Upstream {
  const { baseUrl = '', headers, systemPrompt, proxy, timeouts } = channel;
  return lazyOpenAiUpstream({
    baseUrl,
    keys,
    headers,
    timeouts: {
      connectMs: timeouts.connectMs ?? CONNECT_MS,
      firstEventMs: timeouts.firstEventMs ?? DEFAULT_LIMITS.firstEventMs,
      idleMs: timeouts.idleMs ?? DEFAULT_LIMITS.idleMs,
      totalMs: timeouts.totalMs ?? 0,
    },
    ...(systemPrompt !== undefined && { systemPrompt }),
    ...(proxy !== undefined && { proxy }),
    proxies: proxiesOf(env),
    clock: systemClock,
  });
}

const CONNECT_MS = 10_000;

/** Small letters go first, as with curl. */
function proxiesOf(env: Readonly<Record<string, string | undefined>>) {
  const of = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined;
  const [http, https, no] = [of('HTTP_PROXY'), of('HTTPS_PROXY'), of('NO_PROXY')];
  return {
    ...(http !== undefined && { http }),
    ...(https !== undefined && { https }),
    ...(no !== undefined && { no }),
  };
}

function routedOptions({ channel, keys, upstream }: OpenUpstream): RoutedChannelOptions {
  const listed = modelsOf(channel);
  return {
    ...common(channel),
    type: 'openai',
    rules: { models: listed.filter((name) => name !== 'auto'), mapping: channel.modelMapping },
    discovers: listed.includes('auto'),
    endpoints: channel.endpoints,
    keys: Math.max(1, keys.length),
    upstream,
  };
}

/** Lingma's own: what is not said of it is as it is without channels. */
function lingmaOptions(
  channel: ChannelConfig | undefined,
  lingma: Channel,
  before: ChannelRouter | undefined,
): RoutedChannelOptions {
  const known = before?.options.lingma === lingma ? before.options.channels[0]?.upstream : undefined;
  return {
    ...{ name: 'lingma', priority: 0, weight: 1, enabled: true, tags: [] },
    ...(channel !== undefined && common(channel)),
    type: 'lingma',
    rules: {
      models: channel === undefined ? [] : modelsOf(channel).filter((name) => name !== 'auto'),
      mapping: channel?.modelMapping ?? {},
    },
    discovers: false,
    endpoints: ['chat'],
    keys: 1,
    upstream: known ?? lingmaUpstream(lingma),
  };
}

const common = ({ name, priority, weight, enabled, maxInFlight, tags }: ChannelConfig) => ({
  ...{ name, priority, weight, enabled, tags },
  ...(maxInFlight !== undefined && { maxInFlight }),
});

/** Of a channel that says nothing: all that the upstream lists. */
function modelsOf({ models = 'auto' }: ChannelConfig): readonly string[] {
  return typeof models === 'string' ? models.split(/[,\s]+/).filter((name) => name !== '') : models;
}
