/**
 * The Response object: what the request settled (`ResponseOptions.echo`, written by `parse-request.ts`) plus what the
 * turn brought. Every member that the published schemas require is there, in every state.
 */
import type { Usage } from '../../../chat/index.js';
import { createId, isJsonObject, type JsonObject, type JsonValue } from '../../../util/index.js';
import type { ResponseOptions } from '../../protocol.js';
import { usageCost } from '../../response/usage-cost.js';
import { builtInTool } from '../request/built-in-tools.js';
import type { ResponseEnding } from './finish-reason.js';
import type { OutputOptions } from './output-items.js';

export interface ResponseState {
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly output: readonly JsonObject[];
  readonly usage: Usage | undefined;
  readonly ending: ResponseEnding | { readonly status: 'in_progress' } | ResponseFailure;
  /** Seconds since the epoch; told only of completed responses. */
  readonly endedAt?: number;
}

export interface ResponseFailure {
  readonly status: 'failed';
  readonly code: string;
  readonly message: string;
}

/** Settings as the protocol's own server repeats them when the request says nothing. */
export const defaultSettings = () =>
  ({
    background: false,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: 'default',
    store: true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    truncation: 'disabled',
    metadata: {},
  }) as const satisfies JsonObject;

/** The response's id and its settings, ready to be repeated. */
export interface ResponseFrame {
  readonly id: string;
  readonly settings: JsonObject;
  readonly output: OutputOptions;
}

export function responseFrame(response: ResponseOptions): ResponseFrame {
  const { id: given, ...echo } = response.echo;
  const id = typeof given === 'string' ? given : createId('resp_');
  const settings: JsonObject = Object.assign(defaultSettings(), { model: response.model }, echo);
  const tools: readonly JsonValue[] = Array.isArray(settings.tools) ? settings.tools : [];
  return {
    id,
    settings,
    output: {
      responseId: id,
      builtIns: new Set(
        tools.flatMap((tool) => (isJsonObject(tool) ? (builtInTool(tool)?.definition.name ?? []) : [])),
      ),
      showReasoning: response.reasoning === 'visible',
    },
  };
}

/** The members that change during a turn. Apart from the settings, so that a stream writes those only once. */
export function responseProgress(id: string, state: ResponseState): JsonObject {
  const { ending } = state;
  return {
    id,
    object: 'response',
    created_at: state.createdAt,
    status: ending.status,
    completed_at: ending.status === 'completed' ? (state.endedAt ?? state.createdAt) : null,
    error: ending.status === 'failed' ? { code: ending.code, message: ending.message } : null,
    incomplete_details: ending.status === 'incomplete' ? { reason: ending.reason ?? 'max_output_tokens' } : null,
    output: state.output,
    output_text: outputTextOf(state.output),
    usage: responseUsage(state.usage),
  };
}

/** What the SDKs put together themselves; programs that read the JSON have it too. */
function outputTextOf(output: readonly JsonObject[]): string {
  let text = '';
  for (const item of output) {
    if (item.type !== 'message' || !Array.isArray(item.content)) continue;
    for (const part of item.content as readonly JsonObject[]) {
      if (part.type === 'output_text' && typeof part.text === 'string') text += part.text;
    }
  }
  return text;
}

/** Whole in every state: some readers add it up without looking, and the two published schemas disagree about null. */
function responseUsage(usage: Usage | undefined): JsonObject {
  const input = usage?.inputTokens ?? 0;
  const output = usage?.outputTokens ?? 0;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage?.cachedInputTokens ?? 0, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage?.reasoningTokens ?? 0 },
    total_tokens: input + output,
    ...(usage !== undefined && usageCost(usage)),
  };
}

export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
