/**
 * A caller's JSON Schema as a check. Drafts 4 to 2020-12 and what clients mix of them. Whatever the schema, reading it
 * and holding an answer against it keeps nobody else waiting: both are bounded by counting.
 */
import { isDeeperThan, type JsonObject, type JsonValue } from '../../util/index.js';
import { checkSchema, type SchemaProblem } from './check-schema.js';
import { InvalidSchemaError, type ReadSchema, readSchema, SchemaTooLargeError } from './read-schema.js';
import { WorkBudget, WorkLimitError } from './work-budget.js';

/** Units for one answer: about 30 ms of a common processor, some 150 000 values of a plain list. */
const CHECK_UNITS = 1_500_000;

export type CompiledSchema =
  | {
      readonly ok: true;
      /** No problems: it fits. `undefined`: that takes too long to find out. */
      check(value: JsonValue): readonly SchemaProblem[] | undefined;
    }
  /** Nothing can be held against it. */
  | { readonly ok: false; readonly reason: 'invalid' | 'too-large' };

/** By the schema itself: one request asks several times. */
const compiled: Readonly<Record<'strict' | 'loose', WeakMap<JsonObject, CompiledSchema>>> = {
  strict: new WeakMap(),
  loose: new WeakMap(),
};

/**
 * `strict: false` lets objects have members that the schema forbids: a schema that is a wish is not held against an
 * answer that says more. Never throws.
 */
export function compileSchema(schema: JsonObject, strict: boolean): CompiledSchema {
  const known = compiled[strict ? 'strict' : 'loose'];
  let result = known.get(schema);
  if (result === undefined) {
    result = compile(schema, strict);
    known.set(schema, result);
  }
  return result;
}

/** Levels that a schema may have; the deepest in use have some thirty. */
const MAX_DEPTH = 500;

function compile(schema: JsonObject, strict: boolean): CompiledSchema {
  // Nothing that reads it with recursion gets to see it.
  if (isDeeperThan(schema, MAX_DEPTH)) return { ok: false, reason: 'too-large' };
  let read: ReadSchema;
  try {
    read = readSchema(withPlainNumbers(schema), { strict });
  } catch (error) {
    if (error instanceof InvalidSchemaError) return { ok: false, reason: 'invalid' };
    if (error instanceof SchemaTooLargeError) return { ok: false, reason: 'too-large' };
    throw error;
  }
  return {
    ok: true,
    check(value) {
      try {
        return checkSchema(read, value, new WorkBudget(CHECK_UNITS));
      } catch (error) {
        if (error instanceof WorkLimitError) return undefined;
        throw error;
      }
    },
  };
}

/** No check goes deeper, so what is nested deeper is left as it is. */
const MAX_COPIED_DEPTH = 1000;

/** The check reckons with doubles, as the answer it is held against is read with them. */
function withPlainNumbers(schema: JsonObject): JsonObject {
  if (isDeeperThan(schema, MAX_COPIED_DEPTH)) return schema;
  return JSON.parse(JSON.stringify(schema)) as JsonObject;
}
