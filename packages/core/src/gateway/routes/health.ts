/** `GET /healthz`: 200 while the process lives, with what is known of the upstream. `GET /`: what clients probe with. */
import type { JsonObject } from '../../util/index.js';
import { respondJson } from '../respond-json.js';
import type { Route } from '../router.js';

export function healthRoutes(status: () => JsonObject): readonly Route[] {
  return [
    { name: 'healthz', method: 'GET', path: '/healthz', open: true, handle: async () => respondJson(status()) },
    {
      name: 'root',
      method: 'GET',
      path: '/',
      open: true,
      handle: async () => respondJson({ name: 'lingma-gateway', status: 'ok' }),
    },
  ];
}
