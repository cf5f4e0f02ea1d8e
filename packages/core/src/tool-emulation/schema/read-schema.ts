/**
 * Reads a caller's JSON Schema into {@link SchemaNode}s: drafts 4 to 2020-12 and what clients mix of them. Only what can
 * be reached is read, each schema once, without recursion and up to a number of schemas.
 *
 * Over 250 lines: one table of keywords, a line or two each.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { BoundedPattern } from './bounded-pattern.js';
import { AllowedValues, type SchemaNode } from './schema-node.js';
import { SchemaReferences } from './schema-references.js';
import { isJsonType, type JsonType } from './schema-view.js';

/** Schemas inside one schema. */
export const MAX_SCHEMAS = 20_000;
/** Members of `enum`, `required` and the like in one schema, in all. */
export const MAX_SCHEMA_VALUES = 200_000;

/** Not a JSON Schema, or not one that can be read: a dangling reference, an unknown type. */
export class InvalidSchemaError extends Error {
  override readonly name = 'InvalidSchemaError';
}

/** Too many schemas or values. */
export class SchemaTooLargeError extends Error {
  override readonly name = 'SchemaTooLargeError';
}

export interface ReadSchema {
  readonly root: SchemaNode;
  /** What one keyword checks depends on what others did: nothing may be remembered or left out. */
  readonly tracksEvaluated: boolean;
}

export interface ReadSchemaOptions {
  /** False: members that the schema forbids are let through. */
  readonly strict: boolean;
}

/** @throws InvalidSchemaError, SchemaTooLargeError */
export function readSchema(schema: JsonObject, options: ReadSchemaOptions): ReadSchema {
  return new SchemaReader(schema, options).read();
}

class SchemaReader {
  readonly #schema: JsonObject;
  readonly #strict: boolean;
  readonly #references: SchemaReferences;
  readonly #nodes = new Map<JsonObject, SchemaNode>();
  readonly #waiting: (() => void)[] = [];
  #values = 0;
  #tracksEvaluated = false;

  constructor(schema: JsonObject, { strict }: ReadSchemaOptions) {
    this.#schema = schema;
    this.#strict = strict;
    this.#references = new SchemaReferences(schema);
  }

  read(): ReadSchema {
    const root = this.#node(this.#schema, this.#references.rootBase);
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) next();
    return { root, tracksEvaluated: this.#tracksEvaluated };
  }

  /** The node of a schema, to be filled later. `base`: what its references are relative to. */
  #node(schema: JsonValue | undefined, base: string): SchemaNode {
    if (schema === true) return {};
    if (schema === false) return { never: true };
    if (!isJsonObject(schema)) throw new InvalidSchemaError('A schema is neither an object nor a boolean');
    const known = this.#nodes.get(schema);
    if (known !== undefined) return known;
    if (this.#nodes.size >= MAX_SCHEMAS) throw new SchemaTooLargeError(`More than ${MAX_SCHEMAS} schemas`);
    const node: SchemaNode = {};
    this.#nodes.set(schema, node);
    this.#waiting.push(() => this.#fill(node, schema, this.#references.baseOf(schema, base)));
    return node;
  }

