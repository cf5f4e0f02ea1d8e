/**
 * The body of `POST /v1/chat/completions` as clients really send it, with how far each field is served.
 * Source: `CreateChatCompletionRequest` of OpenAI's published OpenAPI description, and fields that other
 * OpenAI-compatible servers understand and their clients send.
 */
import * as z from 'zod/mini';
import { type FieldSection, type FieldSupport, field, requestObject, supported } from '../request/field-support.js';
import { anyObject, listOf, MAX_TOOLS } from '../request/list-schema.js';
import {
  assistantMessage,
  functionMessage,
  PART_SCHEMAS,
  systemMessage,
  toolMessage,
  userMessage,
} from './message-schema.js';

const text = z.nullish(z.string());
const flag = z.nullish(z.boolean());
const number = z.nullish(z.number());
const anything = z.optional(z.unknown());

const accepted = (note?: string): FieldSupport => ({ support: 'accepted', ...(note !== undefined && { note }) });
const ignored = (note: string, harmless: FieldSupport['harmless'] = []): FieldSupport => ({
  support: 'ignored',
  note,
  harmless,
});
const refused = (note: string, harmless: FieldSupport['harmless'] = []): FieldSupport => ({
  support: 'refused',
  note,
  harmless,
});
const emulated = (note: string): FieldSupport => ({ support: 'emulated', note });

const TOGETHER = 'Says which requests belong together';
const NO_SUCH_SETTING = 'The models behind the gateway have no such setting';

export const functionDefinition = requestObject({
  name: supported(z.string().check(z.minLength(1))),
  description: supported(text),
  parameters: field(z.nullish(z.looseObject({})), { support: 'emulated', note: 'Any JSON Schema' }),
  strict: supported(flag),
});

export const customDefinition = requestObject({
  name: supported(z.string().check(z.minLength(1))),
  description: supported(text),
  format: field(z.nullish(requestObject({ type: supported(text) })), emulated('The grammar is told to the model')),
});

export const jsonSchemaFormat = requestObject({
  name: supported(text),
  description: supported(text),
  schema: supported(z.nullish(z.looseObject({}))),
  strict: supported(flag),
});

export const streamOptions = requestObject({
  include_usage: supported(flag),
  include_obfuscation: field(flag, accepted()),
});

