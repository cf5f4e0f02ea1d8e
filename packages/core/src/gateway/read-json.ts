/**
 * A request's body as JSON, read piece by piece under a limit: what is too large is refused before it is held. A packed
 * body is unpacked once it is there as a whole, under the same limit, and all bodies together under a bound of their own.
 */
import { GatewayError } from '../chat/index.js';
import { abortable, JsonLimitError, type JsonValue, parseExactJson } from '../util/index.js';
import type { BodyShare } from './body-budget.js';
import { parseContentCodings, tooLarge, unpackBody } from './content-coding.js';

export interface ReadJsonOptions {
  /** Counts before and after unpacking. */
  readonly maxBodyBytes: number;
  /** Levels of nesting. */
  readonly maxJsonDepth: number;
  readonly signal: AbortSignal;
  /** Where the bytes are counted. They stay counted after the call, for what is parsed lives on. */
  readonly share: BodyShare;
}

/**
 * Does not look at the content type: many clients send none.
 *
 * @throws GatewayError `invalid_request`, `payload_too_large`, `unsupported_media_type`, `rate_limited`, the signal's reason
 */
export async function readJson(request: Request, options: ReadJsonOptions): Promise<JsonValue> {
  const text = await readText(request, options);
  if (text.trim() === '') throw new GatewayError('invalid_request', 'The request body is empty; send a JSON object');
  try {
    return parseExactJson(text, options.maxJsonDepth);
  } catch (error) {
    if (error instanceof JsonLimitError) throw new GatewayError('invalid_request', error.message, { cause: error });
    throw new GatewayError('invalid_request', 'The request body is not valid JSON', {
      cause: new Error(describeJsonError(error, text)),
    });
  }
}

/** The parser's own message quotes the body, which may be private; the log gets where and how much instead. */
function describeJsonError(error: unknown, text: string): string {
  const position = error instanceof Error ? / at position (\d+)/.exec(error.message)?.[1] : undefined;
  return `no JSON${position === undefined ? '' : ` at position ${position}`}, ${text.length} characters`;
}

async function readText(request: Request, options: ReadJsonOptions): Promise<string> {
  const { maxBodyBytes, signal, share } = options;
  const declared = Number(request.headers.get('content-length') ?? Number.NaN);
  if (declared > maxBodyBytes) throw tooLarge(maxBodyBytes);
  if (request.bodyUsed) throw new GatewayError('internal', 'The request body was read before it reached the gateway');
  const codings = parseContentCodings(request.headers.get('content-encoding'));
  if (request.body === null) return '';
  if (codings.length === 0) return decodeText(receive(request.body, options));
  const packed: Uint8Array[] = [];
  for await (const chunk of receive(request.body, options)) packed.push(chunk);
  return decodeText(
    await unpackBody(packed, codings, {
      maxBytes: maxBodyBytes,
      signal,
      take: (bytes) => share.take(bytes),
      give: (bytes) => share.give(bytes),
    }),
  );
}

/** The body as it arrives, counted. */
async function* receive(
  body: ReadableStream<Uint8Array>,
  { maxBodyBytes, signal, share }: ReadJsonOptions,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await abortable(reader.read(), signal);
      if (done) return;
      size += value.byteLength;
      if (size > maxBodyBytes) throw tooLarge(maxBodyBytes);
      share.take(value.byteLength);
      yield value;
    }
  } catch (error) {
    if (GatewayError.isInstance(error)) throw error;
    if (signal.aborted) throw signal.reason;
    throw new GatewayError('invalid_request', 'The request body could not be read to its end', { cause: error });
  } finally {
    // Does nothing after the end.
    reader.cancel().catch(() => undefined);
  }
}

async function decodeText(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  try {
    for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode();
  } catch (error) {
    if (GatewayError.isInstance(error)) throw error;
    throw new GatewayError('invalid_request', 'The request body is not valid UTF-8', { cause: error });
  }
}
