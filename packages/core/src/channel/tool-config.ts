/** The callers' tools as Lingma's LSP chat takes them: `tool_config` (protocol section 7.6). */
import type { ToolChoice, ToolDefinition } from '../chat/index.js';
import type { JsonObject } from '../util/index.js';

export function buildToolConfig(tools: readonly ToolDefinition[], choice: ToolChoice): JsonObject {
  return {
    provider: 'openai',
    tools: tools.map(({ kind, name, description, inputSchema }) => ({
      type: 'function',
      function: {
        name,
        ...(description !== undefined && { description }),
        parameters: kind === 'custom' ? CUSTOM_INPUT : inputSchema,
      },
    })),
    tool_choice: choice.type === 'tool' ? { type: 'function', function: { name: choice.toolName } } : choice.type,
  };
}

/** A custom tool's one free-form string, as a schema for those who know functions only. */
const CUSTOM_INPUT: JsonObject = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };
