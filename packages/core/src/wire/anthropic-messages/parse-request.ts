/** The body of a Messages request → `ChatRequest`. */
import { GatewayError, type ReasoningOptions, type ResponseFormat, type SamplingOptions } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { invalidRequest, parseAt } from '../parse-schema.js';
import type { ParsedRequest, ResponseOptions } from '../protocol.js';
import { parseEffort } from '../reasoning-effort.js';
import { RequestWarnings } from '../request-warnings.js';
import { checkFields } from '../unknown-fields.js';
import { parseMessages, parseSystem } from './parse-messages.js';
import { parseTools } from './parse-tools.js';
import { outputConfig, type RequestBody, requestBody, thinking as thinkingSchema } from './request-schema.js';

/** @throws GatewayError `invalid_request` or `unsupported_feature`, `param` naming the field */
export function parseRequest(value: unknown): ParsedRequest {
  const body = parseAt(requestBody, value, '');
  const warnings = new RequestWarnings();
  refuseThread(body);
  checkFields(body, requestBody, '', warnings);
  if (body.output_config) checkFields(body.output_config, outputConfig, 'output_config', warnings);
  if (body.thinking) checkFields(body.thinking, thinkingSchema, 'thinking', warnings);

  const system = parseSystem(body.system, 'system', warnings);
  const messages = parseMessages(body.messages, warnings);
  if (messages.length === 0) throw invalidRequest('messages', "Invalid value for 'messages': they hold no content.");
  const { tools, toolChoice, parallelToolCalls } = parseTools(body, warnings);
  const shown = reasoningShown(body.thinking);
  const affinityKey = body.metadata?.user_id;
  return {
    chat: {
      model: body.model ?? '',
      messages: system === undefined ? messages : [system, ...messages],
      tools,
      toolChoice,
      parallelToolCalls,
      sampling: parseSampling(body),
      responseFormat: parseResponseFormat(body),
      reasoning: parseReasoning(body, shown, warnings),
      conversation: typeof affinityKey === 'string' && affinityKey !== '' ? { affinityKey } : {},
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

function reasoningShown(thinking: RequestBody['thinking']): ResponseOptions['reasoning'] {
  if (thinking === null || thinking === undefined || thinking.type === 'disabled') return 'hidden';
  return thinking.display === 'omitted' ? 'omitted' : 'visible';
}

function parseReasoning(
  { thinking, output_config: config }: RequestBody,
  shown: ResponseOptions['reasoning'],
  warnings: RequestWarnings,
): ReasoningOptions {
  const given = parseEffort(config?.effort, 'output_config.effort', warnings);
  const effort = thinking?.type === 'disabled' ? 'none' : (given ?? effortOf(thinking?.budget_tokens));
  return { ...(effort !== undefined && { effort }), visible: shown !== 'hidden' };
}

/** A budget in tokens as the effort it is worth: 1024 is the least the API takes, from 16k on its guide says "complex". */
function effortOf(budget: number | null | undefined): ReasoningOptions['effort'] {
  if (budget === null || budget === undefined) return undefined;
  if (budget <= 2048) return 'low';
  return budget < 16_000 ? 'medium' : 'high';
}

function parseSampling(body: RequestBody): SamplingOptions {
  const { max_tokens: limit } = body;
  if (typeof limit === 'number' && limit < 1) {
    throw invalidRequest('max_tokens', `Invalid value for 'max_tokens': expected at least 1, but got ${limit}.`);
  }
  const stop = (body.stop_sequences ?? []).filter((sequence) => sequence !== '');
  return {
    ...(typeof body.temperature === 'number' && { temperature: body.temperature }),
    ...(typeof body.top_p === 'number' && { topP: body.top_p }),
    ...(typeof limit === 'number' && { maxOutputTokens: limit }),
    ...(stop.length > 0 && { stopSequences: stop }),
  };
}

function parseResponseFormat(body: RequestBody): ResponseFormat {
  const format = body.output_config?.format ?? body.output_format;
  if (format === null || format === undefined) return { type: 'text' };
  return {
    type: 'json-schema',
    ...(typeof format.name === 'string' && { name: format.name }),
    schema: format.schema as JsonObject,
    strict: true,
  };
}
