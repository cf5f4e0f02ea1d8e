/**
 * Where a field of a `multipart/form-data` body (RFC 7578) stands in its text, one character a byte, so that its value can be
 * exchanged and all else, files among it, stays as it was sent.
 */
import type { TextEdit } from './json-members.js';

/** Characters of a part's header that are looked at. */
const MAX_HEADER = 8_192;
const FORM = /^\s*multipart\/form-data\s*(?:;|$)/i;

export const isForm = (contentType: string | null): contentType is string =>
  contentType !== null && FORM.test(contentType);

/** `undefined`: the content type names none. */
export function formBoundary(contentType: string): string | undefined {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,200})"|([^;\s"]{1,200}))/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

/** The value of the last field of that name: of such that repeat most servers take the last. */
export function findFormField(
  text: string,
  boundary: string,
  name: string,
): { readonly start: number; readonly end: number } | undefined {
  const delimiter = `--${boundary}`;
  let found: { start: number; end: number } | undefined;
  let at = text.startsWith(delimiter) ? 0 : text.indexOf(`\r\n${delimiter}`);
  while (at !== -1) {
    const next = text.indexOf(`\r\n${delimiter}`, at + 1);
    if (next === -1) break;
    const head = text.slice(at, Math.min(next, at + MAX_HEADER));
    const headEnd = head.indexOf('\r\n\r\n');
    if (headEnd !== -1 && fieldName(head.slice(0, headEnd)) === name) found = { start: at + headEnd + 4, end: next };
    at = next;
  }
  return found;
}

/** What puts `value` into the field, whether it is there or not. */
export function setFormField(text: string, boundary: string, name: string, value: string): readonly TextEdit[] {
  const bytes = latin1Of(value);
  const found = findFormField(text, boundary, name);
  if (found !== undefined) return [{ ...found, text: bytes }];
  const part = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${bytes}\r\n`;
  const start = text.startsWith('\r\n') ? 2 : 0;
  return [{ start, end: start, text: part }];
}

function fieldName(header: string): string | undefined {
  const disposition = /^content-disposition:(.*)$/im.exec(header)?.[1] ?? '';
  const [, quoted, plain] = /;\s*name=(?:"([^"]*)"|([^;\s]+))/i.exec(disposition) ?? [];
  return quoted ?? plain;
}

/** The bytes of a text in UTF-8, one character each. */
const latin1Of = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
