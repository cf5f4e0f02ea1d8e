/** Content in all its forms → model parts. What cannot be carried over leaves a visible word in its place and a warning. */
import { mediaMark, type UserPart } from '../../chat/index.js';
import { type JsonObject, parseDataUrl } from '../../util/index.js';
import { type AnyPart, readForeignPart, textParts, toUserParts } from '../request/foreign-content.js';
import { fileFromBase64, fileFromText, mediaFromUrl } from '../request/media-part.js';
import { parseAt } from '../request/parse-schema.js';
import type { RequestWarnings } from '../request/request-warnings.js';
import { checkFields } from '../request/unknown-fields.js';
import { type ContentValue, PART_SCHEMAS } from './message-schema.js';

type PartValue = Readonly<Record<string, unknown>>;

/** Parts without text are left out; a string is one text part. Calls and results are read as the text they carry. */
export function parseContent(content: ContentValue, path: string, warnings: RequestWarnings): UserPart[] {
  return toUserParts(parseParts(content, path, warnings));
}

/** All that a message may hold, calls and results of tools in other protocols' spellings included. */
export function parseParts(content: ContentValue, path: string, warnings: RequestWarnings): AnyPart[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return textParts(content);
  return content.flatMap((part, index) =>
    typeof part === 'string' ? textParts(part) : parsePart(part, `${path}[${index}]`, warnings),
  );
}

/** Only the text, for roles that carry nothing else; parts are lines. */
export function parseText(content: ContentValue, path: string, warnings: RequestWarnings): string {
  return parseContent(content, path, warnings)
    .map((part) => {
      if (part.type === 'text') return part.text;
      warnings.add('unsupported-content', path, 'Only text can stand here');
      return mediaMark(part.type);
    })
    .join('\n');
}

function parsePart(part: PartValue, path: string, warnings: RequestWarnings): readonly AnyPart[] {
  switch (part.type ?? guessType(part)) {
    case 'text':
    case 'input_text':
    case 'output_text':
      checkFields(part, PART_SCHEMAS.text, path, warnings);
      return textParts(parseAt(PART_SCHEMAS.text, part, path).text);
    case 'refusal':
      return textParts(parseAt(PART_SCHEMAS.refusal, part, path).refusal);
    case 'image_url':
    case 'input_image': {
      checkFields(part, PART_SCHEMAS.image_url, path, warnings);
      const { image_url: image } = parseAt(PART_SCHEMAS.image_url, part, path);
      return [mediaFromUrl('image', typeof image === 'string' ? image : image.url)];
    }
    case 'input_audio': {
      checkFields(part, PART_SCHEMAS.input_audio, path, warnings);
      const { data, format } = parseAt(PART_SCHEMAS.input_audio, part, path).input_audio;
      warnings.add('unsupported-content', path, 'The models take no sound; its place is marked in the prompt');
      return [{ type: 'audio', source: { kind: 'base64', mediaType: `audio/${format ?? 'wav'}`, data } }];
    }
    case 'file':
    case 'input_file':
      return parseFile(part, path, warnings);
    default:
      return readForeignPart(part as JsonObject, path, warnings);
  }
}

function guessType(part: PartValue): string | undefined {
  if (typeof part.text === 'string') return 'text';
  return part.image_url === undefined ? undefined : 'image_url';
}

function parseFile(part: PartValue, path: string, warnings: RequestWarnings): UserPart[] {
  checkFields(part, PART_SCHEMAS.file, path, warnings);
  const { file } = parseAt(PART_SCHEMAS.file, part.file === undefined ? { ...part, file: part } : part, path);
  const filename = file.filename === null || file.filename === '' ? undefined : file.filename;
  const data = file.file_data;
  if (typeof data !== 'string' || data === '') {
    const reason =
      typeof file.file_id === 'string' ? 'Uploaded files are not supported; send the file itself' : 'The file is empty';
    warnings.add('unsupported-content', path, reason);
    return textParts(mediaMark('file', filename));
  }
  const inline = parseDataUrl(data);
  if (inline !== undefined) return fileFromBase64(inline.mediaType, inline.data, filename);
  // By the book base64 without a type; plain text comes from clients that know no better.
  return /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(data) && data.length >= 16
    ? fileFromBase64('', data, filename)
    : fileFromText(data, filename);
}
