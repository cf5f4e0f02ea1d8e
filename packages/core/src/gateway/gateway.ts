/**
 * The gateway as one fetch handler. It takes its parts ready made and knows nothing of where they come from; errors of
 * every kind end here, in the envelope of the protocol that was asked.
 */
import { GatewayError } from '../chat/index.js';
import { silentLogger, systemClock, UnorderedSet } from '../util/index.js';
import type { ProtocolName } from '../wire/index.js';
import { asLateProtocol, createMemoryResponseStore, type LateProtocol, lateProtocols } from '../wire/light.js';
import { createCallerUsages } from './access/authorize.js';
import { admittedOrigin, exposedTo, isOperators } from './access/cross-origin.js';
import { createAdmission } from './admission.js';
import { createBodyBudget } from './body/body-budget.js';
import { createBodyWork } from './body/body-work.js';
import { KnownBodies } from './body/known/known-bodies.js';
import {
  DEFAULTS,
  type Gateway,
  type GatewayOptions,
  type GatewaySettings,
  type GatewayStatus,
} from './gateway-options.js';
import { checkCloseOptions, checkGatewayOptions, checkGatewaySettings } from './gateway-rules.js';
import type { GatewayRequest } from './http/gateway-request.js';
import type { GatewayResponse } from './http/gateway-response.js';
import { type LightHandler, withLightHandler } from './http/light-handler.js';
import { fromWebRequest, knownInfo, toWebResponse } from './http/web-classes.js';
import { createObservation } from './observe/observation.js';
import { preloadGateway } from './preload.js';
import { RequestContext } from './request-context.js';
import { respondError, respondJson } from './respond/respond-json.js';
import { nearestProtocol, type Route, type RouteMatch } from './router.js';
import { createServing, type Serving, type ServingParts } from './serving.js';

/**
 * A gateway over a channel: a function from a Web `Request` to a `Response`. It owns nothing outside of itself, so that several can
 * live in one process; `close()` lets its running answers end.
 *
 * @throws TypeError on options that are none, with the name that was probably meant
 */
