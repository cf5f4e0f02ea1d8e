/**
 * Whether a value is what a schema takes, without zod's way there: a walk of all fields of the schema that builds the value
 * anew, while clients send a handful of them and nearly all are right. What is not surely right is left for zod, which finds
 * the words for it.
 */
import type * as z from 'zod/mini';
import { isJsonObject } from '../../util/index.js';
import { isAnyObject, listLimitsOf } from './list-schema.js';

/** True: the schema takes the value, and what it would make of it equals the value. */
type Fits = (value: unknown) => boolean;

const known = new WeakMap<z.ZodMiniType, Fits>();

/** Worked out when a schema is first asked for: most are never used. */
export function fitsSchema(schema: z.ZodMiniType, value: unknown): boolean {
  let fits = known.get(schema);
  if (fits === undefined) {
    fits = compile(schema);
    known.set(schema, fits);
  }
  return fits(value);
}

const never: Fits = () => false;

/** What this file knows of a schema's `def`. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodMiniType;
  readonly options?: readonly z.ZodMiniType[];
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly shape?: Readonly<Record<string, z.ZodMiniType>>;
  readonly catchall?: z.ZodMiniType;
  readonly checks?: readonly unknown[];
  readonly format?: string;
}

function compile(schema: z.ZodMiniType): Fits {
  if (isAnyObject(schema)) return isJsonObject;
  const list = listLimitsOf(schema);
  if (list !== undefined) {
    const fits = compile(list.element);
    return (value) =>
      Array.isArray(value) && value.length >= list.min && value.length <= list.max && value.every((item) => fits(item));
  }
  const def = schema.def as unknown as Definition;
  const hasChecks = (def.checks?.length ?? 0) > 0;
  switch (def.type) {
    case 'unknown':
      return () => true;
    case 'string':
      return hasChecks || def.format !== undefined ? byZod(schema) : (value) => typeof value === 'string';
    case 'number':
      return hasChecks || def.format !== undefined ? byZod(schema) : (value) => Number.isFinite(value);
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'literal':
      return oneOf(def.values ?? []);
    case 'enum':
      return oneOf(Object.values(def.entries ?? {}));
    case 'nullable':
    case 'optional': {
      if (def.innerType === undefined) return never;
      const inner = compile(def.innerType);
      const absent = def.type === 'nullable' ? null : undefined;
      return (value) => value === absent || inner(value);
    }
    case 'union': {
      const options = (def.options ?? []).map(compile);
      return (value) => options.some((fits) => fits(value));
    }
    case 'object':
      // Of others what the schema does not name is left out, or refused.
      return def.catchall?.def.type === 'unknown' && !hasChecks ? looseObject(def.shape ?? {}) : never;
    default:
      return never;
  }
}

/** Bounds and formats; they change nothing. */
const byZod =
  (schema: z.ZodMiniType): Fits =>
  (value) =>
    schema.safeParse(value).success;

function oneOf(values: readonly unknown[]): Fits {
  const allowed = new Set(values);
  return (value) => allowed.has(value);
}

/** Some ten times as many as all protocols have names for. What is a caller's own (inputs, schemas) is never parsed here. */
export const MAX_MEMBERS = 1000;

function looseObject(shape: Readonly<Record<string, z.ZodMiniType>>): Fits {
  // The one name that means something else when it is read or copied.
  const members = new Map<string, Fits>([['__proto__', never]]);
  const required: string[] = [];
  for (const [name, field] of Object.entries(shape)) {
    members.set(name, compile(field));
    if (field.def.type !== 'optional') required.push(name);
  }
  return (value) => {
    if (!isJsonObject(value)) return false;
    let count = 0;
    for (const name in value) {
      if (++count > MAX_MEMBERS) return false;
      const fits = members.get(name);
      if (fits !== undefined && !fits(value[name])) return false;
    }
    for (const name of required) if (!Object.hasOwn(value, name)) return false;
    return true;
  };
}
