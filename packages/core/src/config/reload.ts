/**
 * Settings read anew while the gateway runs: which of them differ, which can be taken over, and what is in effect then. What
 * cannot be taken over stays as it is, so the mixture is checked as a whole before anything changes.
 */
import { Secret } from '../util/index.js';
import type { LoadedConfig } from './load.js';
import { ConfigError, type Origin } from './origin.js';
import { checkRules, type GatewayConfig, REGISTRY, type RegisteredSetting, type RuleViolation } from './schema.js';
import type { Language } from './texts/language.js';
import { LOADER_TEXTS } from './texts/loader-texts.js';

/** Sections and settings that count at once. */
const RELOADABLE: readonly string[] = [
  'auth',
  'admission',
  'models',
  'channels',
  'streaming',
  'toolForwarding',
  'images',
  'server.allowAnonymous',
  'server.allowedHosts',
  'server.corsOrigins',
  'server.maxBodyBytes',
  'server.drainTimeoutMs',
  'server.logLevel',
];

/** What the instances of the pool are made from. */
export const INSTANCE_SETTINGS: readonly string[] = [
  'lingma.accounts',
  'lingma.username',
  'lingma.password',
  'lingma.sessionBundle',
  'lingma.sessionBundleFile',
  'lingma.personalToken',
  'lingma.userId',
  'lingma.accessKey',
  'lingma.secretKey',
  'lingma.orgId',
  'lingma.instanceCount',
  'lingma.instances',
];

/** How settings are read anew. */
export interface ReloadSettings {
  /** Paths of further settings that can be taken over. */
  readonly also?: readonly string[];
  /** Rules beyond those of the settings, for what is in effect then. */
  readonly rules?: readonly ((config: GatewayConfig) => RuleViolation | undefined)[];
  /** Of problems. Default `en`. */
  readonly language?: Language;
}

/** The settings in effect after a reload. */
export interface ReloadedConfig extends Pick<LoadedConfig, 'config' | 'origins'> {
  /** Paths of the settings that differ and are in effect in this configuration. */
  readonly changed: readonly string[];
  /** Those that differ and are not: their values and origins here are the old ones. */
  readonly needsRestart: readonly string[];
}

/**
 * What is in effect when `next` is loaded over `current`. Sections without a change are the same objects as before.
 *
 * @throws ConfigError when the old and the new settings together break a rule
 */
export function reloadConfig(
  current: Pick<LoadedConfig, 'config' | 'origins'>,
  next: Pick<LoadedConfig, 'config' | 'origins'>,
  { also = [], rules = [], language = 'en' }: ReloadSettings = {},
): ReloadedConfig {
  const isReloadable = ({ section, path }: RegisteredSetting): boolean =>
    [section, path].some((name) => RELOADABLE.includes(name) || also.includes(name));
  const differing = REGISTRY.filter(
    (entry) => !isSameSetting(settingOf(current.config, entry), settingOf(next.config, entry)),
  );
  const taken = differing.filter(isReloadable);
  const config: Record<string, Record<string, unknown>> = { ...current.config };
  const origins: Record<string, Origin> = { ...current.origins };
  for (const entry of taken) {
    config[entry.section] = { ...config[entry.section], [entry.key]: settingOf(next.config, entry) };
  }
  // A value may stay the same and come from elsewhere.
  for (const entry of REGISTRY) {
    const origin = next.origins[entry.path];
    if (origin !== undefined && (taken.includes(entry) || !differing.includes(entry))) origins[entry.path] = origin;
  }
  const whole = config as unknown as GatewayConfig;
  const violations = [...checkRules(whole), ...rules.map((rule) => rule(whole)).filter((found) => found !== undefined)];
  if (violations.length > 0) throw needsRestart(violations, origins, language);
  return {
    config: whole,
    origins,
    changed: taken.map(({ path }) => path),
    needsRestart: differing.filter((entry) => !taken.includes(entry)).map(({ path }) => path),
  };
}

/** Each half may be right by itself: an address that others reach with keys, one that they do not without. */
function needsRestart(
  violations: readonly RuleViolation[],
  origins: Readonly<Record<string, Origin>>,
  language: Language,
): ConfigError {
  const problems = violations.map(({ path, message, hint, chinese }) => {
    const said = language === 'zh-CN' && chinese !== undefined ? chinese : { message, hint };
    return {
      subject: path,
      origin: origins[path] ?? ({ kind: 'default' } as const),
      message: `${said.message}${LOADER_TEXTS[language].untilRestart}`,
      hint: said.hint,
    };
  });
  return new ConfigError(problems, language);
}

const settingOf = (config: GatewayConfig, { section, key }: RegisteredSetting): unknown =>
  (config as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[section]?.[key];

/** Of values as they are parsed: JSON, and secrets within it. */
export function isSameSetting(one: unknown, other: unknown): boolean {
  if (one instanceof Secret) return other instanceof Secret && one.reveal() === other.reveal();
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other) || other instanceof Secret) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSameSetting(memberOf(one, name), memberOf(other, name)))
  );
}

const memberOf = (value: object, name: string): unknown => (value as Readonly<Record<string, unknown>>)[name];
