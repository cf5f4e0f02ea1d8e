/** What operators do: settings shown and read anew, instances drained, resumed and started anew, models as Lingma lists them. */
import { GatewayError } from '../../chat/index.js';
import { type JsonObject, type JsonValue, redactValue } from '../../util/index.js';
import type { GatewayAdmin, InstanceAdmin } from '../gateway-admin.js';
import type { ObservedInstance } from '../observe/gauges.js';
import { instanceBody } from '../observe/stats.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';
import { ADMIN } from './admin-route.js';
import { loginRoutes } from './login.js';
import { sessionRoutes } from './sessions.js';

export interface AdminRoutesOptions {
  readonly admin: GatewayAdmin;
  readonly instances: () => readonly ObservedInstance[];
  readonly version: string | undefined;
  readonly readBody: (context: RequestContext) => Promise<JsonValue>;
  /** Counts a login that was exported or imported. */
  readonly countBundle: (instance: string, direction: 'export' | 'import') => void;
}

const STEPS = ['drain', 'resume', 'restart'] as const satisfies readonly (keyof InstanceAdmin)[];

/** Lists of models are long, and wanted whole. A model's `key` is its name. */
const RAW_MODELS = { maxString: 64 * 1024, maxChars: 4 * 1024 * 1024, shownNames: ['key', 'modelKey'] };

export function adminRoutes(options: AdminRoutesOptions): readonly Route[] {
  const { admin, instances, version, readBody, countBundle } = options;
  const { instances: steered, login, sessions } = admin;
  const named = namedAmong(instances);
  return [
    {
      ...ADMIN,
      name: 'internal-instances',
      method: 'GET',
      path: '/internal/instances',
      handle: async () => {
        const all = instances();
        const ready = all.filter((instance) => instance.ready).length;
        const bootstrap = admin.bootstrap?.();
        return respondJson({
          size: all.length,
          ready,
          ...(bootstrap !== undefined && { bootstrap }),
          instances: all.map(listed),
        });
      },
    },
    ...(steered === undefined ? [] : steeringRoutes(steered, instances)),
    ...(login === undefined ? [] : loginRoutes({ login, checkName: (name) => named(name).name, readBody })),
    ...(sessions === undefined
      ? []
      : sessionRoutes({
          ...{ sessions, readBody, count: countBundle },
          chosen: (name) => chosen(name, instances(), named).name,
        })),
    ...(admin.effectiveConfig === undefined
      ? []
      : [
          {
            ...ADMIN,
            name: 'internal-effective-config',
            method: 'GET',
            path: '/internal/effective-config',
            handle: async () => respondJson({ ...admin.effectiveConfig?.(), version: version ?? 'unknown' }),
          } as const,
        ]),
    ...(admin.reload === undefined
      ? []
      : [
          {
            ...ADMIN,
            name: 'internal-reload',
            method: 'POST',
            path: '/internal/reload',
            async handle() {
              const { changed = [], needsRestart = [] } = (await admin.reload?.()) ?? {};
              return respondJson({ changed: [...changed], needs_restart: [...needsRestart] });
            },
          } as const,
        ]),
  ];
}

const namedAmong =
  (instances: () => readonly ObservedInstance[]) =>
  (name: string): ObservedInstance => {
    const all = instances();
    const found = all.find((instance) => instance.name === name);
    if (found !== undefined) return found;
    const names = all.map((instance) => instance.name).join(', ') || 'none';
    throw new GatewayError(
      'instance_not_found',
      `There is no instance "${name.slice(0, MAX_NAME)}"; there are: ${names}`,
      { details: { instances: all.map((instance) => instance.name) } },
    );
  };

function steeringRoutes(steered: InstanceAdmin, instances: () => readonly ObservedInstance[]): readonly Route[] {
  const named = namedAmong(instances);
  const step = (what: (typeof STEPS)[number]): Route => ({
    ...ADMIN,
    name: `internal-instance-${what}`,
    method: 'POST',
    path: `/internal/instances/:name/${what}`,
    async handle(context) {
      const { name } = named(context.params.name as string);
      begin(steered, what, name, context);
      return respondJson(stepBody(named(name)), 202);
    },
  });
  return [
    ...STEPS.map(step),
    {
      ...ADMIN,
      name: 'internal-models-raw',
      method: 'GET',
      path: '/internal/models/raw',
      async handle(context) {
        const { name } = chosen(context.request.url.searchParams.get('instance'), instances(), named);
        const result = await steered.queryModels(name, context.signal);
        return respondJson({ instance: name, result: redactValue(result, RAW_MODELS) });
      },
    },
  ];
}

/** Of a name that is not there. */
const MAX_NAME = 64;

/** Begun and not waited for: draining takes as long as the turns that run, a start as long as Lingma does. */
function begin(steered: InstanceAdmin, what: (typeof STEPS)[number], instance: string, context: RequestContext): void {
  const { logger, principal } = context;
  logger.info(`instance: ${what}`, { instance, principal: principal.id });
  (async () => steered[what](instance))().catch((cause: unknown) =>
    logger.warn(`instance: ${what} failed`, { instance, cause }),
  );
}

/** As in the statistics, whose members are an earlier gateway's. */
const listed = (instance: ObservedInstance): JsonObject => ({
  ...instanceBody(instance),
  draining: instance.draining === true,
  ...(instance.loginState !== undefined && { login_state: instance.loginState }),
});

const stepBody = ({ name, state, draining, inFlight }: ObservedInstance): JsonObject => ({
  instance: name,
  state,
  draining: draining === true,
  in_flight: inFlight,
});

/** Without a name the first that could answer. */
function chosen(
  name: string | null,
  all: readonly ObservedInstance[],
  named: (name: string) => ObservedInstance,
): ObservedInstance {
  if (name !== null && name !== '') return named(name);
  const first = all.find(({ state, loggedIn }) => state === 'ready' && loggedIn !== false) ?? all[0];
  if (first === undefined) throw new GatewayError('not_ready', 'There is no Lingma instance');
  return first;
}
