/** A request's body as JSON, read piece by piece under a limit: what is too large is refused before it is held. */
import { GatewayError } from '../chat/index.js';
import { abortable, JsonLimitError, type JsonValue, parseExactJson } from '../util/index.js';

export interface ReadJsonOptions {
  readonly maxBodyBytes: number;
  /** Levels of nesting. */
  readonly maxJsonDepth: number;
  readonly signal: AbortSignal;
}

/** Does not look at the content type: many clients send none. @throws GatewayError `invalid_request`, `payload_too_large` */
export async function readJson(request: Request, options: ReadJsonOptions): Promise<JsonValue> {
  const text = await readText(request, options);
  if (text.trim() === '') throw new GatewayError('invalid_request', 'The request body is empty; send a JSON object');
  try {
    return parseExactJson(text, options.maxJsonDepth);
  } catch (error) {
    if (error instanceof JsonLimitError) throw new GatewayError('invalid_request', error.message, { cause: error });
    // The parser's message quotes the body, which may be private.
    throw new GatewayError('invalid_request', 'The request body is not valid JSON', { cause: error });
  }
}

async function readText(request: Request, { maxBodyBytes, signal }: ReadJsonOptions): Promise<string> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN);
  if (declared > maxBodyBytes) throw tooLarge(maxBodyBytes);
  if (request.bodyUsed) throw new GatewayError('internal', 'The request body was read before it reached the gateway');
  const body = decompress(request);
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let size = 0;
  let text = '';
  try {
    for (;;) {
      const { done, value } = await abortable(reader.read(), signal);
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > maxBodyBytes) throw tooLarge(maxBodyBytes);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    reader.cancel(error).catch(() => undefined);
    if (GatewayError.isInstance(error)) throw error;
    if (signal.aborted) throw signal.reason;
    throw new GatewayError('invalid_request', unreadable(error), { cause: error });
  }
}

function unreadable(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'The request body is not valid UTF-8';
  return 'The request body could not be read to its end';
}

function decompress(request: Request): ReadableStream<Uint8Array> | null {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  if (request.body === null || encoding === 'identity' || encoding === '') return request.body;
  if (encoding !== 'gzip' && encoding !== 'deflate') {
    throw new GatewayError('invalid_request', 'Content-Encoding must be identity, gzip or deflate', {
      param: 'content-encoding',
    });
  }
  // The limit holds for what comes out, so a small body cannot grow without bound.
  return request.body.pipeThrough(new DecompressionStream(encoding) as ReadableWritablePair<Uint8Array, Uint8Array>);
}

function tooLarge(maxBodyBytes: number): GatewayError {
  return new GatewayError('payload_too_large', `The request body is larger than ${maxBodyBytes} bytes`);
}
