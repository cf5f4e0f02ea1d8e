/**
 * Clients that speak to their own maker over WebSockets (Codex) try that first and go on over plain HTTP when they are told
 * so by 426; any other answer they take for a failure.
 */
import { GatewayError } from '../../chat/index.js';
import type { RequestHeaders } from '../http/gateway-request.js';
import type { GatewayResponse } from '../http/gateway-response.js';
import type { RequestContext } from '../request-context.js';
import type { RouteMatch } from '../router.js';
import { respondJson } from './respond-json.js';

export const asksForWebSocket = (headers: RequestHeaders): boolean =>
  headers
    .get('upgrade')
    ?.split(',')
    .some((protocol) => /^\s*websocket\b/i.test(protocol)) === true;

/** `upgrade` names what is spoken here, as the status demands. */
export function refuseWebSocket(
  match: Exclude<RouteMatch, { type: 'none' }>,
  context: RequestContext,
): GatewayResponse {
  const methods = match.type === 'found' ? match.route.method : match.methods;
  const message = `WebSockets are not served here; use plain HTTP (${methods}), with "stream": true for a stream`;
  const error = new GatewayError('upgrade_required', message);
  // Not noted as the request's failure: it is how such a client begins, and nothing to worry a log with.
  const { status, headers, body } = context.protocol.encodeError(error, context.requestId);
  return respondJson(body, status, { ...headers, upgrade: 'HTTP/1.1' });
}
