/** Every setting as a flag of a command, and the way back: from parsed flags, environment and file to a configuration. */
import { readFileSync } from 'node:fs';
import {
  type ConfigFile,
  describeSettings,
  FREQUENT_SETTINGS,
  type LoadedConfig,
  loadConfig,
  type SettingRow,
} from '@lingma-gateway/core/config';
import { type CommandLine, type Flag, UsageError } from './command-line.js';
import type { Terminal } from './terminal/terminal.js';
import type { Messages } from './text/messages.js';

const CONFIG_ENV = 'LINGMA_GATEWAY_CONFIG';

const nameOf = (row: SettingRow): string => (row.flag as string).slice(2);

export const configFlag = ({ text: { help } }: Terminal): Flag => ({
  name: 'config',
  kind: 'value',
  valueHint: 'file',
  description: `${help.config} (${CONFIG_ENV})`,
});

/** The flags of the sections named; of all, when none is. The common ones come first and belong to no group. */
export function settingFlags(terminal: Terminal, ...sections: readonly string[]): readonly Flag[] {
  const rows = describeSettings(terminal.language).filter(
    ({ flag, section }) => flag !== undefined && (sections.length === 0 || sections.includes(section)),
  );
  const rank = ({ path }: SettingRow): number => {
    const place = FREQUENT_SETTINGS.indexOf(path);
    return place === -1 ? FREQUENT_SETTINGS.length : place;
  };
  return [...rows].sort((left, right) => rank(left) - rank(right)).map((row) => settingFlag(row, terminal.text));
}

function settingFlag(row: SettingRow, { help }: Messages): Flag {
  const fallback = defaultText(row);
  const notYet = row.notUsedYet === undefined ? '' : help.notUsedYet;
  const byDefault = fallback === undefined ? '' : help.defaultIs(fallback);
  const description = `${row.doc}${notYet}${byDefault} (${row.env})`;
  const isCommon = FREQUENT_SETTINGS.includes(row.path);
  const shared = {
    name: nameOf(row),
    ...(row.shortFlag !== undefined && { short: row.shortFlag.slice(1) }),
    description,
    ...(!isCommon && { group: `${help.sections[row.section] ?? row.section}:` }),
  };
  if (row.kind === 'boolean') {
    // A switch that is on or decides for itself can be turned off.
    return { ...shared, kind: 'switch', ...(row.default !== false && { negatable: true as const }) };
  }
  const typeHint = row.kind === 'enum' ? row.type.replaceAll(' ', '') : row.type;
  return { ...shared, kind: 'value', valueHint: row.valueHint ?? typeHint };
}

function defaultText(row: SettingRow): string | undefined {
  if (row.default === undefined || row.default === '' || typeof row.default === 'object') return row.defaultDoc;
  if (row.flagUnit === 's') return `${Number(row.default) / 1000} s`;
  return String(row.default);
}

/** @throws ConfigError with every problem; UsageError when the file cannot be read */
export function loadSettings(flags: CommandLine['flags'], { env, language, text }: Terminal): LoadedConfig {
  const known = new Set(describeSettings().flatMap(({ flag }) => flag?.slice(2) ?? []));
  const given = typeof flags.config === 'string' ? flags.config : env[CONFIG_ENV];
  const file = given === undefined || given === '' ? undefined : readConfigFile(given, text);
  return loadConfig({
    env,
    language,
    flags: Object.fromEntries(Object.entries(flags).filter(([name]) => known.has(name))),
    ...(file !== undefined && { file }),
  });
}

function readConfigFile(name: string, text: Messages): ConfigFile {
  try {
    return { name, text: readFileSync(name, 'utf8') };
  } catch (error) {
    throw new UsageError(text.usage.fileUnreadable(name, (error as Error).message));
  }
}
