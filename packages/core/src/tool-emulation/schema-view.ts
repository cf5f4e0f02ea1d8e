/**
 * Reading JSON Schemas that callers send, whatever their draft: local references followed, combinators looked through.
 * Nothing here validates; what a schema does not say is simply unknown.
 */
import { isJsonObject, isNumber, type JsonObject, type JsonValue } from '../util/index.js';

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';

const TYPES: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
/** A schema that refers to itself is followed this far. */
const MAX_HOPS = 8;

/** The object view of a tool's parameters: what prompt, coercion and the check of required members read. */
export interface ObjectView {
  readonly properties: ReadonlyMap<string, JsonValue>;
  /** Always needed. */
  readonly required: ReadonlySet<string>;
  /** Of these groups one must be whole: the branches of `anyOf` and `oneOf`. Empty: no such rule. */
  readonly alternatives: readonly (readonly string[])[];
}

/** `schema` with local `$ref`s (`#/$defs/…`, `#/definitions/…`) followed; siblings of the reference are kept. */
export function resolveRef(schema: JsonValue | undefined, root: JsonObject): JsonObject {
  let current = schema;
  let siblings: JsonObject = {};
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    if (!isJsonObject(current)) return siblings;
    const reference = current.$ref;
    if (typeof reference !== 'string') return hop === 0 ? current : { ...current, ...siblings };
    const { $ref: _, ...rest } = current;
    siblings = { ...rest, ...siblings };
    current = lookUp(reference, root);
  }
  return siblings;
}

function lookUp(reference: string, root: JsonObject): JsonValue | undefined {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let current: JsonValue | undefined = root;
  for (const raw of reference.slice(2).split('/')) {
    const key = safeDecode(raw).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(current)) current = (current as readonly JsonValue[])[Number(key)];
    else if (isJsonObject(current)) current = Object.hasOwn(current, key) ? current[key] : undefined;
    else return undefined;
  }
  return current;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The branches of `anyOf` and `oneOf`, references followed. */
export function branches(schema: JsonObject, root: JsonObject): readonly JsonObject[] {
  const found: JsonObject[] = [];
  for (const key of ['anyOf', 'oneOf'] as const) {
    const list = schema[key];
    if (Array.isArray(list)) for (const branch of list as readonly JsonValue[]) found.push(resolveRef(branch, root));
  }
  return found;
}

/** All parts of `allOf` and the schema itself, references followed. */
function conjuncts(schema: JsonObject, root: JsonObject, hops: number): readonly JsonObject[] {
  const list = schema.allOf;
  if (!Array.isArray(list) || hops <= 0) return [schema];
  return [
    schema,
    ...(list as readonly JsonValue[]).flatMap((part) => conjuncts(resolveRef(part, root), root, hops - 1)),
  ];
}

/** The types a value may have; `undefined` when the schema leaves that open. */
export function typesOf(schema: JsonObject, root: JsonObject, hops = MAX_HOPS): ReadonlySet<JsonType> | undefined {
  const { type } = schema;
  const found = new Set<JsonType>();
  for (const name of Array.isArray(type) ? (type as readonly JsonValue[]) : [type]) {
    if (typeof name === 'string' && TYPES.has(name)) found.add(name as JsonType);
  }
  if (schema.nullable === true && found.size > 0) found.add('null');
  if (found.size > 0) return found;
  if (hops <= 0) return undefined;
  const options = branches(schema, root);
  if (options.length > 0) {
    for (const option of options) {
      const types = typesOf(option, root, hops - 1);
      if (types === undefined) return undefined;
      for (const name of types) found.add(name);
    }
    return found;
  }
  for (const part of conjuncts(schema, root, hops).slice(1)) {
    const types = typesOf(part, root, hops - 1);
    if (types !== undefined) return types;
  }
  const values = Array.isArray(schema.enum) ? (schema.enum as readonly JsonValue[]) : undefined;
  if (values !== undefined && values.length > 0) return new Set(values.map(typeOfValue));
  if ('const' in schema) return new Set([typeOfValue(schema.const ?? null)]);
  if (isJsonObject(schema.properties)) return new Set<JsonType>(['object']);
  if (schema.items !== undefined) return new Set<JsonType>(['array']);
  return undefined;
}

/** The JSON type of a value; whole numbers are `integer`. */
export function typeOfValue(value: unknown): JsonType {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isNumber(value)) return Number.isInteger(Number(value)) ? 'integer' : 'number';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'string' ? 'string' : 'object';
}

/** Whether a value of type `type` satisfies `types`. */
export function allows(types: ReadonlySet<JsonType>, type: JsonType): boolean {
  return types.has(type) || (type === 'integer' && types.has('number'));
}

const views = new WeakMap<JsonObject, ObjectView>();

/** The members a tool's parameters (or a nested object) may have and must have. */
export function objectView(schema: JsonObject, root: JsonObject = schema): ObjectView {
  const known = schema === root ? views.get(schema) : undefined;
  if (known !== undefined) return known;
  const properties = new Map<string, JsonValue>();
  const required = new Set<string>();
  const alternatives: (readonly string[])[] = [];
  const add = (part: JsonObject, always: boolean): void => {
    if (isJsonObject(part.properties)) {
      for (const [key, value] of Object.entries(part.properties)) {
        if (value !== undefined && !properties.has(key)) properties.set(key, value);
      }
    }
    if (always) for (const key of stringList(part.required)) required.add(key);
  };
  for (const part of conjuncts(resolveRef(schema, root), root, MAX_HOPS)) {
    add(part, true);
    for (const branch of branches(part, root)) {
      add(branch, false);
      alternatives.push(stringList(branch.required));
    }
  }
  const view: ObjectView = { properties, required, alternatives };
  if (schema === root) views.set(schema, view);
  return view;
}

function stringList(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).filter((item): item is string => typeof item === 'string')
    : [];
}
