/** `tools` and `tool_choice` → what the caller's client runs. Tools that OpenAI's servers would run are left out. */
import type { ToolDefinition } from '../../../chat/index.js';
import type { JsonObject } from '../../../util/index.js';
import { hostedNames } from '../../openai-tools/hosted-tools.js';
import { type ChosenTools, demandsTool, parseToolChoice } from '../../openai-tools/tool-choice.js';
import { customDefinition, functionDefinition, unpackTool } from '../../openai-tools/tool-definition.js';
import { foreignSchema, foreignTools } from '../../request/foreign-tool.js';
import { invalidRequest, wordOf } from '../../request/parse-schema.js';
import { builtInTool } from './built-in-tools.js';
import { type ParseContext, parseObject } from './parse-context.js';
import { customTool, functionTool, namespaceTool } from './tool-schema.js';

export function parseTools(
  declared: readonly JsonObject[],
  choice: string | JsonObject | null | undefined,
  context: ParseContext,
): ChosenTools {
  if (declared.length === 0 && demandsTool(choice)) {
    throw invalidRequest('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
  }
  const leftOut: string[] = [];
  const tools = declared.flatMap((tool, index) => parseTool(tool, `tools[${index}]`, leftOut, context));
  return parseToolChoice(choice, tools, {
    path: 'tool_choice',
    leftOut,
    warnings: context.warnings,
    onOther: (named) => {
      // `{ type: 'shell' }`
      const builtIn = builtInTool({ type: named.type ?? null });
      if (builtIn !== undefined && tools.includes(builtIn.definition)) {
        return { type: 'tool', toolName: builtIn.definition.name };
      }
      throw invalidRequest(
        'tool_choice',
        `Tools of type '${wordOf(named.type)}' are not available here, so none can be demanded.`,
      );
    },
  });
}

function parseTool(
  tool: JsonObject,
  path: string,
  leftOut: string[],
  context: ParseContext,
): readonly ToolDefinition[] {
  if (foreignSchema(tool) !== undefined) return foreignTools(tool, path) ?? [];
  switch (tool.type) {
    case 'function':
    case null:
    case undefined: {
      // `{ type, function: { name, … } }` is the chat protocol's spelling.
      const unpacked = unpackTool(tool, path);
      return [functionDefinition(parseObject(functionTool, unpacked.value, unpacked.path, context))];
    }
    case 'custom': {
      const unpacked = unpackTool(tool, path);
      return [customDefinition(parseObject(customTool, unpacked.value, unpacked.path, context))];
    }
    case 'namespace': {
      const { name, description, tools } = parseObject(namespaceTool, tool, path, context);
      return tools.flatMap((inner, index) =>
        parseTool(inner as JsonObject, `${path}.tools[${index}]`, leftOut, context).map((definition) => ({
          ...definition,
          namespace: name,
          ...(typeof description === 'string' && description !== '' && { namespaceDescription: description }),
        })),
      );
    }
    default: {
      const builtIn = builtInTool(tool);
      if (builtIn !== undefined) return [builtIn.definition];
      const tools = foreignTools(tool, path);
      if (tools !== undefined) return tools;
      leftOut.push(...hostedNames(tool));
      context.warnings.add(
        'unsupported-setting',
        path,
        `Tools of type ${wordOf(tool.type)} are not available and are left out`,
      );
      return [];
    }
  }
}
