export { isLoopbackAddress, isLoopbackHost, type JsonValue, nearestName } from '../util/index.js';
export type { ConfigFile } from './config-file.js';
export { configJsonSchema, describeSettings, type SettingRow, secretVariables } from './describe.js';
export { FLAT_MEMBERS, FLAT_MEMBERS_WITHOUT_EFFECT, type FlatMember } from './flat-file.js';
export { FREQUENT_SETTINGS } from './frequent-settings.js';
export { type AccountConfig, hasLoginWay } from './instances/account.js';
export { AGENT_NAMES, AGENT_PRESETS, type AgentName, type AgentPreset } from './instances/agent-presets.js';
export type { InstanceConfig } from './instances/attached-instance.js';
export {
  type InstanceSettings,
  type LingmaSource,
  lingmaSource,
  type Origins,
  wantsDownload,
} from './instances/lingma-source.js';
export {
  type AgentPlan,
  type InstanceAccount,
  type InstanceAddress,
  type InstancePlan,
  planInstances,
} from './instances/plan-instances.js';
export { type ConfigSources, type LoadedConfig, loadConfig } from './load.js';
export { ConfigError, type ConfigProblem, type ConfigWarning, describeOrigin, type Origin } from './origin.js';
export { describePredecessors, type Predecessor, type PredecessorRow } from './predecessor-variables.js';
export { type EffectiveSetting, effectiveConfig, effectiveSections } from './redact.js';
export { INSTANCE_SETTINGS, isSameSetting, type ReloadedConfig, type ReloadSettings, reloadConfig } from './reload.js';
export type { GatewayConfig, RuleViolation } from './schema.js';
export type { EnvAlias, Section, SectionValues, Setting, SettingFlag, SettingOptions } from './setting.js';
export type { ValueKind } from './text-value.js';
export type { Language } from './texts/language.js';
