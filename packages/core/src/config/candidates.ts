/** What was written for a setting, wherever that was: flag, environment, a secret's file, or the configuration file. */

import { nearestName } from '../util/index.js';
import { type FileValues, suggestion } from './config-file.js';
import type { ConfigProblem, ConfigWarning, Origin } from './origin.js';
import { REGISTRY, type RegisteredSetting } from './schema.js';
import { type SettingFlag, variablesOf } from './setting.js';
import { parseText, valueKind } from './text-value.js';
import type { Language } from './texts/language.js';
import { LOADER_TEXTS } from './texts/loader-texts.js';

/** A value as it was given, before the schema has seen it. */
export interface Candidate {
  readonly value: unknown;
  readonly origin: Origin;
  /** Where the schema refuses it, the default stands and a warning is given. */
  readonly lenient?: true;
}

export interface CandidateSources {
  readonly flags?: Readonly<Record<string, string | boolean | undefined>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly file?: { readonly name: string };
  readonly fileValues?: FileValues;
  readonly readFile?: (path: string) => string;
  readonly language: Language;
  /** Both are added to. */
  readonly warnings: ConfigWarning[];
  readonly problems: ConfigProblem[];
}

export const findCandidate = (entry: RegisteredSetting, sources: CandidateSources): Candidate | undefined =>
  fromFlag(entry, sources) ?? fromEnvironment(entry, sources) ?? fromFile(entry, sources);

function fromFlag({ path, setting }: RegisteredSetting, sources: CandidateSources): Candidate | undefined {
  const { flags = {}, warnings, language } = sources;
  if (setting.flag === undefined) return undefined;
  const canonical = setting.flag;
  let found: Candidate | undefined;
  for (const flag of [canonical, ...(setting.flagAliases ?? [])]) {
    const given = flags[flag.name];
    if (given === undefined) continue;
    const texts = LOADER_TEXTS[language];
    if (found !== undefined) {
      warnings.push({ subject: path, message: texts.overruled(`--${flag.name}`, `--${canonical.name}`) });
      continue;
    }
    found = { value: flagValue(given, flag, setting), origin: { kind: 'flag', name: flag.name } };
    if (flag !== canonical) {
      warnings.push({ subject: path, message: texts.olderName(`--${flag.name}`, `--${canonical.name}`) });
    }
  }
  return found;
}

function flagValue(given: string | boolean, flag: SettingFlag, setting: RegisteredSetting['setting']): unknown {
  return typeof given === 'string' ? textValue(given, setting, flag.unit ?? setting.unit) : given;
}

function textValue(text: string, setting: RegisteredSetting['setting'], unit: 's' | 'ms' | undefined): unknown {
  if (setting.writtenAs !== undefined) return text;
  return parseText(text, setting.schema, unit === undefined ? {} : { unit });
}

/** The first name that is set wins; names set beside it are told to be without effect. */
function fromEnvironment(entry: RegisteredSetting, sources: CandidateSources): Candidate | undefined {
  const { env = {}, warnings, language } = sources;
  const { path, setting } = entry;
  const texts = LOADER_TEXTS[language];
  const canonical = setting.env[0];
  let found: (Candidate & { readonly name: string }) | undefined;
  for (const { name, unit = setting.unit } of variablesOf(setting)) {
    const text = env[name];
    if (isBlank(text)) continue;
    if (found !== undefined) {
      warnings.push({ subject: path, message: texts.overruled(name, found.name) });
      continue;
    }
    const isAlias = name !== canonical;
    found = {
      name,
      value: textValue(text, setting, unit),
      origin: { kind: 'environment', name, ...(isAlias && { alias: true as const }) },
      ...(setting.lenientEnv?.includes(name) && { lenient: true as const }),
    };
    if (isAlias) warnings.push({ subject: path, message: texts.olderName(name, canonical) });
  }
  return setting.secret === true ? (fromSecretFile(entry, sources, found?.name) ?? found) : found;
}

/**
 * `API_KEYS_FILE` beside `API_KEYS`: the way in which containers hand over secrets. A file and a value at once are refused, for one of
 * them is out of date and nobody can tell which.
 */
