/** The body of a Messages request → `ChatRequest`. */
import {
  type ChatMessage,
  GatewayError,
  type ReasoningOptions,
  type ResponseFormat,
  type SamplingOptions,
} from '../../chat/index.js';
import { isJsonObject, type JsonObject, type Writable } from '../../util/index.js';
import { isEmpty, parseItems, promptItems, toItems } from '../openai-responses/request/parse-items.js';
import type { ParsedRequest, RequestHeaders, ResponseOptions } from '../protocol.js';
import { conversationHints } from '../request/conversation-hints.js';
import {
  foreignEffort,
  foreignFormat,
  foreignLimit,
  foreignStop,
  formatMembers,
  thinkingSwitch,
  withForeignSettings,
} from '../request/foreign-settings.js';
import { invalidRequest, parseAt, toBody } from '../request/parse-schema.js';
import { effortOf, parseEffort } from '../request/reasoning-effort.js';
import { RequestWarnings } from '../request/request-warnings.js';
import { checkFields } from '../request/unknown-fields.js';
import { parseMessages, parseSystem } from './parse-messages.js';
import { parseTools } from './parse-tools.js';
import { outputConfig, type RequestBody, requestBody, thinking as thinkingSchema } from './request-schema.js';

/** @throws GatewayError `invalid_request` or `unsupported_feature`, `param` naming the field */
export function parseRequest(value: unknown, headers?: RequestHeaders): ParsedRequest {
  const body = parseAt(requestBody, withOthersNames(toBody(value)), '');
  sourceOf(body);
  const warnings = new RequestWarnings();
  refuseThread(body);
  checkFields(body, requestBody, '', warnings);
  if (body.output_config) checkFields(body.output_config, outputConfig, 'output_config', warnings);
  if (body.thinking) checkFields(body.thinking, thinkingSchema, 'thinking', warnings);

  const { messages, tools: more } = parseConversation(body, warnings);
  if (messages.length === 0) throw invalidRequest('messages', "Invalid value for 'messages': they hold no content.");
  const { tools, toolChoice, parallelToolCalls } = parseTools(body, warnings, more);
  const shown = reasoningShown(body);
  return {
    chat: {
      model: body.model ?? '',
      messages,
      tools,
      toolChoice,
      parallelToolCalls,
      sampling: parseSampling(body),
      responseFormat: parseResponseFormat(body),
      reasoning: parseReasoning(body, shown, warnings),
      conversation: conversationHints(body as JsonObject, headers),
      warnings: warnings.list,
    },
    response: {
      stream: body.stream === true,
      model: body.model ?? '',
      includeUsage: true,
      reasoning: shown,
      echo: {},
    },
  };
}

/**
 * A thread keeps the history on the server: to ignore it would be to lose it. Clients that read `error_code` send the
 * whole conversation instead.
 */
function refuseThread({ thread }: RequestBody): void {
  if (thread === null || thread === undefined) return;
  throw new GatewayError('invalid_request', 'thread: Threads are not supported; send the whole conversation.', {
    param: 'thread',
    details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
  });
}

/** Settings by the names that OpenAI's protocols have for them. */
function withOthersNames(body: JsonObject): JsonObject {
  const found = foreignFormat(body, ['response_format', 'text.format'])?.format;
  const members = found?.type === 'json_schema' ? formatMembers(found) : undefined;
  return withForeignSettings(body, {
    max_tokens: foreignLimit(body, ['max_completion_tokens', 'max_output_tokens']),
    stop_sequences: foreignStop(body.stop),
    ...(isJsonObject(members?.schema) && {
      output_format: {
        type: 'json_schema',
        schema: members.schema,
        ...(typeof members.name === 'string' && { name: members.name }),
      },
    }),
  });
}

/**
 * Where the conversation stands.
 *
 * @throws GatewayError `invalid_request` when there is none
 */
