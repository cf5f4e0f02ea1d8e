/**
 * A body's bytes on their way to one text. They lie outside of JavaScript's heap, in one piece, and are given back at once:
 * as strings put together piece by piece, or as many small buffers, a large body takes its size several times over until
 * the next full collection, and many of them fit in before one.
 */
import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../../chat/index.js';

const FIRST_BYTES = 16 * 1024;
const BYTE_ORDER_MARK = '\ufeff';

export class BodyText {
  #bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  /** The chunk is copied; whoever made it may use it again. Bounded by the caller. */
  push(chunk: Uint8Array): void {
    const length = this.#length + chunk.byteLength;
    if (length > this.#bytes.byteLength) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#bytes.byteLength));
      this.#bytes.copy(larger, 0, 0, this.#length);
      letGo(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = length;
  }

  get byteLength(): number {
    return this.#length;
  }

  /** The text, without a byte order mark. The bytes are gone afterwards. @throws GatewayError `invalid_request` */
  finish(): string {
    const bytes = this.#bytes.subarray(0, this.#length);
    if (!isUtf8(bytes)) throw new GatewayError('invalid_request', 'The request body is not valid UTF-8');
    const text = bytes.toString('utf8');
    this.clear();
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  }

  clear(): void {
    if (this.#bytes.byteLength > 0) letGo(this.#bytes);
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
  }
}

/** Small ones are not worth the trouble. */
const LARGE_BYTES = 256 * 1024;

/**
 * Gives the memory behind a buffer back with the next small collection instead of the next full one: what takes it over is
 * young, and nobody's. The buffer must be the only one on it.
 */
export function letGo({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < LARGE_BYTES || byteLength !== buffer.byteLength) return;
  structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
}
