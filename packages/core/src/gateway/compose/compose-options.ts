/** What a composed gateway takes beside its settings, checked at run time. */
import type { GatewayConfig, LoadedConfig, ReloadSettings } from '../../config/index.js';
import type { KeyStore, UsageSink } from '../../data/index.js';
import type { LoginService, NativeToolRunner } from '../../lingma/index.js';
import type { ConversationStore } from '../../pool/index.js';
import {
  CLOCK_RULE,
  type Clock,
  checkOptions,
  LOGGER_RULE,
  type Logger,
  type OptionRules,
  withMethods,
} from '../../util/index.js';
import type { ResponseStore } from '../../wire/index.js';
import type { Authorize } from '../access/authorize.js';
import type { GatewayOptions } from '../gateway-options.js';
import { HOOK_RULES, REGISTRY_RULES, RESPONSE_STORE_RULE } from '../gateway-rules.js';
import type { GatewayHooks } from '../hooks.js';
import type { ProgramSource } from './program-source.js';

/** What a composed gateway takes beside its settings: whatever no setting can say. */
export interface ComposeOptions {
  /** Default: says nothing. */
  readonly logger?: Logger;
  /** What discovery expands folders from (`APPDATA`, `XDG_CONFIG_HOME`), and the user's `SHELL`. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Runs Lingma's own tools on this machine. Needed where `lingma.nativeTools` is `run`, unused elsewhere. */
  readonly nativeToolRunner?: NativeToolRunner;
  /** Where the program of managed processes comes from. Default: `lingma.bin` alone. */
  readonly binary?: ProgramSource;
  /** Signs instances in, and is loaded when that is needed: `createLogin` of `@lingma-gateway/login`. Absent: nobody is signed in. */
  readonly login?: () => Promise<LoginService>;
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
  /** As `GatewayOptions.authorize`: asked where none of the keys in the settings was given. */
  readonly authorize?: Authorize;
  /** As `GatewayOptions.hooks`. */
  readonly hooks?: GatewayHooks;
  /** As `GatewayOptions.metrics`. */
  readonly metrics?: GatewayOptions['metrics'];
  /** As `GatewayOptions.responseStore`. */
  readonly responseStore?: ResponseStore;
  /**
   * Where it is remembered in which session a conversation stands, in place of memory; where the settings keep conversations at
   * all. Stays the caller's.
   */
  readonly conversations?: ConversationStore;
  /** Keys made at run time, and usage; both stay the caller's, who closes them after the gateway. Default: none are kept. */
  readonly records?: GatewayRecords;
  /** Of the gateway, of the pool and of its clients. */
  readonly clock?: Clock;
}

/** What a gateway keeps beyond its requests. */
export interface GatewayRecords {
  readonly keys: KeyStore;
  readonly usage: UsageSink;
}

/** Where a composed gateway reads its settings anew from. */
export interface SettingsSource {
  /** @throws ConfigError with every problem */
  load(): LoadedConfig;
  /** What else must hold for settings that are taken over. */
  readonly rules?: ReloadSettings['rules'];
  /** Told of what is in effect after each reload that changed something: what the gateway itself does not use of it. */
  applied?(config: GatewayConfig): void;
}

const RULES: OptionRules<ComposeOptions> = {
  logger: LOGGER_RULE,
  env: 'object',
  nativeToolRunner: withMethods('begin'),
  binary: withMethods('locate', 'isBootstrapping', 'describe'),
  login: 'function',
  version: 'string',
  address: 'text',
  origins: 'object',
  warnings: 'any',
  settingsSource: withMethods('load'),
  authorize: 'function',
  hooks: HOOK_RULES,
  metrics: REGISTRY_RULES,
  responseStore: RESPONSE_STORE_RULE,
  conversations: withMethods('get', 'put', 'invalidate', 'stats'),
  records: { keys: withMethods('list', 'onChange'), usage: withMethods('record') },
  clock: CLOCK_RULE,
};

/**
 * Settings are checked where they are loaded; what was not loaded is told of in time.
 *
 * @throws TypeError
 */
export function checkComposed(config: unknown, options: ComposeOptions): void {
  checkOptions('composeGateway()', options, RULES);
  const isLoaded = typeof config === 'object' && config !== null && 'lingma' in config && 'server' in config;
  if (!isLoaded)
    throw new TypeError('composeGateway() takes the config of loadConfig(), of @lingma-gateway/core/config');
}
