/** `tool_choice` of both of OpenAI's protocols: a word, or an object that names one tool or those allowed. */
import {
  chosenTool,
  flatName,
  qualifiedNames,
  type ToolChoice,
  type ToolDefinition,
  toolNamed,
} from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';
import { invalidRequest, wordOf } from '../request/parse-schema.js';
import type { RequestWarnings } from '../request/request-warnings.js';
import { refuseHosted } from './hosted-tools.js';

export interface ChosenTools {
  /** Fewer than were declared where the choice allows some only. */
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
}

export interface ToolChoiceContext {
  /** Where the choice stands in the request. */
  readonly path: string;
  /** Where its name stands. Default: as `path`. */
  readonly namePath?: string;
  readonly warnings: RequestWarnings;
  /** Words that mean a tool that was declared and is not here; see `hostedNames`. */
  readonly leftOut: readonly string[];
  /** A choice of a type that only one of the protocols knows. */
  readonly onOther: (choice: JsonObject) => ToolChoice;
}

const AUTO: ToolChoice = { type: 'auto' };

/** @throws GatewayError `invalid_request` for a choice that no declared tool can meet */
export function parseToolChoice(
  choice: unknown,
  tools: readonly ToolDefinition[],
  context: ToolChoiceContext,
): ChosenTools {
  if (choice === null || choice === undefined) return { tools, toolChoice: AUTO };
  const { path } = context;
  const object = isJsonObject(choice) ? choice : undefined;
  const given = object === undefined ? choice : object.type;
  // `{ name: 'f' }` and `{ function: { name: 'f' } }` mean what they say without a type, too.
  const untyped = given === undefined && object !== undefined && nameOf(object).name !== undefined;
  const word = untyped ? 'function' : wordOf(given);
  switch (word) {
    case 'auto':
    case 'none':
      return { tools, toolChoice: { type: word } };
    case 'required':
    case 'any':
      return { tools, toolChoice: required(tools, context) };
  }
  if (object === undefined) {
    const named = toolNamed(tools, word);
    if (named !== undefined) return { tools, toolChoice: chosen(named) };
    refuseHosted(word, context.leftOut, path);
    throw invalidRequest(
      path,
      `Invalid value for '${path}': '${word}'. Supported values are: 'none', 'auto' and 'required'.`,
    );
  }
  switch (word) {
    case 'allowed_tools':
      return allowedTools(object, tools, context);
    case 'function':
    case 'custom':
    case 'tool':
      return { tools, toolChoice: chosen(namedTool(object, tools, context)) };
    default:
      if (!tools.some((tool) => tool.name === word)) refuseHosted(word, context.leftOut, path);
      return { tools, toolChoice: context.onOther(object) };
  }
}

/** Whether a request without any tools is refused for this choice. */
export function demandsTool(choice: unknown): boolean {
  const word = isJsonObject(choice) ? choice.type : choice;
  return word === 'required' || word === 'any' || (isJsonObject(choice) && (word === 'function' || word === 'tool'));
}

const chosen = ({ name, namespace }: ToolDefinition): ToolChoice => ({
  type: 'tool',
  toolName: name,
  ...(namespace !== undefined && { namespace }),
});

/** Prose in place of a demanded call would pass for success, so what can't be met is refused. */
function required(tools: readonly ToolDefinition[], { path }: ToolChoiceContext): ToolChoice {
  if (tools.length > 0) return { type: 'required' };
  throw invalidRequest(path, `Invalid value for '${path}': none of the tools in the request is available here.`);
}

function namedTool(
  choice: JsonObject,
  tools: readonly ToolDefinition[],
  { path, leftOut, namePath = path }: ToolChoiceContext,
): ToolDefinition {
  const { name, namespace } = nameOf(choice);
  if (name === undefined) {
    const type = typeof choice.type === 'string' ? choice.type : 'function';
    const param = isJsonObject(choice[type]) ? `${path}.${type}.name` : `${path}.name`;
    throw invalidRequest(param, `Missing required parameter: '${param}'.`);
  }
  const found = chosenTool(tools, { type: 'tool', toolName: name, ...(namespace !== undefined && { namespace }) });
  if (found !== undefined) return found;
  refuseHosted(name, leftOut, namePath);
  throw invalidRequest(namePath, `Invalid value for '${path}': no tool named '${name}' is given in the request.`);
}

/** `{ type: 'function', function: { name } }`, or flat: `{ type: 'function', name, namespace }`. */
function nameOf(value: JsonObject): { readonly name?: string; readonly namespace?: string } {
  const inner = value[typeof value.type === 'string' ? value.type : 'function'];
  const { name, namespace } = isJsonObject(inner) ? inner : value;
  return {
    ...(typeof name === 'string' && name !== '' && { name }),
    ...(typeof namespace === 'string' && { namespace }),
  };
}

function allowedTools(choice: JsonObject, tools: readonly ToolDefinition[], context: ToolChoiceContext): ChosenTools {
  const inner = isJsonObject(choice.allowed_tools) ? choice.allowed_tools : choice;
  const listed = (Array.isArray(inner.tools) ? (inner.tools as readonly unknown[]) : []).filter(isJsonObject);
  const { names, inNamespace } = allowedNames(listed);
  const allowed = tools.filter(
    (tool) =>
      [tool.name, ...qualifiedNames(tool), tool.namespace].some((name) => name !== undefined && names.has(name)) ||
      (tool.namespace !== undefined && inNamespace.has(flatName(tool))),
  );
  if (allowed.length === 0) {
    context.warnings.add('unsupported-setting', `${context.path}.tools`, 'None of the allowed tools is available');
  }
  return { tools: allowed, toolChoice: inner.mode === 'required' ? required(allowed, context) : AUTO };
}

/**
 * A tool is listed by its own name, by that of its namespace, or, where it has none to give, by its type:
 * `{ type: 'local_shell' }`. An entry with a namespace means that one's tool alone.
 */
function allowedNames(listed: readonly JsonObject[]): {
  readonly names: ReadonlySet<string>;
  readonly inNamespace: ReadonlySet<string>;
} {
  const names = new Set<string>();
  const inNamespace = new Set<string>();
  for (const entry of listed) {
    const { name = entry.type, namespace } = nameOf(entry);
    if (typeof name !== 'string') continue;
    if (namespace === undefined) names.add(name);
    else inNamespace.add(flatName({ name, namespace }));
  }
  return { names, inNamespace };
}
