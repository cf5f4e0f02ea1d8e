/** A fetch handler as a `node:http` request listener. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkOptions } from './check-options.js';
import { fromConnect, isAtRoot } from './connect-request.js';
import { failure } from './failure-body.js';
import type { HandedRequest } from './handed-request.js';
import { type LightHandler, lightHandlerOf, sendLightResponse } from './light-handler.js';
import { LightRequest } from './light-request.js';
import { normalBasePath, pathnameOf, targetBelow } from './mount-path.js';
import { infoOf, type RequestInfo } from './request-info.js';
import { type SendWebResponseOptions, sendWebResponse } from './send-web-response.js';
import { runInLine } from './socket-line.js';
import { swallowRest } from './swallow-rest.js';
import { toWebRequest } from './to-web-request.js';

/** What `fetch` of a gateway, of Hono's app and of others is. */
export type FetchHandler = (request: Request, info: RequestInfo) => Response | Promise<Response>;
/** A request listener of `node:http`, and a middleware where it is given a `next`. */
export type NodeHandler = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** What {@link toNodeHandler} can be told. */
export interface NodeHandlerOptions {
  /** Milliseconds a client may leave a full socket unread before it is cut off. Default 60 000. */
  readonly stallMs?: number;
  /** Told of failures of the handler or of a body; the client has its 500, or a cut connection, already, or the app's `next` gets it. */
  readonly onError?: (error: unknown) => void;
  /**
   * Path the handler stands under, such as `/lingma`; it is taken off, and all other paths are somebody else's. Not needed
   * where a router takes it off, as Express' `app.use('/lingma', …)` does.
   */
  readonly basePath?: string;
  /**
   * Whether the handler has a route for a request; what it has none for goes to `next`, where one is given. At the root of an
   * app `/` goes there, too. Default: it has one for all.
   */
  readonly hasRoute?: (method: string, pathname: string) => boolean;
}

const OPTIONS = { stallMs: 'number', onError: 'function', basePath: 'string', hasRoute: 'function' } as const;

/** `Request` refuses to be made with these. */
const FORBIDDEN_METHODS = new Set(['CONNECT', 'TRACE', 'TRACK']);

/**
 * `createServer(toNodeHandler(gateway.fetch))`. The request's signal aborts when the client goes away before its
 * response is complete. Requests pipelined on one connection run one after the other. Never throws and leaves no promise unhandled.
 *
 * It is a middleware of Express, Connect and their kin as well: a body that a parser has read is taken from `rawBody` or `body`
 * of the request, headers, address and request id are those that the app goes by, and a failure goes to `next`.
 *
 * @throws TypeError on options that are none
 */
export function toNodeHandler(fetchHandler: FetchHandler, options: NodeHandlerOptions = {}): NodeHandler {
  if (typeof fetchHandler !== 'function') throw new TypeError('toNodeHandler() takes a fetch handler, a function');
  checkOptions('toNodeHandler()', options, OPTIONS);
  const light = lightHandlerOf(fetchHandler);
  const basePath = normalBasePath(options.basePath ?? '');
  const isMounted = basePath !== '';
  return (incoming, outgoing, next) => {
    // Without a listener an `error` after the client's reset would end the process.
    outgoing.on('error', ignore);
    let handed: HandedRequest | undefined;
    if (isMounted || next !== undefined) {
      const target = targetBelow(incoming, basePath);
      if (target === undefined || (next !== undefined && !isOurs(incoming, target, basePath, options))) {
        if (next === undefined) {
          sendJson(outgoing, 404, 'Not found', 'not_found');
        } else {
          outgoing.off('error', ignore);
          next();
        }
        return;
      }
      handed = fromConnect(incoming, outgoing, target);
    }
    runInLine(incoming, outgoing, () => {
      if (refuseMethod(incoming, outgoing)) return;
      outgoing.once('finish', () => swallowRest(incoming));
      const answered =
        light === undefined
          ? answer(fetchHandler, incoming, outgoing, options, handed)
          : answerLight(light, incoming, outgoing, options, handed);
      answered.catch((error: unknown) => {
        if (next === undefined || outgoing.headersSent) sendFailure(outgoing);
        try {
          options.onError?.(error);
        } catch {
          // A failing observer changes nothing for the client.
        }
        if (!outgoing.headersSent) next?.(error);
      });
    });
  };
}

const ignore = (): void => undefined;

function isOurs(
  incoming: IncomingMessage,
  target: string,
  basePath: string,
  { hasRoute }: NodeHandlerOptions,
): boolean {
  if (hasRoute === undefined) return true;
  const pathname = pathnameOf(target);
  return !(pathname === '/' && basePath === '' && isAtRoot(incoming)) && hasRoute(incoming.method ?? 'GET', pathname);
}

async function answer(
  fetchHandler: FetchHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: NodeHandlerOptions,
  handed: HandedRequest | undefined,
): Promise<void> {
  const client = new AbortController();
  const onClose = (): void => {
    if (!outgoing.writableFinished) client.abort();
  };
  if (outgoing.closed) onClose();
  else outgoing.once('close', onClose);
  const request = toWebRequest(incoming, { signal: client.signal, ...(handed !== undefined && { handed }) });
  const response = await fetchHandler(request, infoOf(incoming, handed));
  await sendWebResponse(response, outgoing, sending(incoming, options));
}

async function answerLight(
  handler: LightHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: NodeHandlerOptions,
  handed: HandedRequest | undefined,
): Promise<void> {
  const response = await handler(new LightRequest(incoming, outgoing, handed), infoOf(incoming, handed));
  return sendLightResponse(response, outgoing, sending(incoming, options));
}

const sending = ({ method }: IncomingMessage, { stallMs }: NodeHandlerOptions): SendWebResponseOptions => ({
  headOnly: method === 'HEAD',
  ...(stallMs !== undefined && { stallMs }),
});

function refuseMethod({ method = 'GET' }: IncomingMessage, outgoing: ServerResponse): boolean {
  if (!FORBIDDEN_METHODS.has(method)) return false;
  outgoing.setHeader('allow', 'GET, HEAD, POST, DELETE, OPTIONS');
  sendJson(outgoing, 405, 'Method not allowed', 'method_not_allowed');
  return true;
}

function sendFailure(outgoing: ServerResponse): void {
  if (outgoing.headersSent) outgoing.destroy();
  else sendJson(outgoing, 500, 'Internal error', 'internal');
}

function sendJson(outgoing: ServerResponse, status: number, message: string, code: string): void {
  const { headers, body } = failure(status, message, code);
  outgoing.writeHead(status, headers);
  outgoing.end(body);
}
