/**
 * Defaults < JSON file < environment < flags. Pure: file text, environment and flags are handed in, so a host
 * application, a test and the command line load in the same way.
 */
import { redactText, redactValue } from '../util/index.js';
import { type ConfigFile, parseConfigFile, suggestion } from './config-file.js';
import { nearestName } from './nearest-name.js';
import { ConfigError, type ConfigProblem, type ConfigWarning, type Origin } from './origin.js';
import { predecessorVariables } from './predecessor-variables.js';
import { checkRules, type GatewayConfig, REGISTRY, type RegisteredSetting } from './schema.js';
import { blankSecrets, placeholderWarnings } from './secret-rules.js';
import { parseText } from './text-value.js';
import { CHINESE_MESSAGES, chineseIssue } from './texts/chinese-issues.js';
import { CHINESE_TEXTS } from './texts/chinese-texts.js';
import type { Language } from './texts/language.js';
import { LOADER_TEXTS } from './texts/loader-texts.js';

export interface ConfigSources {
  readonly file?: ConfigFile;
  /** Unknown names are ignored, empty values count as absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** By name without dashes; `true` and `false` for `--demo` and `--no-demo`. Unknown names are problems. */
  readonly flags?: Readonly<Record<string, string | boolean | undefined>>;
  /** Of problems and warnings. Default `en`. */
  readonly language?: Language;
}

export interface LoadedConfig {
  readonly config: GatewayConfig;
  /** By setting path: `server.port`. */
  readonly origins: Readonly<Record<string, Origin>>;
  readonly warnings: readonly ConfigWarning[];
  /** The environment speaks of accounts or processes of the operator's own: no simulator may answer in their place. */
  readonly expectsRealLingma: boolean;
}

/** A value as it was given, before the schema has seen it. */
interface Candidate {
  readonly value: unknown;
  readonly origin: Origin;
}

/** @throws ConfigError with every problem found */
export function loadConfig(sources: ConfigSources = {}): LoadedConfig {
  const { language = 'en' } = sources;
  const texts = LOADER_TEXTS[language];
  const problems: ConfigProblem[] = [];
  const warnings: ConfigWarning[] = [];
  const origins: Record<string, Origin> = {};
  const config: Record<string, Record<string, unknown>> = {};

  const file = sources.file === undefined ? undefined : parseConfigFile(sources.file, language);
  problems.push(...(file?.problems ?? []), ...unknownFlags(sources.flags ?? {}, language));

  for (const entry of REGISTRY) {
    const fromFile = file?.values.get(entry.path);
    const candidate =
      fromFlag(entry, sources.flags ?? {}) ??
      fromEnvironment(entry, sources.env ?? {}, warnings, language) ??
      (fromFile === undefined
        ? undefined
        : { value: fromText(entry, fromFile), origin: { kind: 'file', name: sources.file?.name ?? '' } as const });
    const origin = candidate?.origin ?? { kind: 'default' };
    const parsed = entry.setting.schema.safeParse(candidate?.value, ZOD_PARAMS[language]);
    if (!parsed.success) {
      problems.push(describeIssue(entry, candidate as Candidate, parsed.error.issues, language));
      continue;
    }
    config[entry.section] = { ...config[entry.section], [entry.key]: parsed.data };
    origins[entry.path] = origin;
    if (entry.setting.notUsedYet !== undefined && candidate !== undefined) {
      const reason = told(entry, 'notUsedYet', language) ?? '';
      warnings.push({ subject: entry.path, message: texts.notUsedYet(reason) });
    }
  }
  problems.push(...blankSecretProblems(sources.env ?? {}, language));
  if (problems.length > 0) throw new ConfigError(problems, language);
  const ignored = predecessorVariables(sources.env ?? {});
  warnings.push(
    ...ignored.map(({ name, reason }) => ({ subject: name, message: texts.noEffect(name, reason[language]) })),
    ...unknownVariables(sources.env ?? {}, language),
  );

  // Every setting parsed, so the object has the shape that the schemas gave it.
  const whole = config as unknown as GatewayConfig;
  const violations = checkRules(whole);
  if (violations.length > 0) {
    throw new ConfigError(
      violations.map(({ path, chinese, ...english }) => ({
        subject: path,
        origin: origins[path] ?? { kind: 'default' },
        ...(language === 'zh-CN' && chinese !== undefined ? chinese : english),
      })),
      language,
    );
  }
  warnings.push(...placeholderWarnings(whole, language));
  const expectsRealLingma = ignored.some(({ meansRealLingma }) => meansRealLingma === true);
  const shown = warnings.map(({ subject, message }) => ({
    subject: redactText(subject),
    message: redactText(message),
  }));
  return { config: whole, origins, warnings: shown, expectsRealLingma };
}

