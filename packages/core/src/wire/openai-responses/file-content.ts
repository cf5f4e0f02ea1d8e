/** `input_file` → text where the file is text, else the bytes under their name. */
import type { UserPart } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { mediaFromUrl } from './media-url.js';
import type { ParseContext } from './parse-context.js';

const TEXT_TYPE =
  /^(text\/|application\/(json|xml|javascript|typescript|x-sh|yaml|x-yaml|toml|sql|.*\+(json|xml))(;|$))/;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

export function readFile(part: JsonObject, path: string, context: ParseContext): UserPart[] {
  const filename = typeof part.filename === 'string' && part.filename !== '' ? part.filename : undefined;
  if (typeof part.file_data === 'string' && part.file_data !== '') return fromData(part.file_data, filename);
  if (typeof part.file_url === 'string' && part.file_url !== '') {
    return part.file_url.startsWith('data:')
      ? fromData(part.file_url, filename)
      : [mediaFromUrl('file', part.file_url, filename)];
  }
  context.warnings.add(
    'unsupported-content',
    path,
    typeof part.file_id === 'string' ? 'Uploaded files are not supported; send the file itself' : 'The file is empty',
  );
  return [{ type: 'text', text: filename === undefined ? '[file]' : `[file: ${filename}]` }];
}

/** `file_data` is a data URL or bare base64 by the book, and plain text from clients that know no better. */
function fromData(data: string, filename: string | undefined): UserPart[] {
  const url = /^data:([^,]*),/.exec(data.slice(0, 256));
  if (url === null) {
    const decoded = BASE64.test(data) ? tryDecode(data) : undefined;
    if (decoded === undefined) return asText(data, filename);
    if (decoded.text !== undefined) return asText(decoded.text, filename);
    // A word such as "test" is base64 too; nobody sends a file of three bytes that are no text.
    const isWord = data.length < 64 && decoded.mediaType === 'application/octet-stream';
    return isWord ? asText(data, filename) : [bytes(decoded.mediaType, data, filename)];
  }
  const head = url[1] ?? '';
  const payload = data.slice(url[0].length);
  if (!head.endsWith(';base64')) return asText(decodePercent(payload), filename);
  const mediaType = head.slice(0, -';base64'.length).split(';')[0] ?? '';
  const decoded =
    TEXT_TYPE.test(mediaType) || mediaType === '' || isGeneric(mediaType) ? tryDecode(payload) : undefined;
  return decoded?.text === undefined
    ? [bytes(mediaType === '' ? 'application/octet-stream' : mediaType, payload, filename)]
    : asText(decoded.text, filename);
}

const isGeneric = (mediaType: string): boolean => mediaType === 'application/octet-stream';

function asText(text: string, filename: string | undefined): UserPart[] {
  if (text === '') return [];
  return [{ type: 'text', text: filename === undefined ? text : `[file: ${filename}]\n${text}` }];
}

function bytes(mediaType: string, data: string, filename: string | undefined): UserPart {
  return {
    type: mediaType.startsWith('image/') ? 'image' : 'file',
    source: { kind: 'base64', mediaType, data },
    ...(filename !== undefined && { filename }),
  };
}

/** Text when the bytes are UTF-8 without control characters; `undefined` when `data` is no base64 at all. */
function tryDecode(data: string): { readonly text?: string; readonly mediaType: string } | undefined {
  let binary: string;
  try {
    binary = atob(data.replace(/\s/g, ''));
  } catch {
    return undefined;
  }
  if (binary.startsWith('%PDF-')) return { mediaType: 'application/pdf' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(binary, (char) => char.charCodeAt(0)),
    );
    return text.includes('\0') ? { mediaType: 'application/octet-stream' } : { text, mediaType: 'text/plain' };
  } catch {
    return { mediaType: 'application/octet-stream' };
  }
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
