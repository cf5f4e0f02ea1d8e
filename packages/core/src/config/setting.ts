/**
 * One setting: a zod schema and everything that is told about it. Types, defaults, the three ways to give a value, help,
 * docs and JSON Schema all come from here, so none of them can drift from the others.
 */
import * as z from 'zod';
import { MAX_TIMER_MS, Secret } from '../util/index.js';

/** A name taken over from an earlier gateway. `s`: its numbers are seconds, ours milliseconds. */
export interface EnvAlias {
  readonly name: string;
  readonly unit: 's';
}

/** How a flag sets it. */
export interface SettingFlag {
  /** Without dashes: `ws-url`. */
  readonly name: string;
  /** One letter: `p` for `-p`. */
  readonly short?: string;
  /** What bare numbers are. Default: the setting's own unit. */
  readonly unit?: 's' | 'ms';
  /** What stands for the value in `--help`. Default: the type. */
  readonly valueHint?: string;
}

/** What a setting is declared with. */
export interface SettingOptions {
  /** The first name is canonical; the others are understood and warn. */
  readonly env: readonly [canonical: string, ...aliases: readonly (string | EnvAlias)[]];
  readonly flag?: string | SettingFlag;
  /** Older flags: understood, with a warning, and left out of `--help`. */
  readonly flagAliases?: readonly SettingFlag[];
  /** Older names of its member in the JSON file. */
  readonly fileAliases?: readonly string[];
  /** Of {@link env}: those whose unusable values mean the default, with a warning, as they did in earlier gateways. */
  readonly lenientEnv?: readonly string[];
  /** The schema reads text by itself; this is the shape that the JSON file takes. */
  readonly writtenAs?: z.ZodType;
  /** One or two plain sentences: help text, documentation, comment in `.env.example`. */
  readonly doc: string;
  /** Never shown: not in problems, not in the effective config. The schema wraps it with {@link secretText}. */
  readonly secret?: true;
  /** A duration: text may also be `90s`, `2m`, `500ms`. */
  readonly unit?: 'ms';
  /** What the default means or where it comes from, when the schema has none. */
  readonly defaultDoc?: string;
  /** How to put a wrong value right, in addition to what the schema says. */
  readonly hint?: string;
  /** Understood but without effect in this version; says what happens instead. */
  readonly notUsedYet?: string;
}

/** A setting: its schema, and where it may come from. */
export interface Setting<T = unknown> extends Omit<SettingOptions, 'flag'> {
  readonly schema: z.ZodType<T>;
  readonly flag?: SettingFlag;
}

/** By all its names, the canonical one first. */
export const variablesOf = ({ env }: Pick<SettingOptions, 'env'>) =>
  env.map((name): { readonly name: string; readonly unit?: 's' } => (typeof name === 'string' ? { name } : name));

export function setting<S extends z.ZodType>(schema: S, options: SettingOptions): Setting<z.output<S>> {
  const { flag, ...rest } = options;
  return {
    ...rest,
    schema: schema as unknown as z.ZodType<z.output<S>>,
    ...(flag !== undefined && { flag: typeof flag === 'string' ? { name: flag } : flag }),
  };
}

/** Text that prints as `***` from the parse on. Blanks around it can't be sent with it, and blanks alone are none. */
export const secretText = () =>
  z
    .string()
    .trim()
    .min(1)
    .transform((text) => new Secret(text));

/** Whole milliseconds, at least `minimum` and no more than a timer can hold. */
export const milliseconds = (fallback: number, minimum = 1) => z.int().min(minimum).max(MAX_TIMER_MS).default(fallback);

/** A number whose negatives mean what its zero means. */
export const notBelowZero = (schema: z.ZodInt, fallback: number) =>
  schema.transform((value) => Math.max(0, value)).default(fallback);

/** Words in any case: `AUTO` is `auto`. @param synonyms other words for them, which are understood and not told */
export const choice = <const Words extends readonly [string, ...string[]]>(
  words: Words,
  synonyms: Readonly<Record<string, Words[number]>> = {},
) =>
  z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    const word = value.trim().toLowerCase();
    return Object.hasOwn(synonyms, word) ? synonyms[word] : word;
  }, z.enum(words));

/** A group of settings: one file in `sections/`, one object in the JSON file. */
/** A section of the settings. */
export type Section = Readonly<Record<string, Setting>>;

/** The values of a section, as they are read. */
export type SectionValues<S extends Section> = {
  readonly [Key in keyof S]: S[Key] extends Setting<infer T> ? T : never;
};
