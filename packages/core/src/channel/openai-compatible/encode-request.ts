/** A `ChatRequest` → the body of a chat completion request, always streamed: silence can be told from work that way. */
import {
  type AssistantPart,
  type ChatMessage,
  type ChatRequest,
  type MediaPart,
  mediaMark,
  type ResponseFormat,
  type TextPart,
  type ToolChoice,
  type ToolDefinition,
  type ToolResultPart,
  type UserPart,
} from '../../chat/index.js';
import type { JsonObject, JsonValue } from '../../util/index.js';
import { calledTool, type ToolNames } from './tool-names.js';

export interface EncodeOptions {
  /** What the upstream calls the model. */
  readonly model: string;
  readonly names: ToolNames;
  /** Stands before all that the caller says. */
  readonly systemPrompt?: string | undefined;
}

/** Members that only say how the answer is wanted: an upstream that does not know one is asked again without. */
export const OPTIONAL_MEMBERS = [
  'stream_options',
  'reasoning_effort',
  'parallel_tool_calls',
  'max_completion_tokens',
] as const;
export type OptionalMember = (typeof OPTIONAL_MEMBERS)[number];

export function encodeRequest(request: ChatRequest, { model, names, systemPrompt }: EncodeOptions): JsonObject {
  const { sampling, tools, toolChoice, parallelToolCalls, responseFormat, reasoning } = request;
  const { temperature, topP, maxOutputTokens, stopSequences } = sampling;
  const messages = encodeMessages(request.messages, names);
  const choice = tools.length === 0 ? undefined : encodeChoice(toolChoice, tools, names);
  const format = encodeFormat(responseFormat);
  return {
    model,
    messages: systemPrompt === undefined ? messages : withSystemPrompt(messages, systemPrompt),
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 && { tools: tools.map((tool) => encodeTool(tool, names)) }),
    ...(choice !== undefined && { tool_choice: choice }),
    ...(tools.length > 0 && !parallelToolCalls && { parallel_tool_calls: false }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(maxOutputTokens !== undefined && { [limitName(model)]: maxOutputTokens }),
    ...(stopSequences !== undefined && { stop: stopSequences }),
    ...(format !== undefined && { response_format: format }),
    ...(reasoning.effort !== undefined && { reasoning_effort: reasoning.effort }),
  };
}

/** OpenAI's own reasoning models refuse the older name, which is all that most other servers know. */
const limitName = (model: string): string =>
  /^(?:[\w-]+\/)?(?:o\d|gpt-5)/i.test(model) ? 'max_completion_tokens' : 'max_tokens';

function withSystemPrompt(messages: readonly JsonObject[], prompt: string): readonly JsonObject[] {
  const [first, ...rest] = messages;
  // Templates of many open models take one system message, at the beginning.
  return first?.role === 'system'
    ? [{ role: 'system', content: `${prompt}\n\n${first.content as string}` }, ...rest]
    : [{ role: 'system', content: prompt }, ...messages];
}

function encodeMessages(messages: readonly ChatMessage[], names: ToolNames): JsonObject[] {
  const encoded: JsonObject[] = [];
  const opening: string[] = [];
  for (const message of messages) {
    if (message.role === 'system' && encoded.length === 0) {
      opening.push(message.content);
      continue;
    }
    if (opening.length > 0) encoded.push({ role: 'system', content: opening.splice(0).join('\n\n') });
    switch (message.role) {
      case 'system':
        encoded.push({ role: 'system', content: message.content });
        break;
      case 'user':
        encoded.push({ role: 'user', content: encodeContent(message.content) });
        break;
      case 'assistant':
        encoded.push(encodeAssistant(message.content, names));
        break;
      case 'tool':
        encoded.push(...encodeResults(message.content));
        break;
    }
  }
  if (opening.length > 0) encoded.push({ role: 'system', content: opening.join('\n\n') });
  return encoded;
}

function encodeContent(parts: readonly UserPart[]): JsonValue {
  // Many servers know content as text alone.
  if (parts.every((part) => part.type === 'text')) return parts.map(({ text }) => text).join('\n\n');
  return parts.map((part) => (part.type === 'text' ? { type: 'text', text: part.text } : encodeMedia(part)));
}

