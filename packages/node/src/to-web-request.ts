/**
 * `node:http` request → Web `Request`. The body is read only as fast as the handler asks for it, and nothing a client
 * sends (odd targets, odd Host headers) makes this throw.
 */
import type { IncomingMessage } from 'node:http';

export interface ToWebRequestOptions {
  /** Aborted when the client goes away before its response is complete. */
  readonly signal?: AbortSignal;
}

/** Host headers outside this shape could smuggle credentials or a path into the URL. */
const HOST = /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

export function toWebRequest(incoming: IncomingMessage, options: ToWebRequestOptions = {}): Request {
  const method = incoming.method ?? 'GET';
  const body = hasBody(incoming, method) ? bodyStream(incoming) : null;
  const init: RequestInit & { duplex: 'half' } = { method, headers: toHeaders(incoming), body, duplex: 'half' };
  if (options.signal !== undefined) init.signal = options.signal;
  return new Request(toUrl(incoming), init);
}

export function toUrl(incoming: IncomingMessage): string {
  const scheme = 'encrypted' in incoming.socket ? 'https' : 'http';
  const host = incoming.headers.host ?? '';
  const origin = originOf(`${scheme}://${HOST.test(host) ? host : 'localhost'}`) ?? `${scheme}://localhost`;
  const target = incoming.url ?? '/';
  if (target.startsWith('/')) return origin + target;
  // Absolute form, as proxies send it: the path counts, the authority stands in the Host header.
  const absolute = tryUrl(target);
  return absolute?.host ? origin + absolute.pathname + absolute.search : `${origin}/`;
}

const tryUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);
const originOf = (text: string): string | undefined => tryUrl(text)?.origin;

function toHeaders(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  const { rawHeaders } = incoming;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    // HTTP/2 pseudo headers.
    if (name.startsWith(':')) continue;
    try {
      headers.append(name, rawHeaders[index + 1] as string);
    } catch {
      // Node's parser is more lenient than Fetch; a header that Fetch has no form for is no header.
    }
  }
  return headers;
}

export function hasBody(incoming: IncomingMessage, method: string): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  const length = incoming.headers['content-length'];
  return incoming.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function bodyStream(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let listening = false;
  let over = false;
  let wake: (() => void) | undefined;
  const settle = (): void => {
    wake?.();
    wake = undefined;
  };
  const listen = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    listening = true;
    const finish = (error?: Error): void => {
      if (over) return;
      over = true;
      if (error === undefined) controller.close();
      else controller.error(error);
      settle();
    };
    // Comes after every request; only before its end does it mean anything.
    const gone = (): void => {
      if (!over) finish(new Error('The client went away before its request was complete'));
    };
    incoming.on('data', (chunk: Buffer) => {
      if (over) return;
      incoming.pause();
      controller.enqueue(chunk);
      settle();
    });
    incoming.once('end', () => finish());
    incoming.once('error', finish);
    incoming.once('close', gone);
    // Gone before anybody asked: its events are past.
    if (incoming.destroyed) gone();
  };
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (!listening) listen(controller);
        if (over) return undefined;
        return new Promise<void>((resolve) => {
          wake = resolve;
          incoming.resume();
        });
      },
      // What the client still sends is swallowed once its response is out.
      cancel() {
        over = true;
        settle();
      },
    },
    { highWaterMark: 0 },
  );
}
