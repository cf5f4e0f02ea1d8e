/** The body of a chat completion request → `ChatRequest`. */
import {
  type ChatMessage,
  GatewayError,
  type ReasoningOptions,
  type ResponseFormat,
  type SamplingOptions,
} from '../../chat/index.js';
import { isJsonObject, type JsonObject, type Writable } from '../../util/index.js';
import { isEmpty, parseItems, promptItems, toItems } from '../openai-responses/request/parse-items.js';
import type { ParsedRequest, RequestHeaders } from '../protocol.js';
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
import { parseMessages } from './parse-messages.js';
import { parseTools } from './parse-tools.js';
import { jsonSchemaFormat, type RequestBody, requestBody, streamOptions } from './request-schema.js';

/** @throws GatewayError `invalid_request` or `unsupported_feature`, `param` naming the field */
export function parseRequest(value: unknown, headers?: RequestHeaders): ParsedRequest {
  const body = parseAt(requestBody, withOthersNames(toBody(value)), '');
  sourceOf(body);
  const warnings = new RequestWarnings();
  checkFields(body, requestBody, '', warnings);
  if (body.modalities?.some((modality) => modality !== 'text')) {
    throw new GatewayError('unsupported_feature', "'modalities' may only hold 'text'", { param: 'modalities' });
  }
  if (body.stream_options) checkFields(body.stream_options, streamOptions, 'stream_options', warnings);

  const { messages, tools: more } = parseConversation(body, warnings);
  const { tools, toolChoice, legacy } = parseTools(body, warnings, more);
  const reasoning = parseReasoning(body, warnings);
  return {
    chat: {
      model: body.model ?? '',
      messages: messages.length > 0 ? messages : [{ role: 'user', content: [] }],
      tools,
      toolChoice,
      // The older form has room for one call.
      parallelToolCalls: !legacy && body.parallel_tool_calls !== false && !asksForOneCall(body.tool_choice),
      sampling: parseSampling(body),
      responseFormat: parseResponseFormat(body.response_format, warnings),
      reasoning,
      conversation: conversationHints(body as JsonObject, headers),
      warnings: warnings.list,
    },
    response: {
      stream: body.stream === true,
      model: body.model ?? '',
      includeUsage: body.stream_options?.include_usage === true,
      reasoning: reasoning.visible ? 'visible' : 'hidden',
      echo: legacy ? { legacyFunctions: true } : {},
    },
  };
}

/** Settings by the names of the other two protocols. */
function withOthersNames(body: JsonObject): JsonObject {
  const format = foreignFormat(body, ['text.format', 'output_config.format', 'output_format']);
  const effort = foreignEffort(body);
  const stop = foreignStop(body.stop_sequences);
  const limit = typeof body.max_tokens === 'number' ? undefined : foreignLimit(body, ['max_output_tokens']);
  return withForeignSettings(body, {
    stop,
    max_completion_tokens: limit,
    reasoning_effort: effort,
    response_format: format && { type: format.format.type ?? null, json_schema: formatMembers(format.format) },
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
  const given = body.messages ?? [];
  const source = sourceOf(body);
  const first = [body.system, body.instructions].flatMap(promptItems);
  // An item is known by its type, a message by its role.
  const hasItems =
    source === 'input' || given.some(({ role, type }) => typeof role !== 'string' && typeof type === 'string');
  if (!hasItems) {
    const messages = [...first, ...given] as Parameters<typeof parseMessages>[0];
    return { messages: parseMessages(messages, warnings, first.length), tools: [] };
  }
  const context = { warnings, resolveItem: () => undefined };
  const head = parseItems(first, 'system', context);
  const items = source === 'input' ? toItems(body.input, 'user') : (given as JsonObject[]);
  const rest = parseItems(items, source, context);
  return { messages: [...head.messages, ...rest.messages], tools: rest.tools };
}

const asksForOneCall = (choice: unknown): boolean => isJsonObject(choice) && choice.disable_parallel_tool_use === true;

function parseSampling(body: RequestBody): SamplingOptions {
  const maxOutputTokens =
    body.max_completion_tokens === undefined || body.max_completion_tokens === null
      ? parseLimit(body.max_tokens, 'max_tokens')
      : parseLimit(body.max_completion_tokens, 'max_completion_tokens');
  const stop = (typeof body.stop === 'string' ? [body.stop] : (body.stop ?? [])).filter((sequence) => sequence !== '');
  const sampling: Writable<SamplingOptions> = {};
  if (typeof body.temperature === 'number') sampling.temperature = body.temperature;
  if (typeof body.top_p === 'number') sampling.topP = body.top_p;
  if (maxOutputTokens !== undefined) sampling.maxOutputTokens = maxOutputTokens;
  if (stop.length > 0) sampling.stopSequences = stop;
  return sampling;
}

/** `-1` is how clients of local servers say "no limit". */
function parseLimit(value: number | null | undefined, path: string): number | undefined {
  if (value === null || value === undefined || value === -1) return undefined;
  if (value < 1) throw invalidRequest(path, `Invalid value for '${path}': expected at least 1, but got ${value}.`);
  return value;
}

function parseReasoning(body: RequestBody, warnings: RequestWarnings): ReasoningOptions {
  const thinking = thinkingSwitch(body);
  const effort =
    parseEffort(body.reasoning_effort, 'reasoning_effort', warnings) ??
    parseEffort(body.reasoning?.effort, 'reasoning.effort', warnings) ??
    (thinking.isOn === false ? 'none' : effortOf(thinking.budget));
  const visible = effort !== 'none' && body.reasoning?.exclude !== true;
  return effort === undefined ? { visible } : { effort, visible };
}

function parseResponseFormat(format: RequestBody['response_format'], warnings: RequestWarnings): ResponseFormat {
  switch (format?.type) {
    case undefined:
    case 'text':
      return { type: 'text' };
    case 'json_object':
      // Some servers take the schema here, and their clients send it.
      return typeof format.schema === 'object' && format.schema !== null
        ? { type: 'json-schema', schema: format.schema as JsonObject, strict: false }
        : { type: 'json' };
    case 'json_schema': {
      const path = 'response_format.json_schema';
      const { name, schema, strict } = parseAt(jsonSchemaFormat, format.json_schema, path);
      checkFields(format.json_schema as object, jsonSchemaFormat, path, warnings);
      if (schema === null || schema === undefined) return { type: 'json' };
      return {
        type: 'json-schema',
        ...(typeof name === 'string' && { name }),
        schema: schema as JsonObject,
        strict: strict === true,
      };
    }
    default:
      throw invalidRequest(
        'response_format.type',
        `Invalid value for 'response_format.type': '${format?.type}'. Supported values are: 'text', 'json_object' and 'json_schema'.`,
      );
  }
}
