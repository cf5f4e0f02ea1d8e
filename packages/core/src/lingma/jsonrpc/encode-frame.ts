/** LSP base framing, the writing half (protocol section 2): `Content-Length: <bytes of the body>`, an empty line, the body. */
import { Buffer } from 'node:buffer';
import { type JsonObject, stringifyJson } from '../../util/index.js';

/** Where to put a text together costs less than to write it in two steps. */
const SHORT = 4096;
/** Of a UTF-16 unit in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;
/** Longer bodies are measured before they are written: a second look at each character, but no place of their own. */
const SCRATCH_BYTES = 1024 * 1024;
/** One for all, since nobody else gets to run meanwhile; made for the first body that is not short. */
let scratch: Buffer | undefined;

/** One message as one frame in one buffer, so that a transport sends it with a single write. */
export function encodeFrame(message: JsonObject): Uint8Array {
  const body = stringifyJson(message);
  if (body.length > SHORT && body.length * MAX_BYTES_PER_UNIT <= SCRATCH_BYTES) {
    scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES);
    return frameOf(scratch.subarray(0, scratch.write(body, 0, 'utf8')));
  }
  const length = Buffer.byteLength(body);
  const header = `Content-Length: ${length}\r\n\r\n`;
  // As many bytes as characters: there is nothing to encode.
  if (length === body.length && length <= SHORT) return Buffer.from(header + body, 'latin1');
  const frame = Buffer.allocUnsafe(header.length + length);
  frame.write(header, 0, 'latin1');
  frame.write(body, header.length, 'utf8');
  return frame;
}

function frameOf(body: Buffer): Uint8Array {
  const header = `Content-Length: ${body.byteLength}\r\n\r\n`;
  const frame = Buffer.allocUnsafe(header.length + body.byteLength);
  frame.write(header, 0, 'latin1');
  frame.set(body, header.length);
  return frame;
}
