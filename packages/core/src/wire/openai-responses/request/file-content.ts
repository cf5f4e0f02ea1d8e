/** `input_file` → text where the file is text, else the bytes under their name. */
import { mediaMark, type UserPart } from '../../../chat/index.js';
import { type JsonObject, parseDataUrl } from '../../../util/index.js';
import { fileFromBase64, fileFromText, mediaFromUrl } from '../../request/media-part.js';
import type { ParseContext } from './parse-context.js';

/** Base64 may be broken into lines; a space says that it is prose. */
const BASE64 = /^[A-Za-z0-9+/\r\n]+={0,2}[\r\n]*$/;
/** Shorter than any file that is no text. */
const WORD_LENGTH = 64;

export function readFile(part: JsonObject, path: string, context: Pick<ParseContext, 'warnings'>): UserPart[] {
  const { file_data: data, file_url: url } = part;
  const filename = typeof part.filename === 'string' && part.filename !== '' ? part.filename : undefined;
  if (typeof data === 'string' && data !== '') return fromData(data, filename);
  if (typeof url === 'string' && url !== '') {
    return parseDataUrl(url) === undefined ? [mediaFromUrl('file', url, filename)] : fromData(url, filename);
  }
  // A `file_id` has been warned about as the field it is.
  if (typeof part.file_id !== 'string') context.warnings.add('unsupported-content', path, 'The file is empty');
  return [{ type: 'text', text: mediaMark('file', filename) }];
}

/** `file_data` is a data URL or bare base64 by the book, and plain text from clients that know no better. */
function fromData(data: string, filename: string | undefined): UserPart[] {
  const inline = parseDataUrl(data);
  if (inline !== undefined) return fileFromBase64(inline.mediaType, inline.data, filename);
  if (!BASE64.test(data)) return fileFromText(data, filename);
  const parts = fileFromBase64('', data, filename);
  // A word such as "test" is base64 too.
  return data.length < WORD_LENGTH && parts[0]?.type !== 'text' ? fileFromText(data, filename) : parts;
}
