/** Every setting as a flag of a command, and the way back: from parsed flags, environment and file to a configuration. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type ConfigFile,
  type ConfigWarning,
  describeSettings,
  FREQUENT_SETTINGS,
  type LoadedConfig,
  loadConfig,
  type SettingRow,
} from '@lingma-gateway/core/config';
import type { Terminal } from '../terminal/terminal.js';
import type { Messages } from '../text/messages.js';
import { type CommandLine, type Flag, UsageError } from './command-line.js';
import { readTextFile } from './read-text-file.js';

const CONFIG_ENV = 'LINGMA_GATEWAY_CONFIG';
/** What the Go proxy called it, and the files that it read unasked. */
const PREDECESSOR_CONFIG_ENV = 'LINGMA_PROXY_CONFIG';
const PREDECESSOR_FILES = ['./lingma-ipc-proxy.json', './lingma-proxy.json'];

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
  return [...rows]
    .sort((left, right) => rank(left) - rank(right))
    .flatMap((row) => [settingFlag(row, terminal.text), ...olderFlags(row)]);
}

/** Understood, and left out of help. */
const olderFlags = ({ flagAliases = [], doc }: SettingRow): readonly Flag[] =>
  flagAliases.map((name) => ({ name: name.slice(2), kind: 'value', hidden: true, description: doc }));

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
  const value = row.flagUnit === 's' ? `${Number(row.default) / 1000} s` : String(row.default);
  return row.defaultDoc === undefined ? value : `${value}; ${row.defaultDoc}`;
}

/** @throws ConfigError with every problem; UsageError when the file cannot be read */
export function loadSettings(
  flags: CommandLine['flags'],
  { env, language, text }: Terminal,
  folder: string = process.cwd(),
): LoadedConfig {
  const rows = describeSettings();
  const known = new Set(
    rows.flatMap(({ flag = '', flagAliases = [] }) => [flag, ...flagAliases].map((name) => name.slice(2))),
  );
  const { file, warnings } = findConfigFile(flags, env, text, folder);
  const loaded = loadConfig({
    env,
    language,
    readFile: readTextFile,
    flags: Object.fromEntries(Object.entries(flags).filter(([name]) => known.has(name))),
    ...(file !== undefined && { file }),
  });
  return { ...loaded, warnings: [...warnings, ...loaded.warnings] };
}

interface FoundFile {
  readonly file?: ConfigFile;
  readonly warnings: readonly ConfigWarning[];
}

/** The file named; else one of those that the Go proxy read from the folder it was started in. */
function findConfigFile(flags: CommandLine['flags'], env: Terminal['env'], text: Messages, folder: string): FoundFile {
  const named = typeof flags.config === 'string' ? flags.config : env[CONFIG_ENV]?.trim();
  const byOlderName = env[PREDECESSOR_CONFIG_ENV]?.trim();
  if (named !== undefined && named !== '') {
    const by = typeof flags.config === 'string' ? '--config' : CONFIG_ENV;
    return {
      file: readConfigFile(named, folder, text),
      warnings: byOlderName ? [{ subject: PREDECESSOR_CONFIG_ENV, message: text.config.overruled(by) }] : [],
    };
  }
  if (byOlderName) {
    const warning = { subject: PREDECESSOR_CONFIG_ENV, message: text.config.olderName(CONFIG_ENV) };
    return { file: readConfigFile(byOlderName, folder, text), warnings: [warning] };
  }
  const lying = PREDECESSOR_FILES.find((name) => statSync(resolve(folder, name), { throwIfNoEntry: false })?.isFile());
  if (lying === undefined) return { warnings: [] };
  return {
    file: readConfigFile(lying, folder, text),
    warnings: [{ subject: lying, message: text.config.foundFile }],
  };
}

function readConfigFile(name: string, folder: string, text: Messages): ConfigFile {
  try {
    return { name, text: readTextFile(resolve(folder, name)) };
  } catch (error) {
    throw new UsageError(text.usage.fileUnreadable(name, (error as Error).message));
  }
}
