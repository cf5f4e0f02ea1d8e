/** The JSON file: sections as objects, settings as members. What is not in the registry is a problem, not a guess. */
import { isJsonObject, type JsonValue, parseJson } from '../util/index.js';
import { nearestName } from './nearest-name.js';
import type { ConfigProblem } from './origin.js';
import { REGISTRY } from './schema.js';
import type { Language } from './texts/language.js';
import { LOADER_TEXTS } from './texts/loader-texts.js';

export interface ConfigFile {
  /** As the operator gave it: for messages. */
  readonly name: string;
  readonly text: string;
}

export interface FileValues {
  /** By setting path. */
  readonly values: ReadonlyMap<string, JsonValue>;
  readonly problems: readonly ConfigProblem[];
}

const PATHS = new Set(REGISTRY.map(({ path }) => path));
const SECTION_NAMES = [...new Set(REGISTRY.map(({ section }) => section))];

export function parseConfigFile(file: ConfigFile, language: Language): FileValues {
  const texts = LOADER_TEXTS[language];
  const values = new Map<string, JsonValue>();
  const problems: ConfigProblem[] = [];
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
    return { values, problems };
  }
  if (!isJsonObject(root)) {
    report(file.name, texts.mustBeSections, texts.sections(SECTION_NAMES.join(', ')));
    return { values, problems };
  }
  for (const [section, members] of Object.entries(root)) {
    if (section === '$schema' || members === undefined) continue;
    if (!SECTION_NAMES.includes(section)) {
      report(section, texts.unknownSection, suggestion(language, section, SECTION_NAMES));
    } else if (!isJsonObject(members)) {
      report(section, texts.mustBeSettings);
    } else {
      for (const [key, value] of Object.entries(members)) {
        const path = `${section}.${key}`;
        if (PATHS.has(path)) values.set(path, value as JsonValue);
        else report(path, texts.unknownSetting, suggestion(language, path, [...PATHS]));
      }
    }
  }
  return { values, problems };
}

export function suggestion(language: Language, word: string, names: readonly string[], prefix = ''): string {
  const texts = LOADER_TEXTS[language];
  const nearest = nearestName(word, names);
  return nearest === undefined ? texts.seeTheDocs : texts.didYouMean(`${prefix}${nearest}`);
}
