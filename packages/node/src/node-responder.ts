/**
 * A fetch handler's answer before any of it is written, for frameworks that write responses themselves and have hooks
 * on the way. Pushed bodies go straight into the response all the same where nobody asked for them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { HandedRequest } from './handed-request.js';
import { type LightResponse, lightHandlerOf } from './light-handler.js';
import { LightRequest } from './light-request.js';
import { DEFAULT_STALL_MS, wholeBody } from './push-chunks.js';
import { PushedBody } from './pushed-body.js';
import { infoOf } from './request-info.js';
import { runInLine } from './socket-line.js';
import { swallowRest } from './swallow-rest.js';
import type { FetchHandler } from './to-node-handler.js';
import { toWebRequest } from './to-web-request.js';

/** What {@link toNodeResponder} can be told. */
export interface NodeResponderOptions {
  /** Milliseconds a client may leave a full socket unread before it is cut off. Default 60 000. */
  readonly stallMs?: number;
}

/** A response that is to be written. */
export interface NodeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** A stream is to be piped into the response, or to be destroyed. */
  readonly body: string | Readable | null;
}

/** Rejects with what the handler failed with. */
export type NodeResponder = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handed: HandedRequest,
) => Promise<NodeResponse>;

/** {@link toNodeHandler} without the writing. */
export function toNodeResponder(fetchHandler: FetchHandler, options: NodeResponderOptions = {}): NodeResponder {
  const light = lightHandlerOf(fetchHandler);
  const stallMs = options.stallMs ?? DEFAULT_STALL_MS;
  return async (incoming, outgoing, handed) => {
    await new Promise<void>((resolve) => runInLine(incoming, outgoing, resolve));
    outgoing.once('finish', () => swallowRest(incoming));
    const info = infoOf(incoming, handed);
    if (light !== undefined) {
      const { status, headers, body } = await light(new LightRequest(incoming, outgoing, handed), info);
      const nodeBody = toNodeBody(body, outgoing, stallMs);
      return { status, headers: nodeBody instanceof Readable ? withoutLength(headers) : headers, body: nodeBody };
    }
    const client = new AbortController();
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) client.abort();
    });
    if (outgoing.closed) client.abort();
    const { status, headers, body } = await fetchHandler(
      toWebRequest(incoming, { signal: client.signal, handed }),
      info,
    );
    const cookies = headers.getSetCookie();
    const fields = { ...Object.fromEntries(headers), ...(cookies.length > 0 && { 'set-cookie': cookies }) };
    if (body === null) return { status, headers: fields, body };
    return { status, headers: withoutLength(fields), body: Readable.fromWeb(body as NodeReadableStream) };
  };
}

/** A hook may send a stream through one of its own, and nobody would count again. */
function withoutLength(headers: NodeResponse['headers']): NodeResponse['headers'] {
  const { 'content-length': _, ...others } = headers;
  return others;
}

function toNodeBody(body: LightResponse['body'], outgoing: ServerResponse, stallMs: number): NodeResponse['body'] {
  if (body === null) return null;
  if (body instanceof Uint8Array) return new PushedBody(wholeBody(body), outgoing, stallMs);
  if (typeof body !== 'string') return new PushedBody(body, outgoing, stallMs);
  // One that a slow reader may not take at once is watched, too.
  return body.length < outgoing.writableHighWaterMark ? body : new PushedBody(wholeBody(body), outgoing, stallMs);
}
