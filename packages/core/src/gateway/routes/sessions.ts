/** Operators carry logins from machine to machine: `/internal/session/export` and `/import`. */
import { GatewayError } from '../../chat/index.js';
import { isJsonObject, type JsonValue } from '../../util/index.js';
import type { SessionAdmin } from '../gateway-admin.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';
import { ADMIN } from './admin-route.js';

export interface SessionRoutesOptions {
  readonly sessions: SessionAdmin;
  /** The instance of that name, else the first. @throws GatewayError `instance_not_found` */
  readonly chosen: (name: string | null) => string;
  readonly readBody: (context: RequestContext) => Promise<JsonValue>;
  readonly count: (instance: string, direction: 'export' | 'import') => void;
}

const NO_STORE = { 'cache-control': 'no-store' } as const;

export function sessionRoutes({ sessions, chosen, readBody, count }: SessionRoutesOptions): readonly Route[] {
  const nameOf = ({ request }: RequestContext): string => chosen(request.url.searchParams.get('instance'));
  return [
    {
      ...ADMIN,
      name: 'session-export',
      method: 'POST',
      path: '/internal/session/export',
      async handle(context) {
        const name = nameOf(context);
        const { instance, text, bytes, files, sha256 } = await sessions.export(
          name,
          context.principal.id,
          context.signal,
        );
        count(name, 'export');
        return respondJson({ instance, bundle_b64: text, bytes, files: [...files], sha256 }, 200, NO_STORE);
      },
    },
    {
      ...ADMIN,
      name: 'session-import',
      method: 'POST',
      path: '/internal/session/import',
      async handle(context) {
        const name = nameOf(context);
        const body = await readBody(context);
        const text = isJsonObject(body) ? body.bundle_b64 : undefined;
        if (typeof text !== 'string') {
          throw new GatewayError('invalid_request', 'bundle_b64 must be a session bundle', { param: 'bundle_b64' });
        }
        const { instance, files, sha256 } = await sessions.import(name, text, context.principal.id, context.signal);
        count(name, 'import');
        return respondJson({ instance, state: 'logged_in', files: [...files], sha256 }, 200, NO_STORE);
      },
    },
  ];
}
