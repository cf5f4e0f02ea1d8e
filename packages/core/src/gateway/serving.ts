/**
 * What requests are served by: the routes and who may use them, made of one set of settings. It is exchanged as a whole while
 * the gateway runs; a request keeps the one it began with. What outlives it is handed in.
 */
import type { Channel } from '../chat/index.js';
import type { UsageSink } from '../data/index.js';
import type { Clock, Logger } from '../util/index.js';
import type { ProtocolName, ResponseStore } from '../wire/index.js';
import type { LateProtocol } from '../wire/light.js';
import { type Access, ANONYMOUS, createAccess } from './access/auth.js';
import type { CallerUsages } from './access/authorize.js';
import type { KeyUsage } from './access/key-limits.js';
import { createOriginGuard, type OriginGuard } from './access/origin-guard.js';
import type { Admission } from './admission.js';
import type { BodyBudget } from './body/body-budget.js';
import type { BodyWork } from './body/body-work.js';
import type { KnownBodies } from './body/known/known-bodies.js';
import { createDispatch, type Dispatch } from './dispatch.js';
import type { GatewayAdmin } from './gateway-admin.js';
import { DEFAULTS, type GatewaySettings, type GatewayStatus } from './gateway-options.js';
import { withHooks } from './hooks.js';
import type { Observation } from './observe/observation.js';
import { createBodyReaders } from './respond/body-readers.js';
import { createRouter, type Route, type Router } from './router.js';
import { adminRoutes } from './routes/admin.js';
import { capabilitiesRoute } from './routes/capabilities.js';
import { channelRoutes } from './routes/channels.js';
import { chatRoutes } from './routes/chat.js';
import { completionsRoute } from './routes/completions.js';
import { countTokensRoute } from './routes/count-tokens.js';
import { healthRoutes } from './routes/health.js';
import { internalRoutes } from './routes/internal.js';
import { keyRoutes } from './routes/keys.js';
import { metricsRoute } from './routes/metrics.js';
import { modelRoutes } from './routes/models.js';
import { ollamaRoutes } from './routes/ollama.js';
import { passThroughRoutes } from './routes/pass-through.js';
import { readinessRoute } from './routes/readiness.js';
import { responsesRoutes } from './routes/responses.js';
import { usageRoutes } from './routes/usage.js';

