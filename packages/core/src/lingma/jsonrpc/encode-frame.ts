/** LSP base framing, the writing half (protocol section 2): `Content-Length: <bytes of the body>`, an empty line, the body. */
import { Buffer } from 'node:buffer';
import { type JsonObject, stringifyJson } from '../../util/index.js';

/** One message as one frame in one buffer, so that a transport sends it with a single write. */
export function encodeFrame(message: JsonObject): Uint8Array {
  const body = stringifyJson(message);
  const length = Buffer.byteLength(body);
  const header = `Content-Length: ${length}\r\n\r\n`;
  const frame = Buffer.allocUnsafe(header.length + length);
  frame.write(header, 0, 'latin1');
  frame.write(body, header.length, 'utf8');
  return frame;
}
