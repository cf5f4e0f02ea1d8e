/**
 * One message a line: bytes in, lines out. A line that lies whole in one chunk is decoded where it lies, a cut one is
 * gathered in a buffer that grows with what has come. Counted and cut in bytes, so that no character is torn.
 */
import { Buffer } from 'node:buffer';
import { GatewayError } from '../../chat/index.js';

const LINE_FEED = 0x0a;
const FIRST_CAPACITY = 64 * 1024;

export class LineDecoder {
  #gathered: Buffer = Buffer.alloc(0);
  #gatheredBytes = 0;
  #failure: GatewayError | undefined;

  /** `maxLineBytes`: what a line may have, its end not counted. */
  constructor(private readonly maxLineBytes: number) {}

  /**
   * Calls `onLine` with each line that is complete, without its end (`\n` or `\r\n`). Blank lines are passed over. The
   * bytes may be reused afterwards.
   *
   * @throws GatewayError `upstream_protocol` for a line over the limit, and from then on
   */
  push(bytes: Uint8Array, onLine: (line: string) => void): void {
    if (this.#failure !== undefined) throw this.#failure;
    const chunk = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let offset = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, offset)) {
      const line = this.#take(chunk.subarray(offset, end));
      offset = end + 1;
      if (line !== '') onLine(line);
    }
    if (offset < chunk.length) this.#gather(chunk.subarray(offset));
  }

  /** Drops what has been gathered; the stream is over. */
  clear(): void {
    this.#gathered = Buffer.alloc(0);
    this.#gatheredBytes = 0;
    this.#failure ??= new GatewayError('upstream_protocol', 'The stream from Lingma is over');
  }

  #take(rest: Buffer): string {
    if (this.#gatheredBytes === 0) {
      this.#check(rest.length);
      return rest.toString('utf8').trim();
    }
    this.#gather(rest);
    const line = this.#gathered.toString('utf8', 0, this.#gatheredBytes).trim();
    this.#gatheredBytes = 0;
    // One long line is no reason to keep its room for ever.
    if (this.#gathered.length > FIRST_CAPACITY) this.#gathered = Buffer.alloc(0);
    return line;
  }

  #gather(piece: Buffer): void {
    const needed = this.#gatheredBytes + piece.length;
    this.#check(needed);
    if (needed > this.#gathered.length) {
      // Doubling keeps the copying linear in the size of the line, however small the pieces are.
      const wanted = Math.max(FIRST_CAPACITY, needed, this.#gathered.length * 2);
      const larger = Buffer.allocUnsafe(Math.max(needed, Math.min(wanted, this.maxLineBytes)));
      this.#gathered.copy(larger, 0, 0, this.#gatheredBytes);
      this.#gathered = larger;
    }
    piece.copy(this.#gathered, this.#gatheredBytes);
    this.#gatheredBytes = needed;
  }

  #check(length: number): void {
    if (length <= this.maxLineBytes) return;
    this.#gathered = Buffer.alloc(0);
    this.#failure = new GatewayError(
      'upstream_protocol',
      `Lingma sent a line of more than ${this.maxLineBytes} bytes; no more are taken`,
    );
    throw this.#failure;
  }
}
