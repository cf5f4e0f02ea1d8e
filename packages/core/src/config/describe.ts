/** The registry told to people and tools: rows for documentation, `.env.example` and `--help`, and a JSON Schema. */
import * as z from 'zod';
import type { JsonObject, JsonValue } from '../util/index.js';
import { REGISTRY, type RegisteredSetting, SECTIONS } from './schema.js';
import { variablesOf } from './setting.js';
import { innermost, type ValueKind, valueKind } from './text-value.js';
import { CHINESE_TEXTS } from './texts/chinese-texts.js';
import type { Language } from './texts/language.js';

/** A setting as documentation tells of it. */
export interface SettingRow {
  readonly section: string;
  /** `server.port`. */
  readonly path: string;
  readonly kind: ValueKind;
  /** `auto | pipe | websocket`, `number`, `list` … */
  readonly type: string;
  /** Absent: no default; {@link defaultDoc} may tell what happens. */
  readonly default?: JsonValue;
  readonly defaultDoc?: string;
  readonly env: string;
  readonly envAliases: readonly string[];
  /** Those of them whose numbers are seconds. */
  readonly envAliasesInSeconds?: readonly string[];
  /** With dashes. */
  readonly flag?: string;
  /** With a dash. */
  readonly shortFlag?: string;
  /** The flag's bare numbers are seconds. */
  readonly flagUnit?: 's';
  /** Older flags that are understood, with dashes. */
  readonly flagAliases?: readonly string[];
  readonly valueHint?: string;
  readonly doc: string;
  readonly secret: boolean;
  readonly notUsedYet?: string;
}

/** In the order of documentation. What has no Chinese text yet is told in English. */
export const describeSettings = (language: Language = 'en'): readonly SettingRow[] =>
  REGISTRY.map((entry) => describeSetting(entry, language));

/** The variables that hold secrets, by all their names: what no child process should inherit. */
export const secretVariables = (): readonly string[] =>
  REGISTRY.filter(({ setting }) => setting.secret === true).flatMap(({ setting }) =>
    variablesOf(setting).map(({ name }) => name),
  );

function describeSetting({ section, path, setting: entry }: RegisteredSetting, language: Language): SettingRow {
  const setting = language === 'zh-CN' ? { ...entry, ...CHINESE_TEXTS[path] } : entry;
  const { schema, flag } = setting;
  const kind = valueKind(schema);
  // Secret settings have no default but "none".
  const byDefault = schema.safeParse(undefined);
  const fallback = byDefault.success ? (byDefault.data as JsonValue | undefined) : undefined;
  const [, ...aliases] = variablesOf(setting);
  const inSeconds = aliases.filter(({ unit }) => unit === 's').map(({ name }) => name);
  return {
    section,
    path,
    kind,
    type: typeName(schema, kind, setting.unit),
    ...(fallback !== undefined && { default: fallback }),
    ...(setting.defaultDoc !== undefined && { defaultDoc: setting.defaultDoc }),
    env: setting.env[0],
    envAliases: aliases.map(({ name }) => name),
    ...(inSeconds.length > 0 && { envAliasesInSeconds: inSeconds }),
    ...(flag !== undefined && { flag: `--${flag.name}` }),
    ...(flag?.short !== undefined && { shortFlag: `-${flag.short}` }),
    ...(flag?.unit === 's' && { flagUnit: flag.unit }),
    ...(setting.flagAliases !== undefined && { flagAliases: setting.flagAliases.map(({ name }) => `--${name}`) }),
    ...(flag?.valueHint !== undefined && { valueHint: flag.valueHint }),
    doc: setting.doc,
    secret: setting.secret === true,
    ...(setting.notUsedYet !== undefined && { notUsedYet: setting.notUsedYet }),
  };
}

function typeName(schema: z.ZodType, kind: ValueKind, unit: 'ms' | undefined): string {
  switch (kind) {
    case 'enum':
      return (innermost(schema) as unknown as z.ZodEnum).options.join(' | ');
    case 'array':
      return 'list';
    case 'record':
      return 'name=value pairs';
    case 'number':
      return unit === undefined ? 'number' : 'milliseconds';
    default:
      return kind;
  }
}

/** JSON Schema (draft 2020-12) of the configuration file. */
export function configJsonSchema(): JsonObject {
  const sections: Record<string, JsonObject> = {};
  for (const [name, settings] of Object.entries(SECTIONS)) {
    const properties: Record<string, JsonObject> = {};
    for (const { key, section, setting } of REGISTRY) {
      if (section !== name || !(key in settings)) continue;
      const {
        $schema: _,
        readOnly: __,
        ...schema
      } = z.toJSONSchema(setting.writtenAs ?? setting.schema, { io: 'input', unrepresentable: 'any' });
      properties[key] = { ...(schema as JsonObject), ...enumMembers(setting.schema), description: setting.doc };
    }
    const section = { type: 'object', additionalProperties: false, properties };
    // The list is all that most have to say of channels.
    sections[name] = name === 'channels' ? { anyOf: [properties.list as JsonObject, section] } : section;
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Lingma Gateway configuration',
    type: 'object',
    additionalProperties: false,
    properties: { $schema: { type: 'string' }, ...sections },
  };
}

/** Words are preprocessed (any case), which hides their list and default from the generator. */
function enumMembers(schema: z.ZodType): JsonObject {
  if (valueKind(schema) !== 'enum') return {};
  const fallback = schema.safeParse(undefined);
  return {
    enum: (innermost(schema) as unknown as z.ZodEnum).options.map(String),
    ...(fallback.success && { default: fallback.data as JsonValue }),
  };
}
