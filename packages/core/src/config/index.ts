export type { ConfigFile } from './config-file.js';
export { configJsonSchema, describeSettings, type SettingRow } from './describe.js';
export { type ConfigSources, type LoadedConfig, loadConfig } from './load.js';
export { isLoopbackAddress, isLoopbackHost } from './loopback.js';
export { nearestName } from './nearest-name.js';
export { ConfigError, type ConfigProblem, type ConfigWarning, describeOrigin, type Origin } from './origin.js';
export { type EffectiveSetting, effectiveConfig } from './redact.js';
export type { GatewayConfig } from './schema.js';
