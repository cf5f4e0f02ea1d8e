/**
 * Defaults < JSON file < environment < flags. Pure: file text, environment and flags are handed in, so a host
 * application, a test and the command line load in the same way.
 */
import type * as z from 'zod';
import { DEFAULT_LIMITS, redactText, redactValue } from '../util/index.js';
import { type Candidate, type CandidateSources, findCandidate, unknownFlags, unknownVariables } from './candidates.js';
import { type ConfigFile, parseConfigFile } from './config-file.js';
import { withAccountFiles } from './instances/account-files.js';
import { instanceWarnings } from './instances/instance-rules.js';
import { lingmaSource } from './instances/lingma-source.js';
import { ConfigError, type ConfigProblem, type ConfigWarning, type Origin } from './origin.js';
import { ignoredVariables } from './predecessor-variables.js';
import { checkRules, type GatewayConfig, REGISTRY, type RegisteredSetting } from './schema.js';
import { blankSecrets, placeholderWarnings } from './secret-rules.js';
import { variablesOf } from './setting.js';
import { bilingualText } from './texts/bilingual-issue.js';
import { CHINESE_MESSAGES, chineseIssue } from './texts/chinese-issues.js';
import { CHINESE_TEXTS } from './texts/chinese-texts.js';
import type { Language } from './texts/language.js';
import { LOADER_TEXTS } from './texts/loader-texts.js';

/** What settings are read from: file, environment, flags. */
export interface ConfigSources {
  readonly file?: ConfigFile;
  /** Unknown names are ignored, empty values count as absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** By name without dashes; `true` and `false` for `--demo` and `--no-demo`. Unknown names are problems. */
  readonly flags?: Readonly<Record<string, string | boolean | undefined>>;
  /** The text of a secret's file, for variables such as `API_KEYS_FILE`. Default: none can be read. @throws Error with the reason */
  readonly readFile?: (path: string) => string;
  /** Of problems and warnings. Default `en`. */
  readonly language?: Language;
}

/** The settings, where each comes from, and what was odd about them. */
export interface LoadedConfig {
  readonly config: GatewayConfig;
  /** By setting path: `server.port`. */
  readonly origins: Readonly<Record<string, Origin>>;
  readonly warnings: readonly ConfigWarning[];
}

/** Accounts may keep their secrets in files. Adds to the problems. */
function withFiles(
  { path }: RegisteredSetting,
  candidate: Candidate | undefined,
  { readFile, problems, language }: CandidateSources,
): Candidate | undefined {
  if (path !== 'lingma.accounts' || candidate === undefined) return candidate;
  const read = withAccountFiles(candidate.value, readFile, language);
  if ('value' in read) return { ...candidate, value: read.value };
  problems.push({ subject: path, origin: candidate.origin, message: read.problem });
  return undefined;
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
  warnings.push(...(file?.warnings ?? []));
  const given: CandidateSources = { ...sources, language, warnings, problems, ...(file && { fileValues: file }) };

  for (const entry of REGISTRY) {
    const { schema, notUsedYet } = entry.setting;
    const candidate = withFiles(entry, findCandidate(entry, given), given);
    let parsed = schema.safeParse(candidate?.value, ZOD_PARAMS[language]);
    if (!parsed.success && candidate?.lenient === true) {
      const { message } = describeIssue(entry, candidate, parsed.error.issues, language);
      const name = candidate.origin.kind === 'default' ? entry.path : candidate.origin.name;
      warnings.push({ subject: entry.path, message: texts.fallsBack(name, message) });
      parsed = schema.safeParse(undefined, ZOD_PARAMS[language]);
    }
    if (!parsed.success) {
      problems.push(describeIssue(entry, candidate as Candidate, parsed.error.issues, language));
      continue;
    }
    config[entry.section] = { ...config[entry.section], [entry.key]: parsed.data };
    origins[entry.path] = candidate?.origin ?? { kind: 'default' };
    if (notUsedYet !== undefined && candidate !== undefined) {
      const reason = told(entry, 'notUsedYet', language) ?? '';
      warnings.push({ subject: entry.path, message: texts.notUsedYet(reason) });
    }
  }
  problems.push(...blankSecretProblems(sources.env ?? {}, language));
  if (problems.length > 0) throw new ConfigError(problems, language);
  const ignored = ignoredVariables(sources.env ?? {});
  warnings.push(
    ...ignored.map(({ name, reason }) => ({ subject: name, message: texts.noEffect(name, reason[language]) })),
    ...unknownVariables(sources.env ?? {}, language),
  );

  // Every setting parsed, so the object has the shape that the schemas gave it.
  const whole = withDefaultsOfProcesses(config as unknown as GatewayConfig, origins);
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
  warnings.push(
    ...instanceWarnings(whole, origins).map(({ path, message }) => ({ subject: path, message: message[language] })),
  );
  const shown = warnings.map(({ subject, message }) => ({
    subject: redactText(subject),
    message: redactText(message),
  }));
  return { config: whole, origins, warnings: shown };
}

/** A Lingma that has to be started takes longer than one that runs. */
function withDefaultsOfProcesses(config: GatewayConfig, origins: LoadedConfig['origins']): GatewayConfig {
  const isSet = origins['lingma.startupTimeoutMs']?.kind !== 'default';
  if (isSet || lingmaSource(config, origins) !== 'managed') return config;
  return { ...config, lingma: { ...config.lingma, startupTimeoutMs: DEFAULT_LIMITS.managedConnectMs } };
}

function blankSecretProblems(env: NonNullable<ConfigSources['env']>, language: Language): ConfigProblem[] {
  return REGISTRY.filter(({ setting }) => setting.secret === true).flatMap(({ path, setting }) => {
    const names = variablesOf(setting).map(({ name }) => name);
    return blankSecrets(env, names).map((name) => ({
      subject: path,
      origin: { kind: 'environment', name } as const,
      message: LOADER_TEXTS[language].blankSecret,
    }));
  });
}

function describeIssue(
  entry: RegisteredSetting,
  candidate: Candidate,
  issues: readonly z.core.$ZodIssue[],
  language: Language,
): ConfigProblem {
  const texts = LOADER_TEXTS[language];
  const { path, setting } = entry;
  const hint = told(entry, 'hint', language);
  const issue = issues[0];
  const within = issue === undefined || issue.path.length === 0 ? '' : texts.within(issue.path.map(String).join('.'));
  const shown = setting.secret === true ? '' : texts.got(JSON.stringify(redactValue(candidate.value)));
  // Lists of accounts tell all that is wrong with them, and where; of other values the first is enough.
  const ours = issues.map((one) => bilingualText(one, language)).filter((text) => text !== undefined);
  const said = issue?.message ?? texts.notAcceptable;
  const message = ((language === 'zh-CN' ? CHINESE_MESSAGES[said] : undefined) ?? said).replace(
    /^Invalid (input|option|URL): /,
    '',
  );
  return {
    subject: path,
    origin: candidate.origin,
    message: ours.length > 0 ? ours.join('; ') : `${message}${within}${shown}`,
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
