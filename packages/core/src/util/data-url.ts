/** `data:` URLs: a picture's or a document's bytes in place of its address. */

/** `undefined` for what is no data URL. Data that was percent-encoded comes back as base64. */
export function parseDataUrl(url: string): { readonly mediaType: string; readonly data: string } | undefined {
  if (!/^data:/i.test(url.slice(0, 5))) return undefined;
  const comma = url.indexOf(',');
  if (comma < 0) return undefined;
  const head = url.slice('data:'.length, comma);
  const mediaType = (head.split(';', 1)[0] ?? '').trim().toLowerCase();
  const payload = url.slice(comma + 1);
  return { mediaType, data: /;\s*base64\s*$/i.test(head) ? payload : encodeBase64(decodePercent(payload)) };
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encodeBase64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