function encodeMedia({ type, source, filename }: MediaPart): JsonObject {
  const url = source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
  if (type === 'image') return { type: 'image_url', image_url: { url } };
  if (source.kind === 'base64' && type === 'audio') {
    const format = /mp3|mpeg/i.test(source.mediaType) ? 'mp3' : source.mediaType.replace(/^.*\/(?:x-)?/, '');
    return { type: 'input_audio', input_audio: { data: source.data, format } };
  }
  if (source.kind === 'base64' && type === 'file') {
    return { type: 'file', file: { filename: filename ?? 'file', file_data: url } };
  }
  return { type: 'text', text: `${mediaMark(type, filename)} ${source.kind === 'url' ? source.url : ''}`.trimEnd() };
}

function encodeAssistant(parts: readonly AssistantPart[], names: ToolNames): JsonObject {
  const text = parts
    .filter((part) => part.type === 'text')
    .map((part) => part.text)
    .join('');
  const calls = parts.filter((part) => part.type === 'tool-call');
  if (calls.length === 0) return { role: 'assistant', content: text };
  const thoughts = parts
    .filter((part) => part.type === 'reasoning')
    .map((part) => part.text)
    .join('');
  return {
    role: 'assistant',
    content: text === '' ? null : text,
    // Models that think between calls want their thoughts back; others do not look at them.
    ...(thoughts !== '' && { reasoning_content: thoughts }),
    tool_calls: calls.map((call) => ({
      id: call.toolCallId,
      type: 'function',
      function: {
        name: names.upstreamName(calledTool(call)),
        arguments: call.kind === 'custom' ? JSON.stringify({ input: call.input }) : call.input.trim() || '{}',
      },
    })),
  };
}

/** Results are text here; their pictures follow in a message of the user's, behind all results of the round. */
function encodeResults(results: readonly ToolResultPart[]): readonly JsonObject[] {
  const media: MediaPart[] = [];
  const messages = results.map(({ toolCallId, output, isError }): JsonObject => {
    const texts = output.map((part) => {
      if (part.type === 'text') return part.text;
      media.push(part);
      return mediaMark(part.type, part.filename);
    });
    const content = texts.join('\n');
    return { role: 'tool', tool_call_id: toolCallId, content: isError ? `Error: ${content}` : content };
  });
  if (media.length === 0) return messages;
  const label: TextPart = { type: 'text', text: 'What the tools above returned besides text:' };
  return [...messages, { role: 'user', content: encodeContent([label, ...media]) }];
}

function encodeTool(tool: ToolDefinition, names: ToolNames): JsonObject {
  const name = names.upstreamName(tool);
  if (tool.kind === 'custom') {
    return { type: 'function', function: { name, description: describeCustom(tool), parameters: CUSTOM_INPUT } };
  }
  const { description, strict, inputSchema } = tool;
  const parameters = Object.keys(inputSchema).length === 0 ? { type: 'object', properties: {} } : inputSchema;
  return {
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters,
      ...(strict === true && { strict }),
    },
  };
}

/** Free-form input has a place in OpenAI's newest models alone: everywhere else it is the one member of an object. */
const CUSTOM_INPUT: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input, as free text' } },
  required: ['input'],
  additionalProperties: false,
};

function describeCustom({ description, grammar }: ToolDefinition): string {
  const parts = [description ?? ''];
  if (grammar !== undefined) parts.push(`The input must follow this ${grammar.syntax} grammar:\n${grammar.definition}`);
  return parts.filter((part) => part !== '').join('\n\n');
}

function encodeChoice(choice: ToolChoice, tools: readonly ToolDefinition[], names: ToolNames): JsonValue | undefined {
  if (choice.type === 'auto') return undefined;
  if (choice.type !== 'tool') return choice.type;
  const { toolName, namespace } = choice;
  const tool = tools.find(
    (each) => each.name === toolName && (namespace === undefined || each.namespace === namespace),
  );
  return { type: 'function', function: { name: names.upstreamName(tool ?? { name: toolName }) } };
}

function encodeFormat(format: ResponseFormat): JsonObject | undefined {
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json':
      return { type: 'json_object' };
    case 'json-schema': {
      const { name = 'answer', schema, strict } = format;
      return { type: 'json_schema', json_schema: { name, schema, strict } };
    }
  }
}
