/**
 * A body's bytes on their way to one text. They lie outside of JavaScript's heap, in one piece, and are given back at once:
 * as strings put together piece by piece, or as many small buffers, a large body takes its size several times over until
 * the next full collection, and many of them fit in before one.
 */
import { isAscii, isUtf8, transcode } from 'node:buffer';
import { GatewayError } from '../../chat/index.js';

const FIRST_BYTES = 16 * 1024;
/** What a length that is merely announced may have laid out at once. */
const MAX_EXPECTED = 4 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);
const BYTE_ORDER_MARK = '\ufeff';

export interface TakenBytes {
  readonly bytes: Buffer;
  /** Gives their memory back. There are none any more then. */
  letGo(): void;
}

export class BodyText {
  /** Nearly every body comes in one piece, which needs no place to be put together in. */
  #only: Uint8Array | undefined;
  #onlyIsOwn = false;
  #bytes: Buffer<ArrayBuffer> = NOTHING;
  #length = 0;
  readonly #expected: number;

  /** @param expected how many bytes are said to come, so that one place does for them */
  constructor(expected = 0) {
    this.#expected = Math.min(expected, MAX_EXPECTED);
  }

  /**
   * {@link push} for a chunk that nobody changes any more.
   *
   * @param isOwn nobody looks at it either, so its memory is given back with the text's
   */
  keep(chunk: Uint8Array, isOwn = false): void {
    if (this.#length > 0) {
      this.push(chunk);
      if (isOwn) letGo(chunk);
      return;
    }
    this.#only = chunk;
    this.#onlyIsOwn = isOwn;
    this.#length = chunk.byteLength;
  }

  /** The chunk is copied; whoever made it may use it again. Bounded by the caller. */
  push(chunk: Uint8Array): void {
    const only = this.#only;
    if (only !== undefined) {
      this.#only = undefined;
      this.#length = 0;
      this.push(only);
      if (this.#onlyIsOwn) letGo(only);
    }
    const length = this.#length + chunk.byteLength;
    if (length > this.#bytes.byteLength) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, FIRST_BYTES, this.#expected, 2 * this.#bytes.byteLength));
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
    const bytes = this.#view();
    // One byte a character, and nothing to decode.
    if (isAscii(bytes)) {
      const text = bytes.toString('latin1');
      this.clear();
      return text;
    }
    if (!isUtf8(bytes)) throw new GatewayError('invalid_request', 'The request body is not valid UTF-8');
    // Straight to what strings are made of: half the time of `toString('utf8')`.
    const units = transcode(bytes, 'utf8', 'utf16le');
    this.clear();
    const text = units.toString('utf16le');
    letGo(units);
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  }

  /** One character a byte, whatever they say. */
  finishBytes(): string {
    const only = this.#only ?? this.#bytes.subarray(0, this.#length);
    const text = Buffer.from(only.buffer, only.byteOffset, only.byteLength).toString('latin1');
    this.clear();
    return text;
  }

  /** The bytes themselves, which are the caller's from now on. */
  take(): TakenBytes {
    const taken = this.#only === undefined || this.#onlyIsOwn ? (this.#only ?? this.#bytes) : NOTHING;
    const bytes = this.#view();
    this.#only = undefined;
    this.#bytes = NOTHING;
    this.#length = 0;
    return { bytes, letGo: () => letGo(taken) };
  }

  #view(): Buffer {
    const only = this.#only;
    return only === undefined
      ? this.#bytes.subarray(0, this.#length)
      : Buffer.from(only.buffer, only.byteOffset, only.byteLength);
  }

  clear(): void {
    letGo(this.#bytes);
    if (this.#only !== undefined && this.#onlyIsOwn) letGo(this.#only);
    this.#only = undefined;
    this.#bytes = NOTHING;
    this.#length = 0;
  }
}

/** The text of bytes that stay where they are. @throws GatewayError `invalid_request` */
export function decodeText(bytes: Buffer): string {
  const body = new BodyText();
  body.keep(bytes);
  return body.finish();
}

/** Smaller ones are collected for less. */
const LARGE_BYTES = 8 * 1024;

let nowhere: MessagePort | undefined;

/**
 * Gives the memory behind a buffer back at once, in place of with some later collection: V8 counts it to the objects that live long,
 * and a few hundred long bodies would have it mark the whole heap, again and again. What is sent to a port that is closed is taken from
 * the sender and gone. The buffer must be the only one on its memory.
 */
export function letGo({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < LARGE_BYTES || byteLength !== buffer.byteLength) return;
  nowhere ??= openNowhere();
  nowhere.postMessage(null, [buffer as ArrayBuffer]);
}

function openNowhere(): MessagePort {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}
