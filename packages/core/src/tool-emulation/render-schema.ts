/**
 * A tool's JSON Schema as a short, readable parameter list. Models follow it as well as they follow the schema itself,
 * at a fraction of the tokens; any JSON Schema is taken, unknown keywords are passed over.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../util/index.js';
import { cutText } from './cut-text.js';

const MAX_DEPTH = 5;
/** Characters of one parameter's description, and of one inline type. */
const MAX_DESCRIPTION = 400;
const MAX_TYPE = 1200;
const MAX_ENUM = 40;

/** One line a parameter: `- path: string (required): What to read`. Empty for a tool without parameters. */
export function renderParameters(schema: JsonObject): string {
  const root = resolve(schema, schema);
  const { properties } = root;
  if (!isJsonObject(properties)) {
    const type = renderType(root, schema, 0);
    return type === 'object' || type === 'any' ? '' : `- the whole: ${type}`;
  }
  const required = new Set(Array.isArray(root.required) ? root.required : []);
  return Object.entries(properties)
    .map(([name, value]) => {
      const property = isJsonObject(value) ? resolve(value, schema) : {};
      const { description } = property;
      const said = typeof description === 'string' ? `: ${cutText(oneLine(description), MAX_DESCRIPTION)}` : '';
      const fallback = property.default === undefined ? '' : `, default ${JSON.stringify(property.default)}`;
      const need = required.has(name) ? 'required' : 'optional';
      return `- ${name}: ${cutText(renderType(property, schema, 0), MAX_TYPE)} (${need}${fallback})${said}`;
    })
    .join('\n');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function renderType(schema: JsonObject, root: JsonObject, depth: number): string {
  if (depth > MAX_DEPTH) return 'any';
  const view = resolve(schema, root);
  if (view.const !== undefined) return JSON.stringify(view.const);
  if (Array.isArray(view.enum)) {
    const shown = view.enum.slice(0, MAX_ENUM).map((value: JsonValue) => JSON.stringify(value));
    return [...shown, ...(view.enum.length > MAX_ENUM ? ['…'] : [])].join(' | ');
  }
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const options = view[key];
    if (!Array.isArray(options)) continue;
    const types = options.filter(isJsonObject).map((option) => renderType(option, root, depth + 1));
    return [...new Set(types)].join(key === 'allOf' ? ' & ' : ' | ');
  }
  const { type } = view;
  if (Array.isArray(type)) {
    return type.map((one: JsonValue) => renderType({ ...view, type: one }, root, depth + 1)).join(' | ');
  }
  if (type === 'array' || isJsonObject(view.items)) {
    return isJsonObject(view.items) ? `array of ${bracket(renderType(view.items, root, depth + 1))}` : 'array';
  }
  if (isJsonObject(view.properties)) return renderObject(view, view.properties, root, depth);
  if (type === 'object' && isJsonObject(view.additionalProperties)) {
    return `{ [key]: ${renderType(view.additionalProperties, root, depth + 1)} }`;
  }
  return typeof type === 'string' ? type : 'any';
}

function renderObject(view: JsonObject, properties: JsonObject, root: JsonObject, depth: number): string {
  const required = new Set(Array.isArray(view.required) ? view.required : []);
  const members = Object.entries(properties).map(([name, value]) => {
    const type = isJsonObject(value) ? renderType(value, root, depth + 1) : 'any';
    return `${name}${required.has(name) ? '' : '?'}: ${type}`;
  });
  return members.length === 0 ? 'object' : `{ ${members.join(', ')} }`;
}

const bracket = (type: string): string => (type.includes(' | ') ? `(${type})` : type);

/** Follows local references; what leads nowhere or in a circle is read as it stands. */
function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  let current = schema;
  for (let hops = 0; hops < 8; hops++) {
    const reference = current.$ref;
    if (typeof reference !== 'string' || !reference.startsWith('#')) return current;
    let target: JsonValue | undefined = root;
    for (const step of reference.split('/').slice(1)) {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      target = isJsonObject(target) ? target[key] : undefined;
    }
    if (!isJsonObject(target)) return current;
    const { $ref: _reference, ...beside } = current;
    current = { ...target, ...beside };
  }
  return current;
}
