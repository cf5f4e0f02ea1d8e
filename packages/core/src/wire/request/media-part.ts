/** Pictures, sounds and documents as clients send them → model parts. Documents that are text become text. */
import { type MediaPart, mediaMark, type UserPart } from '../../chat/index.js';
import { parseDataUrl } from '../../util/index.js';

/** A data URL becomes its bytes; every other address stays one. */
export function mediaFromUrl(type: MediaPart['type'], url: string, filename?: string): MediaPart {
  const name = filename === undefined ? {} : { filename };
  const inline = parseDataUrl(url);
  if (inline === undefined) return { type, source: { kind: 'url', url }, ...name };
  const { mediaType, data } = inline;
  return {
    type,
    source: { kind: 'base64', mediaType: mediaType === '' ? 'application/octet-stream' : mediaType, data },
    ...name,
  };
}

/** A document's bytes: text where they are text, else a file for the channel (pictures as pictures). */
export function fileFromBase64(mediaType: string, data: string, filename?: string): UserPart[] {
  if (mayBeText(mediaType)) {
    const text = decodeText(data, TEXT_TYPE.test(mediaType));
    if (text !== undefined) return fileFromText(text, filename);
  }
  const type = mediaType.startsWith('image/') ? 'image' : 'file';
  const known =
    mediaType === '' ? (data.startsWith('JVBERi0') ? 'application/pdf' : 'application/octet-stream') : mediaType;
  return [{ type, source: { kind: 'base64', mediaType: known, data }, ...(filename !== undefined && { filename }) }];
}

/** A document's text under its name; nothing for an empty one. */
export function fileFromText(text: string, filename?: string): UserPart[] {
  if (text === '') return [];
  const named = filename === undefined ? text : `${mediaMark('file', filename)}\n${text}`;
  return [{ type: 'text', text: named, isDocument: true }];
}

const TEXT_TYPE =
  /^(text\/|application\/(json|xml|javascript|typescript|x-sh|yaml|x-yaml|toml|sql)\b|application\/.*\+(json|xml)\b)/;

const mayBeText = (mediaType: string): boolean =>
  mediaType === '' || mediaType === 'application/octet-stream' || TEXT_TYPE.test(mediaType);

/** `undefined` when the bytes are no text, or `data` is not base64. */
function decodeText(data: string, isSurelyText: boolean): string | undefined {
  try {
    const binary = atob(data.replace(/\s/g, ''));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const encoding = isSurelyText ? guessEncoding(binary, bytes) : 'utf-8';
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Two bytes a character, both from the upper half: what Chinese editors save that do not save UTF-8. */
const GB2312 = /^(?:[\t\n\r\x20-\x7e]|[\xa1-\xf7][\xa1-\xfe])*$/;
const LATIN = /^[\t\n\r\x20-\x7e\x80-\xff]*$/;

function guessEncoding(binary: string, bytes: Uint8Array): string {
  if (binary.startsWith('\xff\xfe')) return 'utf-16le';
  if (binary.startsWith('\xfe\xff')) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf-8';
  } catch {
    if (GB2312.test(binary)) return 'gb18030';
    return LATIN.test(binary) ? 'windows-1252' : 'utf-8';
  }
}
