/** CORS for origins that the guard let in: they are named one by one, never with a wildcard. */
import { GatewayError } from '../../chat/index.js';
import type { GatewayRequest } from '../http/gateway-request.js';
import type { GatewayResponse } from '../http/gateway-response.js';
import type { RequestContext } from '../request-context.js';
import type { RouteMatch } from '../router.js';

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

/** Whether a route is the operator's: no page of another origin may read it, and nobody may keep what it answers. */
export const isOperators = (match: RouteMatch): boolean =>
  match.type !== 'none' && (match.route.access === 'admin' || match.route.access === 'metrics');

/**
 * The origin to name in headers. There is none on the operator's routes, which no page of anybody else's may read, whatever is
 * allowed elsewhere.
 *
 * @throws GatewayError `permission_denied`
 */
export function admittedOrigin(
  match: RouteMatch,
  request: Pick<GatewayRequest, 'headers' | 'url'>,
  origin: string | undefined,
): string | undefined {
  if (origin === undefined || !isOperators(match)) return origin;
  const own = request.headers.get('host') ?? request.url.host;
  if (URL.canParse(origin) && new URL(origin).host === own.toLowerCase()) return undefined;
  throw new GatewayError('permission_denied', 'This route answers no page of another origin');
}
