/** A JSON Schema as the check walks it: every keyword under one name, whatever draft wrote it, references resolved. */
import type { JsonValue } from '../../util/index.js';
import type { BoundedPattern } from './bounded-pattern.js';
import { jsonKey } from './json-key.js';
import { type JsonType, typeOfValue } from './schema-view.js';
import type { WorkBudget } from './work-budget.js';

/** Filled once, while the schema is read. */
export interface SchemaNode {
  /** The schema `false`. */
  never?: true;
  types?: ReadonlySet<JsonType>;
  values?: AllowedValues;
  constant?: AllowedValues;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: BoundedPattern;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: true;
  prefixItems?: readonly SchemaNode[];
  items?: SchemaNode;
  contains?: SchemaNode;
  minContains?: number;
  maxContains?: number;
  minProperties?: number;
  maxProperties?: number;
  required?: readonly string[];
  properties?: ReadonlyMap<string, SchemaNode>;
  patternProperties?: readonly (readonly [BoundedPattern, SchemaNode])[];
  additionalProperties?: SchemaNode;
  propertyNames?: SchemaNode;
  dependentRequired?: readonly (readonly [string, readonly string[]])[];
  dependentSchemas?: readonly (readonly [string, SchemaNode])[];
  reference?: SchemaNode;
  allOf?: readonly SchemaNode[];
  anyOf?: readonly SchemaNode[];
  oneOf?: readonly SchemaNode[];
  not?: SchemaNode;
  if?: SchemaNode;
  then?: SchemaNode;
  else?: SchemaNode;
  unevaluatedItems?: SchemaNode;
  unevaluatedProperties?: SchemaNode;
}

/** The values of `enum` or `const`; looked up, however many there are. */
export class AllowedValues {
  readonly #values: readonly JsonValue[];
  #simple: Set<JsonValue> | undefined;
  #keys: Set<string> | undefined;

  constructor(values: readonly JsonValue[]) {
    this.#values = values;
  }

  /** @throws WorkLimitError */
  has(value: JsonValue, budget: WorkBudget): boolean {
    if (typeof value !== 'object' || value === null) {
      if (this.#simple === undefined) {
        budget.spend(4 * this.#values.length);
        this.#simple = new Set(this.#values);
      }
      return this.#simple.has(value);
    }
    const type = typeOfValue(value);
    this.#keys ??= new Set(
      this.#values.filter((one) => typeof one === 'object' && one !== null).map((one) => jsonKey(one, budget)),
    );
    return (type === 'object' || type === 'array') && this.#keys.has(jsonKey(value, budget));
  }

  describe(): string {
    const shown = this.#values.slice(0, 10).map((value) => describeValue(value));
    return `${shown.join(', ')}${this.#values.length > shown.length ? ', …' : ''}`;
  }
}

function describeValue(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  return typeof value === 'object' && value !== null ? `the given ${typeOfValue(value)}` : String(value);
}
