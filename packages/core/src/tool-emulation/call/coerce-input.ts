/**
 * Makes a call's input fit its schema where the model meant one thing only: numbers and booleans written as strings,
 * objects as JSON text, names in another spelling. What could mean two things stays as it is, for the tool to judge.
 */
import { isJsonObject, type JsonObject, type JsonValue, toNumber } from '../../util/index.js';
import { parseLenient, parseStrict } from '../json/lenient-json.js';
import {
  allows,
  branches,
  type JsonType,
  objectView,
  resolveRef,
  typeOfValue,
  typesOf,
} from '../schema/schema-view.js';

const MAX_DEPTH = 24;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export interface CoerceOptions {
  /** Values came as bare text between tags: untyped ones are read as JSON where they are JSON. */
  readonly textual: boolean;
}

/** `input` with its members named and typed as `schema` says. */
export function coerceInput(input: JsonObject, schema: JsonObject, options: CoerceOptions): JsonObject {
  return coerceObject(input, schema, schema, options, 0);
}

function coerceObject(
  input: JsonObject,
  schema: JsonObject,
  root: JsonObject,
  options: CoerceOptions,
  depth: number,
): JsonObject {
  const { properties } = objectView(schema, root);
  const output: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(renameMembers(input, properties))) {
    if (value === undefined) continue;
    const member = properties.get(key);
    // Assigning `__proto__` would set the prototype instead of a member.
    Object.defineProperty(output, key, {
      value: coerceValue(value, member, root, options, depth + 1),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return output;
}

/** `filePath` for `file_path` and the like, when nothing else can be meant. */
function renameMembers(input: JsonObject, properties: ReadonlyMap<string, JsonValue>): JsonObject {
  if (properties.size === 0) return input;
  const strangers = Object.keys(input).filter((key) => !properties.has(key));
  if (strangers.length === 0) return input;
  const spellings = spellingsOf(properties);
  const renamed = new Map<string, string>();
  const taken = new Set<string>();
  for (const key of strangers) {
    const names = spellings.get(bareName(key)) ?? [];
    if (names.length > MAX_SPELLINGS) continue;
    const matches = names.filter((name) => !Object.hasOwn(input, name));
    const [match] = matches;
    if (matches.length !== 1 || match === undefined || taken.has(match)) continue;
    renamed.set(key, match);
    taken.add(match);
  }
  if (renamed.size === 0) return input;
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [renamed.get(key) ?? key, value]));
}

/** Names that differ in their spelling only; of more than these, nobody knows which one is meant. */
const MAX_SPELLINGS = 16;

const knownSpellings = new WeakMap<object, ReadonlyMap<string, readonly string[]>>();

/** The names by what they are without case and separators; found once for each list of parameters or values. */
function spellingsOf(
  names: ReadonlyMap<string, JsonValue> | readonly JsonValue[],
): ReadonlyMap<string, readonly string[]> {
  const known = knownSpellings.get(names);
  if (known !== undefined) return known;
  const spellings = new Map<string, string[]>();
  for (const text of Array.isArray(names) ? (names as readonly JsonValue[]) : names.keys()) {
    if (typeof text !== 'string') continue;
    const group = spellings.get(bareName(text));
    if (group === undefined) spellings.set(bareName(text), [text]);
    else group.push(text);
  }
  knownSpellings.set(names, spellings);
  return spellings;
}

function bareName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function coerceValue(
  value: JsonValue,
  schemaValue: JsonValue | undefined,
  root: JsonObject,
  options: CoerceOptions,
  depth: number,
): JsonValue {
  if (depth > MAX_DEPTH) return value;
  const schema = resolveRef(schemaValue, root);
  const types = typesOf(schema, root);
  if (types === undefined) return options.textual && typeof value === 'string' ? readLiteral(value) : value;
  const type = typeOfValue(value);
  if (allows(types, type)) {
    if (options.textual && value === 'null' && types.has('null')) return null;
    return coerceInside(value, schema, root, depth);
  }
  if (typeof value === 'string') {
    const read = fromText(value, types);
    if (read !== undefined) return coerceInside(read, schema, root, depth);
  }
  if (types.has('string') && (type === 'number' || type === 'integer' || type === 'boolean')) return String(value);
  if (types.has('array') && !types.has(type) && type !== 'null') {
    const items = isJsonObject(schema.items) ? resolveRef(schema.items, root) : {};
    const itemTypes = typesOf(items, root);
    const item = coerceValue(value, items, root, options, depth + 1);
    if (itemTypes !== undefined && allows(itemTypes, typeOfValue(item))) return [item];
  }
  return value;
}

/** A value of the right type, looked at inside: members, items, enumerations. */
function coerceInside(value: JsonValue, schema: JsonObject, root: JsonObject, depth: number): JsonValue {
  // Only the outermost values come as bare text; what is inside was JSON.
  const options: CoerceOptions = { textual: false };
  if (Array.isArray(value)) {
    const list = value as readonly JsonValue[];
    const items = Array.isArray(schema.items) ? undefined : schema.items;
    return items === undefined ? list : list.map((item) => coerceValue(item, items, root, options, depth + 1));
  }
  if (isJsonObject(value)) {
    // With several branches it is not clear which one is meant.
    return branches(schema, root).length > 1 ? value : coerceObject(value, schema, root, options, depth);
  }
  return typeof value === 'string' ? coerceEnum(value, schema) : value;
}

/** `Celsius` for `celsius`, when one value alone differs in case only. */
function coerceEnum(value: string, schema: JsonObject): JsonValue {
  const values = Array.isArray(schema.enum) ? (schema.enum as readonly JsonValue[]) : undefined;
  if (values === undefined) return value;
  const matches = spellingsOf(values).get(bareName(value)) ?? [];
  return matches.length === 1 && matches[0] !== undefined ? matches[0] : value;
}

function fromText(text: string, types: ReadonlySet<JsonType>): JsonValue | undefined {
  const trimmed = text.trim();
  const readings: JsonValue[] = [];
  if (types.has('null') && /^(?:null|none)$/i.test(trimmed)) readings.push(null);
  if (types.has('boolean') && /^(?:true|false)$/i.test(trimmed)) readings.push(trimmed.toLowerCase() === 'true');
  if ((types.has('number') || types.has('integer')) && NUMBER.test(trimmed)) {
    const number = toNumber(trimmed);
    if (allows(types, typeOfValue(number))) readings.push(number);
  }
  if ((types.has('object') && trimmed.startsWith('{')) || (types.has('array') && trimmed.startsWith('['))) {
    const value = parseLenient(trimmed);
    if (value !== undefined && types.has(typeOfValue(value))) readings.push(value);
  }
  return readings.length === 1 ? readings[0] : undefined;
}

function readLiteral(text: string): JsonValue {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed) && !Number.isSafeInteger(Number(trimmed)) && !trimmed.includes('.')) return text;
  if (/^(?:True|False)$/.test(trimmed)) return trimmed === 'True';
  const value = parseStrict(trimmed);
  return value === undefined || typeof value === 'string' ? text : value;
}
