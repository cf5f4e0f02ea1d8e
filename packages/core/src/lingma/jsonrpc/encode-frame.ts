/** LSP base framing, the writing half (protocol section 2): `Content-Length: <bytes of the body>`, an empty line, the body. */
import { Buffer } from 'node:buffer';
import { type JsonObject, stringifyJson } from '../../util/index.js';

/** Where to put a text together costs less than to write it in two steps. */
const SHORT = 4096;

/** One message as one frame in one buffer, so that a transport sends it with a single write. */
export function encodeFrame(message: JsonObject): Uint8Array {
  const body = stringifyJson(message);
  const length = Buffer.byteLength(body);
  const header = `Content-Length: ${length}\r\n\r\n`;
  // As many bytes as characters: there is nothing to encode.
  if (length === body.length && length <= SHORT) return Buffer.from(header + body, 'latin1');
  const frame = Buffer.allocUnsafe(header.length + length);
  frame.write(header, 0, 'latin1');
  frame.write(body, header.length, 'utf8');
  return frame;
}
