/** The way past the Web's classes, for a runtime that knows it: they cost a short request more than its work does. */
import type { GatewayRequest, RequestInfo } from './gateway-request.js';
import type { GatewayResponse } from './gateway-response.js';

/** Never rejects. */
export type LightHandler = (request: GatewayRequest, info?: RequestInfo) => Promise<GatewayResponse>;

/**
 * Key of a {@link LightHandler} on the gateway's `fetch`, as `@lingma-gateway/node` looks for it. A fetch handler without
 * one gets real Web classes, so nobody ever sees a request that is none.
 */
export const LIGHT_HANDLER: unique symbol = Symbol.for('lingma-gateway.light') as never;

/** `fetch` with the short way beside it. */
export function withLightHandler<Fetch extends (...args: never) => unknown>(
  fetch: Fetch,
  handler: LightHandler,
): Fetch {
  return Object.defineProperty(fetch, LIGHT_HANDLER, { value: handler });
}
