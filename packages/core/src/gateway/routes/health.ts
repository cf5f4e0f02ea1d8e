/**
 * `GET /healthz` and `/health`: 200 while the process lives. Whoever may use the gateway is also told what is known of the
 * upstream; a stranger from another machine is not. `GET /`: what clients probe with. `GET /version`.
 */
import type { JsonObject } from '../../util/index.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';

export interface HealthRoutesOptions {
  /** Says nothing of accounts, versions or load. */
  readonly publicStatus: () => JsonObject;
  /** What it does not say. */
  readonly details: () => JsonObject;
  readonly mayKnow: (context: RequestContext) => boolean;
  /** Of the program; absent: not told. */
  readonly version?: string;
}

export function healthRoutes({ publicStatus, details, mayKnow, version }: HealthRoutesOptions): readonly Route[] {
  const health = (path: string): Route => ({
    name: 'healthz',
    method: 'GET',
    path,
    access: 'open',
    versioned: false,
    handle: async (context) => respondJson({ ...publicStatus(), ...(mayKnow(context) && details()) }),
  });
  return [
    health('/healthz'),
    health('/health'),
    {
      name: 'root',
      method: 'GET',
      path: '/',
      access: 'open',
      versioned: false,
      handle: async () => respondJson({ name: 'lingma-gateway', status: 'ok' }),
    },
    {
      name: 'version',
      method: 'GET',
      path: '/version',
      access: 'client',
      versioned: false,
      handle: async () => respondJson({ name: 'lingma-gateway', version: version ?? 'unknown' }),
    },
  ];
}