function sourceOf({ messages, input }: RequestBody): 'messages' | 'input' {
  if (!isEmpty(messages)) return 'messages';
  if (!isEmpty(input)) return 'input';
  const isAbsent = messages === undefined || messages === null;
  const what = isAbsent ? 'Missing required parameter' : 'Invalid value for';
  throw invalidRequest('messages', `${what}: 'messages' must hold at least one message.`);
}

/** What was said, by whatever name and in whatever protocol's spelling, with tools that came among it. */
function parseConversation(
  body: RequestBody,
  warnings: RequestWarnings,
): { readonly messages: readonly ChatMessage[]; readonly tools: readonly JsonObject[] } {
  const prompt = parseSystem(body.system, 'system', warnings);
  const system = prompt === undefined ? [] : [prompt];
  const given = body.messages ?? [];
  const source = sourceOf(body);
  const context = { warnings, resolveItem: () => undefined };
  const head = parseItems(promptItems(body.instructions), 'instructions', context);
  if (source === 'messages' && !given.some(isOpenAiMessage)) {
    return { messages: [...system, ...head.messages, ...parseMessages(given, warnings)], tools: [] };
  }
  const items = source === 'input' ? toItems(body.input, 'user') : (given as JsonObject[]);
  const rest = parseItems(items, source, context);
  return { messages: [...system, ...head.messages, ...rest.messages], tools: rest.tools };
}

/** Results in messages of their own, calls beside the content, items without a role. */
function isOpenAiMessage(message: Readonly<Record<string, unknown>>): boolean {
  const { role } = message;
  if (typeof role !== 'string') return typeof message.type === 'string';
  if (role === 'tool') return typeof message.tool_call_id === 'string';
  if (role === 'function') return typeof message.name === 'string';
  return Array.isArray(message.tool_calls) || isJsonObject(message.function_call);
}

function reasoningShown(body: RequestBody): ResponseOptions['reasoning'] {
  if (thinkingSwitch(body).isOn !== true) return 'hidden';
  return body.thinking?.display === 'omitted' ? 'omitted' : 'visible';
}

function parseReasoning(
  body: RequestBody,
  shown: ResponseOptions['reasoning'],
  warnings: RequestWarnings,
): ReasoningOptions {
  const given = parseEffort(body.output_config?.effort ?? foreignEffort(body), 'output_config.effort', warnings);
  const { isOn, budget } = thinkingSwitch(body);
  const effort = isOn === false ? 'none' : (given ?? effortOf(budget));
  const visible = shown !== 'hidden';
  return effort === undefined ? { visible } : { effort, visible };
}

function parseSampling(body: RequestBody): SamplingOptions {
  const { max_tokens: limit } = body;
  // 0 asks for a warm-up: the prompt is read, and nothing is said.
  if (typeof limit === 'number' && limit < 0) {
    throw invalidRequest('max_tokens', `Invalid value for 'max_tokens': expected at least 0, but got ${limit}.`);
  }
  const stop = (body.stop_sequences ?? []).filter((sequence) => sequence !== '');
  const sampling: Writable<SamplingOptions> = {};
  if (typeof body.temperature === 'number') sampling.temperature = body.temperature;
  if (typeof body.top_p === 'number') sampling.topP = body.top_p;
  if (typeof limit === 'number') sampling.maxOutputTokens = limit;
  if (stop.length > 0) sampling.stopSequences = stop;
  return sampling;
}

function parseResponseFormat(body: RequestBody): ResponseFormat {
  const format = body.output_config?.format ?? body.output_format;
  if (format === null || format === undefined) {
    // Anthropic's protocol has no word for JSON of any shape.
    return foreignFormat(body, ['response_format', 'text.format'])?.format.type === 'json_object'
      ? { type: 'json' }
      : { type: 'text' };
  }
  return {
    type: 'json-schema',
    ...(typeof format.name === 'string' && { name: format.name }),
    schema: format.schema as JsonObject,
    strict: true,
  };
}
