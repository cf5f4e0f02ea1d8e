/**
 * What an app has made of a request before its handler is reached: parsers have read the body, routers have cut the path,
 * the app's own middleware has looked at headers and given ids.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** What an app has made of a request before it hands it over. */
export interface HandedRequest {
  /** Path and query below the mount. Default: the request's own. */
  readonly target?: string;
  /** As the app's middleware left them. Default: the lines as they came. */
  readonly headers?: IncomingHttpHeaders;
  /** The body, or a stream in its place. Default: `body` of the request, where parsers put it. */
  readonly body?: unknown;
  /** Bytes or text that {@link HandedRequest.body} was parsed from. Default: `rawBody` of the request. */
  readonly rawBody?: unknown;
  /** The client's, where the app trusts a proxy. Default: the socket's. */
  readonly remoteAddress?: string;
  /** Stands for an `x-request-id` header. */
  readonly requestId?: string;
}

/** A body that is not to be read from the request itself. `packed`: `content-encoding` still holds. */
export type HandedBody =
  | { readonly kind: 'stream'; readonly stream: Readable; readonly packed: boolean }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly packed: boolean }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'lost' };

/** Where Express' parsers, serverless platforms and `fastify-raw-body` leave what they have read. */
type ParsedMessage = IncomingMessage & { readonly body?: unknown; readonly rawBody?: unknown };

/** `undefined` where the request was not read yet, or has no body. */
export function findHandedBody(incoming: ParsedMessage, handed: HandedRequest = {}): HandedBody | undefined {
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return undefined;
  const { body = incoming.body, rawBody = incoming.rawBody } = handed;
  const headers = handed.headers ?? incoming.headers;
  if (body instanceof Readable && body !== incoming) {
    return { kind: 'stream', stream: body, packed: headers['content-encoding'] !== undefined };
  }
  // Parsers that a request is none for leave it unread, and some put `{}` in the body's place all the same.
  if (!incoming.readableDidRead && !incoming.readableEnded) return undefined;
  const raw = toBytes(rawBody);
  const bytes = toBytes(body);
  if (raw !== undefined && (bytes !== undefined || isNothing(body) || isParsedFrom(raw, body))) return asBytes(raw);
  if (bytes !== undefined) return asBytes(bytes);
  if (isNothing(body)) return { kind: 'lost' };
  // The fields of a form cannot be put together again; no JSON makes this the client's error, as it is without a parser.
  if (FORM.test(headers['content-type'] ?? '')) return asBytes(Buffer.from('(a form)'));
  return { kind: 'value', value: body };
}

const FORM = /^\s*(?:application\/x-www-form-urlencoded|multipart\/)/i;
const isNothing = (body: unknown): boolean => body === undefined || body === null;

function toBytes(value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return Buffer.from(value);
  return value instanceof Uint8Array ? value : undefined;
}

/** Parsers unpack before they hand bytes on, others keep what came; no packed body reads like the beginning of an object. */
const asBytes = (bytes: Uint8Array): HandedBody => ({ kind: 'bytes', bytes, packed: !beginsObject(bytes) });

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);
const OPENING_BRACE = 0x7b;
/** Bytes after the brace that tell text from what merely begins with one. */
const LOOK_AHEAD = 64;

function beginsObject(bytes: Uint8Array): boolean {
  let at = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte) ? BYTE_ORDER_MARK.length : 0;
  while (BLANKS.has(bytes[at] ?? 0)) at++;
  if (bytes[at] !== OPENING_BRACE) return false;
  return bytes.subarray(at, at + LOOK_AHEAD).every((byte) => byte >= 0x20 || BLANKS.has(byte));
}

/** Numbers keep their digits in the raw text alone; but what the app has changed since counts more. */
function isParsedFrom(raw: Uint8Array, body: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(Buffer.from(raw).toString())) === JSON.stringify(body);
  } catch {
    return false;
  }
}

/** Says what whoever wrote the app can do. */
const LOST_BODY =
  'The body was read before it reached the handler and is not there as `body` or `rawBody` of the request; mount the ' +
  'handler before whatever reads it, or put it there';

/** @throws Error where there is nothing to read */
export function toSource(body: HandedBody): Readable | Uint8Array {
  if (body.kind === 'stream') return body.stream;
  if (body.kind === 'bytes') return body.bytes;
  const text = body.kind === 'value' ? toJson(body.value) : undefined;
  if (text === undefined) throw new Error(LOST_BODY);
  return Buffer.from(text);
}

function toJson(value: unknown): string | undefined {
  // Parsers that keep large integers make BigInts of them, which JSON has no word for: told as text, then bared.
  const integers: string[] = [];
  const mark = `\u0000${Math.random()} `;
  const text = JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'bigint') return member;
    integers.push(String(member));
    return `${mark}${integers.length - 1}`;
  });
  if (integers.length === 0) return text;
  const quoted = JSON.stringify(mark).slice(1, -1);
  return text.replaceAll(new RegExp(`"${quoted.replace(/[\\.]/g, '\\$&')}(\\d+)"`, 'g'), (_, index: string) =>
    String(integers[Number(index)]),
  );
}
