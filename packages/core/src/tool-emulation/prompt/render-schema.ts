/**
 * A tool's JSON Schema as a short, readable parameter list. Models follow it as well as they follow the schema itself,
 * at a fraction of the tokens; any JSON Schema is taken, unknown keywords are passed over. Whatever the schema, the
 * work and the text are bounded.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { objectView, resolveRef } from '../schema/schema-view.js';
import { cutText } from './cut-text.js';
import { shortJson } from './short-json.js';

/** Characters of all parameters of one tool, unless told otherwise. */
const DEFAULT_LIMIT = 12_000;
/** Characters of one parameter's description while there is room, and when room is short. */
const MAX_DESCRIPTION = 400;
const SHORT_DESCRIPTION = 60;
/** Characters of one type. */
const MAX_TYPE = 1200;
const MAX_DEFAULT = 200;
const MAX_NAME = 200;
const MAX_DEPTH = 6;
const MAX_ENUM = 40;

/**
 * One line a parameter, the required ones first where room is short: `- path: string (required): What to read`. Empty
 * for a tool without parameters. `limit`: characters of it all, roughly.
 */
export function renderParameters(schema: JsonObject, limit = DEFAULT_LIMIT): string {
  const { properties, required } = objectView(schema);
  if (properties.size === 0) {
    const type = new TypeRenderer(schema).render(schema);
    return type === 'object' || type === 'any' ? '' : `- the whole: ${type}`;
  }
  for (const most of [MAX_DESCRIPTION, SHORT_DESCRIPTION, 0]) {
    const lines = renderAll(schema, properties, required, most, limit);
    if (lines !== undefined) return lines.join('\n');
  }
  return renderShort(properties, required, limit);
}

/** `undefined`: too long. */
function renderAll(
  root: JsonObject,
  properties: ReadonlyMap<string, JsonValue>,
  required: ReadonlySet<string>,
  descriptions: number,
  limit: number,
): readonly string[] | undefined {
  const lines: string[] = [];
  let length = 0;
  for (const [name, value] of properties) {
    const property = resolveRef(value, root);
    const { description } = property;
    const said =
      typeof description === 'string' && description.trim() !== '' && descriptions > 0
        ? `: ${cutText(oneLine(description), descriptions)}`
        : '';
    const fallback = property.default === undefined ? '' : `, default ${shortJson(property.default, MAX_DEFAULT)}`;
    const type = new TypeRenderer(root).render(property);
    const need = required.has(name) ? 'required' : 'optional';
    const line = `- ${nameOf(name)}: ${type} (${need}${fallback})${said}`;
    length += line.length + 1;
    if (length > limit) return undefined;
    lines.push(line);
  }
  return lines;
}

/** Names alone: all that are needed, and as many others as there is room for. */
function renderShort(properties: ReadonlyMap<string, JsonValue>, required: ReadonlySet<string>, limit: number): string {
  const names = [...properties.keys()];
  const ordered = [...names.filter((name) => required.has(name)), ...names.filter((name) => !required.has(name))];
  const lines: string[] = [];
  let length = 0;
  for (const [index, name] of ordered.entries()) {
    const line = `- ${nameOf(name)} (${required.has(name) ? 'required' : 'optional'})`;
    length += line.length + 1;
    if (length > limit) return [...lines, `- … and ${ordered.length - index} more`].join('\n');
    lines.push(line);
  }
  return lines.join('\n');
}

const oneLine = (text: string): string =>
  text
    .slice(0, 8 * MAX_DESCRIPTION)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
const nameOf = (name: string): string => oneLine(name).slice(0, MAX_NAME);

/** One type as text. Stops looking once there is more of it than is shown, so wide and circular schemas end too. */
class TypeRenderer {
  readonly #root: JsonObject;
  /** What is being rendered: a schema inside itself is just `any`. */
  readonly #open = new Set<JsonValue>();
  #room = MAX_TYPE;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  render(schema: JsonValue): string {
    return cutText(this.#type(schema), MAX_TYPE);
  }

  #type(schema: JsonValue | undefined): string {
    if (!isJsonObject(schema) || this.#room <= 0 || this.#open.size > MAX_DEPTH || this.#isOpen(schema)) return 'any';
    const marks = [schema, schema.$ref ?? schema];
    for (const mark of marks) this.#open.add(mark);
    const type = this.#typeOf(resolveRef(schema, this.#root));
    for (const mark of marks) this.#open.delete(mark);
    this.#room -= type.length;
    return type;
  }

  #isOpen(schema: JsonObject): boolean {
    return this.#open.has(schema) || (schema.$ref !== undefined && this.#open.has(schema.$ref));
  }

  #typeOf(view: JsonObject): string {
    if (view.const !== undefined) return shortJson(view.const, MAX_DEFAULT);
    if (Array.isArray(view.enum)) return this.#enum(view.enum as readonly JsonValue[]);
    for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
      const options = view[key];
      if (!Array.isArray(options) || options.length === 0) continue;
      const types = this.#each(options as readonly JsonValue[], (option) => this.#type(option));
      return [...new Set(types)].join(key === 'allOf' ? ' & ' : ' | ');
    }
    const nullable = view.nullable === true ? ' | null' : '';
    if (Array.isArray(view.type)) {
      const names = [...new Set((view.type as readonly JsonValue[]).slice(0, MAX_ENUM))];
      return [...new Set(names.map((name) => this.#named({ ...view, type: name })))].join(' | ');
    }
    return this.#named(view) + nullable;
  }

  #named(view: JsonObject): string {
    const { type, items, properties, additionalProperties } = view;
    if (type === 'null') return 'null';
    if (type === 'array' || (type === undefined && isJsonObject(items))) {
      return isJsonObject(items) ? `array of ${bracket(this.#type(items))}` : 'array';
    }
    if (isJsonObject(properties) && (type === 'object' || type === undefined)) return this.#object(view, properties);
    if (type === 'object' && isJsonObject(additionalProperties))
      return `{ [key]: ${this.#type(additionalProperties)} }`;
    return typeof type === 'string' ? oneLine(type) : 'any';
  }

  #object(view: JsonObject, properties: JsonObject): string {
    const required = new Set(Array.isArray(view.required) ? (view.required as readonly JsonValue[]) : []);
    const members = this.#each(Object.entries(properties), ([name, value]) => {
      this.#room -= name.length;
      return `${nameOf(name)}${required.has(name) ? '' : '?'}: ${this.#type(value)}`;
    });
    return members.length === 0 ? 'object' : `{ ${members.join(', ')} }`;
  }

  #enum(values: readonly JsonValue[]): string {
    const shown = values.slice(0, MAX_ENUM).map((value) => shortJson(value, MAX_DEFAULT));
    return [...shown, ...(values.length > MAX_ENUM ? ['…'] : [])].join(' | ');
  }

  /** As many as there is room for. */
  #each<Item>(items: readonly Item[], render: (item: Item) => string): string[] {
    const rendered: string[] = [];
    for (const item of items) {
      if (this.#room <= 0) return [...rendered, '…'];
      rendered.push(render(item));
    }
    return rendered;
  }
}

const bracket = (type: string): string => (type.includes(' | ') || type.includes(' & ') ? `(${type})` : type);