function fromSecretFile(
  entry: RegisteredSetting,
  { env = {}, readFile, warnings, problems, language }: CandidateSources,
  besides: string | undefined,
): Candidate | undefined {
  const { path, setting } = entry;
  const texts = LOADER_TEXTS[language];
  const canonical = secretFileName(setting.env[0]);
  let taken = besides;
  let found: Candidate | undefined;
  for (const { name: variable } of variablesOf(setting)) {
    const name = secretFileName(variable);
    const file = name === undefined ? undefined : env[name];
    if (name === undefined || isBlank(file)) continue;
    const origin: Origin = { kind: 'environment', name, ...(name !== canonical && { alias: true as const }) };
    const report = (message: string): void => {
      problems.push({ subject: path, origin, message });
    };
    if (taken !== undefined) {
      report(texts.setTwice(taken));
      continue;
    }
    taken = name;
    try {
      if (readFile === undefined) throw new Error(texts.noFiles);
      const text = readFile(file.trim()).replace(/[\r\n]+$/, '');
      if (text.trim() === '') throw new Error(texts.nothingInIt);
      // A password may begin or end with a blank.
      const isPlain = valueKind(setting.schema) === 'string';
      found = { value: isPlain ? text : textValue(text, setting, undefined), origin };
      if (name !== canonical && canonical !== undefined) {
        warnings.push({ subject: path, message: texts.olderName(name, canonical) });
      }
    } catch (error) {
      report(texts.fileUnreadable(file.trim(), (error as Error).message));
    }
  }
  return found;
}

/** The variable that names a secret's file; absent where that name is a setting of its own. */
export function secretFileName(variable: string): string | undefined {
  const name = `${variable}_FILE`;
  return ALL_NAMES.has(name) ? undefined : name;
}

function fromFile(entry: RegisteredSetting, sources: CandidateSources): Candidate | undefined {
  const { path, setting } = entry;
  const { fileValues, file } = sources;
  const found = fileValues?.values.get(path);
  if (found === undefined) return undefined;
  const { value, unit = setting.unit, lenient } = found;
  return {
    // A file may write durations and lists the way the environment does: `"90s"`, `"a,b"`.
    value: typeof value === 'string' ? textValue(value, setting, unit) : value,
    origin: { kind: 'file', name: file?.name ?? '' },
    ...(lenient && { lenient }),
  };
}

const isBlank = (text: string | undefined): text is undefined | '' => text === undefined || text.trim() === '';

const ALL_NAMES: ReadonlySet<string> = new Set(
  REGISTRY.flatMap(({ setting }) => variablesOf(setting).map(({ name }) => name)),
);

export function unknownFlags(flags: NonNullable<CandidateSources['flags']>, language: Language): ConfigProblem[] {
  const known = REGISTRY.map(({ setting }) => setting.flag?.name).filter((name) => name !== undefined);
  const older = REGISTRY.flatMap(({ setting }) => setting.flagAliases ?? []).map(({ name }) => name);
  return Object.keys(flags)
    .filter((name) => !known.includes(name) && !older.includes(name))
    .map((name) => ({
      subject: `--${name}`,
      origin: { kind: 'flag', name },
      message: LOADER_TEXTS[language].unknownFlag,
      hint: suggestion(language, name, known, '--'),
    }));
}

/** Names of ours that are none of a setting's: what reads as set and is not. */
export function unknownVariables(env: NonNullable<CandidateSources['env']>, language: Language): ConfigWarning[] {
  const secrets = REGISTRY.filter(({ setting }) => setting.secret === true);
  const files = secrets.flatMap(({ setting }) => variablesOf(setting).map(({ name }) => secretFileName(name)));
  return Object.entries(env)
    .filter(([name, text]) => name.startsWith('LINGMA_GATEWAY_') && !isBlank(text))
    .filter(([name]) => !ALL_NAMES.has(name) && !files.includes(name) && !OUTSIDE_THE_REGISTRY.includes(name))
    .map(([name]) => ({
      subject: name,
      message: LOADER_TEXTS[language].noSuchSetting(name, nearestName(name, [...ALL_NAMES])),
    }));
}

/** The file's name, and the key that the lines to paste are given. */
const OUTSIDE_THE_REGISTRY = ['LINGMA_GATEWAY_CONFIG', 'LINGMA_GATEWAY_KEY'];
