/**
 * `GET /healthz` and `/health`: 200 while the process lives, with the instances. Whoever may use the gateway is also told of
 * its load and of the upstream's server; a stranger from another machine is not. `GET /`: what clients probe with. `GET /version`.
 */
import type { Channel } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import type { GatewayStatus } from '../gateway-options.js';
import type { ObservedInstance } from '../observe/gauges.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';

export interface HealthRoutesOptions {
  readonly status: () => GatewayStatus;
  readonly channel: Pick<Channel, 'status'>;
  readonly instances: () => readonly ObservedInstance[];
  readonly mayKnow: (context: RequestContext) => boolean;
  /** Of the program. */
  readonly version: string | undefined;
}

export function healthRoutes({ status, channel, instances, mayKnow, version }: HealthRoutesOptions): readonly Route[] {
  const details = (): JsonObject => {
    const upstream = channel.status?.();
    return { ...status(), ...(upstream !== undefined && { upstream }) };
  };
  const health = (path: string): Route => ({
    name: 'healthz',
    method: 'GET',
    path,
    access: 'open',
    versioned: false,
    async handle(context) {
      const { state } = status();
      return respondJson({ status: 'ok', state, ...poolHealth(instances()), ...(mayKnow(context) && details()) });
    },
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

/** As an earlier gateway named it. Nothing of accounts, folders, ports or load beyond turns. */
function poolHealth(instances: readonly ObservedInstance[]): JsonObject {
  return {
    // False once it is known that nobody answers; what was not tried yet may well be there.
    ok: instances.length === 0 || instances.some(({ state }) => state !== 'failed' && state !== 'closed'),
    pool_size: instances.length,
    pool_ready: instances.filter(({ ready }) => ready).length,
    instances: instances.map(({ name, idx, state, ready, loggedIn, inFlight }) => ({
      name,
      idx,
      state,
      ready,
      logged_in: loggedIn ?? null,
      in_flight: inFlight,
    })),
  };
}
