/**
 * LSP base framing, the reading half (protocol section 2): bytes in, message bodies out.
 *
 * Chunk boundaries mean nothing: a frame may be cut at any byte, and one chunk may hold many frames. The header is read
 * by a state machine of its own and never stored; a body that lies whole in one chunk is decoded where it lies, and a cut
 * one is gathered in a buffer that grows with what has come, so neither tiny chunks nor a boastful header cost more than
 * the bytes that were really sent.
 */
import { Buffer } from 'node:buffer';
import { GatewayError } from '../../chat/index.js';
import { HeaderReader } from './header-reader.js';

export interface FrameDecoderOptions {
  /** Bytes one body may have. */
  readonly maxFrameBytes: number;
  /** Bytes one header may have. Default 8 KiB. */
  readonly maxHeaderBytes?: number;
}

const PLAIN_NAME = Buffer.from('Content-Length: ');
const PLAIN_END = Buffer.from('\r\n\r\n');
/** Longer numbers are left to the state machine, which knows what is too long. */
const MAX_PLAIN_DIGITS = 9;
const FIRST_CAPACITY = 64 * 1024;

export class FrameDecoder {
  readonly #maxFrameBytes: number;
  readonly #header: HeaderReader;
  /** A header was cut by the end of a chunk. */
  #inHeader = false;
  /** Bytes of the body being read; undefined while a header is read. */
  #expected: number | undefined;
  #gathered: Buffer | undefined;
  #gatheredBytes = 0;
  #failure: GatewayError | undefined;

  constructor(options: FrameDecoderOptions) {
    this.#maxFrameBytes = options.maxFrameBytes;
    this.#header = new HeaderReader(options.maxHeaderBytes ?? 8 * 1024);
  }

  /**
   * Takes the next bytes of the stream and calls `onBody` with each body they complete, in order. The bytes may be reused
   * afterwards. Empty bodies are passed over. Not to be called from within `onBody`.
   *
   * @throws GatewayError `upstream_protocol`: not frames, or one over the limit. The bodies before it were delivered;
   *   nothing after it can be trusted, so every later call throws the same.
   */
  push(bytes: Uint8Array, onBody: (body: string) => void): void {
    if (this.#failure !== undefined) throw this.#failure;
    const chunk = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#expected === undefined) {
        offset = this.#readPlainHeader(chunk, offset);
        continue;
      }
      const expected = this.#expected;
      const missing = expected - this.#gatheredBytes;
      const available = chunk.length - offset;
      if (available < missing) {
        this.#gather(chunk, offset, expected);
        return;
      }
      const end = offset + missing;
      let body: string;
      if (this.#gathered === undefined) body = chunk.toString('utf8', offset, end);
      else {
        this.#gather(chunk.subarray(0, end), offset, expected);
        body = this.#gathered.toString('utf8', 0, expected);
      }
      this.#expected = undefined;
      this.#gathered = undefined;
      this.#gatheredBytes = 0;
      offset = end;
      onBody(body);
    }
  }

  /** Drops what has been gathered; the stream is over. */
  clear(): void {
    this.#gathered = undefined;
    this.#failure ??= new GatewayError('upstream_protocol', 'The stream from Lingma is over');
  }

  /** The header as every known process writes it, whole in one chunk; any other goes to the state machine. */
  #readPlainHeader(chunk: Buffer, offset: number): number {
    if (this.#inHeader) return this.#readHeader(chunk, offset);
    let at = offset;
    for (const byte of PLAIN_NAME) if (chunk[at++] !== byte) return this.#readHeader(chunk, offset);
    const digits = at;
    let length = 0;
    for (; at - digits < MAX_PLAIN_DIGITS; at++) {
      const digit = (chunk[at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      length = length * 10 + digit;
    }
    if (at === digits) return this.#readHeader(chunk, offset);
    for (const byte of PLAIN_END) if (chunk[at++] !== byte) return this.#readHeader(chunk, offset);
    this.#expect(length);
    return at;
  }

  #readHeader(chunk: Buffer, offset: number): number {
    try {
      const end = this.#header.read(chunk, offset);
      const length = this.#header.takeLength();
      this.#inHeader = length === undefined;
      if (length !== undefined) this.#expect(length);
      return end;
    } catch (error) {
      if (GatewayError.isInstance(error)) this.#failure = error;
      throw error;
    }
  }

  #expect(length: number): void {
    if (length > this.#maxFrameBytes) {
      this.#failure = new GatewayError(
        'upstream_protocol',
        `Lingma sent a message of ${length} bytes; at most ${this.#maxFrameBytes} are taken`,
      );
      throw this.#failure;
    }
    if (length > 0) this.#expected = length;
  }

  #gather(chunk: Buffer, offset: number, expected: number): void {
    const have = this.#gatheredBytes;
    const needed = have + chunk.length - offset;
    let target = this.#gathered;
    if (target === undefined || target.length < needed) {
      // Doubling keeps the copying linear in the size of the frame, however small the pieces are.
      const capacity = Math.min(expected, Math.max(FIRST_CAPACITY, needed, have * 2));
      const larger = Buffer.allocUnsafe(capacity);
      target?.copy(larger, 0, 0, have);
      target = larger;
      this.#gathered = larger;
    }
    chunk.copy(target, have, offset);
    this.#gatheredBytes = needed;
  }
}
