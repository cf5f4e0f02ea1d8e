/** Every setting as a flag of a command, and the way back: from parsed flags, environment and file to a configuration. */
import { readFileSync } from 'node:fs';
import {
  type ConfigFile,
  describeSettings,
  type LoadedConfig,
  loadConfig,
  type SettingRow,
} from '@lingma-gateway/core/config';
import type { ArgDef, ArgsDef } from 'citty';
import { UsageError } from './command-line.js';

const CONFIG_ENV = 'LINGMA_GATEWAY_CONFIG';
const rows = describeSettings().filter((row) => row.flag !== undefined);
const nameOf = (row: SettingRow): string => (row.flag as string).slice(2);

/** `--config` and the flags of the sections named; of all, when none is. */
export function settingArgs(...sections: readonly string[]): ArgsDef {
  const args: Record<string, ArgDef> = {
    config: { type: 'string', valueHint: 'file', description: `JSON file with settings. (${CONFIG_ENV})` },
  };
  for (const row of rows) {
    if (sections.length === 0 || sections.includes(row.section)) args[nameOf(row)] = settingArg(row);
  }
  return args;
}

function settingArg(row: SettingRow): ArgDef {
  const fallback = defaultText(row);
  const description = [
    row.doc,
    row.notUsedYet === undefined ? '' : 'Not used yet.',
    fallback === undefined ? '' : `Default: ${fallback}.`,
    `(${row.env})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
  if (row.kind === 'boolean') {
    // A switch that is on or decides for itself can be turned off.
    return row.default === false
      ? { type: 'boolean', description }
      : { type: 'boolean', description, negativeDescription: 'Turns it off.' };
  }
  const typeHint = row.kind === 'enum' ? row.type.replaceAll(' ', '') : row.type;
  return { type: 'string', description, valueHint: row.valueHint ?? typeHint };
}

function defaultText(row: SettingRow): string | undefined {
  if (row.default === undefined || row.default === '' || typeof row.default === 'object') return row.defaultDoc;
  return String(row.flagUnit === 's' ? Number(row.default) / 1000 : row.default);
}

/** @throws ConfigError with every problem; UsageError when the file cannot be read */
export function loadSettings(
  args: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): LoadedConfig {
  const flags: Record<string, string | boolean> = {};
  for (const row of rows) {
    const value = args[nameOf(row)];
    if (typeof value === 'string' || typeof value === 'boolean') flags[nameOf(row)] = value;
  }
  const given = typeof args.config === 'string' ? args.config : env[CONFIG_ENV];
  const file = given === undefined || given === '' ? undefined : readConfigFile(given);
  return loadConfig({ env, flags, ...(file !== undefined && { file }) });
}

export function readConfigFile(name: string): ConfigFile {
  try {
    return { name, text: readFileSync(name, 'utf8') };
  } catch (error) {
    throw new UsageError(`The configuration file ${name} cannot be read: ${(error as Error).message}`);
  }
}
