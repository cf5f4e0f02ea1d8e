/** From a matched route to its answer: who may ask it, and when. */
import { GatewayError } from '../chat/index.js';
import type { Access } from './access/auth.js';
import { type AskedApp, askApp } from './access/authorize.js';
import { respondOptions } from './access/cross-origin.js';
import type { GatewayResponse } from './http/gateway-response.js';
import type { RequestContext } from './request-context.js';
import { asksForWebSocket, refuseWebSocket } from './respond/refuse-websocket.js';
import { notFound, respondError } from './respond/respond-json.js';
import type { RouteMatch } from './router.js';

export interface DispatchOptions {
  readonly access: Access;
  /** Asked where the keys do not tell who it is. */
  readonly app?: AskedApp;
  readonly isClosing: () => boolean;
}

/** By then another process may have taken over, or this one come back. */
const RETRY_AFTER_MS = 5_000;

/** Rejects with whatever becomes an error's answer. */
export type Dispatch = (match: RouteMatch, context: RequestContext) => Promise<GatewayResponse>;

export function createDispatch({ access, app, isClosing }: DispatchOptions): Dispatch {
  return async (match, context) => {
    if (match.type !== 'found') context.principal = access.identify(context.request.headers);
    if (match.type === 'none') throw notFound(context, match.suggestion);
    if (asksForWebSocket(context.request.headers)) return refuseWebSocket(match, context);
    if (match.type === 'wrong-method') {
      if (context.request.method === 'OPTIONS') return respondOptions(context, match.methods);
      const error = new GatewayError('method_not_allowed', `Use ${match.methods} on this route`);
      return respondError(error, context, { allow: match.methods });
    }
    const { route } = match;
    const { headers } = context.request;
    const known = app === undefined ? access.resolve(route.access, headers) : access.find(route.access, headers);
    if (known !== undefined) context.principal = known;
    else if (app !== undefined) {
      const said = await askApp(app, route.access, context);
      if ('response' in said) return said.response;
      context.principal = said.principal;
    }
    context.principal.check?.({ route: route.name, remoteAddress: context.remoteAddress, now: context.clock.now() });
    // The operator still wants to see what goes on.
    if (route.access === 'client' && isClosing()) {
      throw new GatewayError('shutting_down', 'The gateway is shutting down', { retryAfterMs: RETRY_AFTER_MS });
    }
    return route.handle(context);
  };
}
