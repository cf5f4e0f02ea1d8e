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
const defaultSettings = () =>
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
  /** Without the id, which stands among what changes. */
  readonly settings: JsonObject;
  readonly output: OutputOptions;
}

const NO_TOOLS: ReadonlySet<string> = new Set();

export function responseFrame(response: ResponseOptions): ResponseFrame {
  const { id: given, tools } = response.echo;
  const id = typeof given === 'string' ? given : createId('resp_');
  // JSON has no members that are undefined; to take one out would make every object of them a slow one.
  const settings: JsonObject = Object.assign(defaultSettings(), { model: response.model }, response.echo, {
    id: undefined,
  });
  return {
    id,
    settings,
    output: {
      responseId: id,
      builtIns: Array.isArray(tools) && tools.length > 0 ? builtInNames(tools) : NO_TOOLS,
      showReasoning: response.reasoning === 'visible',
    },
  };
}

const builtInNames = (tools: readonly JsonValue[]): ReadonlySet<string> =>
  new Set(tools.flatMap((tool) => (isJsonObject(tool) ? (builtInTool(tool)?.definition.name ?? []) : [])));

/** The whole object. */
export const wholeResponse = (progress: JsonObject, { id, settings }: ResponseFrame): JsonObject =>
  Object.assign(emptyResponse(), progress, settings, { id });

/** All members in their order, so that none is added to an object: V8 would make a table of it, and many of these are kept. */
const emptyResponse = (): Record<string, JsonValue> => ({
  id: null,
  object: null,
  created_at: null,
  status: null,
  completed_at: null,
  error: null,
  incomplete_details: null,
  output: null,
  output_text: null,
  usage: null,
  background: null,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  parallel_tool_calls: null,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: null,
  safety_identifier: null,
  service_tier: null,
  store: null,
  temperature: null,
  text: null,
  tool_choice: null,
  tools: null,
  top_logprobs: null,
  top_p: null,
  presence_penalty: null,
  frequency_penalty: null,
  truncation: null,
  metadata: null,
  model: null,
});

/** The members that change during a turn. Apart from the settings, so that a stream writes those only once. */
export function responseProgress(id: string, state: ResponseState): JsonObject {
  const { status, completed_at, error, incomplete_details, usage } = changingMembers(state);
  return {
    id,
    object: 'response',
    created_at: state.createdAt,
    status,
    completed_at,
    error,
    incomplete_details,
    output: state.output,
    output_text: outputTextOf(state.output),
    usage,
  };
}

/** {@link responseProgress} as JSON without the closing brace, of items and their text that are JSON already. */
export function responseProgressJson(id: string, state: ResponseState, output: string, outputText: string): string {
  const { status, completed_at, error, incomplete_details, usage } = changingMembers(state);
  return (
    `{"id":${JSON.stringify(id)},"object":"response","created_at":${state.createdAt},"status":"${status}",` +
    `"completed_at":${completed_at},"error":${JSON.stringify(error)},` +
    `"incomplete_details":${JSON.stringify(incomplete_details)},` +
    `"output":[${output}],"output_text":${outputText},"usage":${JSON.stringify(usage)}`
  );
}

function changingMembers({ ending, usage, createdAt, endedAt }: ResponseState) {
  return {
    status: ending.status,
    completed_at: ending.status === 'completed' ? (endedAt ?? createdAt) : null,
    error: ending.status === 'failed' ? { code: ending.code, message: ending.message } : null,
    incomplete_details: ending.status === 'incomplete' ? { reason: ending.reason ?? 'max_output_tokens' } : null,
    usage: responseUsage(usage),
  };
}

/** What the SDKs put together themselves; programs that read the JSON have it too. */
export function outputTextOf(output: readonly JsonObject[]): string {
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