function unknownFlags(flags: NonNullable<ConfigSources['flags']>, language: Language): ConfigProblem[] {
  const known = REGISTRY.map(({ setting }) => setting.flag?.name).filter((name) => name !== undefined);
  return Object.keys(flags)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      subject: `--${name}`,
      origin: { kind: 'flag', name },
      message: LOADER_TEXTS[language].unknownFlag,
      hint: suggestion(language, name, known, '--'),
    }));
}

function blankSecretProblems(env: NonNullable<ConfigSources['env']>, language: Language): ConfigProblem[] {
  return REGISTRY.filter(({ setting }) => setting.secret === true).flatMap(({ path, setting }) => {
    const names = setting.env.map((name) => (typeof name === 'string' ? name : name.name));
    return blankSecrets(env, names).map((name) => ({
      subject: path,
      origin: { kind: 'environment', name } as const,
      message: LOADER_TEXTS[language].blankSecret,
    }));
  });
}

/** Names of ours that are none of a setting's: what reads as set and is not. */
function unknownVariables(env: NonNullable<ConfigSources['env']>, language: Language): ConfigWarning[] {
  const known = REGISTRY.flatMap(({ setting }) =>
    setting.env.map((name) => (typeof name === 'string' ? name : name.name)),
  );
  return Object.entries(env)
    .filter(([name, text]) => name.startsWith('LINGMA_GATEWAY_') && text !== undefined && text.trim() !== '')
    .filter(([name]) => !known.includes(name) && !OUTSIDE_THE_REGISTRY.includes(name))
    .map(([name]) => ({
      subject: name,
      message: LOADER_TEXTS[language].noSuchSetting(name, nearestName(name, known)),
    }));
}

/** The file's name, and the key that the lines to paste are given. */
const OUTSIDE_THE_REGISTRY = ['LINGMA_GATEWAY_CONFIG', 'LINGMA_GATEWAY_KEY'];

function fromFlag({ setting }: RegisteredSetting, flags: NonNullable<ConfigSources['flags']>): Candidate | undefined {
  if (setting.flag === undefined) return undefined;
  const given = flags[setting.flag.name];
  if (given === undefined) return undefined;
  const unit = setting.flag.unit ?? setting.unit;
  const value =
    typeof given === 'string' ? parseText(given, setting.schema, unit === undefined ? {} : { unit }) : given;
  return { value, origin: { kind: 'flag', name: setting.flag.name } };
}

/** The first name that is set wins; names set beside it are told to be without effect. */
function fromEnvironment(
  { path, setting }: RegisteredSetting,
  env: NonNullable<ConfigSources['env']>,
  warnings: ConfigWarning[],
  language: Language,
): Candidate | undefined {
  const texts = LOADER_TEXTS[language];
  const canonical = setting.env[0];
  let found: Candidate | undefined;
  for (const alias of setting.env) {
    const { name, unit } = typeof alias === 'string' ? { name: alias, unit: setting.unit } : alias;
    const text = env[name];
    if (text === undefined || text.trim() === '') continue;
    if (found !== undefined) {
      if (found.origin.kind === 'environment') {
        warnings.push({ subject: path, message: texts.overruled(name, found.origin.name) });
      }
      continue;
    }
    const value = parseText(text, setting.schema, unit === undefined ? {} : { unit });
    const isAlias = name !== canonical;
    found = { value, origin: { kind: 'environment', name, ...(isAlias && { alias: true as const }) } };
    if (isAlias) warnings.push({ subject: path, message: texts.olderName(name, canonical) });
  }
  return found;
}

/** A file may write durations and lists the way the environment does: `"90s"`, `"a,b"`. */
function fromText({ setting }: RegisteredSetting, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return parseText(value, setting.schema, setting.unit === undefined ? {} : { unit: setting.unit });
}

function describeIssue(
  entry: RegisteredSetting,
  candidate: Candidate,
  issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[],
  language: Language,
): ConfigProblem {
  const texts = LOADER_TEXTS[language];
  const { path, setting } = entry;
  const hint = told(entry, 'hint', language);
  const issue = issues[0];
  const within = issue === undefined || issue.path.length === 0 ? '' : texts.within(issue.path.map(String).join('.'));
  const shown = setting.secret === true ? '' : texts.got(JSON.stringify(redactValue(candidate.value)));
  const said = issue?.message ?? texts.notAcceptable;
  const message = ((language === 'zh-CN' ? CHINESE_MESSAGES[said] : undefined) ?? said).replace(
    /^Invalid (input|option|URL): /,
    '',
  );
  return {
    subject: path,
    origin: candidate.origin,
    message: `${message}${within}${shown}`,
    ...(hint !== undefined && { hint }),
  };
}

/** Only the problems' own words: what a schema says of a value. */
const ZOD_PARAMS = { en: {}, 'zh-CN': { error: chineseIssue } } as const;

function told(
  { path, setting }: RegisteredSetting,
  what: 'hint' | 'notUsedYet',
  language: Language,
): string | undefined {
  return (language === 'zh-CN' ? CHINESE_TEXTS[path]?.[what] : undefined) ?? setting[what];
}
