/** `tools` and `tool_choice` → what the caller's client runs. Tools that OpenAI's servers would run are left out. */
import type { ToolDefinition } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { type ChosenTools, demandsTool, parseToolChoice } from '../openai-tools/tool-choice.js';
import { customDefinition, functionDefinition, unpackTool } from '../openai-tools/tool-definition.js';
import { invalidRequest } from '../parse-schema.js';
import { type ParseContext, parseObject } from './parse-context.js';
import { customTool, functionTool, namespaceTool } from './tool-schema.js';

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
): ChosenTools {
  if (declared.length === 0 && demandsTool(choice)) {
    throw invalidRequest('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
  }
  const tools = declared.flatMap((tool, index) => parseTool(tool, `tools[${index}]`, context));
  return parseToolChoice(choice, tools, {
    path: 'tool_choice',
    warnings: context.warnings,
    onOther: ({ type }) => {
      if (type === 'local_shell' && tools.includes(LOCAL_SHELL)) return { type: 'tool', toolName: LOCAL_SHELL.name };
      context.warnings.add(
        'unsupported-setting',
        'tool_choice',
        `A choice of type ${String(type)} is not available here; auto is used`,
      );
      return { type: 'auto' };
    },
  });
}

function parseTool(tool: JsonObject, path: string, context: ParseContext): ToolDefinition[] {
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
