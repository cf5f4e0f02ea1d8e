/** `tools` and `tool_choice` → what the caller's client runs. Tools that the API's own servers would run are left out. */
import type { ToolDefinition } from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';
import { hostedNames } from '../openai-tools/hosted-tools.js';
import { type ChosenTools, demandsTool, parseToolChoice } from '../openai-tools/tool-choice.js';
import { foreignTools } from '../request/foreign-tool.js';
import { invalidRequest, parseAt, wordOf } from '../request/parse-schema.js';
import type { RequestWarnings } from '../request/request-warnings.js';
import { checkFields } from '../request/unknown-fields.js';
import { clientTool } from './client-tools.js';
import { type RequestBody, toolChoice as toolChoiceSchema, tool as toolSchema } from './request-schema.js';

export interface ParsedTools extends ChosenTools {
  readonly parallelToolCalls: boolean;
}

const NO_INPUT: JsonObject = { type: 'object', properties: {} };

/**
 * @param more tools that came among the messages
 * @throws GatewayError `invalid_request` for a choice that no declared tool can meet
 */
export function parseTools(
  body: RequestBody,
  warnings: RequestWarnings,
  more: readonly JsonObject[] = [],
): ParsedTools {
  const declared = [body.tools, body.functions].find((list) => Array.isArray(list) && list.length > 0) ?? [];
  const leftOut: string[] = [];
  const tools = [...(declared as JsonObject[]), ...more].flatMap((tool, index) =>
    parseTool(tool, `tools[${index}]`, leftOut, warnings),
  );
  const choice = body.tool_choice ?? body.function_call;
  const parallelToolCalls = body.parallel_tool_calls !== false;
  if (choice === null || choice === undefined) return { tools, toolChoice: { type: 'auto' }, parallelToolCalls };
  if (isJsonObject(choice) && choice.type === 'tool') checkFields(choice, toolChoiceSchema, 'tool_choice', warnings);
  if (demandsTool(choice) && declared.length + more.length === 0) {
    throw invalidRequest('tool_choice', "'tool_choice' may only be given with 'tools'.");
  }
  return {
    ...parseToolChoice(choice, tools, {
      path: 'tool_choice',
      namePath: 'tool_choice.name',
      leftOut,
      warnings,
      onOther: refuseChoice,
    }),
    parallelToolCalls: parallelToolCalls && !(isJsonObject(choice) && choice.disable_parallel_tool_use === true),
  };
}

const refuseChoice = ({ type }: JsonObject): never => {
  throw invalidRequest(
    'tool_choice.type',
    `Invalid value for 'tool_choice.type': expected 'auto', 'any', 'tool' or 'none', but got '${wordOf(type)}'.`,
  );
};

/** Tools in OpenAI's spelling, which has the schema elsewhere. */
function isForeign(tool: JsonObject): boolean {
  if (isJsonObject(tool.input_schema)) return false;
  return (
    [tool.function, tool.custom, tool.parameters, tool.inputSchema, tool.format].some(isJsonObject) ||
    tool.type === 'function'
  );
}

function parseTool(
  value: JsonObject,
  path: string,
  leftOut: string[],
  warnings: RequestWarnings,
): readonly ToolDefinition[] {
  if (isForeign(value)) return foreignTools(value, path) ?? [];
  // Claude Code sends its tools without a type; typed ones are known to the API by name and have no schema.
  const isTyped = typeof value.type === 'string' && value.type !== 'custom' && !isJsonObject(value.input_schema);
  const known = isTyped ? clientTool(value) : undefined;
  if (isTyped && known === undefined) {
    const others = foreignTools(value, path);
    if (others !== undefined) return others;
    leftOut.push(...hostedNames(value));
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
