/**
 * Messages and content parts as clients really send them: `content` in every form, replayed answers with all their
 * members, calls without ids. Loose on purpose; what is not named here ends as a warning, not as an error.
 */
import * as z from 'zod/mini';
import { type FieldSupport, field, requestObject, supported } from '../request/field-support.js';
import { anyObject, listOf } from '../request/list-schema.js';

const text = z.nullish(z.string());
const accepted = (note?: string): FieldSupport => ({ support: 'accepted', ...(note !== undefined && { note }) });

const content = z.nullish(z.union([z.string(), listOf(z.union([z.string(), anyObject]))]));
export type ContentValue = z.infer<typeof content>;

const cacheControl = field(z.optional(z.unknown()), accepted('Sessions are matched by what was said, not by marks'));

export const systemMessage = requestObject({
  role: supported(z.string()),
  content: supported(content),
  name: field(text, accepted()),
  cache_control: cacheControl,
});

export const userMessage = requestObject({
  role: supported(z.literal('user')),
  content: supported(content),
  name: field(text, { support: 'emulated', note: 'Written before the text of the message' }),
  cache_control: cacheControl,
});

const callInput = z.optional(z.unknown());

export const functionCall = requestObject({
  name: supported(z.string().check(z.minLength(1))),
  arguments: supported(callInput),
});

export const toolCall = requestObject({
  id: supported(text),
  type: supported(text),
  index: field(z.optional(z.unknown()), accepted('Left over from a stream')),
  function: supported(z.nullish(functionCall)),
  custom: supported(
    z.nullish(requestObject({ name: supported(z.string().check(z.minLength(1))), input: supported(callInput) })),
  ),
});

export const assistantMessage = requestObject({
  role: supported(z.literal('assistant')),
  content: supported(content),
  name: field(text, accepted()),
  refusal: supported(text),
  reasoning_content: supported(text),
  reasoning: field(z.optional(z.unknown()), { support: 'supported', note: 'Read where `reasoning_content` is absent' }),
  reasoning_details: field(z.optional(z.unknown()), accepted()),
  tool_calls: supported(z.nullish(listOf(toolCall))),
  function_call: field(z.nullish(functionCall), { support: 'supported', note: 'The older form of `tool_calls`' }),
  audio: field(z.optional(z.unknown()), { support: 'ignored', note: 'Earlier answers in sound are not kept' }),
  annotations: field(z.optional(z.unknown()), accepted()),
  parsed: field(z.optional(z.unknown()), accepted('Left there by SDK helpers')),
  prefix: field(z.optional(z.unknown()), accepted('A last message of the assistant is continued in any case')),
  cache_control: cacheControl,
});

export const toolMessage = requestObject({
  role: supported(z.literal('tool')),
  content: supported(content),
  tool_call_id: supported(z.string()),
  name: field(text, accepted()),
  cache_control: cacheControl,
});

export const functionMessage = requestObject({
  role: supported(z.literal('function')),
  content: supported(content),
  name: supported(z.string()),
});

export const PART_SCHEMAS = {
  text: requestObject({ type: supported(text), text: supported(z.string()), cache_control: cacheControl }),
  refusal: requestObject({ type: supported(text), refusal: supported(z.string()) }),
  image_url: requestObject({
    type: supported(text),
    image_url: supported(
      z.union([
        z.string().check(z.minLength(1)),
        requestObject({
          url: supported(z.string().check(z.minLength(1))),
          detail: field(text, accepted('Pictures are scaled as the model needs')),
        }),
      ]),
    ),
    detail: field(text, accepted()),
    cache_control: cacheControl,
  }),
  input_audio: requestObject({
    type: supported(text),
    input_audio: field(requestObject({ data: supported(z.string().check(z.minLength(1))), format: supported(text) }), {
      support: 'emulated',
      note: 'The models take no sound; its place is marked in the prompt, and a warning given',
    }),
    cache_control: cacheControl,
  }),
  file: requestObject({
    type: supported(text),
    file: field(
      requestObject({
        file_data: supported(text),
        file_id: field(text, { support: 'ignored', note: 'Files cannot be uploaded here; their place is marked' }),
        filename: supported(text),
      }),
      {
        support: 'emulated',
        note: 'Files that are text are put into the prompt; for others and for `file_id` their place is marked',
      },
    ),
    cache_control: cacheControl,
  }),
} as const;
