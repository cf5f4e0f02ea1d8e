/**
 * The body of `POST /v1/messages` as clients really send it, with how far each field is served. Source: the request
 * types of the official SDK (1.11), beta fields included; nothing is refused that a client sends on every request.
 */
import * as z from 'zod/mini';
import { type FieldSection, type FieldSupport, field, requestObject, supported } from '../request/field-support.js';
import { anyObject, listOf, MAX_TOOLS } from '../request/list-schema.js';
import { BLOCK_SCHEMAS, content } from './content-schema.js';

const text = z.nullish(z.string());
const flag = z.nullish(z.boolean());
const anything = z.optional(z.unknown());

const accepted = (note?: string): FieldSupport => ({ support: 'accepted', ...(note !== undefined && { note }) });
const emulated = (note: string): FieldSupport => ({ support: 'emulated', note });
const ignored = (note: string, harmless: FieldSupport['harmless'] = []): FieldSupport => ({
  support: 'ignored',
  note,
  harmless,
});

const NO_SUCH_SETTING = 'The models behind the gateway have no such setting';

export const messageSchema = requestObject({
  role: field(z.enum(['user', 'assistant', 'system', 'developer']), {
    support: 'supported',
    note: '`system` and `developer` anywhere, in their place',
  }),
  content: supported(content),
  id: field(text, accepted('Left over from an answer')),
  type: field(text, accepted('Left over from an answer')),
});

export const outputFormat = requestObject({
  type: supported(z.literal('json_schema')),
  schema: supported(z.looseObject({})),
  name: supported(text),
});

export const tool = requestObject({
  name: supported(z.string().check(z.minLength(1))),
  type: field(
    text,
    emulated(
      '`bash_*`, `text_editor_*`, `memory_*` and `computer_*` are told with their known inputs; others without a schema are left out with a warning',
    ),
  ),
  description: supported(text),
  input_schema: field(z.nullish(z.looseObject({})), emulated('Any JSON Schema')),
  strict: supported(flag),
  cache_control: field(anything, accepted('Sessions are matched by what was said, not by marks')),
  defer_loading: field(flag, accepted('All tools are offered at once')),
  eager_input_streaming: field(flag, accepted()),
  display_width_px: field(z.nullish(z.number()), emulated('Told to the model')),
  display_height_px: field(z.nullish(z.number()), emulated('Told to the model')),
  display_number: field(z.nullish(z.number()), accepted('Kept by the client')),
  enable_zoom: field(flag, accepted('Kept by the client')),
  max_characters: field(z.nullish(z.number()), accepted('Kept by the client, which runs the text editor')),
  input_examples: field(anything, accepted('The schema says enough')),
  allowed_callers: field(anything, accepted()),
});

export const toolChoice = requestObject({
  type: supported(z.enum(['auto', 'any', 'tool', 'none'])),
  name: supported(text),
  disable_parallel_tool_use: field(flag, emulated('Asked for in the prompt')),
});

export const outputConfig = requestObject({
  effort: field(text, accepted('The models behind the gateway have no levels')),
  format: field(z.nullish(outputFormat), emulated('Checked, and asked for once more if need be')),
  task_budget: field(anything, ignored(NO_SUCH_SETTING)),
});

export const thinking = requestObject({
  type: supported(z.string()),
  budget_tokens: field(
    z.nullish(z.number()),
    emulated('Whether there is thinking at all; the models behind the gateway have no budget'),
  ),
  display: supported(text),
});