  #fill(node: SchemaNode, schema: JsonObject, base: string): void {
    this.#fillAnyType(node, schema, base);
    this.#fillNumber(node, schema);
    this.#fillString(node, schema);
    this.#fillArray(node, schema, base);
    this.#fillObject(node, schema, base);
    this.#fillCombined(node, schema, base);
  }

  #fillAnyType(node: SchemaNode, schema: JsonObject, base: string): void {
    const { type } = schema;
    if (type !== undefined) {
      const names = Array.isArray(type) ? this.#list(type as readonly JsonValue[]) : [type as JsonValue];
      if (names.length === 0 || !names.every(isJsonType)) throw new InvalidSchemaError('Unknown type');
      const types = new Set<JsonType>(names);
      if (schema.nullable === true) types.add('null');
      node.types = types;
    }
    if (schema.enum !== undefined) {
      if (!Array.isArray(schema.enum) || schema.enum.length === 0) throw new InvalidSchemaError('enum is no list');
      node.values = new AllowedValues(this.#list(schema.enum as readonly JsonValue[]));
    }
    if (schema.const !== undefined) node.constant = new AllowedValues([schema.const]);
    for (const keyword of ['$ref', '$recursiveRef', '$dynamicRef']) {
      const reference = schema[keyword];
      if (reference === undefined) continue;
      if (typeof reference !== 'string') throw new InvalidSchemaError(`${keyword} is no text`);
      // In one document they mean what `$ref` means; in several it depends on who refers, which is not followed here.
      if (keyword !== '$ref' && this.#references.hasParts) throw new InvalidSchemaError(`${keyword} across schemas`);
      const found = this.#references.resolve(reference, base);
      if (found === undefined) throw new InvalidSchemaError('A reference leads nowhere');
      const target = this.#node(found.schema, found.base);
      node.reference = node.reference === undefined ? target : { allOf: [node.reference, target] };
    }
  }

  #fillNumber(node: SchemaNode, schema: JsonObject): void {
    const { exclusiveMinimum, exclusiveMaximum } = schema;
    const minimum = numberIn(schema, 'minimum');
    const maximum = numberIn(schema, 'maximum');
    // Draft 4 says with a boolean whether the limit itself is out.
    if (minimum !== undefined) {
      if (exclusiveMinimum === true) node.exclusiveMinimum = minimum;
      else node.minimum = minimum;
    }
    if (maximum !== undefined) {
      if (exclusiveMaximum === true) node.exclusiveMaximum = maximum;
      else node.maximum = maximum;
    }
    if (typeof exclusiveMinimum !== 'boolean') set(node, 'exclusiveMinimum', numberIn(schema, 'exclusiveMinimum'));
    if (typeof exclusiveMaximum !== 'boolean') set(node, 'exclusiveMaximum', numberIn(schema, 'exclusiveMaximum'));
    const multipleOf = numberIn(schema, 'multipleOf');
    if (multipleOf !== undefined && multipleOf <= 0) throw new InvalidSchemaError('multipleOf is not positive');
    set(node, 'multipleOf', multipleOf);
  }

  #fillString(node: SchemaNode, schema: JsonObject): void {
    set(node, 'minLength', countIn(schema, 'minLength'));
    set(node, 'maxLength', countIn(schema, 'maxLength'));
    if (schema.pattern === undefined) return;
    if (typeof schema.pattern !== 'string') throw new InvalidSchemaError('pattern is no text');
    node.pattern = new BoundedPattern(schema.pattern);
  }

  #fillArray(node: SchemaNode, schema: JsonObject, base: string): void {
    set(node, 'minItems', countIn(schema, 'minItems'));
    set(node, 'maxItems', countIn(schema, 'maxItems'));
    set(node, 'minContains', countIn(schema, 'minContains'));
    set(node, 'maxContains', countIn(schema, 'maxContains'));
    if (schema.uniqueItems === true) node.uniqueItems = true;
    // The list is `items` up to 2019-09 and `prefixItems` since; what follows it changed its name as well.
    const isTuple = Array.isArray(schema.items);
    const prefix = isTuple ? schema.items : schema.prefixItems;
    const rest = isTuple ? schema.additionalItems : schema.items;
    if (prefix !== undefined) node.prefixItems = this.#nodeList(prefix, base, 0);
    if (rest !== undefined) node.items = this.#node(rest, base);
    if (schema.contains !== undefined) node.contains = this.#node(schema.contains, base);
    if (schema.unevaluatedItems !== undefined && (this.#strict || schema.unevaluatedItems !== false)) {
      node.unevaluatedItems = this.#node(schema.unevaluatedItems, base);
      this.#tracksEvaluated = true;
    }
  }

  #fillObject(node: SchemaNode, schema: JsonObject, base: string): void {
    set(node, 'minProperties', countIn(schema, 'minProperties'));
    set(node, 'maxProperties', countIn(schema, 'maxProperties'));
    // Draft 3 says it of a member itself; nobody means that any more.
    if (Array.isArray(schema.required)) node.required = this.#names(schema.required);
    const properties = this.#members(schema, 'properties');
    if (properties !== undefined) {
      node.properties = new Map(properties.map(([name, value]) => [name, this.#node(value, base)]));
    }
    const patterns = this.#members(schema, 'patternProperties');
    if (patterns !== undefined) {
      node.patternProperties = patterns.map(([one, value]) => [new BoundedPattern(one), this.#node(value, base)]);
    }
    if (schema.additionalProperties !== undefined && (this.#strict || schema.additionalProperties !== false)) {
      node.additionalProperties = this.#node(schema.additionalProperties, base);
    }
    if (schema.unevaluatedProperties !== undefined && (this.#strict || schema.unevaluatedProperties !== false)) {
      node.unevaluatedProperties = this.#node(schema.unevaluatedProperties, base);
      this.#tracksEvaluated = true;
    }
    if (schema.propertyNames !== undefined) node.propertyNames = this.#node(schema.propertyNames, base);
    const required: (readonly [string, readonly string[]])[] = [];
    const schemas: (readonly [string, SchemaNode])[] = [];
    for (const keyword of ['dependencies', 'dependentRequired', 'dependentSchemas']) {
      for (const [name, value] of this.#members(schema, keyword) ?? []) {
        if (Array.isArray(value) && keyword !== 'dependentSchemas') required.push([name, this.#names(value)]);
        else if (keyword === 'dependentRequired') throw new InvalidSchemaError(`${keyword} holds no list`);
        else schemas.push([name, this.#node(value, base)]);
      }
    }
    if (required.length > 0) node.dependentRequired = required;
    if (schemas.length > 0) node.dependentSchemas = schemas;
  }

  #fillCombined(node: SchemaNode, schema: JsonObject, base: string): void {
    for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
      if (schema[keyword] !== undefined) node[keyword] = this.#nodeList(schema[keyword], base, 1);
    }
    for (const keyword of ['not', 'if', 'then', 'else'] as const) {
      if (schema[keyword] !== undefined) node[keyword] = this.#node(schema[keyword], base);
    }
  }

  #nodeList(value: JsonValue | undefined, base: string, least: number): readonly SchemaNode[] {
    if (!Array.isArray(value) || value.length < least) throw new InvalidSchemaError('A list of schemas is none');
    return this.#list(value as readonly JsonValue[]).map((one) => this.#node(one, base));
  }

  #members(schema: JsonObject, keyword: string): readonly (readonly [string, JsonValue | undefined])[] | undefined {
    const value = schema[keyword];
    if (value === undefined) return undefined;
    if (!isJsonObject(value)) throw new InvalidSchemaError(`${keyword} is no object`);
    return this.#list(Object.entries(value));
  }

  #names(value: JsonValue): readonly string[] {
    const names = this.#list(value as readonly JsonValue[]);
    if (!names.every((name) => typeof name === 'string')) throw new InvalidSchemaError('A list of names is none');
    return names;
  }

  /** Counted where it is read. */
  #list<Item>(items: readonly Item[]): readonly Item[] {
    this.#values += items.length;
    if (this.#values > MAX_SCHEMA_VALUES) throw new SchemaTooLargeError(`More than ${MAX_SCHEMA_VALUES} values`);
    return items;
  }
}

type NumberKeyword = {
  [Key in keyof SchemaNode]-?: number extends SchemaNode[Key] ? Key : never;
}[keyof SchemaNode];

function set(node: SchemaNode, keyword: NumberKeyword, value: number | undefined): void {
  if (value !== undefined) node[keyword] = value;
}

function numberIn(schema: JsonObject, keyword: string): number | undefined {
  const value = schema[keyword];
  if (value !== undefined && typeof value !== 'number') throw new InvalidSchemaError(`${keyword} is no number`);
  return value;
}

function countIn(schema: JsonObject, keyword: string): number | undefined {
  const value = numberIn(schema, keyword);
  if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
    throw new InvalidSchemaError(`${keyword} is no count`);
  }
  return value;
}
