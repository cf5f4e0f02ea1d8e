/**
 * Whether a value fits a schema, step by step within a budget. An interpreter instead of generated code: it starts at
 * once, whatever the schema's size, can be ended anywhere, and what a reference was found to mean for a value is
 * remembered, so that references that double at each level cost no more than what they lead to.
 *
 * Over 250 lines: one keyword after the other, and each is a line or two.
 */
import { isJsonObject, isNumber, type JsonObject, type JsonValue } from '../../util/index.js';
import { EvaluatedParts } from './evaluated-parts.js';
import { jsonKey } from './json-key.js';
import type { ReadSchema } from './read-schema.js';
import type { SchemaNode } from './schema-node.js';
import { allows, typeOfValue } from './schema-view.js';
import { type WorkBudget, WorkLimitError } from './work-budget.js';

export interface SchemaProblem {
  /** A JSON Pointer, nearly: names are cut short. */
  readonly path: string;
  readonly message: string;
}

/** Problems that are told. */
const MAX_PROBLEMS = 8;
/** Schemas inside of one another, references included; also what keeps the stack small. */
const MAX_DEPTH = 600;
/** Units of a schema that is looked at, of a member of a list that is gone through, and of what is remembered. */
const NODE = 8;
const TRACKED_NODE = 40;
const MEMBER = 2;
const MEMORY = 8;
const MAX_NAME = 60;

/** No problems: the value fits. @throws WorkLimitError when that can't be found out */
export function checkSchema(schema: ReadSchema, value: JsonValue, budget: WorkBudget): readonly SchemaProblem[] {
  const check = new SchemaCheck(schema, budget);
  return check.fits(schema.root, value, '', undefined) ? [] : check.problems;
}

/** What a reference's target was found to say of a value: `true`, the problems below it, or not yet known. */
type Outcome = true | readonly SchemaProblem[] | 'open';

class SchemaCheck {
  readonly problems: SchemaProblem[] = [];
  readonly #budget: WorkBudget;
  readonly #tracksEvaluated: boolean;
  readonly #outcomes = new Map<SchemaNode, Map<JsonValue, Outcome>>();
  #depth = 0;
  /** Above 0 a "yes" that is not certain could become a wrong "no". */
  #inverted = 0;

  constructor({ tracksEvaluated }: ReadSchema, budget: WorkBudget) {
    this.#budget = budget;
    this.#tracksEvaluated = tracksEvaluated;
  }

  fits(node: SchemaNode, value: JsonValue, path: string, outer: EvaluatedParts | undefined): boolean {
    this.#budget.spend(this.#tracksEvaluated ? TRACKED_NODE : NODE);
    if (++this.#depth > MAX_DEPTH) throw new WorkLimitError('Nested too deeply');
    const evaluated = this.#tracksEvaluated ? new EvaluatedParts() : undefined;
    let fits = node.never !== true || this.#fail(path, 'is not allowed');
    fits = this.#fitsType(node, value, path) && fits;
    if (this.#goesOn(fits)) fits = this.#fitsCombined(node, value, path, evaluated) && fits;
    if (this.#goesOn(fits)) {
      if (typeof value === 'string') fits = this.#fitsText(node, value, path) && fits;
      else if (isNumber(value)) fits = this.#fitsNumber(node, Number(value), path) && fits;
      else if (Array.isArray(value)) {
        fits = this.#fitsItems(node, value as readonly JsonValue[], path, evaluated) && fits;
      } else if (isJsonObject(value)) fits = this.#fitsMembers(node, value, path, evaluated) && fits;
    }
    this.#depth--;
    if (fits && evaluated !== undefined && outer !== undefined) {
      this.#budget.spend(MEMBER * evaluated.size);
      outer.add(evaluated);
    }
    return fits;
  }

  /** Once it does not fit and there is enough to tell, the rest changes nothing. */
  #goesOn(fits: boolean): boolean {
    return fits || this.problems.length < MAX_PROBLEMS;
  }

  #fail(path: string, message: string): false {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ path, message });
    return false;
  }

