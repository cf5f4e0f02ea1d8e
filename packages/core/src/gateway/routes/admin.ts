/** What operators do: settings shown and read anew, instances drained, resumed and started anew, models as Lingma lists them. */
import { GatewayError } from '../../chat/index.js';
import { type JsonObject, redactValue } from '../../util/index.js';
import type { ErrorEnvelope } from '../../wire/index.js';
import type { GatewayAdmin, InstanceAdmin } from '../gateway-admin.js';
import type { ObservedInstance } from '../observe/gauges.js';
import { instanceBody } from '../observe/stats.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';

export interface AdminRoutesOptions {
  readonly admin: GatewayAdmin;
  readonly instances: () => readonly ObservedInstance[];
  readonly version: string | undefined;
}

const ADMIN = { protocol: 'openai-chat', versioned: false, access: 'admin', encodeError: withDetails } as const;
const STEPS = ['drain', 'resume', 'restart'] as const satisfies readonly (keyof InstanceAdmin)[];

/** Lists of models are long, and wanted whole. A model's `key` is its name. */
const RAW_MODELS = { maxString: 64 * 1024, maxChars: 4 * 1024 * 1024, shownNames: ['key', 'modelKey'] };

export function adminRoutes({ admin, instances, version }: AdminRoutesOptions): readonly Route[] {
  const { instances: steered } = admin;
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

function steeringRoutes(steered: InstanceAdmin, instances: () => readonly ObservedInstance[]): readonly Route[] {
  const named = (name: string): ObservedInstance => {
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

/** Programs of operators want more than a sentence. */
function withDetails({ details }: GatewayError, envelope: ErrorEnvelope): ErrorEnvelope {
  if (details === undefined) return envelope;
  const error = envelope.body.error as JsonObject;
  return { ...envelope, body: { error: { ...error, details: details as JsonObject } } };
}
