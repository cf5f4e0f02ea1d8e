/** The request as clients really send it, every field with how far it is served. */
import * as z from 'zod/mini';
import { field, requestObject, supported } from '../../request/field-support.js';
import { anyObject, listOf, MAX_TOOLS } from '../../request/list-schema.js';

const items = listOf(z.union([z.string(), anyObject]));
/** One item, or one value, in place of a list is what some clients send. */
const input = z.nullish(z.union([z.string(), items, anyObject, z.number(), z.boolean()]));

const textFormat = requestObject({
  type: supported(z.nullish(z.string())),
  name: supported(z.nullish(z.string())),
  description: field(z.nullish(z.string()), { support: 'accepted' }),
  schema: supported(z.nullish(z.looseObject({}))),
  strict: supported(z.nullish(z.boolean())),
  json_schema: field(z.nullish(z.looseObject({})), {
    support: 'supported',
    note: "The chat protocol's nesting is read",
  }),
});

const text = requestObject({
  format: field(z.nullish(textFormat), {
    support: 'emulated',
    note: 'The schema is told to the model and the answer is checked against it',
  }),
  verbosity: field(z.nullish(z.string()), {
    support: 'accepted',
    note: 'Repeated in the response',
    harmless: ['medium'],
  }),
});

const reasoning = requestObject({
  effort: field(z.nullish(z.string()), {
    support: 'emulated',
    note: '`none` hides the thoughts; the models behind the gateway have no levels',
  }),
  summary: field(z.nullish(z.string()), {
    support: 'emulated',
    note: 'Thoughts are sent as the summary, whole and whatever length is asked for; "none" hides them',
  }),
  generate_summary: field(z.nullish(z.string()), { support: 'accepted', note: 'The old name of summary' }),
  context: field(z.nullish(z.string()), { support: 'accepted', note: 'All thoughts that the input repeats are read' }),
  mode: field(z.nullish(z.string()), { support: 'accepted' }),
});

const NO_SUCH_SETTING = {
  support: 'ignored',
  note: 'The models behind the gateway have no such setting',
  harmless: [1],
} as const;

const metadata = z.nullish(anyObject);

