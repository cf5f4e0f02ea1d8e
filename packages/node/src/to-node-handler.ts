/** A fetch handler as a `node:http` request listener. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { failure } from './failure-body.js';
import { type LightHandler, lightHandlerOf, sendLightResponse } from './light-handler.js';
import { LightRequest } from './light-request.js';
import { type SendWebResponseOptions, sendWebResponse } from './send-web-response.js';
import { runInLine } from './socket-line.js';
import { toWebRequest } from './to-web-request.js';

export interface RequestInfo {
  readonly remoteAddress?: string;
}

export type FetchHandler = (request: Request, info: RequestInfo) => Response | Promise<Response>;
export type NodeHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

export interface NodeHandlerOptions {
  /** Milliseconds a client may leave a full socket unread before it is cut off. Default 60 000. */
  readonly stallMs?: number;
  /** Told of failures of the handler or of a body; the client has its 500, or a cut connection, already. */
  readonly onError?: (error: unknown) => void;
}

/** How long the rest of a request that nobody wants is swallowed after its response, so that the client gets to read it. */
const LINGER_MS = 5_000;
/** `Request` refuses to be made with these. */
const FORBIDDEN_METHODS = new Set(['CONNECT', 'TRACE', 'TRACK']);

/**
 * `createServer(toNodeHandler(gateway.fetch))`. The request's signal aborts when the client goes away before its
 * response is complete. Requests pipelined on one connection run one after the other. Never throws and leaves no promise unhandled.
 */
export function toNodeHandler(fetchHandler: FetchHandler, options: NodeHandlerOptions = {}): NodeHandler {
  const light = lightHandlerOf(fetchHandler);
  return (incoming, outgoing) => {
    // Without a listener an `error` after the client's reset would end the process.
    outgoing.on('error', () => undefined);
    runInLine(incoming, outgoing, () => {
      if (refuseMethod(incoming, outgoing)) return;
      outgoing.once('finish', () => swallowRest(incoming));
      const answered =
        light === undefined
          ? answer(fetchHandler, incoming, outgoing, options)
          : answerLight(light, incoming, outgoing, options);
      answered.catch((error: unknown) => {
        sendFailure(outgoing);
        try {
          options.onError?.(error);
        } catch {
          // A failing observer changes nothing for the client.
        }
      });
    });
  };
}

async function answer(
  fetchHandler: FetchHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: NodeHandlerOptions,
): Promise<void> {
  const client = new AbortController();
  const onClose = (): void => {
    if (!outgoing.writableFinished) client.abort();
  };
  if (outgoing.closed) onClose();
  else outgoing.once('close', onClose);
  const request = toWebRequest(incoming, { signal: client.signal });
  const response = await fetchHandler(request, infoOf(incoming));
  await sendWebResponse(response, outgoing, sending(incoming, options));
}

async function answerLight(
  handler: LightHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: NodeHandlerOptions,
): Promise<void> {
  const response = await handler(new LightRequest(incoming, outgoing), infoOf(incoming));
  return sendLightResponse(response, outgoing, sending(incoming, options));
}

function infoOf({ socket }: IncomingMessage): RequestInfo {
  const { remoteAddress } = socket;
  return remoteAddress === undefined ? {} : { remoteAddress };
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

/** A response may come before its request is complete (too large, unauthorized): the rest must not block the connection. */
function swallowRest(incoming: IncomingMessage): void {
  if (incoming.complete) return;
  incoming.removeAllListeners('data');
  const timer = setTimeout(() => incoming.socket.destroy(), LINGER_MS);
  timer.unref();
  incoming.once('close', () => clearTimeout(timer));
  incoming.once('end', () => clearTimeout(timer));
  incoming.resume();
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
