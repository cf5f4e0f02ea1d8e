/** `tools`, `tool_choice` and their older forms → what the caller's client runs. Tools of other servers are left out. */
import type { ToolDefinition } from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';
import { hostedNames } from '../openai-tools/hosted-tools.js';
import { type ChosenTools, demandsTool, parseToolChoice } from '../openai-tools/tool-choice.js';
import { customDefinition, functionDefinition, unpackTool } from '../openai-tools/tool-definition.js';
import { foreignSchema, foreignTools } from '../request/foreign-tool.js';
import { invalidRequest, parseAt, wordOf } from '../request/parse-schema.js';
import type { RequestWarnings } from '../request/request-warnings.js';
import { checkFields } from '../request/unknown-fields.js';
import {
  customDefinition as customSchema,
  functionDefinition as functionSchema,
  type RequestBody,
} from './request-schema.js';

export interface ParsedTools extends ChosenTools {
  /** The request used `functions`; its client reads the call from `message.function_call`. */
  readonly legacy: boolean;
}

/**
 * @param more tools that came among the messages
 * @throws GatewayError `invalid_request` for a choice that no declared tool can meet
 */
export function parseTools(
  body: RequestBody,
  warnings: RequestWarnings,
  more: readonly JsonObject[] = [],
): ParsedTools {
  const declared = body.tools ?? [];
  const functions = declared.length === 0 ? (body.functions ?? []) : [];
  if (functions.length > 0) {
    const tools = functions.map((value, index) => readFunction(value, `functions[${index}]`, warnings));
    const choice = body.function_call ?? body.tool_choice;
    const named = isJsonObject(choice) && choice.type === undefined ? { type: 'function', ...choice } : choice;
    return { legacy: true, ...choose(named, tools, 'function_call', [], warnings) };
  }
  const leftOut: string[] = [];
  const tools = [...(declared as JsonObject[]), ...more].flatMap((tool, index) =>
    parseTool(tool, `tools[${index}]`, leftOut, warnings),
  );
  if (declared.length + more.length === 0 && demandsTool(body.tool_choice)) {
    throw invalidRequest('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
  }
  return { legacy: false, ...choose(body.tool_choice, tools, 'tool_choice', leftOut, warnings) };
}

function parseTool(
  tool: JsonObject,
  path: string,
  leftOut: string[],
  warnings: RequestWarnings,
): readonly ToolDefinition[] {
  if (foreignSchema(tool) !== undefined) return foreignTools(tool, path) ?? [];
  switch (tool.type) {
    case 'function':
    case 'custom':
    case null:
    case undefined: {
      // Flat is the spelling of Responses; only there the type stands among the rest.
      const { value, path: place } = unpackTool(tool, path);
      const { type: _type, ...flat } = value;
      const definition = value === tool ? flat : value;
      return [(tool.type === 'custom' ? readCustom : readFunction)(definition, place, warnings)];
    }
    default: {
      const tools = foreignTools(tool, path);
      if (tools !== undefined) return tools;
      leftOut.push(...hostedNames(tool));
      warnings.add(
        'unsupported-setting',
        path,
        `Tools of type ${wordOf(tool.type)} are not available and are left out`,
      );
      return [];
    }
  }
}

function readFunction(value: unknown, path: string, warnings: RequestWarnings): ToolDefinition {
  const declared = parseAt(functionSchema, value, path);
  checkFields(declared, functionSchema, path, warnings);
  return functionDefinition(declared);
}

function readCustom(value: JsonObject, path: string, warnings: RequestWarnings): ToolDefinition {
  const declared = parseAt(customSchema, value, path);
  checkFields(value, customSchema, path, warnings);
  return customDefinition(declared);
}

function choose(
  choice: unknown,
  tools: readonly ToolDefinition[],
  path: string,
  leftOut: readonly string[],
  warnings: RequestWarnings,
): ChosenTools {
  return parseToolChoice(choice, tools, {
    path,
    leftOut,
    warnings,
    onOther: ({ type }) => {
      throw invalidRequest(path, `Invalid value for '${path}': a choice of type '${wordOf(type)}' is not known.`);
    },
  });
}
