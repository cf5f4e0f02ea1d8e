/** The tools the tests offer. */
import type { ToolDefinition } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';

export function functionTool(
  name: string,
  properties: JsonObject = {},
  required: readonly string[] = [],
): ToolDefinition {
  return {
    kind: 'function',
    name,
    description: `Tool ${name}.`,
    inputSchema: { type: 'object', properties, required },
  };
}

export const TOOLS: readonly ToolDefinition[] = [
  functionTool(
    'get_weather',
    {
      city: { type: 'string' },
      unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
      days: { type: 'integer' },
      detailed: { type: 'boolean' },
    },
    ['city'],
  ),
  functionTool('read_file', { file_path: { type: 'string' }, limit: { type: 'integer' } }, ['file_path']),
  functionTool('write_file', { file_path: { type: 'string' }, content: { type: 'string' } }, ['file_path', 'content']),
  functionTool('terminal', { command: { type: 'string' }, timeout: { type: 'number' } }, ['command']),
  functionTool(
    'find_notes',
    {
      query: { type: 'string' },
      tags: { type: 'array', items: { type: 'string' } },
      filter: { type: 'object', properties: { year: { type: 'integer' }, open: { type: 'boolean' } } },
      anything: {},
    },
    ['query'],
  ),
  functionTool('get_time'),
  functionTool('sleep', { seconds: { type: 'number' } }, ['seconds']),
  functionTool('mcp__github__create_issue', { title: { type: 'string' }, body: { type: 'string' } }, ['title']),
  functionTool('resolve-library-id', { libraryName: { type: 'string' } }, ['libraryName']),
  { ...functionTool('open_tab', { url: { type: 'string' } }, ['url']), namespace: 'browser' },
  { kind: 'custom', name: 'apply_patch', description: 'Changes files.', inputSchema: {} },
];