  #fitsType({ types, values, constant }: SchemaNode, value: JsonValue, path: string): boolean {
    if (types !== undefined && !allows(types, typeOfValue(value))) {
      return this.#fail(path, `must be ${[...types].join(' or ')}`);
    }
    for (const allowed of [constant, values]) {
      if (allowed === undefined || allowed.has(value, this.#budget)) continue;
      return this.#fail(path, `must be ${allowed === values ? 'one of ' : ''}${allowed.describe()}`);
    }
    return true;
  }

  #fitsCombined(node: SchemaNode, value: JsonValue, path: string, evaluated: EvaluatedParts | undefined): boolean {
    let fits = true;
    if (node.reference !== undefined) fits = this.#fitsReference(node.reference, value, path, evaluated);
    for (const part of node.allOf ?? []) {
      if (!this.#goesOn(fits)) return false;
      fits = this.fits(part, value, path, evaluated) && fits;
    }
    if (node.anyOf !== undefined) fits = this.#fitsAny(node.anyOf, value, path, evaluated) && fits;
    if (node.oneOf !== undefined) fits = this.#fitsOne(node.oneOf, value, path, evaluated) && fits;
    if (node.not !== undefined && this.#try(node.not, value, path, undefined)) fits = this.#fail(path, 'is excluded');
    if (node.if !== undefined) {
      const branch = this.#try(node.if, value, path, evaluated) ? node.then : node.else;
      if (branch !== undefined) fits = this.fits(branch, value, path, evaluated) && fits;
    }
    return fits;
  }

  #fitsReference(target: SchemaNode, value: JsonValue, path: string, evaluated: EvaluatedParts | undefined): boolean {
    // Who evaluated what is not remembered.
    if (evaluated !== undefined) return this.fits(target, value, path, evaluated);
    let outcomes = this.#outcomes.get(target);
    if (outcomes === undefined) {
      outcomes = new Map();
      this.#outcomes.set(target, outcomes);
    }
    const known = outcomes.get(value);
    // A reference that leads back to itself says nothing more.
    if (known === true || known === 'open') return true;
    if (known !== undefined) {
      for (const problem of known) this.#fail(path + problem.path, problem.message);
      return false;
    }
    this.#budget.spend(MEMORY);
    outcomes.set(value, 'open');
    const before = this.problems.length;
    const fits = this.fits(target, value, path, undefined);
    const below = this.problems.slice(before).map((one) => ({ ...one, path: one.path.slice(path.length) }));
    outcomes.set(value, fits || below);
    return fits;
  }

  #fitsAny(
    branches: readonly SchemaNode[],
    value: JsonValue,
    path: string,
    evaluated: EvaluatedParts | undefined,
  ): boolean {
    const before = this.problems.length;
    let fits = false;
    for (const branch of branches) {
      if (!this.fits(branch, value, path, evaluated)) continue;
      fits = true;
      if (evaluated === undefined) break;
    }
    if (fits) this.problems.length = before;
    return fits || this.#fail(path, 'must fit one of the alternatives');
  }

