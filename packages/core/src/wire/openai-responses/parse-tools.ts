/** `tools` and `tool_choice` → what the caller's client runs. Tools that OpenAI's servers would run are left out. */
import type { ToolChoice, ToolDefinition } from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';
import { invalidRequest } from '../parse-schema.js';
import { type ParseContext, parseObject } from './parse-context.js';
import { customTool, functionTool, namespaceTool } from './tool-schema.js';

export interface ParsedTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
}

/** What a call of the built-in `local_shell` tool carries; the encoder makes a `local_shell_call` of it. */
const LOCAL_SHELL: ToolDefinition = {
  kind: 'function',
  name: 'local_shell',
  description: "Runs a command on the user's machine and returns its output.",
  inputSchema: {
    type: 'object',
    properties: {
      command: { type: 'array', items: { type: 'string' }, description: 'The program and its arguments' },
      working_directory: { type: 'string', description: 'Folder to run in' },
      timeout_ms: { type: 'integer', description: 'Time limit in milliseconds' },
      env: { type: 'object', additionalProperties: { type: 'string' }, description: 'Environment variables to set' },
    },
    required: ['command'],
  },
};

export function parseTools(
  declared: readonly JsonObject[],
  choice: string | JsonObject | null | undefined,
  context: ParseContext,
): ParsedTools {
  if (declared.length === 0 && (choice === 'required' || (isJsonObject(choice) && choice.type === 'required'))) {
    throw invalidRequest('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
  }
  const tools = declared.flatMap((tool, index) => parseTool(tool, `tools[${index}]`, context));
  return parseChoice(choice, tools, context);
}

function parseTool(tool: JsonObject, path: string, context: ParseContext): ToolDefinition[] {
  switch (tool.type) {
    case 'function':
    case undefined:
      return [readFunction(tool, path, context)];
    case 'custom':
      return [readCustom(tool, path, context)];
    case 'namespace': {
      const { name, tools } = parseObject(namespaceTool, tool, path, context);
      return tools.flatMap((inner, index) =>
        parseTool(inner as JsonObject, `${path}.tools[${index}]`, context).map((definition) => ({
          ...definition,
          namespace: name,
        })),
      );
    }
    case 'local_shell':
      return [LOCAL_SHELL];
    default:
      context.warnings.add(
        'unsupported-setting',
        path,
        `Tools of type ${String(tool.type)} are not available and are left out`,
      );
      return [];
  }
}

function readFunction(tool: JsonObject, path: string, context: ParseContext): ToolDefinition {
  // `{ type, function: { name, … } }` is the chat protocol's spelling.
  const nested = isJsonObject(tool.function) ? tool.function : undefined;
  const definition = parseObject(
    functionTool,
    nested ?? tool,
    nested === undefined ? path : `${path}.function`,
    context,
  );
  return {
    kind: 'function',
    name: definition.name,
    inputSchema: (definition.parameters ?? { type: 'object', properties: {} }) as JsonObject,
    ...(typeof definition.description === 'string' && { description: definition.description }),
    ...(typeof definition.strict === 'boolean' && { strict: definition.strict }),
  };
}

function readCustom(tool: JsonObject, path: string, context: ParseContext): ToolDefinition {
  const nested = isJsonObject(tool.custom) ? tool.custom : undefined;
  const { name, description, format } = parseObject(
    customTool,
    nested ?? tool,
    nested === undefined ? path : `${path}.custom`,
    context,
  );
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
  choice: string | JsonObject | null | undefined,
  tools: readonly ToolDefinition[],
  context: ParseContext,
): ParsedTools {
  if (choice === null || choice === undefined) return { tools, toolChoice: { type: 'auto' } };
  if (typeof choice === 'string') {
    if (choice === 'auto' || choice === 'none') return { tools, toolChoice: { type: choice } };
    if (choice === 'required') return required(tools, context);
    throw invalidRequest(
      'tool_choice',
      `Invalid value: '${choice}'. Supported values are: 'none', 'auto', and 'required'.`,
    );
  }
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { tools, toolChoice: { type: choice.type } };
    case 'required':
      return required(tools, context);
    case 'function':
    case 'custom':
      return { tools, toolChoice: { type: 'tool', toolName: namedTool(choice, tools) } };
    case 'local_shell':
      if (tools.includes(LOCAL_SHELL)) return { tools, toolChoice: { type: 'tool', toolName: LOCAL_SHELL.name } };
      break;
    case 'allowed_tools':
      return allowedTools(choice, tools, context);
  }
  context.warnings.add(
    'unsupported-setting',
    'tool_choice',
    `A choice of type ${String(choice.type)} is not available here; auto is used`,
  );
  return { tools, toolChoice: { type: 'auto' } };
}

function required(tools: readonly ToolDefinition[], context: ParseContext): ParsedTools {
  if (tools.length > 0) return { tools, toolChoice: { type: 'required' } };
  context.warnings.add('unsupported-setting', 'tool_choice', 'No tool is left that could be required; auto is used');
  return { tools, toolChoice: { type: 'auto' } };
}

/** @throws GatewayError `invalid_request` when no tool has the name */
function namedTool(choice: JsonObject, tools: readonly ToolDefinition[]): string {
  const inner = choice[String(choice.type)];
  const name = choice.name ?? (isJsonObject(inner) ? inner.name : undefined);
  if (typeof name !== 'string')
    throw invalidRequest('tool_choice.name', "Missing required parameter: 'tool_choice.name'.");
  if (!tools.some((tool) => tool.name === name)) {
    throw invalidRequest('tool_choice', `Tool choice '${name}' not found in 'tools' parameter.`);
  }
  return name;
}

function allowedTools(choice: JsonObject, tools: readonly ToolDefinition[], context: ParseContext): ParsedTools {
  const inner = isJsonObject(choice.allowed_tools) ? choice.allowed_tools : choice;
  const names = new Set(
    (Array.isArray(inner.tools) ? inner.tools : []).map((tool: unknown) => {
      if (!isJsonObject(tool)) return undefined;
      const nested = tool[String(tool.type)];
      return tool.name ?? (isJsonObject(nested) ? nested.name : tool.type);
    }),
  );
  const allowed = tools.filter(
    (tool) => names.has(tool.name) || (tool.namespace !== undefined && names.has(tool.namespace)),
  );
  if (allowed.length === 0) {
    context.warnings.add('unsupported-setting', 'tool_choice.tools', 'None of the allowed tools is available');
  }
  return inner.mode === 'required' ? required(allowed, context) : { tools: allowed, toolChoice: { type: 'auto' } };
}
