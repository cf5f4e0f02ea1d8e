/** The callers' tools as Lingma's LSP chat takes them: `tool_config` (protocol section 7.6). */
import { chosenTool, flatName, type ToolChoice, type ToolDefinition } from '../chat/index.js';
import type { JsonObject } from '../util/index.js';

export function buildToolConfig(tools: readonly ToolDefinition[], choice: ToolChoice): JsonObject {
  const chosen = chosenTool(tools, choice);
  return {
    provider: 'openai',
    tools: tools.map((tool) => ({
      type: 'function',
      function: {
        name: flatName(tool),
        ...(tool.description !== undefined && { description: tool.description }),
        parameters: tool.kind === 'custom' ? CUSTOM_INPUT : tool.inputSchema,
      },
    })),
    tool_choice:
      choice.type === 'tool'
        ? { type: 'function', function: { name: chosen === undefined ? choice.toolName : flatName(chosen) } }
        : choice.type,
  };
}

/** A custom tool's one free-form string, as a schema for those who know functions only. */
const CUSTOM_INPUT: JsonObject = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };
