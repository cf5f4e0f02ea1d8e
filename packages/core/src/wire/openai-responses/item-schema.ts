/**
 * Items and content parts as clients really send them: replayed without ids, with `status` and other members of their
 * own, with chat-style spellings. Loose on purpose; what is not known here ends as a warning, not as an error.
 */
import { z } from 'zod';
import { field } from '../field-support.js';
import { anyObject, listOf, MAX_TOOLS } from '../list-schema.js';

const text = z.string();
const id = z.string().nullish();
const status = field(z.string().nullish(), { support: 'accepted' });
const accepted = field(z.unknown().optional(), { support: 'accepted' });
/** One content part; its own kind is told apart in `parse-content.ts`. */
export const content = z.union([text, listOf(z.union([text, anyObject]))]).nullish();
export type ContentValue = z.infer<typeof content>;
/** `arguments` and outputs arrive as a string by the book and as JSON from some clients. */
const callInput = z.unknown().optional();

export const ITEM_SCHEMAS = {
  message: z.looseObject({
    type: z.literal('message').nullish(),
    id,
    role: text,
    content,
    status,
    phase: accepted,
    name: field(text.nullish(), { support: 'accepted' }),
    cache_control: accepted,
    tool_call_id: field(text.nullish(), {
      support: 'supported',
      note: "The chat protocol's spelling of a tool's output",
    }),
    tool_calls: field(listOf(z.unknown()).nullish(), {
      support: 'supported',
      note: "The chat protocol's spelling of calls",
    }),
    function_call: field(z.unknown().optional(), { support: 'supported', note: 'The older form of `tool_calls`' }),
    reasoning_content: field(text.nullish(), {
      support: 'supported',
      note: "The chat protocol's spelling of thoughts",
    }),
    refusal: text.nullish(),
  }),
  function_call: z.looseObject({
    type: z.literal('function_call'),
    id,
    call_id: text.nullish(),
    name: text,
    namespace: text.nullish(),
    arguments: callInput,
    status,
    caller: accepted,
  }),
  function_call_output: z.looseObject({
    type: z.literal('function_call_output'),
    id,
    call_id: text,
    output: callInput,
    status,
    caller: accepted,
  }),
  custom_tool_call: z.looseObject({
    type: z.literal('custom_tool_call'),
    id,
    call_id: text.nullish(),
    name: text,
    namespace: text.nullish(),
    input: callInput,
    status,
    caller: accepted,
  }),
  custom_tool_call_output: z.looseObject({
    type: z.literal('custom_tool_call_output'),
    id,
    call_id: text,
    output: callInput,
    status,
    caller: accepted,
  }),
  local_shell_call: z.looseObject({
    type: z.literal('local_shell_call'),
    id,
    call_id: text.nullish(),
    action: z.looseObject({}),
    status,
  }),
  local_shell_call_output: z.looseObject({
    type: z.literal('local_shell_call_output'),
    id,
    call_id: text.nullish(),
    output: callInput,
    status,
  }),
  shell_call: z.looseObject({
    type: z.literal('shell_call'),
    id,
    call_id: text.nullish(),
    action: z.looseObject({}),
    environment: accepted,
    caller: accepted,
    status,
  }),
  shell_call_output: z.looseObject({
    type: z.literal('shell_call_output'),
    id,
    call_id: text,
    output: callInput,
    max_output_length: accepted,
    caller: accepted,
    status,
  }),
  apply_patch_call: z.looseObject({
    type: z.literal('apply_patch_call'),
    id,
    call_id: text.nullish(),
    operation: z.looseObject({}),
    caller: accepted,
    status,
  }),
  apply_patch_call_output: z.looseObject({
    type: z.literal('apply_patch_call_output'),
    id,
    call_id: text,
    output: callInput,
    caller: accepted,
    status,
  }),
  reasoning: z.looseObject({
    type: z.literal('reasoning'),
    id,
    summary: listOf(z.looseObject({ text: text.nullish() })).nullish(),
    content: listOf(z.looseObject({ text: text.nullish() })).nullish(),
    encrypted_content: field(text.nullish(), {
      support: 'accepted',
      note: 'Cannot be read here; the text of the item is',
    }),
    status,
  }),
  item_reference: z.looseObject({ type: z.literal('item_reference').nullish(), id: text }),
  additional_tools: z.looseObject({
    type: z.literal('additional_tools'),
    id,
    role: text.nullish(),
    tools: listOf(anyObject, { max: MAX_TOOLS }).nullish(),
  }),
  tool_search_output: z.looseObject({
    type: z.literal('tool_search_output'),
    id,
    call_id: text.nullish(),
    execution: accepted,
    status,
    tools: listOf(anyObject, { max: MAX_TOOLS }).nullish(),
  }),
} as const;

export type ItemType = keyof typeof ITEM_SCHEMAS;
export type Item<Type extends ItemType> = z.infer<(typeof ITEM_SCHEMAS)[Type]>;

const cacheMark = field(z.unknown().optional(), { support: 'accepted' });
const fileSource = field(z.unknown().optional(), {
  support: 'ignored',
  note: 'Files cannot be uploaded here; send the data itself',
});

/** The fields of each kind of content part; their values are read with care where they are used. */
export const CONTENT_SCHEMAS = {
  input_text: z.looseObject({ type: text, text: z.unknown().optional(), prompt_cache_breakpoint: cacheMark }),
  output_text: z.looseObject({
    type: text,
    text: z.unknown().optional(),
    annotations: field(z.unknown().optional(), { support: 'accepted' }),
    logprobs: field(z.unknown().optional(), { support: 'accepted' }),
  }),
  refusal: z.looseObject({ type: text, refusal: z.unknown() }),
  input_image: z.looseObject({
    type: text,
    image_url: z.unknown().optional(),
    file_id: fileSource,
    detail: field(z.unknown().optional(), { support: 'accepted' }),
    prompt_cache_breakpoint: cacheMark,
  }),
  input_file: z.looseObject({
    type: text,
    file_data: field(z.unknown().optional(), {
      support: 'supported',
      note: 'Text is read; other files depend on the channel',
    }),
    file_url: z.unknown().optional(),
    file_id: fileSource,
    filename: z.unknown().optional(),
    detail: field(z.unknown().optional(), { support: 'accepted' }),
    prompt_cache_breakpoint: cacheMark,
  }),
  input_audio: z.looseObject({ type: text, input_audio: z.unknown() }),
} as const;

/** Items that say nothing to a model here. */
export const BOOKKEEPING_ITEMS: ReadonlySet<string> = new Set(['compaction', 'compaction_trigger', 'mcp_list_tools']);

/** Items of tools that run on the protocol's own servers: of these the words stay. */
export const HOSTED_ITEMS: ReadonlySet<string> = new Set([
  'file_search_call',
  'web_search_call',
  'computer_call',
  'computer_call_output',
  'image_generation_call',
  'code_interpreter_call',
  'mcp_call',
  'mcp_approval_request',
  'mcp_approval_response',
  'tool_search_call',
  'program',
  'program_output',
]);
