/**
 * Clients that speak to their own maker over WebSockets (Codex) try that first and go on over plain HTTP when they are told
 * so by 426; any other answer they take for a failure.
 */
import { GatewayError } from '../chat/index.js';
import type { RequestContext } from './request-context.js';
import { respondError } from './respond-json.js';
import type { RouteMatch } from './router.js';

export const asksForWebSocket = (headers: Headers): boolean =>
  (headers.get('upgrade') ?? '').split(',').some((protocol) => /^\s*websocket\b/i.test(protocol));

/** `upgrade` names what is spoken here, as the status demands. */
export function refuseWebSocket(match: Exclude<RouteMatch, { type: 'none' }>, context: RequestContext): Response {
  const methods = match.type === 'found' ? match.route.method : match.methods;
  const message = `WebSockets are not served here; use plain HTTP (${methods}), with "stream": true for a stream`;
  return respondError(new GatewayError('upgrade_required', message), context, { upgrade: 'HTTP/1.1' });
}
