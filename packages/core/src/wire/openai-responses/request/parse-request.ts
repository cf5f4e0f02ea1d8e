/** `POST /v1/responses` → what to generate, and how the answer travels back. */
import {
  type ChatMessage,
  type ChatRequest,
  GatewayError,
  type ReasoningOptions,
  type ResponseFormat,
  type SamplingOptions,
} from '../../../chat/index.js';
import { createId, isJsonObject, type JsonObject, type Writable } from '../../../util/index.js';
import type { ParsedRequest, RequestHeaders } from '../../protocol.js';
import { conversationHints } from '../../request/conversation-hints.js';
import {
  foreignEffort,
  foreignFormat,
  foreignLimit,
  foreignStop,
  thinkingSwitch,
  withForeignSettings,
} from '../../request/foreign-settings.js';
import { invalidRequest, parseAt, toBody, wordOf } from '../../request/parse-schema.js';
import { effortOf, parseEffort } from '../../request/reasoning-effort.js';
import { RequestWarnings } from '../../request/request-warnings.js';
import { checkFields } from '../../request/unknown-fields.js';
import { buildEcho } from '../response/echo.js';
import type { StoredResponse } from '../store/response-store.js';
import { summarisingTurn, withoutTrigger } from './compaction.js';
import type { ParseContext } from './parse-context.js';
import { isEmpty, parseItems, promptItems, toItems } from './parse-items.js';
import { parseTools } from './parse-tools.js';
import {
  metadataSchema,
  type ResponsesRequest,
  reasoningSchema,
  responsesRequest,
  textSchema,
} from './request-schema.js';

/** What earlier responses add to a request; see `stored-exchange.ts`. */
export interface StoredContext {
  /** The response that `previous_response_id` names; absent when it is not known (any more) to this principal. */
  readonly previous?: StoredResponse;
  readonly resolveItem: (id: string) => JsonObject | undefined;
}

export interface ParsedResponsesRequest extends ParsedRequest {
  /** The input items of this request alone, references resolved. */
  readonly inputItems: readonly JsonObject[];
  /** The messages they became, without instructions. */
  readonly inputMessages: readonly ChatMessage[];
  /** Whether the response is to be kept. */
  readonly store: boolean;
}

/**
 * @param stored what the request refers to; without it every reference is unknown
 * @throws GatewayError `invalid_request`, `unsupported_feature` or `not_found`, `param` naming the field
 */
export function parseRequest(value: unknown, stored?: StoredContext, headers?: RequestHeaders): ParsedResponsesRequest {
  const body = toBody(value);
  return withoutTrigger(body) === undefined ? parseTurn(body, stored, headers) : parseCompaction(body, stored, headers);
}

/** The same for a request to compact, whether it ends in a trigger or is known for one by its route. */
export function parseCompaction(
  value: unknown,
  stored?: StoredContext,
  headers?: RequestHeaders,
): ParsedResponsesRequest {
  const body = toBody(value);
  const parsed = parseTurn(withoutTrigger(body) ?? body, stored, headers);
  return {
    ...parsed,
    chat: summarisingTurn(parsed.chat),
    response: { ...parsed.response, reasoning: 'hidden', compacts: true },
  };
}

function parseTurn(body: JsonObject, stored?: StoredContext, headers?: RequestHeaders): ParsedResponsesRequest {
  const request = parseAt(responsesRequest, withOthersNames(body), '');
  parseAt(metadataSchema, request.metadata, 'metadata');
  const warnings = new RequestWarnings();
  checkFields(body, responsesRequest, '', warnings);
  if (isJsonObject(body.reasoning)) checkFields(body.reasoning, reasoningSchema, 'reasoning', warnings);
  if (isJsonObject(body.text)) checkFields(body.text, textSchema, 'text', warnings);
  for (const entry of request.include ?? []) {
    // Asked for by every stateless client; a reasoning item without it is valid.
    if (entry === 'reasoning.encrypted_content') continue;
    warnings.add('unsupported-setting', 'include', `${entry} is not available`);
  }

  const previousId = request.previous_response_id;
  if (typeof previousId === 'string' && previousId !== '' && stored?.previous === undefined)
    throw unknownResponse(previousId);

  const context: ParseContext = { warnings, resolveItem: stored?.resolveItem ?? (() => undefined) };

  const prompt = [request.instructions, request.system].flatMap(promptItems);
  const instructions = parseItems(prompt, isEmpty(request.instructions) ? 'system' : 'instructions', context);
  const source = isEmpty(request.input) && !isEmpty(request.messages) ? 'messages' : 'input';
  const input = parseItems(toItems(request[source], 'user'), source, context);
  const history = stored?.previous?.messages ?? [];
  const messages = [...instructions.messages, ...history, ...input.messages];
  // Instructions alone are something to answer.
  if (messages.length === 0) {
    throw invalidRequest('input', "Missing required parameter: 'input' must hold at least one message.");
  }

  const listed = [request.tools, request.functions].find((list) => Array.isArray(list) && list.length > 0) ?? [];
  const declared = [...(listed as JsonObject[]), ...instructions.tools, ...input.tools];
  const choice = request.tool_choice ?? request.function_call;
  const { tools, toolChoice } = parseTools(declared, choice as string | JsonObject | undefined, context);
  const reasoning = parseReasoning(request, context);
  const chat: ChatRequest = {
    model: request.model ?? '',
    messages,
    tools,
    toolChoice,
    parallelToolCalls:
      (request.parallel_tool_calls ?? true) && !(isJsonObject(choice) && choice.disable_parallel_tool_use === true),
    sampling: parseSampling(request),
    responseFormat: parseFormat(request, context),
    reasoning,
    conversation: conversationHints(request as JsonObject, headers),
    warnings: warnings.list,
  };
  return {
    chat,
    response: {
      stream: request.stream ?? false,
      model: request.model ?? '',
      includeUsage: true,
      reasoning: reasoning.visible ? 'visible' : 'hidden',
      echo: buildEcho(createId('resp_'), request, toolChoice),
    },
    inputItems: input.items,
    inputMessages: input.messages,
    store: request.store ?? true,
  };
}

