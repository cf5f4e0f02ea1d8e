/**
 * Items and content parts as clients really send them: replayed without ids, with `status` and other members of their
 * own, with chat-style spellings. Loose on purpose; what is not known here ends as a warning, not as an error.
 */
import * as z from 'zod/mini';
import { field, requestObject, supported } from '../../request/field-support.js';
import { anyObject, listOf, MAX_TOOLS } from '../../request/list-schema.js';

const text = z.string();
const id = z.nullish(z.string());
const status = field(z.nullish(z.string()), { support: 'accepted' });
const accepted = field(z.optional(z.unknown()), { support: 'accepted' });
/** One content part; its own kind is told apart in `parse-content.ts`. */
export const content = z.nullish(z.union([text, listOf(z.union([text, anyObject]))]));
export type ContentValue = z.infer<typeof content>;
/** `arguments` and outputs arrive as a string by the book and as JSON from some clients. */
const callInput = z.optional(z.unknown());

export const ITEM_SCHEMAS = {
  message: requestObject({
    type: supported(z.nullish(z.literal('message'))),
    id: supported(id),
    role: supported(text),
    content: supported(content),
    status,
    phase: accepted,
    name: field(z.nullish(text), { support: 'accepted' }),
    cache_control: accepted,
    tool_call_id: field(z.nullish(text), {
      support: 'supported',
      note: "The chat protocol's spelling of a tool's output",
    }),
    tool_calls: field(z.nullish(listOf(z.unknown())), {
      support: 'supported',
      note: "The chat protocol's spelling of calls",
    }),
    function_call: field(z.optional(z.unknown()), { support: 'supported', note: 'The older form of `tool_calls`' }),
    reasoning_content: field(z.nullish(text), {
      support: 'supported',
      note: "The chat protocol's spelling of thoughts",
    }),
    refusal: supported(z.nullish(text)),
  }),
  function_call: requestObject({
    type: supported(z.literal('function_call')),
    id: supported(id),
    call_id: supported(z.nullish(text)),
    name: supported(text),
    namespace: supported(z.nullish(text)),
    arguments: supported(callInput),
    status,
    caller: accepted,
  }),
  function_call_output: requestObject({
    type: supported(z.literal('function_call_output')),
    id: supported(id),
    call_id: supported(text),
    output: supported(callInput),
    status,
    caller: accepted,
  }),
  custom_tool_call: requestObject({
    type: supported(z.literal('custom_tool_call')),
    id: supported(id),
    call_id: supported(z.nullish(text)),
    name: supported(text),
    namespace: supported(z.nullish(text)),
    input: supported(callInput),
    status,
    caller: accepted,
  }),
  custom_tool_call_output: requestObject({
    type: supported(z.literal('custom_tool_call_output')),
    id: supported(id),
    call_id: supported(text),
    output: supported(callInput),
    status,
    caller: accepted,
  }),
  local_shell_call: requestObject({
    type: supported(z.literal('local_shell_call')),
    id: supported(id),
    call_id: supported(z.nullish(text)),
    action: supported(z.looseObject({})),
    status,
  }),
  local_shell_call_output: requestObject({
    type: supported(z.literal('local_shell_call_output')),
    id: supported(id),
    call_id: supported(z.nullish(text)),
    output: supported(callInput),
    status,
  }),
  shell_call: requestObject({
    type: supported(z.literal('shell_call')),
    id: supported(id),
    call_id: supported(z.nullish(text)),
    action: supported(z.looseObject({})),
    environment: accepted,
    caller: accepted,
    status,
  }),
  shell_call_output: requestObject({
    type: supported(z.literal('shell_call_output')),
    id: supported(id),
    call_id: supported(text),
    output: supported(callInput),
    max_output_length: accepted,
    caller: accepted,
    status,
  }),
  apply_patch_call: requestObject({
    type: supported(z.literal('apply_patch_call')),
    id: supported(id),
    call_id: supported(z.nullish(text)),
    operation: supported(z.looseObject({})),
    caller: accepted,
    status,
  }),
  apply_patch_call_output: requestObject({
    type: supported(z.literal('apply_patch_call_output')),
    id: supported(id),
    call_id: supported(text),
    output: supported(callInput),
    caller: accepted,
    status,
  }),
  reasoning: requestObject({
    type: supported(z.literal('reasoning')),
    id: supported(id),
    summary: supported(z.nullish(listOf(requestObject({ text: supported(z.nullish(text)) })))),
    content: supported(z.nullish(listOf(requestObject({ text: supported(z.nullish(text)) })))),
    encrypted_content: field(z.nullish(text), {
      support: 'accepted',
      note: 'Cannot be read here; the text of the item is',
    }),
    status,
  }),
  compaction: requestObject({
    type: supported(text),
    id: supported(id),
    encrypted_content: field(z.nullish(text), {
      support: 'supported',
      note: 'The summary that a compaction here answered with; one of another server cannot be read',
    }),
    created_by: accepted,
  }),
  compaction_trigger: requestObject({ type: supported(z.literal('compaction_trigger')) }),
  item_reference: requestObject({ type: supported(z.nullish(z.literal('item_reference'))), id: supported(text) }),
  additional_tools: requestObject({
    type: supported(z.literal('additional_tools')),
    id: supported(id),
    role: supported(z.nullish(text)),
    tools: supported(z.nullish(listOf(anyObject, { max: MAX_TOOLS }))),
  }),
  tool_search_output: requestObject({
    type: supported(z.literal('tool_search_output')),
    id: supported(id),
    call_id: supported(z.nullish(text)),
    execution: accepted,
    status,
    tools: supported(z.nullish(listOf(anyObject, { max: MAX_TOOLS }))),
  }),
} as const;

