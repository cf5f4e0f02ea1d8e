/** The configuration in effect, as it may be shown: each value with its origin, secrets as `***`. */
import { type JsonObject, type JsonValue, REDACTED, redactValue } from '../util/index.js';
import { meaningOf } from './instances/setting-meanings.js';
import type { LoadedConfig } from './load.js';
import type { Origin } from './origin.js';
import { REGISTRY } from './schema.js';
import type { Language } from './texts/language.js';

/** A setting in effect, its secret hidden. */
export interface EffectiveSetting {
  readonly path: string;
  /** Absent: not set, and no default. */
  readonly value?: JsonValue;
  readonly origin: Origin;
  /** What the value says under the other settings, where that depends on them. */
  readonly note?: string;
}

/** @param language of the notes */
export function effectiveConfig(
  { config, origins }: Pick<LoadedConfig, 'config' | 'origins'>,
  language: Language = 'en',
): EffectiveSetting[] {
  const sections = config as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return REGISTRY.map(({ section, key, path, setting }) => {
    const value = sections[section]?.[key];
    const origin = origins[path] ?? { kind: 'default' };
    if (value === undefined) return { path, origin };
    const note = meaningOf(path, config, origins)?.[language];
    return {
      path,
      origin,
      value: setting.secret === true ? redacted(value) : redactValue(value, WHOLE),
      ...(note !== undefined && { note }),
    };
  });
}

/** The same by section and key, for programs: what is not set is `null`, a secret `***` however many there are. */
export function effectiveSections(loaded: Pick<LoadedConfig, 'config' | 'origins'>): JsonObject {
  const rows = new Map(effectiveConfig(loaded).map((row) => [row.path, row]));
  const sections: Record<string, Record<string, JsonObject>> = {};
  for (const { section, key, path, setting } of REGISTRY) {
    const { value = null, origin = { kind: 'default' }, note } = rows.get(path) ?? {};
    const isUnset = value === null || (setting.secret === true && Array.isArray(value) && value.length === 0);
    const shown = setting.secret === true && !isUnset ? REDACTED : value;
    sections[section] = {
      ...sections[section],
      [key]: {
        value: isUnset ? null : shown,
        origin: { kind: origin.kind, name: origin.kind === 'default' ? null : origin.name },
        ...(note !== undefined && { note }),
      },
    };
  }
  return sections;
}

/** Whoever asks for the configuration wants to see all of it. */
const WHOLE = { maxString: 64 * 1024, maxChars: 1024 * 1024 };

/** A list keeps its length, so that "two keys are set" can be seen. */
const redacted = (value: unknown): JsonValue => (Array.isArray(value) ? value.map(() => REDACTED) : REDACTED);
