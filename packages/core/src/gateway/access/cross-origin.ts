/** CORS for origins that the guard let in: they are named one by one, never with a wildcard. */
import type { GatewayResponse } from '../http/gateway-response.js';
import type { RequestContext } from '../request-context.js';

const ALLOWED_HEADERS =
  'authorization, content-type, x-api-key, anthropic-version, anthropic-beta, anthropic-dangerous-direct-browser-access, x-request-id';

const EXPOSED_HEADERS = [
  ...['x-request-id', 'request-id', 'retry-after', 'x-lingma-usage', 'x-lingma-warnings'],
  ...['limit', 'remaining', 'reset'].flatMap((what) => [`x-ratelimit-${what}-requests`, `x-ratelimit-${what}-tokens`]),
].join(', ');

/** What a response's page needs to read it. */
export function exposedTo(origin: string): Readonly<Record<string, string>> {
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED_HEADERS,
    vary: 'Origin',
  };
}

/** The answer to OPTIONS: a preflight, or the question which methods there are. */
export function respondOptions(context: RequestContext, methods: string): GatewayResponse {
  const { headers } = context.request;
  const asked = headers.get('access-control-request-headers');
  return {
    status: 204,
    body: null,
    headers: {
      allow: methods,
      ...(headers.has('access-control-request-method') && {
        'access-control-allow-methods': methods,
        'access-control-allow-headers': asked ?? ALLOWED_HEADERS,
        'access-control-max-age': '600',
      }),
      ...(headers.get('access-control-request-private-network') === 'true' && {
        'access-control-allow-private-network': 'true',
      }),
    },
  };
}