/** Settings by the names of the other two protocols. */
function withOthersNames(body: JsonObject): JsonObject {
  return withForeignSettings(body, {
    max_output_tokens: foreignLimit(body, ['max_completion_tokens', 'max_tokens']),
  });
}

function unknownResponse(id: string): GatewayError {
  return new GatewayError('not_found', `Previous response with id '${id}' not found.`, {
    param: 'previous_response_id',
  });
}

function parseSampling(request: ResponsesRequest): SamplingOptions {
  const { temperature, top_p: topP, max_output_tokens: limit } = request;
  // -1 is how clients of local servers say "no limit".
  const maxOutputTokens = limit === -1 ? undefined : limit;
  if (typeof maxOutputTokens === 'number' && maxOutputTokens < 1) {
    const path = 'max_output_tokens';
    throw invalidRequest(path, `Invalid value for '${path}': expected at least 1, but got ${maxOutputTokens}.`);
  }
  const stopSequences = (foreignStop(request.stop) ?? foreignStop(request.stop_sequences) ?? []).filter(
    (word) => word !== '',
  );
  const sampling: Writable<SamplingOptions> = {};
  if (stopSequences.length > 0) sampling.stopSequences = stopSequences;
  if (typeof temperature === 'number') sampling.temperature = temperature;
  if (typeof topP === 'number') sampling.topP = topP;
  if (typeof maxOutputTokens === 'number') sampling.maxOutputTokens = maxOutputTokens;
  return sampling;
}

/** Thoughts are shown unless the request says otherwise: clients that do not know the item pass over it. */
function parseReasoning(request: ResponsesRequest, context: ParseContext): ReasoningOptions {
  const thinking = thinkingSwitch(request);
  const effort =
    parseEffort(request.reasoning?.effort ?? foreignEffort(request), 'reasoning.effort', context.warnings) ??
    (thinking.isOn === false ? 'none' : effortOf(thinking.budget));
  const visible = effort !== 'none' && request.reasoning?.summary !== 'none';
  return effort === undefined ? { visible } : { effort, visible };
}

/** `response_format` is the chat protocol's place for it: a wish for JSON is never dropped silently. */
function parseFormat(request: ResponsesRequest, context: ParseContext): ResponseFormat {
  let format = request.text?.format ?? foreignFormat(request, ['output_config.format', 'output_format'])?.format;
  let path = 'text.format';
  if (format === undefined && isJsonObject(request.response_format)) {
    format = request.response_format;
    path = 'response_format';
    context.warnings.add(
      'unsupported-setting',
      path,
      'In this protocol the format stands in text.format; it is honoured',
    );
  }
  switch (format?.type) {
    case undefined:
    case null:
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json' };
    case 'json_schema': {
      const inner = isJsonObject(format.json_schema) ? format.json_schema : format;
      if (!isJsonObject(inner.schema))
        throw invalidRequest(`${path}.schema`, `Missing required parameter: '${path}.schema'.`);
      return {
        type: 'json-schema',
        schema: inner.schema,
        strict: inner.strict === true,
        ...(typeof inner.name === 'string' && { name: inner.name }),
      };
    }
    default:
      throw invalidRequest(
        `${path}.type`,
        `Invalid value: '${wordOf(format?.type)}'. Supported values are: 'text', 'json_object', and 'json_schema'.`,
      );
  }
}
