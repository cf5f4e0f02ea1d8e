/**
 * Reads the header of a frame byte by byte, without keeping any of it: what matters of it is one number. Accepts header
 * names in any case, other headers, CRLF and LF in any mix, and empty lines between two frames.
 */
import { GatewayError } from '../../chat/index.js';

const LENGTH_NAME = Array.from('content-length', (character) => character.charCodeAt(0));
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const DIGIT_ZERO = 0x30;
const MAX_DIGITS = 15;

/** Bytes a header name may have (RFC 9110 `token`). A brace ends the matter at once: JSON without a header. */
const TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  TOKEN[character.charCodeAt(0)] = 1;
}

type Place = 'name' | 'other-value' | 'length-value';

export class HeaderReader {
  #place: Place = 'name';
  /** Bytes of the name so far; at most one more than the name we know once it differs. */
  #column = 0;
  #isLengthName = true;
  #nameEnded = false;
  #digits = 0;
  #digitsEnded = false;
  #value = 0;
  #length: number | undefined;
  #complete = false;
  #lines = 0;
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /**
   * Reads from `offset` to the end of the header or of the chunk, and returns where it stopped.
   *
   * @throws GatewayError `upstream_protocol`
   */
  read(chunk: Uint8Array, offset: number): number {
    let index = offset;
    while (index < chunk.length && !this.#complete) {
      const byte = chunk[index++] ?? 0;
      if (byte === CARRIAGE_RETURN) continue;
      if (byte === LINE_FEED) this.#endLine();
      else if (this.#place === 'name') this.#readName(byte);
      else if (this.#place === 'length-value') this.#readDigit(byte);
      if (!this.#complete && ++this.#bytes > this.maxBytes) {
        throw malformed(`a header longer than ${this.maxBytes} bytes`);
      }
    }
    return index;
  }

  /** The length a complete header told, once; `undefined` while it is not complete. */
  takeLength(): number | undefined {
    if (!this.#complete) return undefined;
    const length = this.#length;
    this.#complete = false;
    this.#length = undefined;
    this.#lines = 0;
    this.#bytes = 0;
    return length;
  }

  #readName(byte: number): void {
    if (byte === COLON && this.#column > 0) {
      this.#place = this.#isLengthName && this.#column === LENGTH_NAME.length ? 'length-value' : 'other-value';
    } else if (byte === SPACE || byte === TAB) this.#nameEnded = this.#column > 0;
    else if (TOKEN[byte] !== 1 || this.#nameEnded) throw malformed('a message without a Content-Length header');
    else {
      // 0x20 makes a letter small; the hyphen has that bit already.
      if (LENGTH_NAME[this.#column] !== (byte | 0x20)) this.#isLengthName = false;
      this.#column++;
    }
  }

  #readDigit(byte: number): void {
    if (byte === SPACE || byte === TAB) {
      this.#digitsEnded = this.#digits > 0;
      return;
    }
    const digit = byte - DIGIT_ZERO;
    if (digit < 0 || digit > 9 || this.#digitsEnded || ++this.#digits > MAX_DIGITS) {
      throw malformed('a Content-Length that is no number of bytes');
    }
    this.#value = this.#value * 10 + digit;
  }

  #endLine(): void {
    if (this.#place === 'name') {
      if (this.#column > 0) throw malformed('a header line without a colon');
      if (this.#lines > 0) this.#endHeader();
      else this.#bytes = -1; // An empty line between two frames belongs to no header.
    } else {
      if (this.#place === 'length-value') this.#endLength();
      this.#lines++;
    }
    this.#place = 'name';
    this.#column = 0;
    this.#isLengthName = true;
    this.#nameEnded = false;
    this.#digits = 0;
    this.#digitsEnded = false;
    this.#value = 0;
  }

  #endLength(): void {
    if (this.#digits === 0) throw malformed('a Content-Length that is no number of bytes');
    if (this.#length !== undefined && this.#length !== this.#value)
      throw malformed('two different Content-Length headers');
    this.#length = this.#value;
  }

  #endHeader(): void {
    if (this.#length === undefined) throw malformed('a message without a Content-Length header');
    this.#complete = true;
  }
}

function malformed(what: string): GatewayError {
  return new GatewayError('upstream_protocol', `Lingma sent ${what}`);
}
