/** What the gateway's options may be, checked at run time: whoever writes JavaScript has no compiler to tell. */
import { CLOCK_RULE, checkOptions, LOGGER_RULE, listOf, type OptionRules, withMethods } from '../util/index.js';
import type { NamedKey } from './access/auth.js';
import type { KeyAdmin } from './access/key-admin.js';
import { LIMIT_RULES, QUOTA_RULES } from './access/key-limits.js';
import type { ChannelAdmin } from './channel-admin.js';
import type { GatewayAdmin, InstanceAdmin, LoginAdmin, SessionAdmin } from './gateway-admin.js';
import type { Gateway, GatewayOptions, GatewaySettings } from './gateway-options.js';
import type { GatewayHooks } from './hooks.js';
import type { UpstreamView } from './observe/observation.js';
import type { StreamingOptions } from './respond/respond-chat.js';
import type { ChannelFeatures } from './routes/capabilities.js';

const NAMED_KEY_RULES: OptionRules<NamedKey> = {
  name: 'text',
  key: 'secret',
  sha256: 'text',
  limits: LIMIT_RULES,
  models: listOf('string'),
  disabled: 'boolean',
  formerKeys: 'any',
  quota: QUOTA_RULES,
  pin: 'boolean',
  endpoints: listOf('string'),
  subnets: listOf('string'),
  expiresAt: 'number',
};

export const HOOK_RULES: OptionRules<GatewayHooks> = { onRequest: 'function', onEvent: 'function', onEnd: 'function' };

const SETTING_RULES: OptionRules<GatewaySettings> = {
  channel: withMethods('listModels', 'streamChat'),
  authorize: 'function',
  hooks: HOOK_RULES,
  clientKeys: listOf('secret'),
  namedKeys: listOf(NAMED_KEY_RULES),
  adminToken: 'secret',
  metricsToken: 'secret',
  metricsPublic: 'boolean',
  allowedHosts: listOf('string'),
  cors: { origins: listOf('string') },
  maxBodyBytes: 'count',
  maxBodyMemoryBytes: 'count',
  maxJsonDepth: 'count',
  maxInFlight: 'number',
  maxEmbeddings: 'number',
  maxQueued: 'count',
  queueTimeoutMs: 'count',
  requestTimeoutMs: 'count',
  streaming: { keepAliveMs: 'count', commitAfterMs: 'count' } satisfies OptionRules<StreamingOptions>,
  listAliases: 'boolean',
  tokenCounter: ['estimate', 'vocabulary'],
  features: {
    tools: 'boolean',
    images: 'boolean',
    reasoning: 'boolean',
    sessionReuse: 'boolean',
  } satisfies OptionRules<ChannelFeatures>,
};

const ADMIN_RULES: OptionRules<GatewayAdmin> = {
  effectiveConfig: 'function',
  reload: 'function',
  instances: withMethods<InstanceAdmin>('drain', 'resume', 'restart', 'queryModels'),
  login: withMethods<LoginAdmin>('list', 'view', 'pick', 'start', 'callback', 'cancel', 'logout'),
  sessions: withMethods<SessionAdmin>('export', 'import'),
  isBootstrapping: 'function',
  bootstrap: 'function',
  channels: withMethods<ChannelAdmin>('list', 'setEnabled', 'test'),
  keys: withMethods<KeyAdmin>('list', 'add', 'update', 'rotate', 'remove'),
};

/** A class of the host's may stand here. */
const UPSTREAM_RULE = withMethods('instances' satisfies keyof UpstreamView);

export const REGISTRY_RULES: OptionRules<NonNullable<GatewayOptions['metrics']>> = {
  registry: withMethods('registerMetric', 'metrics'),
};

export const RESPONSE_STORE_RULE = withMethods('get', 'getItem', 'put', 'delete');

const GATEWAY_RULES: OptionRules<GatewayOptions> = {
  ...SETTING_RULES,
  protocols: listOf(withMethods('parseRequest', 'encodeResult', 'createStreamEncoder', 'encodeError')),
  responseStore: RESPONSE_STORE_RULE,
  version: 'string',
  metrics: REGISTRY_RULES,
  debug: { requests: 'count', bodies: 'boolean' },
  upstream: UPSTREAM_RULE,
  admin: ADMIN_RULES,
  usage: withMethods('record'),
  logger: LOGGER_RULE,
  clock: CLOCK_RULE,
};

/** @throws TypeError */
export const checkGatewayOptions = (options: GatewayOptions): void =>
  checkOptions('createGateway()', options, GATEWAY_RULES, { required: ['channel'] });

/** @throws TypeError */
export const checkGatewaySettings = (settings: GatewaySettings): void =>
  checkOptions('gateway.reconfigure()', settings, SETTING_RULES, { required: ['channel'] });

/** @throws TypeError */
export const checkCloseOptions = (options: Parameters<Gateway['close']>[0]): void =>
  checkOptions('gateway.close()', options ?? {}, { graceMs: 'count' });
