/** Operators sign instances in: status, start, callback, cancel and logout under `/internal/auto-login`. */
import { GatewayError } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import type { LoginAdmin, LoginStart, LoginStarted, LoginView } from '../gateway-admin.js';
import type { GatewayResponse } from '../http/gateway-response.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';
import { ADMIN } from './admin-route.js';

export interface LoginRoutesOptions {
  readonly login: LoginAdmin;
  /** @throws GatewayError `instance_not_found` */
  readonly checkName: (name: string) => string;
  readonly readBody: (context: RequestContext) => Promise<JsonValue>;
}

const WAYS = ['auto', 'browser', 'paste', 'token'] as const;
/** Addresses to sign in at are secrets of a moment. */
const NO_STORE = { 'cache-control': 'no-store' } as const;

export function loginRoutes({ login, checkName, readBody }: LoginRoutesOptions): readonly Route[] {
  const named = (context: RequestContext): string => {
    const name = queryOf(context, 'instance');
    return name === undefined ? login.pick() : checkName(name);
  };
  const required = (context: RequestContext): string => {
    const name = queryOf(context, 'instance');
    if (name === undefined) throw new GatewayError('invalid_request', 'Say which instance: ?instance=<name>');
    return checkName(name);
  };
  return [
    {
      ...ADMIN,
      name: 'login-status',
      method: 'GET',
      path: '/internal/auto-login/status',
      handle: async () => answer({ enabled: login.enabled, instances: login.list().map(loginBody) }),
    },
    {
      ...ADMIN,
      name: 'login-start',
      method: 'POST',
      path: '/internal/auto-login/start',
      async handle(context) {
        const options = startOptions(context);
        const name = named(context);
        const started = await login.start(name, options);
        context.logger.info('login: start', {
          ...{ instance: name, way: options.way ?? 'auto', principal: context.principal.id },
        });
        return started.state === 'logged_in' && started.id === undefined
          ? answer({ state: 'logged_in' })
          : answer(startedBody(started), 202);
      },
    },
    {
      ...ADMIN,
      name: 'login-callback',
      method: 'POST',
      path: '/internal/auto-login/callback',
      async handle(context) {
        const body = await readBody(context);
        const { id, callback_url: url } = isJsonObject(body) ? body : {};
        if (typeof id !== 'string' || id === '') throw new GatewayError('no_such_flow', 'There is no login of this id');
        if (typeof url !== 'string') {
          throw new GatewayError('bad_callback_url', 'callback_url must be the address that the browser has ended at', {
            param: 'callback_url',
          });
        }
        return answer(loginBody(await login.callback(id, url)));
      },
    },
    {
      ...ADMIN,
      name: 'login-cancel',
      method: 'DELETE',
      path: '/internal/auto-login',
      async handle(context) {
        const name = required(context);
        const cancelled = login.cancel(name);
        context.logger.info('login: cancel', { instance: name, principal: context.principal.id });
        await settled();
        return answer({ instance: name, cancelled, state: login.view(name).state });
      },
    },
    {
      ...ADMIN,
      name: 'login-logout',
      method: 'POST',
      path: '/internal/auto-login/logout',
      async handle(context) {
        const name = required(context);
        const body = await readBody(context);
        if (!isJsonObject(body) || body.confirm !== true) {
          throw new GatewayError('invalid_request', 'Signing out needs {"confirm": true}', { param: 'confirm' });
        }
        context.logger.info('login: logout', { instance: name, principal: context.principal.id });
        await login.logout(name, context.signal);
        return answer({ instance: name, state: login.view(name).state });
      },
    },
  ];
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const answer = (body: JsonObject, status = 200): GatewayResponse => respondJson(body, status, NO_STORE);

function queryOf({ request }: RequestContext, name: string): string | undefined {
  const value = request.url.searchParams.get(name)?.trim();
  return value === undefined || value === '' ? undefined : value;
}

function startOptions(context: RequestContext): LoginStart {
  const way = WAYS.find((one) => one === (queryOf(context, 'way') ?? 'auto'));
  if (way === undefined) {
    throw new GatewayError('invalid_request', `way must be one of ${WAYS.join(', ')}`, { param: 'way' });
  }
  const headed = switchOf(context, 'headed');
  const force = switchOf(context, 'force');
  return { way, ...(headed !== undefined && { headed }), ...(force !== undefined && { force }) };
}

function switchOf(context: RequestContext, name: string): boolean | undefined {
  const value = queryOf(context, name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (['1', 'true', 'yes', 'on'].includes(value)) return true;
  if (['0', 'false', 'no', 'off'].includes(value)) return false;
  throw new GatewayError('invalid_request', `${name} must be true or false`, { param: name });
}

const timeOf = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

function loginBody(view: LoginView): JsonObject {
  const { name, idx, user, loggedIn, state, way, id, attempt, maxAttempts, startedAt, expiresAt, organisations } = view;
  const { lastError, nextRetryAt } = view;
  return {
    name,
    idx,
    user: user ?? null,
    logged_in: loggedIn,
    state,
    way: way ?? null,
    id: id ?? null,
    attempt: attempt ?? 0,
    max_attempts: maxAttempts,
    started_at: timeOf(startedAt),
    expires_at: timeOf(expiresAt),
    last_error: lastError === undefined ? null : { code: lastError.code, message: lastError.message },
    ...(organisations !== undefined && { organisations: organisations.map(({ id, name }) => ({ id, name })) }),
    next_retry_at: timeOf(nextRetryAt),
  };
}

const startedBody = ({ instance, id, state, expiresAt, loginUrl }: LoginStarted): JsonObject => ({
  instance,
  id: id ?? null,
  state,
  expires_at: timeOf(expiresAt),
  ...(loginUrl !== undefined && { login_url: loginUrl }),
});