/** What `count_tokens` reads too; `max_tokens` is not among it. */
export const requestBody = requestObject({
  model: field(text, { support: 'supported', note: 'Unknown names mean the default model' }),
  messages: field(z.nullish(listOf(anyObject)), {
    support: 'supported',
    note: "OpenAI's messages and items are understood too",
  }),
  input: field(anything, { support: 'supported', note: "The Responses API's name, read when `messages` is absent" }),
  instructions: field(anything, { support: 'supported', note: "The Responses API's name of `system`" }),
  system: supported(z.nullish(z.union([z.string(), listOf(z.union([z.string(), anyObject]))]))),
  max_tokens: field(
    z.nullish(z.int()),
    emulated('Enforced by the gateway; may be absent; with 0 the answer is empty and no turn is run'),
  ),
  stop_sequences: field(z.nullish(listOf(z.string())), emulated('Enforced by the gateway')),
  max_completion_tokens: field(anything, emulated("OpenAI's name of `max_tokens`")),
  max_output_tokens: field(anything, emulated("The Responses API's name of `max_tokens`")),
  stop: field(anything, emulated("OpenAI's name of `stop_sequences`")),
  reasoning_effort: field(anything, accepted('As `output_config.effort`')),
  reasoning: field(anything, accepted('Its `effort` is read as `output_config.effort`')),
  enable_thinking: field(anything, { support: 'supported', note: "As `thinking`, of Qwen's clients" }),
  thinking_budget: field(anything, emulated('As `thinking.budget_tokens`')),
  chat_template_kwargs: field(anything, {
    support: 'supported',
    note: '`enable_thinking` and `thinking_budget` are read; there is no chat template here for others',
  }),
  extra_body: field(anything, accepted('Only the switches of thinking in it are read')),
  response_format: field(anything, emulated("OpenAI's name of `output_config.format`")),
  text: field(anything, emulated('Its `format` is read where `output_config.format` is absent')),
  stream_options: field(anything, accepted('Usage is always told')),
  stream: supported(flag),

  tools: field(
    z.nullish(listOf(anyObject, { max: MAX_TOOLS })),
    emulated('Described in the prompt; hosted tools are left out'),
  ),
  tool_choice: field(
    z.nullish(z.union([z.string(), z.looseObject({})])),
    emulated("Asked for in the prompt and checked; OpenAI's forms included"),
  ),
  functions: field(z.nullish(listOf(anyObject, { max: MAX_TOOLS })), emulated("OpenAI's older form of `tools`")),
  function_call: field(
    z.nullish(z.union([z.string(), z.looseObject({})])),
    emulated("OpenAI's older form of `tool_choice`"),
  ),
  parallel_tool_calls: field(anything, emulated("OpenAI's name for `disable_parallel_tool_use`")),
  thinking: supported(z.nullish(thinking)),
  output_config: supported(z.nullish(outputConfig)),
  output_format: field(z.nullish(outputFormat), emulated('As `output_config.format`')),
  metadata: field(
    z.nullish(requestObject({ user_id: field(text, accepted('Says which requests belong together')) })),
    accepted(),
  ),

  temperature: field(z.nullish(z.number().check(z.gte(0), z.lte(2))), ignored(NO_SUCH_SETTING, [1])),
  top_p: field(z.nullish(z.number().check(z.gte(0), z.lte(1))), ignored(NO_SUCH_SETTING, [1])),
  top_k: field(z.nullish(z.number()), ignored(NO_SUCH_SETTING)),
  container: field(anything, ignored('There are no containers behind the gateway')),
  mcp_servers: field(anything, ignored('MCP servers are connected by the client')),
  compaction: field(anything, ignored('The client has to shorten its history itself')),
  fallbacks: field(anything, ignored('One model answers')),
  thread: field(anything, { support: 'refused', note: 'The whole conversation has to be sent' }),

  context_management: field(anything, accepted('The history is used as it was sent')),
  cache_control: field(anything, accepted('Sessions are matched by what was said, not by marks')),
  service_tier: field(text, accepted()),
  speed: field(text, accepted()),
  inference_geo: field(text, accepted()),
  diagnostics: field(anything, accepted()),
  billing_policy: field(anything, accepted()),
  fallback_credit_token: field(anything, accepted()),
  user_profile_id: field(text, accepted()),
  workspace_id: field(text, accepted()),
  betas: field(anything, accepted()),
  anthropic_beta: field(anything, accepted()),
  anthropic_version: field(text, accepted()),
});

export type RequestBody = z.infer<typeof requestBody>;

/** The fields of a request, and how far each is served: what the documentation is made of. */
export const FIELD_SECTIONS: readonly FieldSection[] = [
  { title: 'Request', schema: requestBody },
  { title: 'tools[]', schema: tool },
  { title: 'tool_choice', schema: toolChoice },
  { title: 'messages[]', schema: messageSchema },
  ...Object.entries(BLOCK_SCHEMAS).map(([type, schema]) => ({ title: `content[] of type ${type}`, schema })),
];
