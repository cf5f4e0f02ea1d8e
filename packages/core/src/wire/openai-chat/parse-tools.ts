/** `tools`, `tool_choice` and their older forms → what the caller's client runs. Tools of other servers are left out. */
import type { ToolChoice, ToolDefinition } from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';
import { invalidRequest, parseAt } from '../parse-schema.js';
import type { RequestWarnings } from '../request-warnings.js';
import { checkFields } from '../unknown-fields.js';
import { customDefinition, functionDefinition, type RequestBody } from './request-schema.js';

export interface ParsedTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  /** The request used `functions`; its client reads the call from `message.function_call`. */
  readonly legacy: boolean;
}

type Tools = Pick<ParsedTools, 'tools' | 'toolChoice'>;

const AUTO: ToolChoice = { type: 'auto' };

/** @throws GatewayError `invalid_request` for a choice that no declared tool can meet */
export function parseTools(body: RequestBody, warnings: RequestWarnings): ParsedTools {
  const declared = body.tools ?? [];
  const functions = declared.length === 0 ? (body.functions ?? []) : [];
  if (functions.length > 0) {
    const tools = functions.map((value, index) => readFunction(value, `functions[${index}]`, warnings));
    const choice = body.function_call ?? body.tool_choice;
    const named = isJsonObject(choice) && choice.type === undefined ? { type: 'function', ...choice } : choice;
    return { ...parseChoice(named, tools, 'function_call', warnings), legacy: true };
  }
  const tools = declared.flatMap((tool, index) => parseTool(tool as JsonObject, `tools[${index}]`, warnings));
  if (declared.length === 0 && demands(body.tool_choice)) {
    throw invalidRequest('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
  }
  return { ...parseChoice(body.tool_choice, tools, 'tool_choice', warnings), legacy: false };
}

const demands = (choice: unknown): boolean =>
  choice === 'required' || choice === 'any' || (isJsonObject(choice) && choice.type === 'function');

function parseTool(tool: JsonObject, path: string, warnings: RequestWarnings): ToolDefinition[] {
  switch (tool.type) {
    case 'function':
    case null:
    case undefined: {
      // Without `function` around it is the spelling of Responses.
      const nested = isJsonObject(tool.function);
      const { type: _type, ...flat } = tool;
      return [readFunction(nested ? tool.function : flat, nested ? `${path}.function` : path, warnings)];
    }
    case 'custom': {
      const nested = isJsonObject(tool.custom);
      const { type: _type, ...flat } = tool;
      return [readCustom(nested ? tool.custom : flat, nested ? `${path}.custom` : path, warnings)];
    }
    default:
      warnings.add(
        'unsupported-setting',
        path,
        `Tools of type ${String(tool.type)} are not available and are left out`,
      );
      return [];
  }
}

function readFunction(value: unknown, path: string, warnings: RequestWarnings): ToolDefinition {
  const definition = parseAt(functionDefinition, value, path);
  checkFields(definition, functionDefinition, path, warnings);
  return {
    kind: 'function',
    name: definition.name,
    inputSchema: (definition.parameters ?? { type: 'object', properties: {} }) as JsonObject,
    ...(typeof definition.description === 'string' && { description: definition.description }),
    ...(typeof definition.strict === 'boolean' && { strict: definition.strict }),
  };
}

function readCustom(value: unknown, path: string, warnings: RequestWarnings): ToolDefinition {
  const { name, description, format } = parseAt(customDefinition, value, path);
  checkFields(value as JsonObject, customDefinition, path, warnings);
  const grammar = isJsonObject(format?.grammar) ? format.grammar : format;
  return {
    kind: 'custom',
    name,
    inputSchema: {},
    ...(typeof description === 'string' && { description }),
    ...(format?.type === 'grammar' &&
      typeof grammar?.definition === 'string' && {
        grammar: {
          syntax: typeof grammar.syntax === 'string' ? grammar.syntax : 'lark',
          definition: grammar.definition,
        },
      }),
  };
}

function parseChoice(
  choice: unknown,
  tools: readonly ToolDefinition[],
  path: string,
  warnings: RequestWarnings,
): Tools {
  if (choice === null || choice === undefined) return { tools, toolChoice: AUTO };
  const word = String(isJsonObject(choice) ? choice.type : choice);
  switch (word) {
    case 'auto':
    case 'none':
      return { tools, toolChoice: { type: word } };
    case 'required':
    case 'any':
      return { tools, toolChoice: required(tools, path, warnings) };
  }
  if (typeof choice === 'string') {
    if (tools.some((tool) => tool.name === choice)) return { tools, toolChoice: { type: 'tool', toolName: choice } };
    throw invalidRequest(
      path,
      `Invalid value for '${path}': '${choice}'. Supported values are: 'none', 'auto' and 'required'.`,
    );
  }
  if (isJsonObject(choice)) {
    if (word === 'allowed_tools') return allowedTools(choice, tools, path, warnings);
    if (word === 'function' || word === 'custom' || word === 'tool') {
      return { tools, toolChoice: { type: 'tool', toolName: namedTool(choice, tools, path) } };
    }
  }
  throw invalidRequest(path, `Invalid value for '${path}': a choice of type '${word}' is not known.`);
}

function required(tools: readonly ToolDefinition[], path: string, warnings: RequestWarnings): ToolChoice {
  if (tools.length > 0) return { type: 'required' };
  warnings.add('unsupported-setting', path, 'No tool is left that could be required; auto is used');
  return AUTO;
}

function namedTool(choice: JsonObject, tools: readonly ToolDefinition[], path: string): string {
  const name = nameOf(choice);
  if (name === undefined)
    throw invalidRequest(`${path}.function.name`, `Missing required parameter: '${path}.function.name'.`);
  if (!tools.some((tool) => tool.name === name)) {
    throw invalidRequest(path, `Invalid value for '${path}': no tool named '${name}' is given in the request.`);
  }
  return name;
}

/** `{ type: 'function', function: { name } }`, or flat as in Responses. */
function nameOf(value: JsonObject): string | undefined {
  const inner = value[String(value.type)];
  const name = isJsonObject(inner) ? inner.name : value.name;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function allowedTools(
  choice: JsonObject,
  tools: readonly ToolDefinition[],
  path: string,
  warnings: RequestWarnings,
): Tools {
  const inner = isJsonObject(choice.allowed_tools) ? choice.allowed_tools : choice;
  const names = new Set(
    (Array.isArray(inner.tools) ? (inner.tools as readonly unknown[]) : []).map((tool) =>
      isJsonObject(tool) ? nameOf(tool) : undefined,
    ),
  );
  const allowed = tools.filter((tool) => names.has(tool.name));
  if (allowed.length === 0) warnings.add('unsupported-setting', path, 'None of the allowed tools is available');
  return { tools: allowed, toolChoice: inner.mode === 'required' ? required(allowed, path, warnings) : AUTO };
}
