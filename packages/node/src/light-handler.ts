/**
 * The way past the Web's classes, which cost a short request more than its work does. A fetch handler that knows it carries
 * a second handler under {@link LIGHT_HANDLER}; every other gets the real ones.
 */
import type { ServerResponse } from 'node:http';
import type { LightRequest } from './light-request.js';
import { type ChunkSource, DEFAULT_STALL_MS, isTaken, pushChunks, wholeBody } from './push-chunks.js';
import type { RequestInfo } from './request-info.js';

/** The shape is core's `GatewayResponse`. */
export interface LightResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Uint8Array | ChunkSource | null;
}

export type LightHandler = (request: LightRequest, info: RequestInfo) => LightResponse | Promise<LightResponse>;

const LIGHT_HANDLER = Symbol.for('lingma-gateway.light');

export function lightHandlerOf(fetchHandler: object): LightHandler | undefined {
  const handler: unknown = Reflect.get(fetchHandler, LIGHT_HANDLER);
  return typeof handler === 'function' ? (handler as LightHandler) : undefined;
}

/** `undefined` where it is done at once; else resolves when the response is complete or the client is gone. */
export function sendLightResponse(
  { status, headers, body }: LightResponse,
  outgoing: ServerResponse,
  options: { readonly stallMs?: number; readonly headOnly?: boolean },
): Promise<void> | undefined {
  if (isTaken(outgoing)) {
    discard(body);
    return undefined;
  }
  if (body === null || options.headOnly === true) {
    discard(body);
    // Without a length Node would send an empty body as chunks.
    const isBare =
      options.headOnly === true || status === 204 || status === 304 || headers['content-length'] !== undefined;
    outgoing.writeHead(status, isBare ? headers : { ...headers, 'content-length': '0' });
    outgoing.end();
    return undefined;
  }
  outgoing.writeHead(status, headers);
  const stallMs = options.stallMs ?? DEFAULT_STALL_MS;
  if (body instanceof Uint8Array) return pushChunks(wholeBody(body), outgoing, stallMs);
  if (typeof body !== 'string') return pushChunks(body, outgoing, stallMs);
  if (body.length >= outgoing.writableHighWaterMark) return pushChunks(wholeBody(body), outgoing, stallMs);
  outgoing.end(body);
  return undefined;
}

function discard(body: LightResponse['body']): void {
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array)) body.cancel();
}
