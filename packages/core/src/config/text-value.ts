/** Text from the environment or a flag into the JSON value that a setting's schema then checks. */
import type * as z from 'zod';

/** What a setting is, for whoever documents it. */
export type ValueKind = 'string' | 'number' | 'boolean' | 'enum' | 'array' | 'record';

/** What a schema takes, below its defaults and transformations. */
export function valueKind(schema: z.ZodType): ValueKind {
  const { def } = innermost(schema);
  switch (def.type) {
    case 'number':
    case 'boolean':
    case 'enum':
    case 'array':
    case 'record':
      return def.type;
    default:
      return 'string';
  }
}

/** The schema that checks the value as it was written. */
export function innermost(schema: z.ZodType): z.ZodType {
  const def = schema.def as { type: string; innerType?: z.ZodType; in?: z.ZodType; out?: z.ZodType };
  if (def.innerType !== undefined) return innermost(def.innerType);
  // A pipe is either "check, then transform" or "preprocess, then check": the check is what is not a transform.
  if (def.type === 'pipe' && def.in !== undefined && def.out !== undefined) {
    return innermost(def.in.def.type === 'transform' ? def.out : def.in);
  }
  return schema;
}

const TRUE = new Set(['true', '1', 'yes', 'on']);
const FALSE = new Set(['false', '0', 'no', 'off']);
const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/i;
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

export interface TextForm {
  /** What a number without unit means; absent: the value is no duration. */
  readonly unit?: 'ms' | 's';
}

/**
 * What cannot be read is returned as the text it was, so that the schema's own message tells what was expected.
 * Lists are separated by commas or white space, records are `name=value` pairs; both may be JSON.
 */
export function parseText(text: string, schema: z.ZodType, form: TextForm = {}): unknown {
  const trimmed = text.trim();
  switch (valueKind(schema)) {
    case 'number':
      return parseNumber(trimmed, form);
    case 'boolean': {
      const word = trimmed.toLowerCase();
      if (TRUE.has(word)) return true;
      return FALSE.has(word) ? false : text;
    }
    case 'array':
      return parseList(trimmed);
    case 'record':
      return parseRecord(trimmed);
    default:
      return trimmed;
  }
}

function parseNumber(text: string, form: TextForm): unknown {
  const duration = form.unit === undefined ? null : DURATION.exec(text);
  if (duration !== null) {
    const unit = (duration[2] as string).toLowerCase() as keyof typeof UNIT_MS;
    return wholeMilliseconds(Number(duration[1]) * UNIT_MS[unit]);
  }
  // Not `Number()` alone, for which an empty text is 0.
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) return text;
  return form.unit === 's' ? wholeMilliseconds(Number(text) * UNIT_MS.s) : Number(text);
}

/** A little time is not none: 0 has meanings of its own. */
const wholeMilliseconds = (ms: number): number => (ms > 0 ? Math.max(1, Math.round(ms)) : Math.round(ms));

function parseList(text: string): unknown {
  if (text.startsWith('[')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // An address such as `[::1]`.
    }
  }
  return splitList(text);
}

const splitList = (text: string): string[] => text.split(/[,\s]+/).filter((item) => item !== '');

function parseRecord(text: string): unknown {
  if (text.startsWith('{')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  const pairs: [string, string][] = [];
  for (const item of text.split(',').filter((part) => part.trim() !== '')) {
    const cut = item.indexOf('=');
    if (cut <= 0) return text;
    pairs.push([item.slice(0, cut).trim(), item.slice(cut + 1).trim()]);
  }
  return Object.fromEntries(pairs);
}
