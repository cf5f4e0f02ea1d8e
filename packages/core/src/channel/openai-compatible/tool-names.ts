/** Names of tools as OpenAI's protocol allows them, and back: letters, digits, `_` and `-`, 64 at the most, each once. */
import { flatName, type ToolCallPart, type ToolDefinition } from '../../chat/index.js';

const MAX_NAME = 64;

export interface ToolNames {
  /** What the upstream knows a tool of the caller's by. */
  upstreamName(tool: Pick<ToolDefinition, 'name' | 'namespace'>): string;
  /** The caller's tool of that name. */
  find(upstreamName: string): ToolDefinition | undefined;
}

export function createToolNames(tools: readonly ToolDefinition[]): ToolNames {
  const byUpstream = new Map<string, ToolDefinition>();
  const byOwn = new Map<string, string>();
  for (const tool of tools) {
    const wanted = plainName(flatName(tool));
    let name = wanted;
    for (let count = 2; byUpstream.has(name); count++) name = `${wanted.slice(0, MAX_NAME - 4)}_${count}`;
    byUpstream.set(name, tool);
    byOwn.set(flatName(tool), name);
  }
  return {
    upstreamName: (tool) => byOwn.get(flatName(tool)) ?? plainName(flatName(tool)),
    find: (name) => byUpstream.get(name),
  };
}

/** Of a call in the history, whose tool may not be there any more. */
export const calledTool = ({ toolName, namespace }: ToolCallPart): Pick<ToolDefinition, 'name' | 'namespace'> => ({
  name: toolName,
  ...(namespace !== undefined && { namespace }),
});

const plainName = (name: string): string => name.replace(/[^\w-]/g, '_').slice(0, MAX_NAME) || 'tool';
