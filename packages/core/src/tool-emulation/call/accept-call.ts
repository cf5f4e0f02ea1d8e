/** From what a model wrote to a call the caller can run: the right tool, members named and typed, none missing. */
import type { ToolDefinition } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '../../util/index.js';
import { parseLenient } from '../json/lenient-json.js';
import { objectView } from '../schema/schema-view.js';
import { coerceInput } from './coerce-input.js';

export interface AcceptedCall {
  readonly tool: ToolDefinition;
  /** JSON text for functions, free text for custom tools. */
  readonly input: string;
}

export interface AcceptOptions {
  /** Values are bare text, as between tags. Default false. */
  readonly textual?: boolean;
  /**
   * Nothing but its members says that this is a call: all must be known to the schema, and the schema must know some.
   * Default false.
   */
  readonly strictMembers?: boolean;
}

/** `undefined`: not a call of this tool, so the text stays text. */
export function acceptCall(
  tool: ToolDefinition,
  input: JsonValue | undefined,
  options: AcceptOptions = {},
): AcceptedCall | undefined {
  if (tool.kind === 'custom') {
    const text = freeText(input);
    return text === undefined ? undefined : { tool, input: text };
  }
  const written = toMembers(input, tool, options.strictMembers === true);
  const members = written && unwrapMembers(written, tool);
  if (members === undefined || isDefinition(members, tool)) return undefined;
  const coerced = coerceInput(members, tool.inputSchema, { textual: options.textual === true });
  if (!isComplete(coerced, tool.inputSchema)) return undefined;
  if (options.strictMembers === true && !areKnown(coerced, tool.inputSchema)) return undefined;
  return { tool, input: stringifyJson(coerced) };
}

/** Custom tools take one string; models wrap it into an object of one member now and then. */
function freeText(input: JsonValue | undefined): string | undefined {
  if (typeof input === 'string') return input;
  if (!isJsonObject(input)) return undefined;
  const values = Object.values(input);
  if (values.length === 1 && typeof values[0] === 'string') return values[0];
  const named = input.input ?? input.patch ?? input.content ?? input.text;
  return typeof named === 'string' ? named : undefined;
}

function toMembers(input: JsonValue | undefined, tool: ToolDefinition, strict: boolean): JsonObject | undefined {
  if (isJsonObject(input)) return input;
  if (input === undefined || input === null || (Array.isArray(input) && input.length === 0)) return {};
  if (Array.isArray(input) && input.length === 1) return toMembers((input as readonly JsonValue[])[0], tool, true);
  if (typeof input !== 'string') return undefined;
  const trimmed = input.trim();
  if (trimmed === '') return {};
  if (trimmed.startsWith('{')) {
    const value = parseLenient(trimmed);
    if (isJsonObject(value)) return value;
  }
  if (strict) return undefined;
  // One parameter: a bare value can only be meant for that one.
  const { properties } = objectView(tool.inputSchema);
  const [name] = properties.keys();
  return properties.size === 1 && name !== undefined ? { [name]: input } : undefined;
}

const WRAPPERS: readonly string[] = ['arguments', 'parameters', 'input', 'args', 'params'];

/** `{"arguments": {"city": "Oslo"}}` as the input of a tool that has no such parameter. */
function unwrapMembers(members: JsonObject, tool: ToolDefinition): JsonObject {
  const [entry, ...others] = Object.entries(members);
  if (entry === undefined || others.length > 0 || !WRAPPERS.includes(entry[0])) return members;
  const { properties } = objectView(tool.inputSchema);
  if (properties.size === 0 || properties.has(entry[0])) return members;
  const inner = typeof entry[1] === 'string' ? parseLenient(entry[1]) : entry[1];
  return isJsonObject(inner) && Object.keys(inner).every((name) => properties.has(name)) ? inner : members;
}

/** A tool's own definition, repeated by a model that explains what it can do. */
function isDefinition(members: JsonObject, tool: ToolDefinition): boolean {
  if (members.type !== 'object' || !isJsonObject(members.properties)) return false;
  return !objectView(tool.inputSchema).properties.has('properties');
}

function isComplete(input: JsonObject, schema: JsonObject): boolean {
  const { required, alternatives } = objectView(schema);
  for (const name of required) if (!Object.hasOwn(input, name)) return false;
  return alternatives.length === 0 || alternatives.some((names) => names.every((name) => Object.hasOwn(input, name)));
}

function areKnown(input: JsonObject, schema: JsonObject): boolean {
  const { properties } = objectView(schema);
  const names = Object.keys(input);
  return names.length > 0 && names.every((name) => properties.has(name));
}
