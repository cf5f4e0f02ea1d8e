/** Addresses of pictures and files as model parts. */
import type { MediaPart } from '../../chat/index.js';

/** A data URL becomes its bytes; every other address stays one. */
export function mediaFromUrl(type: MediaPart['type'], url: string, filename?: string): MediaPart {
  const name = filename === undefined ? {} : { filename };
  const inline = /^data:([^;,]*)(?:;[^,]*)?;base64,/.exec(url.slice(0, 256));
  if (inline === null) return { type, source: { kind: 'url', url }, ...name };
  const mediaType = inline[1] === undefined || inline[1] === '' ? 'application/octet-stream' : inline[1];
  return { type, source: { kind: 'base64', mediaType, data: url.slice(inline[0].length) }, ...name };
}
