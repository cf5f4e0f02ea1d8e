/**
 * A caller's JSON Schema as a check. Drafts 6 to 2020-12 and what clients mix of them; a schema that can't be compiled
 * (a dangling reference, another dialect) checks nothing, and never throws.
 */
import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../util/index.js';
import { boundedPattern } from './bounded-pattern.js';

const OPTIONS: Options = {
  strict: false,
  validateFormats: false,
  allErrors: true,
  addUsedSchema: false,
  logger: false,
  // `code` is for code written to a file, which nobody does here.
  code: { regExp: Object.assign(boundedPattern, { code: 'boundedPattern' }) },
};

const DIALECTS = { '2020-12': Ajv2020, '2019-09': Ajv2019, 'draft-07': Ajv } as const;
type Dialect = keyof typeof DIALECTS;

const MAX_KEPT = 50;
const MAX_KEPT_LENGTH = 100_000;
/** By the schema's text: agents send the same one with every request. The oldest go first. */
const compiled = new Map<string, ValidateFunction | undefined>();

/**
 * `strict: false` lets objects have members that the schema forbids: a schema that is a wish is not held against an
 * answer that says more. `undefined`: can't be checked.
 */
export function compileSchema(schema: JsonObject, strict: boolean): ValidateFunction | undefined {
  const key = JSON.stringify([strict, schema]);
  if (compiled.has(key)) return compiled.get(key);
  const validate = tryDialects(schema, key, strict);
  if (key.length > MAX_KEPT_LENGTH) return validate;
  if (compiled.size >= MAX_KEPT) compiled.delete(compiled.keys().next().value as string);
  compiled.set(key, validate);
  return validate;
}

function tryDialects(schema: JsonObject, text: string, strict: boolean): ValidateFunction | undefined {
  const first = dialectOf(schema.$schema, text);
  const rest = (Object.keys(DIALECTS) as Dialect[]).filter((dialect) => dialect !== first);
  for (const dialect of [first, ...rest]) {
    try {
      // One of its own: ids inside a schema stay registered, and two callers may use the same.
      return new DIALECTS[dialect](OPTIONS).compile(adapt(schema, strict, true));
    } catch {
      // The next dialect may know it.
    }
  }
  return undefined;
}

function dialectOf(declared: JsonValue | undefined, text: string): Dialect {
  if (typeof declared === 'string') {
    if (declared.includes('2020-12')) return '2020-12';
    return declared.includes('2019-09') ? '2019-09' : 'draft-07';
  }
  return /"(?:prefixItems|\$dynamicRef|dependentSchemas|unevaluated\w+)":/.test(text) ? '2020-12' : 'draft-07';
}

/** Members whose values are data or names, not schemas. */
const DATA = new Set(['const', 'enum', 'default', 'examples', 'required', 'example']);
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/**
 * Without what names the schema (`$schema`, `$id`: known or unknown, they change nothing) and what makes its check
 * asynchronous; with the limits of draft 4 as later drafts write them.
 */
function adapt(schema: JsonObject, strict: boolean, isRoot: boolean): JsonObject {
  const adapted: Record<string, JsonValue | undefined> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$async' || (isRoot && (key === '$schema' || key === '$id' || key === 'id'))) continue;
    if (!strict && (key === 'additionalProperties' || key === 'unevaluatedProperties') && value === false) continue;
    // Draft 3 says it of a member itself; nobody means that any more.
    if (key === 'required' && !Array.isArray(value)) continue;
    if (DATA.has(key)) adapted[key] = value;
    else if (NAMED.has(key) && isJsonObject(value)) {
      adapted[key] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, adaptValue(one, strict)]));
    } else adapted[key] = adaptValue(value, strict);
  }
  for (const [flag, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof adapted[flag] !== 'boolean') continue;
    if (adapted[flag] && adapted[limit] !== undefined) {
      adapted[flag] = adapted[limit];
      delete adapted[limit];
    } else delete adapted[flag];
  }
  return adapted;
}

function adaptValue(value: JsonValue | undefined, strict: boolean): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => adaptValue(item, strict) as JsonValue);
  return isJsonObject(value) ? adapt(value, strict, false) : value;
}
