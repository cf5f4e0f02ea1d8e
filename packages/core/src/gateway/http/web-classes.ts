/** The gateway behind the Web's own classes: what `fetch` takes and gives. */
import { readableStreamFrom } from '../../util/readable-stream.js';
import type { BodySource, GatewayRequest, RequestInfo } from './gateway-request.js';
import type { GatewayResponse } from './gateway-response.js';

/** @param basePath taken off the URL where it begins with it */
export function fromWebRequest(request: Request, basePath = ''): GatewayRequest {
  const url = new URL(request.url);
  const base = basePath.replace(/\/+$/, '');
  const isBelow = base !== '' && `${url.pathname}/`.startsWith(`${base}/`);
  if (isBelow) url.pathname = url.pathname.slice(base.length) || '/';
  const { method, headers, signal } = request;
  return {
    method,
    pathname: url.pathname,
    url,
    ...(isBelow && { basePath: base }),
    headers,
    webHeaders: () => new Headers(headers),
    get aborted() {
      return signal.aborted;
    },
    onAbort(callback) {
      signal.addEventListener('abort', callback, { once: true });
      return () => signal.removeEventListener('abort', callback);
    },
    openBody() {
      if (request.bodyUsed) throw new Error('The Request is used up; hand on a new one with the same body');
      return request.body === null ? null : bodySource(request.body);
    },
  };
}

/** Servers hand a fetch handler what they like as its second argument: only what reads like ours is. */
export function knownInfo(info: unknown): RequestInfo {
  if (typeof info !== 'object' || info === null) return {};
  const text = (name: keyof RequestInfo): string | undefined => {
    const value: unknown = name in info ? Reflect.get(info, name) : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [remoteAddress, localAddress, basePath] = [text('remoteAddress'), text('localAddress'), text('basePath')];
  return {
    ...(remoteAddress !== undefined && { remoteAddress }),
    ...(localAddress !== undefined && { localAddress }),
    ...(basePath !== undefined && { basePath }),
  };
}

function bodySource(body: ReadableStream<Uint8Array>): BodySource {
  const reader = body.getReader();
  let cancelled = false;
  return {
    async pipe(sink) {
      try {
        while (!cancelled) {
          const { done, value } = await reader.read();
          if (cancelled) return;
          if (done) {
            sink.end();
            return;
          }
          // Whoever made it may use its memory again.
          sink.write(value.slice());
        }
      } catch (error) {
        sink.end(error);
      }
    },
    cancel() {
      cancelled = true;
      reader.cancel().catch(() => undefined);
    },
  };
}

export function toWebResponse({ status, headers, body }: GatewayResponse): Response {
  const content =
    body === null || typeof body === 'string' || body instanceof Uint8Array ? body : readableStreamFrom(body);
  const { 'set-cookie': cookies = [], ...others } = headers;
  // Only cookies come in several lines.
  const response = new Response(content as BodyInit | null, { status, headers: others as Record<string, string> });
  for (const cookie of [cookies].flat()) response.headers.append('set-cookie', cookie);
  return response;
}

/** One of another realm's, or of a library's own, counts as well. */
export const isWebResponse = (value: unknown): value is Response =>
  value instanceof Response ||
  (typeof value === 'object' && value !== null && 'status' in value && 'headers' in value && 'text' in value);

/** A response of the app's; its body is read as text. */
export async function fromWebResponse(response: Response): Promise<GatewayResponse> {
  const { 'set-cookie': _, 'content-length': __, ...headers } = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  const text = response.body === null ? '' : await response.text();
  return {
    status: response.status,
    headers: { ...headers, ...(cookies.length > 0 && { 'set-cookie': cookies }) },
    body: text === '' ? null : text,
  };
}
