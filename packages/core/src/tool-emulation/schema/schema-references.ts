/** What references in a schema mean: pointers, anchors, and the names (`$id`) that parts of it give themselves. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { followPointer } from './json-pointer.js';

/** Stands for the place of a schema that does not tell its own. */
const NOWHERE = 'https://schema.invalid/';
/** Values looked through for names. */
const MAX_VISITED = 500_000;

export interface Reference {
  readonly schema: JsonValue;
  /** What references in it are relative to. */
  readonly base: string;
}

/** `const` and the like hold data, where `$id` names nothing. */
const DATA = new Set(['const', 'enum', 'default', 'examples', 'example']);

export class SchemaReferences {
  readonly rootBase: string;
  readonly #resources = new Map<string, JsonObject>();
  readonly #anchors = new Map<string, JsonObject>();
  /** Only of schemas inside of parts with a name of their own. */
  readonly #bases = new Map<JsonObject, string>();

  constructor(root: JsonObject) {
    const { $id } = root;
    this.rootBase = (typeof $id === 'string' ? join($id, NOWHERE) : undefined) ?? NOWHERE;
    this.#resources.set(NOWHERE, root).set(this.rootBase, root);
    this.#collect(root);
  }

  /** Some part of the schema has a name of its own. */
  get hasParts(): boolean {
    return this.#bases.size > 0;
  }

  /** The base of a schema that stands in one of `outer`. */
  baseOf(schema: JsonObject, outer: string): string {
    return this.#bases.get(schema) ?? outer;
  }

  resolve(reference: string, base: string): Reference | undefined {
    const hash = reference.indexOf('#');
    const path = hash === -1 ? reference : reference.slice(0, hash);
    const fragment = hash === -1 ? '' : reference.slice(hash + 1);
    const resource = path === '' ? base : join(path, base);
    const root = resource === undefined ? undefined : this.#resources.get(resource);
    if (resource === undefined || root === undefined) return undefined;
    let schema: JsonValue | undefined = root;
    if (fragment.startsWith('/')) schema = followPointer(fragment, root);
    else if (fragment !== '') schema = this.#anchors.get(`${resource}#${fragment}`);
    if (schema === undefined) return undefined;
    return { schema, base: isJsonObject(schema) ? this.baseOf(schema, resource) : resource };
  }

  #collect(root: JsonObject): void {
    const waiting: (readonly [JsonValue, string])[] = [[root, this.rootBase]];
    let visited = 0;
    for (let next = waiting.pop(); next !== undefined && visited < MAX_VISITED; next = waiting.pop()) {
      const [value, outer] = next;
      visited++;
      if (Array.isArray(value)) {
        for (const item of value as readonly JsonValue[]) if (isContainer(item)) waiting.push([item, outer]);
        continue;
      }
      if (!isJsonObject(value)) continue;
      const base = this.#name(value, outer);
      if (base !== this.rootBase) this.#bases.set(value, base);
      for (const key of Object.keys(value)) {
        const member = value[key];
        if (isContainer(member) && !DATA.has(key)) waiting.push([member, base]);
      }
    }
  }

  /** Notes how the schema calls itself, and returns its base. */
  #name(schema: JsonObject, outer: string): string {
    const { $id } = schema;
    let base = outer;
    // Up to draft 7 an anchor is written as an id.
    if (typeof $id === 'string' && $id.startsWith('#')) this.#note(this.#anchors, outer + $id, schema);
    else if (typeof $id === 'string') {
      base = join($id, outer) ?? outer;
      this.#note(this.#resources, base, schema);
    }
    for (const anchor of [schema.$anchor, schema.$dynamicAnchor]) {
      if (typeof anchor === 'string') this.#note(this.#anchors, `${base}#${anchor}`, schema);
    }
    return base;
  }

  /** The first of a name counts. */
  #note(names: Map<string, JsonObject>, name: string, schema: JsonObject): void {
    if (!names.has(name)) names.set(name, schema);
  }
}

const isContainer = (value: JsonValue | undefined): value is JsonObject | readonly JsonValue[] =>
  typeof value === 'object' && value !== null;

function join(reference: string, base: string): string | undefined {
  try {
    const url = new URL(reference, base);
    url.hash = '';
    return url.href;
  } catch {
    return undefined;
  }
}
