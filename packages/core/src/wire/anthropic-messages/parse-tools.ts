/** `tools` and `tool_choice` → what the caller's client runs. Tools that the API's own servers would run are left out. */
import type { ToolChoice, ToolDefinition } from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';
import { invalidRequest, parseAt } from '../parse-schema.js';
import type { RequestWarnings } from '../request-warnings.js';
import { checkFields } from '../unknown-fields.js';
import { clientTool } from './client-tools.js';
import { type RequestBody, toolChoice as toolChoiceSchema, tool as toolSchema } from './request-schema.js';

export interface ParsedTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
}

const NO_INPUT: JsonObject = { type: 'object', properties: {} };

/** @throws GatewayError `invalid_request` for a choice that no declared tool can meet */
export function parseTools(body: RequestBody, warnings: RequestWarnings): ParsedTools {
  const declared = body.tools ?? [];
  const tools = declared.flatMap((tool, index) => parseTool(tool as JsonObject, `tools[${index}]`, warnings));
  const choice = body.tool_choice;
  if (choice === null || choice === undefined) return { tools, toolChoice: { type: 'auto' }, parallelToolCalls: true };
  checkFields(choice, toolChoiceSchema, 'tool_choice', warnings);
  return {
    tools,
    toolChoice: parseChoice(choice, tools, declared.length > 0),
    parallelToolCalls: choice.disable_parallel_tool_use !== true,
  };
}

function parseTool(value: JsonObject, path: string, warnings: RequestWarnings): ToolDefinition[] {
  // Claude Code sends its tools without a type; typed ones are known to the API by name and have no schema.
  const isTyped = typeof value.type === 'string' && value.type !== 'custom' && !isJsonObject(value.input_schema);
  const known = isTyped ? clientTool(value) : undefined;
  if (isTyped && known === undefined) {
    warnings.add('unsupported-setting', path, `Tools of type ${value.type} are not available and are left out`);
    return [];
  }
  const definition = parseAt(toolSchema, value, path);
  checkFields(value, toolSchema, path, warnings);
  const description = definition.description ?? known?.description;
  return [
    {
      kind: 'function',
      name: definition.name,
      inputSchema: (definition.input_schema ?? known?.inputSchema ?? NO_INPUT) as JsonObject,
      ...(description !== undefined && { description }),
      ...(typeof definition.strict === 'boolean' && { strict: definition.strict }),
    },
  ];
}

function parseChoice(
  choice: NonNullable<RequestBody['tool_choice']>,
  tools: readonly ToolDefinition[],
  anyDeclared: boolean,
): ToolChoice {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { type: choice.type };
    case 'any':
      if (tools.length > 0) return { type: 'required' };
      if (!anyDeclared) throw invalidRequest('tool_choice', "'tool_choice' may only be given with 'tools'.");
      // Prose in place of a demanded call would pass for success.
      throw invalidRequest('tool_choice', 'None of the tools in the request is available here.');
    case 'tool': {
      const name = choice.name;
      if (typeof name !== 'string' || name === '') {
        throw invalidRequest('tool_choice.name', "Missing required parameter: 'tool_choice.name'.");
      }
      if (!tools.some((tool) => tool.name === name)) {
        throw invalidRequest('tool_choice.name', `Tool '${name}' not found in 'tools'.`);
      }
      return { type: 'tool', toolName: name };
    }
  }
}
