/**
 * Reading JSON Schemas that callers send, whatever their draft: local references followed, combinators looked through.
 * Nothing here validates; what a schema does not say is simply unknown.
 */
import { isJsonObject, isNumber, type JsonObject, type JsonValue } from '../../util/index.js';
import { followPointer } from './json-pointer.js';

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';

const TYPES: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

export function isJsonType(name: JsonValue): name is JsonType {
  return typeof name === 'string' && TYPES.has(name);
}

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

/** What was found of schemas inside a root already: the same part is asked for with every value. */
interface Known {
  readonly resolved: WeakMap<JsonObject, JsonObject>;
  /** By hops that were left. */
  readonly types: WeakMap<JsonObject, Map<number, ReadonlySet<JsonType> | undefined>>;
  readonly views: WeakMap<JsonObject, ObjectView>;
}

const roots = new WeakMap<JsonObject, Known>();

function knownOf(root: JsonObject): Known {
  let known = roots.get(root);
  if (known === undefined) {
    known = { resolved: new WeakMap(), types: new WeakMap(), views: new WeakMap() };
    roots.set(root, known);
  }
  return known;
}

/** `schema` with local `$ref`s (`#/$defs/…`, `#/definitions/…`) followed; siblings of the reference are kept. */
export function resolveRef(schema: JsonValue | undefined, root: JsonObject): JsonObject {
  if (!isJsonObject(schema)) return {};
  if (typeof schema.$ref !== 'string') return schema;
  const { resolved } = knownOf(root);
  let found = resolved.get(schema);
  if (found === undefined) {
    found = followRefs(schema, root);
    resolved.set(schema, found);
  }
  return found;
}

function followRefs(schema: JsonObject, root: JsonObject): JsonObject {
  let current: JsonValue | undefined = schema;
  let siblings: JsonObject = {};
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    if (!isJsonObject(current)) return siblings;
    const reference: JsonValue | undefined = current.$ref;
    if (typeof reference !== 'string') return isEmpty(siblings) ? current : { ...current, ...siblings };
    const { $ref: _, ...rest } = current;
    siblings = { ...rest, ...siblings };
    current = lookUp(reference, root);
  }
  return siblings;
}

const isEmpty = (value: JsonObject): boolean => Object.keys(value).length === 0;

function lookUp(reference: string, root: JsonObject): JsonValue | undefined {
  if (reference === '#') return root;
  return reference.startsWith('#/') ? followPointer(reference.slice(1), root) : undefined;
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

/** All parts of `allOf` and the schema itself, references followed; each once, however often it is referred to. */
function conjuncts(schema: JsonObject, root: JsonObject, hops: number): readonly JsonObject[] {
  const found = new Set([schema]);
  let level: readonly JsonObject[] = [schema];
  for (let hop = 0; hop < hops && level.length > 0; hop++) {
    const next: JsonObject[] = [];
    for (const { allOf } of level) {
      if (!Array.isArray(allOf)) continue;
      for (const part of allOf as readonly JsonValue[]) {
        const resolved = resolveRef(part, root);
        if (found.has(resolved)) continue;
        found.add(resolved);
        next.push(resolved);
      }
    }
    level = next;
  }
  return [...found];
}

/** The types a value may have; `undefined` when the schema leaves that open. */
export function typesOf(schema: JsonObject, root: JsonObject, hops = MAX_HOPS): ReadonlySet<JsonType> | undefined {
  const { types } = knownOf(root);
  let byHops = types.get(schema);
  if (byHops === undefined) {
    byHops = new Map();
    types.set(schema, byHops);
  }
  if (byHops.has(hops)) return byHops.get(hops);
  const found = findTypes(schema, root, hops);
  byHops.set(hops, found);
  return found;
}

function findTypes(schema: JsonObject, root: JsonObject, hops: number): ReadonlySet<JsonType> | undefined {
  const { type } = schema;
  const found = new Set<JsonType>();
  for (const name of Array.isArray(type) ? (type as readonly JsonValue[]) : [type]) {
    if (name !== undefined && isJsonType(name)) found.add(name);
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

/** The members a tool's parameters (or a nested object) may have and must have. */
export function objectView(schema: JsonObject, root: JsonObject = schema): ObjectView {
  const { views } = knownOf(root);
  const known = views.get(schema);
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
  views.set(schema, view);
  return view;
}

function stringList(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).filter((item): item is string => typeof item === 'string')
    : [];
}
