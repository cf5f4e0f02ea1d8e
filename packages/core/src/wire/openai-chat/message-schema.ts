/**
 * Messages and content parts as clients really send them: `content` in every form, replayed answers with all their
 * members, calls without ids. Loose on purpose; what is not named here ends as a warning, not as an error.
 */
import { z } from 'zod';
import { type FieldSupport, field } from '../field-support.js';
import { anyObject, listOf } from '../list-schema.js';

const text = z.string().nullish();
const accepted = (note?: string): FieldSupport => ({ support: 'accepted', ...(note !== undefined && { note }) });

const content = z.union([z.string(), listOf(z.union([z.string(), anyObject]))]).nullish();
export type ContentValue = z.infer<typeof content>;

const cacheControl = field(z.unknown().optional(), accepted('Sessions are matched by what was said, not by marks'));

export const systemMessage = z.looseObject({
  role: z.string(),
  content,
  name: field(text, accepted()),
  cache_control: cacheControl,
});

export const userMessage = z.looseObject({
  role: z.literal('user'),
  content,
  name: field(text, { support: 'emulated', note: 'Written before the text of the message' }),
  cache_control: cacheControl,
});

const callInput = z.unknown().optional();

export const functionCall = z.looseObject({ name: z.string().min(1), arguments: callInput });

export const toolCall = z.looseObject({
  id: text,
  type: text,
  index: field(z.unknown().optional(), accepted('Left over from a stream')),
  function: functionCall.nullish(),
  custom: z.looseObject({ name: z.string().min(1), input: callInput }).nullish(),
});

export const assistantMessage = z.looseObject({
  role: z.literal('assistant'),
  content,
  name: field(text, accepted()),
  refusal: text,
  reasoning_content: text,
  reasoning: field(z.unknown().optional(), { support: 'supported', note: 'Read where `reasoning_content` is absent' }),
  reasoning_details: field(z.unknown().optional(), accepted()),
  tool_calls: listOf(toolCall).nullish(),
  function_call: field(functionCall.nullish(), { support: 'supported', note: 'The older form of `tool_calls`' }),
  audio: field(z.unknown().optional(), { support: 'ignored', note: 'Earlier answers in sound are not kept' }),
  annotations: field(z.unknown().optional(), accepted()),
  parsed: field(z.unknown().optional(), accepted('Left there by SDK helpers')),
  prefix: field(z.unknown().optional(), accepted('A last message of the assistant is continued in any case')),
  cache_control: cacheControl,
});

export const toolMessage = z.looseObject({
  role: z.literal('tool'),
  content,
  tool_call_id: z.string(),
  name: field(text, accepted()),
  cache_control: cacheControl,
});

export const functionMessage = z.looseObject({
  role: z.literal('function'),
  content,
  name: z.string(),
});

export const PART_SCHEMAS = {
  text: z.looseObject({ type: text, text: z.string(), cache_control: cacheControl }),
  refusal: z.looseObject({ type: text, refusal: z.string() }),
  image_url: z.looseObject({
    type: text,
    image_url: z.union([
      z.string().min(1),
      z.looseObject({
        url: z.string().min(1),
        detail: field(text, accepted('Pictures are scaled as the model needs')),
      }),
    ]),
    detail: field(text, accepted()),
    cache_control: cacheControl,
  }),
  input_audio: z.looseObject({
    type: text,
    input_audio: field(z.looseObject({ data: z.string().min(1), format: text }), {
      support: 'emulated',
      note: 'The models take no sound; its place is marked in the prompt, and a warning given',
    }),
    cache_control: cacheControl,
  }),
  file: z.looseObject({
    type: text,
    file: field(z.looseObject({ file_data: text, file_id: text, filename: text }), {
      support: 'emulated',
      note: 'Files that are text are put into the prompt; for others and for `file_id` their place is marked',
    }),
    cache_control: cacheControl,
  }),
} as const;