export const requestBody = requestObject({
  model: field(text, { support: 'supported', note: 'Unknown names mean the default model' }),
  messages: field(z.nullish(listOf(anyObject)), {
    support: 'supported',
    note: 'Messages, calls and results in the spelling of the other protocols are understood',
  }),
  input: field(anything, { support: 'supported', note: "The Responses API's name, read when `messages` is absent" }),
  system: field(anything, { support: 'supported', note: "Anthropic's name; goes first as a system message" }),
  instructions: field(anything, {
    support: 'supported',
    note: "The Responses API's name; goes first as a system message",
  }),
  stream: supported(flag),
  stream_options: supported(z.nullish(streamOptions)),

  tools: field(
    z.nullish(listOf(anyObject, { max: MAX_TOOLS })),
    emulated('Described in the prompt; hosted tools are left out'),
  ),
  tool_choice: field(z.nullish(z.union([z.string(), z.looseObject({})])), emulated('`allowed_tools` included')),
  parallel_tool_calls: field(flag, emulated('Asked for in the prompt')),
  functions: field(
    z.nullish(listOf(functionDefinition, { max: MAX_TOOLS })),
    emulated('The older form of `tools`; answered in that form'),
  ),
  function_call: field(
    z.nullish(z.union([z.string(), z.looseObject({})])),
    emulated('The older form of `tool_choice`'),
  ),

  max_tokens: field(z.nullish(z.int()), emulated('Enforced by the gateway')),
  max_completion_tokens: field(z.nullish(z.int()), emulated('Enforced by the gateway')),
  max_output_tokens: field(anything, emulated("The Responses API's name of `max_completion_tokens`")),
  stop_sequences: field(anything, emulated("Anthropic's name of `stop`")),
  text: field(anything, emulated('Its `format` is read where `response_format` is absent')),
  output_config: field(
    anything,
    emulated('Its `format` and `effort` are read where `response_format` and `reasoning_effort` are absent'),
  ),
  output_format: field(anything, emulated("Anthropic's name of `response_format`")),
  stop: field(z.nullish(z.union([z.string(), listOf(z.string())])), emulated('Enforced by the gateway')),
  response_format: field(
    z.nullish(requestObject({ type: supported(z.string()) })),
    emulated('Checked, and asked for once more if need be'),
  ),
  reasoning_effort: field(text, emulated('`none` hides the thoughts; the models behind the gateway have no levels')),
  reasoning: field(z.nullish(requestObject({ effort: supported(text), exclude: supported(flag) })), {
    support: 'emulated',
    note: 'As `reasoning_effort`; `exclude` hides the thoughts',
  }),
  thinking: field(z.nullish(requestObject({ type: supported(text) })), {
    support: 'supported',
    note: '`disabled` means `reasoning_effort: "none"`',
  }),
  enable_thinking: field(flag, { support: 'supported', note: '`false` means `reasoning_effort: "none"`' }),
  thinking_budget: field(number, { support: 'emulated', note: 'As the effort it is worth; 0 means none' }),
  chat_template_kwargs: field(anything, {
    support: 'supported',
    note: '`enable_thinking` and `thinking_budget` are read; there is no chat template here for others',
  }),
  extra_body: field(anything, { support: 'accepted', note: 'Only the switches of thinking in it are read' }),

  temperature: field(z.nullish(z.number().check(z.gte(0), z.lte(2))), ignored(NO_SUCH_SETTING, [1])),
  top_p: field(z.nullish(z.number().check(z.gte(0), z.lte(1))), ignored(NO_SUCH_SETTING, [1])),
  top_k: field(number, ignored(NO_SUCH_SETTING)),
  min_p: field(number, ignored(NO_SUCH_SETTING, [0])),
  frequency_penalty: field(number, ignored(NO_SUCH_SETTING, [0])),
  presence_penalty: field(number, ignored(NO_SUCH_SETTING, [0])),
  repetition_penalty: field(number, ignored(NO_SUCH_SETTING, [1])),
  logit_bias: field(anything, ignored(NO_SUCH_SETTING)),
  seed: field(anything, ignored(NO_SUCH_SETTING)),
  verbosity: field(text, ignored(NO_SUCH_SETTING, ['medium'])),
  web_search_options: field(anything, ignored('There is no search behind the gateway')),

  n: field(z.nullish(z.int()), refused('one answer a request', [1])),
  best_of: field(z.nullish(z.int()), refused('one answer a request', [1])),
  logprobs: field(
    z.nullish(z.union([z.boolean(), z.number()])),
    refused('the models report no probabilities', [false, 0]),
  ),
  top_logprobs: field(z.nullish(z.int()), refused('the models report no probabilities', [0])),
  modalities: field(z.nullish(listOf(z.string())), { support: 'supported', note: 'Only `text`; `audio` is refused' }),
  audio: field(anything, ignored('Answers are text')),

  user: field(text, accepted(TOGETHER)),
  prompt_cache_key: field(text, accepted(TOGETHER)),
  safety_identifier: field(text, accepted(TOGETHER)),
  prompt_cache_retention: field(anything, accepted()),
  prompt_cache_options: field(anything, accepted()),
  metadata: field(anything, accepted()),
  store: field(flag, accepted('Nothing is stored')),
  service_tier: field(text, accepted()),
  moderation: field(anything, accepted()),
  prediction: field(anything, accepted('Speeds up nothing here')),
});

export type RequestBody = z.infer<typeof requestBody>;

/** The fields of a request, and how far each is served: what the documentation is made of. */
export const FIELD_SECTIONS: readonly FieldSection[] = [
  { title: 'Request', schema: requestBody },
  { title: 'tools[].function', schema: functionDefinition },
  { title: 'tools[].custom', schema: customDefinition },
  { title: 'response_format.json_schema', schema: jsonSchemaFormat },
  { title: 'messages[] of role system, developer', schema: systemMessage },
  { title: 'messages[] of role user', schema: userMessage },
  { title: 'messages[] of role assistant', schema: assistantMessage },
  { title: 'messages[] of role tool', schema: toolMessage },
  { title: 'messages[] of role function', schema: functionMessage },
  ...Object.entries(PART_SCHEMAS).map(([type, schema]) => ({ title: `content[] of type ${type}`, schema })),
];
