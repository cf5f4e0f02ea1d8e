/**
 * Content blocks as clients really send them: replayed answers with every member, blocks of hosted tools, members newer
 * than this file. Loose on purpose; what is not named here ends as a warning, not as an error.
 */
import * as z from 'zod/mini';
import { type Annotated, type FieldSupport, field, requestObject, supported } from '../request/field-support.js';
import { anyObject, listOf } from '../request/list-schema.js';

const text = z.nullish(z.string());
const accepted = (note?: string): FieldSupport => ({ support: 'accepted', ...(note !== undefined && { note }) });
const emulated = (note: string): FieldSupport => ({ support: 'emulated', note });

const type = z.string();
const cacheControl = field(z.optional(z.unknown()), accepted('Sessions are matched by what was said, not by marks'));
const citations = field(z.optional(z.unknown()), accepted('Answers carry no citations'));
const caller = field(z.optional(z.unknown()), accepted());
const toolset = field(text, accepted());

export const content = z.nullish(z.union([z.string(), listOf(z.union([z.string(), anyObject]))]));
export type ContentValue = z.infer<typeof content>;

export const source = requestObject({
  type: supported(type),
  media_type: supported(text),
  data: supported(text),
  url: supported(text),
  file_id: field(text, { support: 'ignored', note: 'Files cannot be uploaded here; their place is marked' }),
  content: supported(content),
});

export const BLOCK_SCHEMAS = {
  text: requestObject({ type: supported(type), text: supported(z.string()), cache_control: cacheControl, citations }),
  image: requestObject({
    type: supported(type),
    source: field(source, { support: 'supported', note: '`base64` and `url`; the place of a `file` is marked' }),
    cache_control: cacheControl,
    transformations: field(z.optional(z.unknown()), accepted('Pictures are scaled as the model needs')),
  }),
  document: requestObject({
    type: supported(type),
    source: field(source, emulated('Text is put into the prompt; the place of other documents is marked')),
    title: field(text, emulated('Written before the text')),
    context: field(text, emulated('Written before the text')),
    citations,
    cache_control: cacheControl,
  }),
  search_result: requestObject({
    type: supported(type),
    source: emulatedText(),
    title: emulatedText(),
    content: supported(content),
    citations,
    cache_control: cacheControl,
  }),
  thinking: requestObject({
    type: supported(type),
    thinking: supported(z.string()),
    signature: field(text, accepted('Thoughts here are not signed, and a signature is not checked')),
    cache_control: cacheControl,
  }),
  redacted_thinking: requestObject({
    type: supported(type),
    data: field(text, accepted('Cannot be read here and is left out')),
  }),
  tool_use: requestObject({
    type: supported(type),
    id: supported(z.string().check(z.minLength(1))),
    name: supported(z.string().check(z.minLength(1))),
    input: supported(z.optional(z.unknown())),
    caller,
    toolset_name: toolset,
    cache_control: cacheControl,
  }),
  tool_result: requestObject({
    type: supported(type),
    tool_use_id: supported(z.string().check(z.minLength(1))),
    content: supported(content),
    is_error: supported(z.nullish(z.boolean())),
    toolset_name: toolset,
    cache_control: cacheControl,
  }),
} as const;

export type BlockType = keyof typeof BLOCK_SCHEMAS;

function emulatedText(): Annotated<z.ZodMiniOptional<z.ZodMiniNullable<z.ZodMiniString>>> {
  return field(z.nullish(z.string()), emulated('Written before the text'));
}
