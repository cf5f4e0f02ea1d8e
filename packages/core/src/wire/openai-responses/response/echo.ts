/**
 * The request's settings as the Response object repeats them: members the published schemas require are made whole,
 * everything else stays as the client wrote it.
 */
import type { ToolChoice } from '../../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '../../../util/index.js';
import { foreignSchema } from '../../request/foreign-tool.js';
import type { ResponsesRequest } from '../request/request-schema.js';

/** @param toolChoice what is really done: a choice that could not be honoured is told as `auto` */
export function buildEcho(id: string, request: ResponsesRequest, toolChoice: ToolChoice): JsonObject {
  const { effort, summary } = request.reasoning ?? {};
  const { metadata, tools } = request;
  // With all its members at once: each request makes one, and one that grows is moved again and again.
  const echo: Record<string, JsonValue> = {
    id,
    background: false,
    service_tier: 'default',
    top_logprobs: 0,
    instructions: (request.instructions ?? null) as JsonValue,
    max_output_tokens: request.max_output_tokens === -1 ? null : (request.max_output_tokens ?? null),
    max_tool_calls: request.max_tool_calls ?? null,
    metadata: isJsonObject(metadata) ? textsOf(metadata) : {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: request.previous_response_id ?? null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    reasoning: { effort: effort ?? null, summary: summary === 'none' ? null : (summary ?? null) },
    safety_identifier: request.safety_identifier ?? null,
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    text: echoText(request),
    tool_choice: echoChoice(request, toolChoice),
    tools: (tools ?? []).map((tool) => echoTool(tool as JsonObject)),
    presence_penalty: request.presence_penalty ?? 0,
    frequency_penalty: request.frequency_penalty ?? 0,
    top_p: request.top_p ?? 1,
    truncation: request.truncation === 'auto' ? 'auto' : 'disabled',
  };
  if (typeof request.user === 'string') echo.user = request.user;
  return echo;
}

const textsOf = (metadata: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, asText(value)]));

const asText = (value: unknown): string => (typeof value === 'string' ? value : stringifyJson(value ?? null));

function echoText(request: ResponsesRequest): JsonObject {
  const given = request.text?.format ?? request.response_format;
  const verbosity = request.text?.verbosity ?? 'medium';
  if (given === null || given === undefined || given.type === undefined || given.type === null) {
    return { format: { type: 'text' }, verbosity };
  }
  const format = given as JsonObject;
  if (format.type !== 'json_schema') return { format, verbosity };
  const inner = isJsonObject(format.json_schema) ? format.json_schema : format;
  const { schema, strict, name, description } = inner;
  return {
    format: {
      type: 'json_schema',
      name: name ?? 'response',
      schema: schema ?? {},
      strict: strict ?? false,
      ...(typeof description === 'string' && { description }),
    },
    verbosity,
  };
}

function echoChoice(request: ResponsesRequest, toolChoice: ToolChoice): JsonValue {
  const given = isJsonObject(request.tool_choice) ? request.tool_choice : undefined;
  if (toolChoice.type !== 'tool') return given?.type === 'allowed_tools' ? given : toolChoice.type;
  // A choice in another protocol's spelling is repeated in this one's.
  const { toolName: name, namespace } = toolChoice;
  const isOwn = typeof given?.type === 'string' && given.type !== 'tool' && !isJsonObject(given[given.type]);
  return isOwn ? given : { type: 'function', name, ...(namespace !== undefined && { namespace }) };
}

/** Functions are told whole; the schemas do not let their members be left out. */
function echoTool(tool: JsonObject): JsonObject {
  if (tool.type === 'namespace' && Array.isArray(tool.tools)) {
    return {
      ...tool,
      description: tool.description ?? '',
      tools: tool.tools.map((inner) => echoTool(inner as JsonObject)),
    };
  }
  const schema = foreignSchema(tool);
  if (tool.type !== 'function' && tool.type !== undefined && schema === undefined) return tool;
  const { function: nested, input_schema: _anthropic, inputSchema: _mcp, ...flat } = tool;
  const definition = isJsonObject(nested) ? { ...nested } : flat;
  return {
    ...definition,
    type: 'function',
    description: definition.description ?? null,
    parameters: definition.parameters ?? schema ?? null,
    strict: definition.strict ?? false,
  };
}