export type ItemType = keyof typeof ITEM_SCHEMAS;
export type Item<Type extends ItemType> = z.infer<(typeof ITEM_SCHEMAS)[Type]>;

const cacheMark = field(z.optional(z.unknown()), { support: 'accepted' });
const fileSource = field(z.optional(z.unknown()), {
  support: 'ignored',
  note: 'Files cannot be uploaded here; their place is marked',
});

/** The fields of each kind of content part; their values are read with care where they are used. */
export const CONTENT_SCHEMAS = {
  input_text: requestObject({
    type: supported(text),
    text: supported(z.optional(z.unknown())),
    prompt_cache_breakpoint: cacheMark,
  }),
  output_text: requestObject({
    type: supported(text),
    text: supported(z.optional(z.unknown())),
    annotations: field(z.optional(z.unknown()), { support: 'accepted' }),
    logprobs: field(z.optional(z.unknown()), { support: 'accepted' }),
  }),
  refusal: requestObject({ type: supported(text), refusal: supported(z.unknown()) }),
  input_image: requestObject({
    type: supported(text),
    image_url: supported(z.optional(z.unknown())),
    file_id: fileSource,
    detail: field(z.optional(z.unknown()), { support: 'accepted' }),
    prompt_cache_breakpoint: cacheMark,
  }),
  input_file: requestObject({
    type: supported(text),
    file_data: field(z.optional(z.unknown()), {
      support: 'supported',
      note: 'Text is read; other files depend on the channel',
    }),
    file_url: field(z.optional(z.unknown()), {
      support: 'emulated',
      note: 'Data URLs are read; of other addresses the place is marked in the prompt, and a warning given',
    }),
    file_id: fileSource,
    filename: supported(z.optional(z.unknown())),
    detail: field(z.optional(z.unknown()), { support: 'accepted' }),
    prompt_cache_breakpoint: cacheMark,
  }),
  input_audio: requestObject({
    type: supported(text),
    input_audio: field(z.unknown(), {
      support: 'emulated',
      note: 'The models take no sound; its place is marked in the prompt, and a warning given',
    }),
  }),
} as const;

/** Items that say nothing to a model here. */
export const BOOKKEEPING_ITEMS: ReadonlySet<string> = new Set(['mcp_list_tools']);

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
