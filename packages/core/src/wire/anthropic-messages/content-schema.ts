/**
 * Content blocks as clients really send them: replayed answers with every member, blocks of hosted tools, members newer
 * than this file. Loose on purpose; what is not named here ends as a warning, not as an error.
 */
import { z } from 'zod';
import { type FieldSupport, field } from '../field-support.js';
import { anyObject, listOf } from '../list-schema.js';

const text = z.string().nullish();
const accepted = (note?: string): FieldSupport => ({ support: 'accepted', ...(note !== undefined && { note }) });
const emulated = (note: string): FieldSupport => ({ support: 'emulated', note });

const type = z.string();
const cacheControl = field(z.unknown().optional(), accepted('Sessions are matched by what was said, not by marks'));
const citations = field(z.unknown().optional(), accepted('Answers carry no citations'));
const caller = field(z.unknown().optional(), accepted());
const toolset = field(text, accepted());

export const content = z.union([z.string(), listOf(z.union([z.string(), anyObject]))]).nullish();
export type ContentValue = z.infer<typeof content>;

export const source = z.looseObject({ type, media_type: text, data: text, url: text, file_id: text, content });

export const BLOCK_SCHEMAS = {
  text: z.looseObject({ type, text: z.string(), cache_control: cacheControl, citations }),
  image: z.looseObject({
    type,
    source: field(source, { support: 'supported', note: '`base64` and `url`; the place of a `file` is marked' }),
    cache_control: cacheControl,
    transformations: field(z.unknown().optional(), accepted('Pictures are scaled as the model needs')),
  }),
  document: z.looseObject({
    type,
    source: field(source, emulated('Text is put into the prompt; the place of other documents is marked')),
    title: field(text, emulated('Written before the text')),
    context: field(text, emulated('Written before the text')),
    citations,
    cache_control: cacheControl,
  }),
  search_result: z.looseObject({
    type,
    source: emulatedText(),
    title: emulatedText(),
    content,
    citations,
    cache_control: cacheControl,
  }),
  thinking: z.looseObject({ type, thinking: z.string(), signature: text, cache_control: cacheControl }),
  redacted_thinking: z.looseObject({
    type,
    data: field(text, accepted('Cannot be read here and is left out')),
  }),
  tool_use: z.looseObject({
    type,
    id: z.string().min(1),
    name: z.string().min(1),
    input: z.unknown().optional(),
    caller,
    toolset_name: toolset,
    cache_control: cacheControl,
  }),
  tool_result: z.looseObject({
    type,
    tool_use_id: z.string().min(1),
    content,
    is_error: z.boolean().nullish(),
    toolset_name: toolset,
    cache_control: cacheControl,
  }),
} as const;

export type BlockType = keyof typeof BLOCK_SCHEMAS;

function emulatedText(): z.ZodOptional<z.ZodNullable<z.ZodString>> {
  return field(z.string().nullish(), emulated('Written before the text'));
}
