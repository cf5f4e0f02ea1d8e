/** Which tools of a request the model is told of, and whether the request makes sense with them. */
import {
  type ChatMessage,
  type ChatRequest,
  type ChatWarning,
  chosenTool,
  GatewayError,
  qualifiedName,
  type ToolCallPart,
  type ToolDefinition,
} from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';

export interface OfferedTools {
  readonly tools: readonly ToolDefinition[];
  /** The answer has to be a call. */
  readonly isForced: boolean;
  readonly warnings: readonly ChatWarning[];
}

/**
 * `allowlist`: names that may be offered; empty means all. A tool loop whose later request does not repeat `tools` goes
 * on with those that its history shows.
 *
 * @throws GatewayError `invalid_request` when a tool is forced that is not there or not allowed
 */
export function offerTools(
  request: Pick<ChatRequest, 'tools' | 'toolChoice' | 'messages'>,
  allowlist: readonly string[] = [],
): OfferedTools {
  const { toolChoice } = request;
  if (toolChoice.type === 'none') return { tools: [], isForced: false, warnings: [] };
  const given = request.tools.length > 0 ? request.tools : inferTools(request.messages);
  const allowed = new Set(allowlist);
  const isAllowed = (tool: ToolDefinition): boolean =>
    allowed.size === 0 || allowed.has(tool.name) || allowed.has(qualifiedName(tool));
  if (toolChoice.type === 'tool') {
    const wanted = chosenTool(given, toolChoice);
    if (wanted === undefined) throw refused(`There is no tool '${toolChoice.toolName}' in this request`);
    if (!isAllowed(wanted)) throw refused(`The tool '${toolChoice.toolName}' is not allowed by this gateway`);
  }
  const tools = given.filter(isAllowed);
  const left = given.filter((tool) => !isAllowed(tool)).map(qualifiedName);
  if (toolChoice.type === 'required' && tools.length === 0) {
    throw refused(
      left.length > 0
        ? 'None of the tools is allowed by this gateway'
        : 'A tool call is required, but there are no tools',
    );
  }
  const warnings: readonly ChatWarning[] =
    left.length === 0
      ? []
      : [{ type: 'tool-emulation', subject: 'tools', message: `Not allowed and left out: ${left.join(', ')}` }];
  return { tools, isForced: toolChoice.type === 'tool' || toolChoice.type === 'required', warnings };
}

const refused = (message: string): GatewayError =>
  new GatewayError('invalid_request', message, { param: 'tool_choice' });

/** The tools that were called before, with the members they were called with; none is required, others may come. */
function inferTools(messages: readonly ChatMessage[]): readonly ToolDefinition[] {
  const found = new Map<string, { readonly call: ToolCallPart; readonly members: Map<string, JsonObject> }>();
  for (const message of messages) {
    if (message.role !== 'assistant') continue;
    for (const part of message.content) {
      if (part.type !== 'tool-call') continue;
      const name = JSON.stringify([part.namespace, part.toolName]);
      let known = found.get(name);
      if (known === undefined) {
        known = { call: part, members: new Map() };
        found.set(name, known);
      }
      if (part.kind !== 'custom') noteMembers(known.members, part.input);
    }
  }
  return [...found.values()].map(({ call, members }) => ({
    kind: call.kind ?? 'function',
    name: call.toolName,
    ...(call.namespace !== undefined && { namespace: call.namespace }),
    inputSchema: call.kind === 'custom' ? {} : { type: 'object', properties: Object.fromEntries(members) },
  }));
}

function noteMembers(members: Map<string, JsonObject>, input: string): void {
  let value: unknown;
  try {
    value = JSON.parse(input);
  } catch {
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    const type = Array.isArray(member) ? 'array' : member === null ? undefined : typeof member;
    const known = members.get(name);
    if (known === undefined) members.set(name, type === undefined ? {} : { type });
    else if (known.type !== type) members.set(name, {});
  }
}
