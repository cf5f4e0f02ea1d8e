/**
 * `node:http` request → Web `Request`. The body is read only as fast as the handler asks for it, and nothing a client
 * sends (odd targets, odd Host headers) makes this throw.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { findHandedBody, type HandedBody, type HandedRequest, toSource } from './handed-request.js';

/** What {@link toWebRequest} can be told. */
export interface ToWebRequestOptions {
  /** Aborted when the client goes away before its response is complete. */
  readonly signal?: AbortSignal;
  /** What an app has made of the request already. */
  readonly handed?: HandedRequest;
}

/** Host headers outside this shape could smuggle credentials or a path into the URL. */
const HOST = /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** A request of `node:http` as the Web's own, its body unread or taken from where a parser has left it. Never throws. */
export function toWebRequest(incoming: IncomingMessage, options: ToWebRequestOptions = {}): Request {
  const method = incoming.method ?? 'GET';
  const { handed } = options;
  const handedBody = findHandedBody(incoming, handed);
  const headers = toHeaders(incoming, handed);
  if (handedBody !== undefined) describeHandedBody(headers, handedBody);
  const body = toBody(incoming, method, handedBody);
  const init: RequestInit & { duplex: 'half' } = { method, headers, body, duplex: 'half' };
  if (options.signal !== undefined) init.signal = options.signal;
  return new Request(toUrl(incoming, handed?.target), init);
}

function toBody(incoming: IncomingMessage, method: string, handed: HandedBody | undefined): BodyInit | null {
  if (handed === undefined) return hasBody(incoming, method) ? bodyStream(incoming) : null;
  try {
    const source = toSource(handed);
    // A copy, for the app may go on to use its bytes.
    return source instanceof Readable ? bodyStream(source) : new Uint8Array(source);
  } catch (error) {
    // Told to whoever wants the body.
    return new ReadableStream({ pull: (controller) => controller.error(error) }, { highWaterMark: 0 });
  }
}

export function describeHandedBody(headers: Headers, handed: HandedBody): void {
  headers.delete('content-length');
  headers.delete('transfer-encoding');
  if (!('packed' in handed && handed.packed)) headers.delete('content-encoding');
}

/** @param target path and query in place of the request's own */
export function toUrl(incoming: IncomingMessage, target = incoming.url ?? '/'): string {
  const scheme = 'encrypted' in incoming.socket ? 'https' : 'http';
  const host = hostOf(incoming) ?? '';
  const origin = originOf(`${scheme}://${HOST.test(host) ? host : 'localhost'}`) ?? `${scheme}://localhost`;
  if (target.startsWith('/')) return origin + target;
  // Absolute form, as proxies send it: the path counts, the authority stands in the Host header.
  const absolute = tryUrl(target);
  return absolute?.host ? origin + absolute.pathname + absolute.search : `${origin}/`;
}

/** HTTP/2 has it in a header of its own. */
const hostOf = ({ headers }: IncomingMessage): string | undefined => headers.host ?? headers[':authority']?.toString();

const tryUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);
const originOf = (text: string): string | undefined => tryUrl(text)?.origin;

/** The headers of a request as the Web has them; those that Fetch has no form for are left out. */
export function toHeaders(incoming: IncomingMessage, handed: HandedRequest = {}): Headers {
  const headers = new Headers();
  for (const [name, value] of handed.headers === undefined ? rawLines(incoming) : Object.entries(handed.headers)) {
    // HTTP/2 pseudo headers.
    if (value === undefined || name.startsWith(':')) continue;
    try {
      for (const line of typeof value === 'string' ? [value] : value) headers.append(name, line);
    } catch {
      // Node's parser is more lenient than Fetch; a header that Fetch has no form for is no header.
    }
  }
  if (handed.requestId !== undefined) headers.set('x-request-id', handed.requestId);
  return headers;
}

function* rawLines({ rawHeaders }: IncomingMessage): Generator<readonly [string, string]> {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    yield [rawHeaders[index] as string, rawHeaders[index + 1] as string];
  }
}

export function hasBody(incoming: IncomingMessage, method: string): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  // HTTP/2 ends a request without a word in its headers.
  if (incoming.httpVersionMajor > 1) return !endsWithHeaders(incoming);
  const length = incoming.headers['content-length'];
  return incoming.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

const endsWithHeaders = (incoming: IncomingMessage & { readonly stream?: { readonly endAfterHeaders?: boolean } }) =>
  incoming.stream?.endAfterHeaders === true;

function bodyStream(incoming: Readable): ReadableStream<Uint8Array> {
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
    // Text, where the app has set an encoding.
    incoming.on('data', (chunk: Buffer | string) => {
      if (over) return;
      incoming.pause();
      controller.enqueue(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
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