/** What lives as long as the gateway. */
export interface ServingParts {
  readonly served: readonly LateProtocol[];
  readonly version: string | undefined;
  readonly admin: GatewayAdmin;
  readonly admission: Admission;
  /** Of embeddings alone. */
  readonly embeddings: Admission;
  readonly bodies: BodyBudget;
  readonly known: KnownBodies;
  readonly work: BodyWork;
  readonly store: ResponseStore;
  readonly observation: Observation;
  readonly usages: Map<string, KeyUsage>;
  readonly usage: UsageSink | undefined;
  readonly callers: CallerUsages;
  readonly status: () => GatewayStatus;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Serving {
  readonly settings: GatewaySettings;
  readonly channel: Channel;
  readonly access: Access;
  readonly guard: OriginGuard;
  readonly route: Router;
  readonly dispatch: Dispatch;
  /** Milliseconds for a whole request; `0`: no limit. */
  readonly totalMs: number;
}

/**
 * @param before the one it takes the place of
 * @throws TypeError where the settings make no sense
 */
export function createServing(settings: GatewaySettings, parts: ServingParts, before?: Serving): Serving {
  const { served, admission, observation, status, createdAt } = parts;
  const { tokenCounter = 'estimate' } = settings;
  const access = accessOf(settings, parts, before);
  const channel = before?.settings.channel === settings.channel ? before.channel : observation.watch(settings.channel);
  const maxBodyBytes = settings.maxBodyBytes ?? DEFAULTS.maxBodyBytes;
  const streaming = { keepAliveMs: DEFAULTS.keepAliveMs, commitAfterMs: DEFAULTS.commitAfterMs, ...settings.streaming };
  const { hooks, authorize } = settings;
  const asked = hooks === undefined ? channel : withHooks(channel, hooks, parts.clock);
  const pipeline = { channel: asked, admission, streaming, maxBodyBytes };
  const { readBody, readBodyText, readChat } = createBodyReaders(
    { maxBodyBytes, maxJsonDepth: settings.maxJsonDepth ?? DEFAULTS.maxJsonDepth, channel: settings.channel },
    parts,
  );
  const messages = served.find(({ name }) => name === 'anthropic-messages');
  const serves = (protocol: ProtocolName): boolean => served.some(({ name }) => name === protocol);
  const routes = [
    ...chatRoutes({ pipeline, protocols: served.filter(({ name }) => name !== 'openai-responses'), readChat }),
    ...(serves('openai-chat') ? [completionsRoute({ pipeline, readBody, tokenCounter })] : []),
    ...(serves('openai-responses')
      ? responsesRoutes({ pipeline, store: parts.store, readBody, readChat, tokenCounter })
      : []),
    ...(messages === undefined ? [] : [countTokensRoute(messages, readBody, tokenCounter)]),
    ...modelRoutes({ channel, listAliases: settings.listAliases ?? false, createdAt }),
    ...passThroughRoutes({ channel, admission, embeddings: parts.embeddings, readText: readBodyText, maxBodyBytes }),
    ...ollamaRoutes({ channel, readBody, createdAt }),
    metricsRoute(observation),
    ...internalRoutes(observation),
    ...adminRoutes({
      ...{ admin: parts.admin, instances: observation.instances, version: parts.version, readBody },
      countBundle: observation.countBundle,
    }),
    ...(parts.admin.keys === undefined ? [] : keyRoutes(parts.admin.keys, readBody)),
    ...(parts.usage === undefined ? [] : usageRoutes(parts.usage.totals)),
    ...(parts.admin.channels === undefined ? [] : channelRoutes(parts.admin.channels)),
    capabilitiesRoute({
      channel,
      protocols: served.map(({ name }) => name),
      features: settings.features ?? {},
      maxBodyBytes,
      version: parts.version,
      mayListModels: ({ principal }) => !access.hasKeys || principal !== ANONYMOUS,
    }),
    readinessRoute({
      instances: observation.instances,
      isClosing: () => status().state === 'closing',
      isBootstrapping: () => parts.admin.isBootstrapping?.() === true,
      answersElsewhere: () => channel.passThrough?.isReady() === true,
    }),
    ...healthRoutes({
      status,
      channel,
      instances: observation.instances,
      // On a loopback bind everybody who asks is on this machine.
      mayKnow: ({ principal }) => settings.allowedHosts?.includes('*') === false || principal !== ANONYMOUS,
      version: parts.version,
    }),
  ];
  return {
    settings,
    channel,
    access,
    guard: createOriginGuard({
      ...(settings.allowedHosts !== undefined && { allowedHosts: settings.allowedHosts }),
      ...(settings.cors !== undefined && { allowedOrigins: settings.cors.origins }),
    }),
    route: createRouter(withoutReplaced(routes)),
    dispatch: createDispatch({
      access,
      ...(authorize !== undefined && { app: { authorize, usages: parts.callers, clock: parts.clock } }),
      isClosing: () => status().state === 'closing',
    }),
    totalMs: settings.requestTimeoutMs ?? DEFAULTS.requestTimeoutMs,
  };
}

/** A protocol of the host's may stand where a route of ours only says that nothing is served there. */
function withoutReplaced(routes: readonly Route[]): readonly Route[] {
  const taken = new Set<string>();
  return routes.filter(({ method, path }) => {
    const address = `${method} ${path}`;
    return !taken.has(address) && taken.add(address);
  });
}

const KEYS = ['authorize', 'clientKeys', 'namedKeys', 'adminToken', 'metricsToken', 'metricsPublic'] as const;

/** Where the keys are the same ones, what was said of them is not said again. */
function accessOf(settings: GatewaySettings, { usages, usage, clock, logger }: ServingParts, before?: Serving): Access {
  const isSame = before !== undefined && KEYS.every((name) => before.settings[name] === settings[name]);
  return isSame
    ? before.access
    : createAccess({
        ...settings,
        asksApp: settings.authorize !== undefined,
        ...(usage !== undefined && { spentBefore: (name: string, period: string) => usage.totals.spent(name, period) }),
        usages,
        clock,
        logger,
      });
}
