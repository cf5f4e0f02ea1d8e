/** Content parts → model parts. What cannot be carried over leaves a visible word in its place and a warning. */
import * as z from 'zod/mini';
import { mediaMark, type UserPart } from '../../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../../util/index.js';
import { type AnyPart, readForeignPart, textParts, toUserParts } from '../../request/foreign-content.js';
import { mediaFromUrl } from '../../request/media-part.js';
import { parseAt } from '../../request/parse-schema.js';
import { checkFields } from '../../request/unknown-fields.js';
import { readFile } from './file-content.js';
import { CONTENT_SCHEMAS, type ContentValue } from './item-schema.js';
import type { ParseContext } from './parse-context.js';

/** Parts without text are left out; a string is one text part. Calls and results are read as the text they carry. */
export function parseContent(content: ContentValue, path: string, context: ParseContext): UserPart[] {
  return toUserParts(parseParts(content, path, context));
}

/** All that a message may hold, calls and results of tools in other protocols' spellings included. */
export function parseParts(content: ContentValue, path: string, context: ParseContext): AnyPart[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return textParts(content);
  return content.flatMap((part, index) =>
    typeof part === 'string' ? textParts(part) : parsePart(part as JsonObject, `${path}[${index}]`, context),
  );
}

/** The text of `content` alone, for roles that carry nothing else. */
export function parseText(content: ContentValue, path: string, context: ParseContext): string {
  return parseContent(content, path, context)
    .map((part) => {
      if (part.type === 'text') return part.text;
      context.warnings.add('unsupported-content', path, 'Only text can stand here');
      return mediaMark(part.type);
    })
    .join('\n');
}

/** Absent is nothing said; another type is a mistake that must not pass for nothing said. */
const wording = z.looseObject({ text: z.nullish(z.string()), refusal: z.nullish(z.string()) });

function parsePart(part: JsonObject, path: string, context: ParseContext): readonly AnyPart[] {
  if (typeof part.type === 'string' && Object.hasOwn(CONTENT_SCHEMAS, part.type)) {
    checkFields(part, CONTENT_SCHEMAS[part.type as keyof typeof CONTENT_SCHEMAS], path, context.warnings);
  }
  switch (part.type ?? guessType(part)) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
    case 'reasoning_text':
      return textParts(parseAt(wording, part, path).text ?? '');
    case 'refusal':
      return textParts(parseAt(wording, part, path).refusal ?? '');
    case 'input_image':
    case 'image_url':
    case 'computer_screenshot':
      return [parseImage(part, path, context)];
    case 'input_file':
    case 'file':
      return readFile(isJsonObject(part.file) ? part.file : part, path, context);
    case 'input_audio':
      return [parseAudio(part, path, context)];
    default:
      return readForeignPart(part, path, context.warnings);
  }
}

const guessType = (part: JsonObject): string | undefined => (typeof part.text === 'string' ? 'text' : undefined);

function parseImage(part: JsonObject, path: string, context: ParseContext): UserPart {
  // By the book a string; the chat protocol's `{ url }` is what many clients carry over.
  const given = isJsonObject(part.image_url) ? part.image_url.url : part.image_url;
  if (typeof given === 'string' && given !== '') return mediaFromUrl('image', given);
  // A `file_id` has been warned about as the field it is.
  if (typeof part.file_id !== 'string') context.warnings.add('unsupported-content', path, 'The image is empty');
  return { type: 'text', text: mediaMark('image') };
}

function parseAudio(part: JsonObject, path: string, context: ParseContext): UserPart {
  const audio = isJsonObject(part.input_audio) ? part.input_audio : part;
  if (typeof audio.data === 'string' && audio.data !== '') {
    const format = typeof audio.format === 'string' ? audio.format : 'wav';
    return { type: 'audio', source: { kind: 'base64', mediaType: `audio/${format}`, data: audio.data } };
  }
  context.warnings.add('unsupported-content', path, 'The audio is empty');
  return { type: 'text', text: mediaMark('audio') };
}
