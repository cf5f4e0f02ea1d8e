/** Base64 as people carry it around: with line breaks, in the alphabet of addresses, without its padding. */
import { BUNDLE_LIMITS, BundleError } from './bundle-files.js';

/** `H4sI`: what the base64 of gzip begins with. */
const GZIP_MAGIC = [0x1f, 0x8b, 0x08] as const;

/** White space, and the mark that some editors put before a text, also where it was read as single bytes. */
const BLANKS = /^\u00ef\u00bb\u00bf|\s+/g;

export const isGzip = (bytes: Uint8Array): boolean => GZIP_MAGIC.every((byte, at) => bytes[at] === byte);

/** @throws BundleError */
export function decodeBundleText(text: string): Uint8Array {
  if (text.length > BUNDLE_LIMITS.text) throw new BundleError('text_too_large');
  const plain = text.replace(BLANKS, '').replaceAll('-', '+').replaceAll('_', '/');
  if (/^data:/i.test(plain)) throw new BundleError('data_url');
  const digits = plain.replace(/={1,2}$/, '');
  if (digits === '' || !/^[A-Za-z0-9+/]+$/.test(digits) || digits.length % 4 === 1) throw new BundleError('not_base64');
  const bytes = Buffer.from(digits, 'base64');
  if (!isGzip(bytes)) throw new BundleError('not_gzip');
  if (bytes.byteLength > BUNDLE_LIMITS.packed) throw new BundleError('packed_too_large');
  return bytes;
}