export const responsesRequest = requestObject({
  model: field(z.nullish(z.string()), { support: 'supported', note: 'Unknown names, and none, get the default model' }),
  input: field(input, { support: 'supported', note: 'See the table of items' }),
  messages: field(input, {
    support: 'supported',
    note: "The other protocols' name, read when input is absent",
  }),
  instructions: field(input, {
    support: 'supported',
    note: 'Goes first as a system message; not carried over by previous_response_id',
  }),
  previous_response_id: field(z.nullish(z.string()), {
    support: 'supported',
    note: 'Kept per key for a limited time; an unknown id is a 404',
  }),
  store: field(z.nullish(z.boolean()), { support: 'supported', note: 'Default true' }),
  system: field(z.optional(z.unknown()), { support: 'supported', note: "Anthropic's name of instructions" }),
  stream: supported(z.nullish(z.boolean())),
  stream_options: field(z.nullish(z.looseObject({})), { support: 'accepted', note: 'Streams are never padded' }),
  tools: field(z.nullish(listOf(anyObject, { max: MAX_TOOLS })), {
    support: 'emulated',
    note: 'function, custom, namespace, local_shell, shell and apply_patch; tools that run on the server are left out with a warning',
  }),
  tool_choice: field(z.nullish(z.union([z.string(), z.looseObject({})])), { support: 'emulated' }),
  functions: field(z.nullish(listOf(anyObject, { max: MAX_TOOLS })), {
    support: 'emulated',
    note: "The chat protocol's older form of tools",
  }),
  function_call: field(z.nullish(z.union([z.string(), z.looseObject({})])), {
    support: 'emulated',
    note: "The chat protocol's older form of tool_choice",
  }),
  parallel_tool_calls: field(z.nullish(z.boolean()), { support: 'emulated' }),
  max_tool_calls: field(z.nullish(z.int()), { support: 'accepted', note: 'Counts server-side tools only' }),
  text: supported(z.nullish(text)),
  response_format: field(z.nullish(textFormat), {
    support: 'emulated',
    note: "The chat protocol's field, read when text.format is absent",
  }),
  reasoning: supported(z.nullish(reasoning)),
  temperature: field(z.nullish(z.number().check(z.gte(0), z.lte(2))), NO_SUCH_SETTING),
  top_p: field(z.nullish(z.number().check(z.gte(0), z.lte(1))), NO_SUCH_SETTING),
  max_output_tokens: field(z.nullish(z.int()), { support: 'emulated' }),
  max_tokens: field(z.optional(z.unknown()), { support: 'emulated', note: 'Read where max_output_tokens is absent' }),
  max_completion_tokens: field(z.optional(z.unknown()), {
    support: 'emulated',
    note: 'Read where max_output_tokens is absent',
  }),
  stop: field(z.optional(z.unknown()), { support: 'emulated', note: "The chat protocol's field" }),
  stop_sequences: field(z.optional(z.unknown()), { support: 'emulated', note: "Anthropic's name of stop" }),
  reasoning_effort: field(z.optional(z.unknown()), { support: 'emulated', note: 'As reasoning.effort' }),
  thinking: field(z.optional(z.unknown()), { support: 'supported', note: 'disabled means effort none' }),
  enable_thinking: field(z.optional(z.unknown()), { support: 'supported', note: 'false means effort none' }),
  thinking_budget: field(z.optional(z.unknown()), {
    support: 'emulated',
    note: 'As the effort it is worth; 0 means none',
  }),
  chat_template_kwargs: field(z.optional(z.unknown()), {
    support: 'supported',
    note: 'enable_thinking and thinking_budget are read; there is no chat template here for others',
  }),
  extra_body: field(z.optional(z.unknown()), {
    support: 'accepted',
    note: 'Only the switches of thinking in it are read',
  }),
  output_config: field(z.optional(z.unknown()), {
    support: 'emulated',
    note: 'Its format and effort are read where text.format and reasoning.effort are absent',
  }),
  output_format: field(z.optional(z.unknown()), { support: 'emulated', note: "Anthropic's name of text.format" }),
  metadata: field(metadata, {
    support: 'supported',
    note: 'Repeated in the response',
  }),
  prompt_cache_key: field(z.nullish(z.string()), {
    support: 'accepted',
    note: 'Repeated in the response; says which requests belong together',
  }),
  user: field(z.nullish(z.string()), {
    support: 'accepted',
    note: 'Repeated in the response; says which requests belong together',
  }),
  safety_identifier: field(z.nullish(z.string()), {
    support: 'accepted',
    note: 'Repeated in the response; says which requests belong together',
  }),
  include: field(z.nullish(listOf(z.string())), {
    support: 'accepted',
    note: 'reasoning.encrypted_content brings nothing, since nothing is encrypted; others are warned about',
  }),
  truncation: field(z.nullish(z.string()), {
    support: 'ignored',
    note: 'Input is never shortened',
    harmless: ['disabled'],
  }),
  service_tier: field(z.nullish(z.string()), {
    support: 'ignored',
    note: 'There is one tier',
    harmless: ['auto', 'default'],
  }),
  top_logprobs: field(z.nullish(z.int()), {
    support: 'ignored',
    note: 'Log probabilities are not available',
    harmless: [0],
  }),
  presence_penalty: field(z.nullish(z.number()), {
    support: 'ignored',
    note: 'Lingma has no such setting',
    harmless: [0],
  }),
  frequency_penalty: field(z.nullish(z.number()), {
    support: 'ignored',
    note: 'Lingma has no such setting',
    harmless: [0],
  }),
  moderation: field(z.optional(z.unknown()), { support: 'ignored', note: 'Nothing is moderated here' }),
  context_management: field(z.optional(z.unknown()), {
    support: 'ignored',
    note: 'The conversation is not compacted here',
  }),
  prompt_cache_retention: field(z.nullish(z.string()), { support: 'accepted' }),
  prompt_cache_options: field(z.optional(z.unknown()), { support: 'accepted' }),
  client_metadata: field(z.optional(z.unknown()), { support: 'accepted', note: 'Sent by Codex' }),
  background: field(z.nullish(z.boolean()), {
    support: 'refused',
    note: 'stream the answer instead',
    harmless: [false],
  }),
  conversation: field(z.optional(z.unknown()), { support: 'refused', note: 'use previous_response_id' }),
  prompt: field(z.optional(z.unknown()), { support: 'refused', note: 'send instructions and input' }),
});

export type ResponsesRequest = z.infer<typeof responsesRequest>;
export { metadata as metadataSchema, reasoning as reasoningSchema, text as textSchema };
