/**
 * LSP base framing, protocol section 2: `Content-Length: <bytes>\r\n\r\n<body>`, on every transport the same.
 */

/** How the header of outgoing frames is spelt. */
export interface FrameStyle {
  readonly headerCase: 'canonical' | 'lower' | 'upper';
  readonly extraHeaders: boolean;
}

const LENGTH_HEADER = { canonical: 'Content-Length', lower: 'content-length', upper: 'CONTENT-LENGTH' } as const;
const TYPE_HEADER = 'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n';

/** One frame as bytes. */
export function encodeFrame(body: string, style: FrameStyle): Buffer {
  const extra = style.extraHeaders ? TYPE_HEADER : '';
  return Buffer.from(`${extra}${LENGTH_HEADER[style.headerCase]}: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** What the decoder found: a body, bytes that are no frame (dropped), or a frame that is too large (give up). */
export type FrameEvent =
  | { readonly kind: 'body'; readonly body: string }
  | { readonly kind: 'unknown-header' }
  | { readonly kind: 'too-large'; readonly bytes: number };

const MAX_HEADER_BYTES = 8 * 1024;
const HEADER_END = Buffer.from('\r\n\r\n');

/** Bytes in, bodies out; resumable at any byte. A body is copied once, however many reads it took to arrive. */
export class FrameDecoder {
  readonly #maxFrameBytes: number;
  #parts: Buffer[] = [];
  #size = 0;
  #needed = 0;

  constructor(maxFrameBytes = 64 * 1024 * 1024) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  push(chunk: Buffer): FrameEvent[] {
    this.#parts.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#needed) return [];
    const events: FrameEvent[] = [];
    let rest = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#size);
    this.#needed = 0;
    while (rest.length > 0) {
      const headerEnd = rest.subarray(0, MAX_HEADER_BYTES).indexOf(HEADER_END);
      if (headerEnd === -1) {
        if (couldBeHeader(rest)) break;
        events.push({ kind: 'unknown-header' });
        rest = rest.subarray(rest.length);
        break;
      }
      const length = contentLength(rest.toString('latin1', 0, headerEnd));
      if (length === undefined) {
        events.push({ kind: 'unknown-header' });
        rest = rest.subarray(headerEnd + HEADER_END.length);
        continue;
      }
      if (length > this.#maxFrameBytes) {
        events.push({ kind: 'too-large', bytes: length });
        rest = rest.subarray(rest.length);
        break;
      }
      const bodyStart = headerEnd + HEADER_END.length;
      if (rest.length < bodyStart + length) {
        this.#needed = bodyStart + length;
        break;
      }
      events.push({ kind: 'body', body: rest.toString('utf8', bodyStart, bodyStart + length) });
      rest = rest.subarray(bodyStart + length);
    }
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    return events;
  }
}

/** Header lines so far? A bare JSON message starts with a brace and never is. */
function couldBeHeader(bytes: Buffer): boolean {
  if (bytes.length >= MAX_HEADER_BYTES) return false;
  return /^[A-Za-z][A-Za-z-]*(:[^\n]*(\r\n[\s\S]*)?)?\r?$/.test(bytes.toString('latin1'));
}

function contentLength(header: string): number | undefined {
  for (const line of header.split('\r\n')) {
    const match = /^content-length:\s*(\d{1,12})\s*$/i.exec(line);
    if (match) return Number(match[1]);
  }
  return undefined;
}
