/** The gateway as an encapsulated plugin of Fastify 5: its routes, its way of reading bodies, and its end. */
import {
  checkGateway,
  checkOptions,
  type FetchHandler,
  type HandedRequest,
  type NodeResponder,
  type NodeResponderOptions,
  pathnameOf,
  requestIdOf,
  targetBelowSegments,
  toNodeResponder,
} from '@lingma-gateway/node';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What `createGateway` and `composeGateway` of `@lingma-gateway/core` make. */
export interface MountedGateway {
  readonly fetch: FetchHandler;
  readonly hasRoute: (method: string, pathname: string) => boolean;
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/** What {@link lingmaGateway} is told; `prefix` is Fastify's own. */
export interface LingmaGatewayOptions extends NodeResponderOptions {
  readonly gateway: MountedGateway;
  /** Milliseconds that answers may go on once the app closes; then they are cut off with an error. Default: the gateway's own. */
  readonly graceMs?: number;
  /** False: the app's end leaves the gateway open, where others use it as well. Default true. */
  readonly closeGateway?: boolean;
}

const OPTIONS = {
  gateway: 'object',
  graceMs: 'number',
  closeGateway: 'boolean',
  stallMs: 'number',
  // Fastify's own.
  prefix: 'string',
  logLevel: 'string',
  logSerializers: 'object',
} as const;

/**
 * `app.register(lingmaGateway, { prefix: '/lingma', gateway })`: clients then have the base URL `https://…/lingma/v1`. Bodies
 * reach the gateway unread, past the app's parsers and its `bodyLimit`; the app's hooks run; what the gateway has no route for
 * gets the app's 404. When the app closes, the gateway takes nothing new, and running answers may end.
 */
export async function lingmaGateway(app: FastifyInstance, options: LingmaGatewayOptions): Promise<void> {
  checkOptions('lingmaGateway()', options, OPTIONS);
  checkGateway('lingmaGateway()', options.gateway);
  const { gateway, graceMs, closeGateway = true, stallMs } = options;
  const respond = toNodeResponder(gateway.fetch, stallMs === undefined ? {} : { stallMs });
  const segments = app.prefix.split('/').filter((segment) => segment !== '').length;

  app.removeAllContentTypeParsers();
  // Unread: the gateway takes a body once it has a slot for its request, under limits of its own.
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  if (closeGateway) {
    app.addHook('preClose', () => gateway.close(graceMs === undefined ? {} : { graceMs }));
  }

  const handle = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | FastifyReply => {
    const target = targetBelowSegments(request.raw, segments);
    if (!gateway.hasRoute(request.method, pathnameOf(target))) {
      reply.callNotFound();
      return reply;
    }
    return answer(respond, request, reply, target);
  };
  // At the root of an app `/` is its own page.
  if (segments > 0) app.all('/', handle);
  app.all('/*', handle);
}

async function answer(
  respond: NodeResponder,
  request: FastifyRequest,
  reply: FastifyReply,
  target: string,
): Promise<FastifyReply> {
  const { raw, headers, body, ip } = request;
  const requestId = requestIdOf(headers, reply.getHeader('x-request-id'), request.id);
  const handed: HandedRequest = {
    target,
    headers,
    ...(ip !== undefined && { remoteAddress: ip }),
    ...(requestId !== undefined && { requestId }),
    ...(body !== undefined && body !== null && { body }),
  };
  const response = await respond(raw, reply.raw, handed);
  // An app's time limit may have been faster.
  if (reply.sent || reply.raw.destroyed) {
    if (typeof response.body === 'object') response.body?.destroy();
    return reply;
  }
  reply.code(response.status);
  for (const [name, value] of Object.entries(response.headers)) reply.header(name, value);
  return reply.send(response.body ?? undefined);
}