export function createGateway(options: GatewayOptions): Gateway {
  checkGatewayOptions(options);
  const { clock = systemClock, logger = silentLogger } = options;
  const served = options.protocols?.map(asLateProtocol) ?? Object.values(lateProtocols);
  const admission = createAdmission({ ...slotLimits(options), clock });
  const embeddings = createAdmission({ ...slotLimits(options), maxInFlight: embeddingSlots(options), clock });
  const observation = createObservation({
    admission: () => admission.stats(),
    clock,
    logger,
    version: options.version ?? 'unknown',
    ...(options.upstream !== undefined && { upstream: options.upstream }),
    channels: () => options.admin?.channels?.list() ?? [],
    ...(options.metrics?.registry !== undefined && { registry: options.metrics.registry }),
    debugRequests: Math.min(options.debug?.requests ?? DEFAULTS.debugRequests, DEFAULTS.debugRequests),
    debugBodies: options.debug?.bodies === true,
    ...(options.usage !== undefined && { usage: options.usage }),
  });
  const keys = (options.clientKeys?.length ?? 0) + (options.namedKeys?.length ?? 0);
  const storeBytes = Math.max(DEFAULTS.minStoreBytes, DEFAULTS.storeBytes / Math.max(1, keys));
  const { queueTimeoutMs } = slotLimits(options);
  const open = new UnorderedSet<RequestContext>();
  let closing = false;

  const status = (): GatewayStatus => {
    const { inFlight, queued } = admission.stats();
    return { state: closing ? 'closing' : 'open', inFlight, waiting: queued, requests: open.size };
  };
  const parts: ServingParts = {
    served,
    version: options.version,
    admin: options.admin ?? {},
    admission,
    embeddings,
    bodies: createBodyBudget(bodyMemory(options)),
    known: new KnownBodies({ clock }),
    // Two bodies that are unpacked are no reason to refuse a third, whether or not requests may wait for a slot.
    work: createBodyWork({ queueTimeoutMs: queueTimeoutMs > 0 ? queueTimeoutMs : DEFAULTS.queueTimeoutMs, clock }),
    store: options.responseStore ?? createMemoryResponseStore({ maxBytes: storeBytes }),
    observation,
    usages: new Map(),
    usage: options.usage,
    callers: createCallerUsages(),
    status,
    createdAt: clock.now(),
    clock,
    logger,
  };
  let current = createServing(options, parts);
  const protocolNamed = (name: string): LateProtocol =>
    served.find((protocol) => protocol.name === name) ?? lateProtocols[name as ProtocolName];

  const begin = (
    serving: Serving,
    request: GatewayRequest,
    remoteAddress: string | undefined,
  ): readonly [RequestContext, RouteMatch] => {
    const match = serving.route(request.method, request.pathname);
    const own = match.type === 'none' ? undefined : match.route;
    const protocol = protocolNamed(own?.protocol ?? nearestProtocol(request.pathname, request.headers));
    const context = new RequestContext({
      request,
      protocol: own?.encodeError === undefined ? protocol : dressedBy(own.encodeError, protocol),
      route: own?.name ?? '-',
      ...(own !== undefined && { access: own.access }),
      params: match.type === 'found' ? match.params : {},
      totalMs: serving.totalMs,
      ...(remoteAddress !== undefined && { remoteAddress }),
      logger,
      clock,
      observer: observation.observer,
    });
    open.add(context);
    return [context, match];
  };

  const respond = async (
    serving: Serving,
    context: RequestContext,
    match: RouteMatch,
    localAddress: string | undefined,
  ): Promise<GatewayResponse> => {
    const { request, protocol, requestId } = context;
    let response: GatewayResponse;
    let origin: string | undefined;
    try {
      origin = admittedOrigin(match, request, serving.guard.check(request, localAddress));
      response = await serving.dispatch(match, context);
    } catch (thrown) {
      response = respondError(thrown, context);
    }
    const headers: Record<string, string | string[]> = Object.assign({}, response.headers);
    if (isOperators(match)) headers['cache-control'] = 'no-store';
    // Whoever comes by this connection again is better off with another gateway.
    if (closing) headers.connection = 'close';
    const { limiter } = context.principal;
    if (limiter !== undefined) Object.assign(headers, limiter.headers());
    headers['x-request-id'] = requestId;
    if (protocol.name === 'anthropic-messages') headers['request-id'] = requestId;
    if (origin !== undefined) Object.assign(headers, exposedTo(origin));
    // A HEAD's answer has the GET's headers; only JSON answers GETs, so there is no stream to cancel.
    return { status: response.status, headers, body: request.method === 'HEAD' ? null : response.body };
  };

  const handle: LightHandler = async (request, { remoteAddress, localAddress } = {}) => {
    const serving = current;
    let context: RequestContext | undefined;
    try {
      const [begun, match] = begin(serving, request, remoteAddress);
      context = begun;
      const response = await respond(serving, begun, match, localAddress);
      begun.setStatus(response.status);
      return response;
    } catch (cause) {
      // Our own mistake, in the middle of reporting another one.
      logger.error('a request could not be answered', { cause });
      context?.setStatus(500);
      return respondJson({ error: { message: 'Internal error', type: 'server_error' } }, 500);
    } finally {
      settle(context);
    }
  };

  /** The one place where a request leaves the books: at once, or when its body and its turn have ended. */
  const settle = (context: RequestContext | undefined): void => {
    if (context === undefined) return;
    const finish = (): void => {
      context.finish();
      open.delete(context);
    };
    if (context.bodyEnd === undefined) finish();
    else context.bodyEnd.then(finish, finish);
  };

  return {
    fetch: withLightHandler(async (request, given) => {
      const info = knownInfo(given);
      return toWebResponse(await handle(fromWebRequest(request, info.basePath), info));
    }, handle),
    hasRoute: (method, pathname) => current.route(method, pathname).type !== 'none',
    status,
    async start() {
      const signal = new AbortController().signal;
      const { settings, channel } = current;
      await preloadGateway({
        ...(settings.tokenCounter !== undefined && { tokenCounter: settings.tokenCounter }),
        metrics: settings.metricsPublic === true || settings.metricsToken !== undefined,
      }).catch((cause: unknown) => logger.warn('not everything could be loaded', { cause }));
      try {
        await channel.listModels({ requestId: 'start', signal, logger });
      } catch (cause) {
        logger.warn('the upstream is not ready; it is looked for again on the next request', { cause });
      }
    },
    reconfigure(settings) {
      checkGatewaySettings(settings);
      current = createServing(settings, parts, current);
      admission.setLimits(slotLimits(settings));
      embeddings.setLimits({ ...slotLimits(settings), maxInFlight: embeddingSlots(settings) });
      parts.bodies.setMaxBytes(bodyMemory(settings));
    },
    async close(given) {
      checkCloseOptions(given);
      const { graceMs = DEFAULTS.graceMs } = given ?? {};
      closing = true;
      parts.known.clear();
      // Those that come from now on are answered at once, and may come for as long as these take.
      const running = open.values();
      if (running.length === 0) return;
      const cancelGrace = clock.schedule(graceMs, () => {
        const reason = new GatewayError('shutting_down', 'The gateway is shutting down');
        for (const context of running) context.abort(reason);
      });
      await Promise.all(running.map((context) => new Promise<void>((resolve) => context.onFinish(resolve))));
      cancelGrace();
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}

const slotLimits = ({ maxInFlight, maxQueued, queueTimeoutMs }: GatewaySettings) => ({
  maxInFlight: maxInFlight ?? DEFAULTS.maxInFlight,
  maxQueued: maxQueued ?? DEFAULTS.maxQueued,
  queueTimeoutMs: queueTimeoutMs ?? DEFAULTS.queueTimeoutMs,
});

const embeddingSlots = ({ maxEmbeddings = DEFAULTS.maxEmbeddings }: GatewaySettings): number => maxEmbeddings;

/** At least one body gets in. */
const bodyMemory = ({ maxBodyMemoryBytes, maxBodyBytes }: GatewaySettings): number =>
  Math.max(maxBodyMemoryBytes ?? DEFAULTS.maxBodyMemoryBytes, maxBodyBytes ?? DEFAULTS.maxBodyBytes);

function dressedBy(encode: NonNullable<Route['encodeError']>, protocol: LateProtocol): LateProtocol {
  return { ...protocol, encodeError: (error, requestId) => encode(error, protocol.encodeError(error, requestId)) };
}