  #fitsOne(
    branches: readonly SchemaNode[],
    value: JsonValue,
    path: string,
    evaluated: EvaluatedParts | undefined,
  ): boolean {
    const before = this.problems.length;
    let count = 0;
    this.#inverted++;
    for (const branch of branches) {
      const parts = evaluated && new EvaluatedParts();
      if (!this.fits(branch, value, path, parts)) continue;
      if (parts !== undefined) {
        this.#budget.spend(MEMBER * parts.size);
        evaluated?.add(parts);
      }
      if (++count > 1) break;
    }
    this.#inverted--;
    if (count > 0) this.problems.length = before;
    return (
      count === 1 || this.#fail(path, `must fit exactly one of the alternatives, not ${count === 0 ? '0' : 'more'}`)
    );
  }

  /** Without a word about what does not fit. */
  #try(node: SchemaNode, value: JsonValue, path: string, evaluated: EvaluatedParts | undefined): boolean {
    const before = this.problems.length;
    this.#inverted++;
    const fits = this.fits(node, value, path, evaluated);
    this.#inverted--;
    this.problems.length = before;
    return fits;
  }

  #fitsText({ minLength, maxLength, pattern }: SchemaNode, value: string, path: string): boolean {
    let fits = true;
    if (minLength !== undefined || maxLength !== undefined) {
      const length = this.#lengthOf(value);
      if (length < (minLength ?? 0)) fits = this.#fail(path, `must NOT have fewer than ${minLength} characters`);
      if (length > (maxLength ?? Infinity)) fits = this.#fail(path, `must NOT have more than ${maxLength} characters`);
    }
    if (pattern !== undefined) {
      const matches = pattern.test(value, this.#budget) ?? this.#assume();
      if (!matches) fits = this.#fail(path, 'must match the pattern');
    }
    return fits;
  }

  /** Whole characters. */
  #lengthOf(text: string): number {
    this.#budget.spend(text.length / 8);
    let length = text.length;
    for (let at = 0; at < text.length - 1; at++) {
      if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) length--;
    }
    return length;
  }

  /** Nobody can say: a wrong "no" would cost the caller an answer. */
  #assume(): true {
    if (this.#inverted > 0) throw new WorkLimitError('A pattern that can not be tested decides');
    return true;
  }

  #fitsNumber(node: SchemaNode, value: number, path: string): boolean {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = node;
    let fits = true;
    if (minimum !== undefined && value < minimum) fits = this.#fail(path, `must be >= ${minimum}`);
    if (maximum !== undefined && value > maximum) fits = this.#fail(path, `must be <= ${maximum}`);
    if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
      fits = this.#fail(path, `must be > ${exclusiveMinimum}`);
    }
    if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
      fits = this.#fail(path, `must be < ${exclusiveMaximum}`);
    }
    if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
      fits = this.#fail(path, `must be a multiple of ${multipleOf}`);
    }
    return fits;
  }

  #fitsItems(
    node: SchemaNode,
    list: readonly JsonValue[],
    path: string,
    evaluated: EvaluatedParts | undefined,
  ): boolean {
    let fits = true;
    if (list.length < (node.minItems ?? 0)) fits = this.#fail(path, `must NOT have fewer than ${node.minItems} items`);
    if (list.length > (node.maxItems ?? Infinity)) {
      fits = this.#fail(path, `must NOT have more than ${node.maxItems} items`);
    }
    if (node.uniqueItems === true && new Set(list.map((item) => jsonKey(item, this.#budget))).size < list.length) {
      fits = this.#fail(path, 'must NOT have the same item twice');
    }
    const prefix = node.prefixItems ?? [];
    const count = node.items === undefined ? Math.min(prefix.length, list.length) : list.length;
    for (let at = 0; at < count && this.#goesOn(fits); at++) {
      fits =
        this.fits((prefix[at] ?? node.items) as SchemaNode, list[at] as JsonValue, `${path}/${at}`, undefined) && fits;
    }
    evaluated?.addItems(count);
    if (node.contains !== undefined) fits = this.#containsEnough(node, list, path, evaluated) && fits;
    const { unevaluatedItems } = node;
    if (unevaluatedItems !== undefined && evaluated !== undefined) {
      for (let at = 0; at < list.length && this.#goesOn(fits); at++) {
        if (!evaluated.hasItem(at))
          fits = this.fits(unevaluatedItems, list[at] as JsonValue, `${path}/${at}`, undefined) && fits;
      }
      evaluated.addItems(list.length);
    }
    return fits;
  }

  #containsEnough(
    { contains, minContains = 1, maxContains = Infinity }: SchemaNode,
    list: readonly JsonValue[],
    path: string,
    evaluated: EvaluatedParts | undefined,
  ): boolean {
    let found = 0;
    for (let at = 0; at < list.length; at++) {
      if (!this.#try(contains as SchemaNode, list[at] as JsonValue, path, undefined)) continue;
      found++;
      evaluated?.addItem(at);
    }
    if (found >= minContains && found <= maxContains) return true;
    return this.#fail(path, 'must contain the items that are asked for');
  }

  #fitsMembers(node: SchemaNode, value: JsonObject, path: string, evaluated: EvaluatedParts | undefined): boolean {
    const names = Object.keys(value);
    let fits = true;
    this.#budget.spend(MEMBER * (names.length + (node.required?.length ?? 0)));
    if (names.length < (node.minProperties ?? 0)) {
      fits = this.#fail(path, `must NOT have fewer than ${node.minProperties} properties`);
    }
    if (names.length > (node.maxProperties ?? Infinity)) {
      fits = this.#fail(path, `must NOT have more than ${node.maxProperties} properties`);
    }
    for (const name of node.required ?? []) fits = this.#has(value, name, path) && fits;
    for (const [name, needed] of node.dependentRequired ?? []) {
      this.#budget.spend(MEMBER * (1 + needed.length));
      if (Object.hasOwn(value, name)) for (const one of needed) fits = this.#has(value, one, path) && fits;
    }
    for (const [name, schema] of node.dependentSchemas ?? []) {
      this.#budget.spend(MEMBER);
      if (Object.hasOwn(value, name)) fits = this.fits(schema, value, path, evaluated) && fits;
    }
    for (const name of names) {
      if (!this.#goesOn(fits)) return false;
      fits = this.#fitsMember(node, name, value[name] as JsonValue, path, evaluated) && fits;
    }
    const { unevaluatedProperties } = node;
    if (unevaluatedProperties !== undefined && evaluated !== undefined) {
      for (const name of names) {
        if (evaluated.hasMember(name)) continue;
        if (unevaluatedProperties.never === true) fits = this.#stranger(name, path);
        else fits = this.fits(unevaluatedProperties, value[name] as JsonValue, below(path, name), undefined) && fits;
        evaluated.addMember(name);
      }
    }
    return fits;
  }

  #fitsMember(
    node: SchemaNode,
    name: string,
    value: JsonValue,
    path: string,
    evaluated: EvaluatedParts | undefined,
  ): boolean {
    const place = below(path, name);
    let fits = true;
    let isKnown = false;
    if (node.propertyNames !== undefined) fits = this.fits(node.propertyNames, name, place, undefined);
    const property = node.properties?.get(name);
    if (property !== undefined) {
      isKnown = true;
      fits = this.fits(property, value, place, undefined) && fits;
    }
    for (const [pattern, schema] of node.patternProperties ?? []) {
      this.#budget.spend(MEMBER);
      const matches = pattern.test(name, this.#budget);
      // Whether it is this one's is not known: then nothing is held against it.
      if (matches === undefined) this.#assume();
      if (matches !== false) isKnown = true;
      if (matches === true) fits = this.fits(schema, value, place, undefined) && fits;
    }
    if (!isKnown && node.additionalProperties !== undefined) {
      isKnown = true;
      if (node.additionalProperties.never === true) fits = this.#stranger(name, path);
      else fits = this.fits(node.additionalProperties, value, place, undefined) && fits;
    }
    if (isKnown) evaluated?.addMember(name);
    return fits;
  }

  #has(value: JsonObject, name: string, path: string): boolean {
    return Object.hasOwn(value, name) || this.#fail(path, `must have required property '${name.slice(0, MAX_NAME)}'`);
  }

  #stranger(name: string, path: string): false {
    return this.#fail(path, `must NOT have additional properties (${name.slice(0, MAX_NAME)})`);
  }
}

const below = (path: string, name: string): string => `${path}/${name.slice(0, MAX_NAME)}`;
