/**
 * A request's body as JSON, read piece by piece under a limit: what is too large is refused before it is held. A packed
 * body is unpacked once it is there as a whole, under the same limit, and all bodies together under a bound of their own.
 */
import { GatewayError } from '../../chat/index.js';
import { type Clock, Deadline, JsonLimitError, type JsonValue, parseExactJson, systemClock } from '../../util/index.js';
import type { BodySource, GatewayRequest } from '../http/gateway-request.js';
import type { BodyShare } from './body-budget.js';
import { BodyText, letGo } from './body-text.js';
import type { BodyWork } from './body-work.js';
import { parseContentCodings, tooLarge, unpackBody } from './content-coding.js';

export interface ReadJsonOptions {
  /** Counts before and after unpacking. */
  readonly maxBodyBytes: number;
  /** Levels of nesting. */
  readonly maxJsonDepth: number;
  readonly signal: AbortSignal;
  /** Where the bytes are counted. They stay counted after the call, for what is parsed lives on. */
  readonly share: BodyShare;
  readonly work: BodyWork;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Whose body it is, where several wait for work to be done on theirs. */
  readonly party?: string;
  /** Is told the text that the JSON was parsed from. */
  readonly onText?: (text: string) => void;
}

/**
 * Does not look at the content type: many clients send none.
 *
 * @throws GatewayError `invalid_request`, `request_timeout`, `payload_too_large`, `unsupported_media_type`, `rate_limited`,
 * `internal` where it was read before, the signal's reason
 */
export function readJson(request: GatewayRequest, options: ReadJsonOptions): Promise<JsonValue> {
  return readBody(request, options, (text) => parse(text, options));
}

/**
 * The same as the text that it is, for whoever hands it on: it may hold more values than a request for an answer does.
 *
 * @throws GatewayError as {@link readJson}
 */
export function readText(request: GatewayRequest, options: ReadJsonOptions): Promise<string> {
  return readBody(request, options, (text) => finish(text, options));
}

/**
 * The bytes of a body that is no text, one character each.
 *
 * @throws GatewayError as {@link readJson}
 */
export function readBytes(request: GatewayRequest, options: ReadJsonOptions): Promise<string> {
  return readBody(request, options, async (body) => {
    await options.work.turn(body.byteLength);
    return body.finishBytes();
  });
}

/** What {@link readJson} reads, read by somebody else. */
export async function readBody<T>(
  request: GatewayRequest,
  options: ReadJsonOptions,
  read: (text: BodyText) => Promise<T>,
): Promise<T> {
  const { maxBodyBytes, signal, share, work, party } = options;
  refuseDeclaredSize(request, maxBodyBytes);
  const body = openBody(request);
  const codings = parseContentCodings(request.headers.get('content-encoding'));
  // What is packed grows by nobody knows how much.
  const text = new BodyText(codings.length === 0 ? Number(request.headers.get('content-length') ?? 0) || 0 : 0);
  if (body === null || codings.length === 0) {
    if (body !== null) await receive(body, options, (chunk, isOwn) => text.keep(chunk, isOwn));
    return read(text);
  }
  const packed: Uint8Array[] = [];
  await receive(body, options, (chunk) => packed.push(chunk));
  const unpacking = {
    maxBytes: maxBodyBytes,
    signal,
    turn: (bytes: number) => work.turn(bytes),
    take: (bytes: number) => share.take(bytes),
    give: (bytes: number) => share.give(bytes),
  };
  // Until the parsing is done: those that wait for it stay packed.
  return work.unpack(
    async () => {
      await unpackBody(packed, codings, unpacking, (chunk) => {
        text.push(chunk);
        letGo(chunk);
      });
      return read(text);
    },
    signal,
    party,
  );
}

/** A mount's mistake, which its author is to find: the answer says what went wrong, the log why. */
function openBody(request: GatewayRequest): BodySource | null {
  try {
    return request.openBody();
  } catch (cause) {
    throw new GatewayError('internal', 'The request body was read before it reached the gateway', { cause });
  }
}

/** Before anything is read or waited for. @throws GatewayError `payload_too_large` */
export function refuseDeclaredSize({ headers }: Pick<GatewayRequest, 'headers'>, maxBodyBytes: number): void {
  if (Number(headers.get('content-length') ?? Number.NaN) > maxBodyBytes) throw tooLarge(maxBodyBytes);
}

export async function parse(body: BodyText, options: ReadJsonOptions): Promise<JsonValue> {
  const text = await finish(body, options);
  options.onText?.(text);
  return parseText(text, options);
}

/** @throws GatewayError `invalid_request` */
export function parseText(text: string, { maxJsonDepth }: Pick<ReadJsonOptions, 'maxJsonDepth'>): JsonValue {
  try {
    return parseExactJson(text, maxJsonDepth);
  } catch (error) {
    if (error instanceof JsonLimitError) throw new GatewayError('invalid_request', error.message, { cause: error });
    throw new GatewayError('invalid_request', 'The request body is not valid JSON', {
      cause: new Error(describeJsonError(error, text)),
    });
  }
}

async function finish(body: BodyText, { signal, work }: ReadJsonOptions): Promise<string> {
  // Parsing can't be interrupted.
  await work.turn(body.byteLength);
  if (signal.aborted) throw signal.reason;
  const text = body.finish();
  if (text.trim() === '') throw new GatewayError('invalid_request', 'The request body is empty; send a JSON object');
  return text;
}

/** The parser's own message quotes the body, which may be private; the log gets where and how much instead. */
function describeJsonError(error: unknown, text: string): string {
  const position = error instanceof Error ? / at position (\d+)/.exec(error.message)?.[1] : undefined;
  return `no JSON${position === undefined ? '' : ` at position ${position}`}, ${text.length} characters`;
}

/** Silence of a client in the middle of its body: it holds a slot meanwhile that others wait for. */
const BODY_STALL_MS = 30_000;

/** The body as it arrives, counted. */
function receive(
  body: BodySource,
  { maxBodyBytes, signal, share, clock = systemClock }: ReadJsonOptions,
  emit: (chunk: Uint8Array, isOwn?: boolean) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let size = 0;
    let over = false;
    let silence: Deadline | undefined;
    const settle = (error?: unknown): void => {
      over = true;
      silence?.clear();
      signal.removeEventListener('abort', onAbort);
      body.cancel();
      if (error === undefined) resolve();
      else reject(error);
    };
    const onAbort = (): void => settle(signal.reason);
    if (signal.aborted) {
      settle(signal.reason);
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    const onSilence = (): void =>
      settle(new GatewayError('request_timeout', 'The rest of the request body did not come'));
    silence = new Deadline(BODY_STALL_MS, onSilence, clock);
    body.pipe({
      write(chunk, isOwn) {
        if (over) return;
        silence?.touch();
        try {
          size += chunk.byteLength;
          if (size > maxBodyBytes) throw tooLarge(maxBodyBytes);
          share.take(chunk.byteLength);
          emit(chunk, isOwn);
        } catch (error) {
          settle(error);
        }
      },
      end(error) {
        if (over) return;
        if (error === undefined || GatewayError.isInstance(error)) settle(error);
        else
          settle(
            new GatewayError('invalid_request', 'The request body could not be read to its end', { cause: error }),
          );
      },
    });
  });
}
