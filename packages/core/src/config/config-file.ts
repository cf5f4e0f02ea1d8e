/**
 * The JSON file: sections as objects, settings as members. What is not in the registry is a problem, not a guess. The flat file of
 * the Go proxy is told apart by what it holds.
 */
import { isJsonObject, type JsonValue, nearestName, parseJson } from '../util/index.js';
import { FLAT_MEMBERS, isFlatFile, readFlatFile } from './flat-file.js';
import type { ConfigProblem, ConfigWarning } from './origin.js';
import { REGISTRY } from './schema.js';
import type { Language } from './texts/language.js';
import { LOADER_TEXTS } from './texts/loader-texts.js';

/** A settings file that was read. */
export interface ConfigFile {
  /** As the operator gave it: for messages. */
  readonly name: string;
  readonly text: string;
}

export interface FileValues {
  /** By setting path. */
  readonly values: ReadonlyMap<string, FileValue>;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigWarning[];
}

export interface FileValue {
  readonly value: JsonValue;
  /** Of bare numbers in text. Default: the setting's own. */
  readonly unit?: 's';
  /** Where the schema refuses it, the default stands and a warning is given. */
  readonly lenient?: true;
}

const OLDER_PATHS: ReadonlyMap<string, string> = new Map(
  REGISTRY.flatMap(({ section, path, setting }) =>
    (setting.fileAliases ?? []).map((key) => [`${section}.${key}`, path] as const),
  ),
);
const PATHS = new Set(REGISTRY.map(({ path }) => path));
const SECTION_NAMES = [...new Set(REGISTRY.map(({ section }) => section))];

export function parseConfigFile(file: ConfigFile, language: Language): FileValues {
  const texts = LOADER_TEXTS[language];
  const values = new Map<string, FileValue>();
  const problems: ConfigProblem[] = [];
  const warnings: ConfigWarning[] = [];
  const origin = { kind: 'file', name: file.name } as const;
  const report = (subject: string, message: string, hint?: string): void => {
    problems.push({ subject, origin, message, ...(hint !== undefined && { hint }) });
  };

  let root: JsonValue;
  try {
    // Windows editors like to put a byte order mark before the first brace.
    root = parseJson(file.text.replace(/^\uFEFF/, ''));
  } catch (error) {
    report(file.name, texts.notJson((error as Error).message));
    return { values, problems, warnings };
  }
  if (!isJsonObject(root)) {
    report(file.name, texts.mustBeSections, texts.sections(SECTION_NAMES.join(', ')));
    return { values, problems, warnings };
  }
  if (isFlatFile(root, SECTION_NAMES)) {
    const { values: members, ignored } = readFlatFile(root);
    for (const { path, ...value } of members) values.set(path, value);
    warnings.push({ subject: file.name, message: texts.flatFile });
    warnings.push(
      ...ignored.map(({ name, reason }) => ({ subject: name, message: texts.noEffect(name, reason[language]) })),
    );
    return { values, problems, warnings };
  }
  for (const [section, members] of Object.entries(root)) {
    if (section === '$schema' || members === undefined) continue;
    if (!SECTION_NAMES.includes(section)) {
      const meant = FLAT_MEMBERS[section]?.path;
      const hint = meant === undefined ? suggestion(language, section, SECTION_NAMES) : texts.didYouMean(meant);
      report(section, texts.unknownSection, hint);
    } else if (section === 'channels' && Array.isArray(members)) {
      // The list is all that most have to say of channels.
      values.set('channels.list', { value: members });
    } else if (!isJsonObject(members)) {
      report(section, texts.mustBeSettings);
    } else {
      for (const [key, value] of Object.entries(members)) {
        const path = `${section}.${key}`;
        const newer = OLDER_PATHS.get(path);
        if (PATHS.has(path)) values.set(path, { value: value as JsonValue });
        else if (newer !== undefined) {
          const isSet = newer.slice(section.length + 1) in members;
          if (!isSet) values.set(newer, { value: value as JsonValue });
          warnings.push({
            subject: newer,
            message: isSet ? texts.overruled(path, newer) : texts.olderName(path, newer),
          });
        } else report(path, texts.unknownSetting, suggestion(language, path, [...PATHS]));
      }
    }
  }
  return { values, problems, warnings };
}

export function suggestion(language: Language, word: string, names: readonly string[], prefix = ''): string {
  const texts = LOADER_TEXTS[language];
  const nearest = nearestName(word, names);
  return nearest === undefined ? texts.seeTheDocs : texts.didYouMean(`${prefix}${nearest}`);
}
