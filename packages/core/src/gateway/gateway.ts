/**
 * The gateway as one fetch handler. It takes its parts ready made and knows nothing of where they come from; errors of
 * every kind end here, in the envelope of the protocol that was asked.
 */
import { type ChannelStatus, GatewayError } from '../chat/index.js';
import { type JsonObject, type JsonValue, silentLogger, systemClock } from '../util/index.js';
import { createMemoryResponseStore, type ProtocolName, protocols, type WireProtocol } from '../wire/index.js';
import { ANONYMOUS, createAccess } from './access/auth.js';
import { exposedTo } from './access/cross-origin.js';
import { withModelOf } from './access/model-in-path.js';
import { createOriginGuard } from './access/origin-guard.js';
import { createAdmission } from './admission.js';
import { createBodyBudget } from './body/body-budget.js';
import { createBodyWork } from './body/body-work.js';
import { readJson } from './body/read-json.js';
import { createDispatch } from './dispatch.js';
import { DEFAULTS, type Gateway, type GatewayOptions, type GatewayStatus } from './gateway-options.js';
import type { GatewayRequest } from './http/gateway-request.js';
import type { GatewayResponse } from './http/gateway-response.js';
import { type LightHandler, withLightHandler } from './http/light-handler.js';
import { fromWebRequest, knownInfo, toWebResponse } from './http/web-classes.js';
import { preloadGateway } from './preload.js';
import { RequestContext } from './request-context.js';
import { respondError, respondJson } from './respond/respond-json.js';
import { createRouter, nearestProtocol, type Route, type RouteMatch } from './router.js';
import { chatRoutes } from './routes/chat.js';
import { completionsRoute } from './routes/completions.js';
import { countTokensRoute } from './routes/count-tokens.js';
import { healthRoutes } from './routes/health.js';
import { modelRoutes } from './routes/models.js';
import { ollamaRoutes } from './routes/ollama.js';
import { responsesRoutes } from './routes/responses.js';

export function createGateway(options: GatewayOptions): Gateway {
  const { channel, clock = systemClock, logger = silentLogger, tokenCounter = 'estimate' } = options;
  const served = options.protocols ?? Object.values(protocols);
  const access = createAccess({ ...options, clock, logger });
  const guard = createOriginGuard({
    ...(options.allowedHosts !== undefined && { allowedHosts: options.allowedHosts }),
    ...(options.cors !== undefined && { allowedOrigins: options.cors.origins }),
  });
  const queueTimeoutMs = options.queueTimeoutMs ?? DEFAULTS.queueTimeoutMs;
  const admission = createAdmission({
    maxInFlight: options.maxInFlight ?? DEFAULTS.maxInFlight,
    maxQueued: options.maxQueued ?? DEFAULTS.maxQueued,
    queueTimeoutMs,
    clock,
  });
  const keys = (options.clientKeys?.length ?? 0) + (options.namedKeys?.length ?? 0);
  const storeBytes = Math.max(DEFAULTS.minStoreBytes, DEFAULTS.storeBytes / Math.max(1, keys));
  const store = options.responseStore ?? createMemoryResponseStore({ maxBytes: storeBytes });
  const limits = {
    maxBodyBytes: options.maxBodyBytes ?? DEFAULTS.maxBodyBytes,
    maxJsonDepth: options.maxJsonDepth ?? DEFAULTS.maxJsonDepth,
  };
  const streaming = { keepAliveMs: DEFAULTS.keepAliveMs, commitAfterMs: DEFAULTS.commitAfterMs, ...options.streaming };
  const open = new Set<RequestContext>();
  let closing = false;
  const idleWaiters = new Set<() => void>();

  const status = (): GatewayStatus => {
    const { inFlight, queued } = admission.stats();
    return { state: closing ? 'closing' : 'open', inFlight, waiting: queued, requests: open.size };
  };
  const bodies = createBodyBudget(
    Math.max(options.maxBodyMemoryBytes ?? DEFAULTS.maxBodyMemoryBytes, limits.maxBodyBytes),
  );
  // Two bodies that are unpacked are no reason to refuse a third, whether or not requests may wait for a slot.
  const work = createBodyWork({ queueTimeoutMs: queueTimeoutMs > 0 ? queueTimeoutMs : DEFAULTS.queueTimeoutMs, clock });
  const readBody = (context: RequestContext): Promise<JsonValue> => {
    const share = bodies.open();
    context.onFinish(() => share.release());
    return readJson(context.request, {
      ...limits,
      share,
      work,
      party: context.party,
      signal: context.ownSignal,
      clock,
    });
  };
  const pipeline = { channel, admission, streaming, maxBodyBytes: limits.maxBodyBytes };
  const messages = served.find(({ name }) => name === 'anthropic-messages');
  const hasResponses = served.some(({ name }) => name === 'openai-responses');
  const readRequest = async (context: RequestContext): Promise<JsonValue> =>
    withModelOf(context.request.pathname, await readBody(context));
  const route = createRouter([
    ...chatRoutes({
      pipeline,
      protocols: served.filter(({ name }) => name !== 'openai-responses'),
      readBody: readRequest,
    }),
    ...(served.some(({ name }) => name === 'openai-chat')
      ? [completionsRoute({ pipeline, readBody: readRequest, tokenCounter })]
      : []),
    ...(hasResponses ? responsesRoutes({ pipeline, store, readBody: readRequest, tokenCounter }) : []),
    ...(messages === undefined ? [] : [countTokensRoute(messages, readRequest, tokenCounter)]),
    ...modelRoutes({ channel, listAliases: options.listAliases ?? false, createdAt: clock.now() }),
    ...ollamaRoutes({ channel, readBody: readRequest, createdAt: clock.now() }),
    ...healthRoutes({
      publicStatus: () => ({ status: 'ok', ok: isUsable(channel.status?.()), state: status().state }),
      details: (): JsonObject => {
        const upstream = channel.status?.();
        return { ...status(), ...(upstream !== undefined && { upstream }) };
      },
      // On a loopback bind everybody who asks is on this machine.
      mayKnow: ({ principal }) => options.allowedHosts?.includes('*') === false || principal !== ANONYMOUS,
      ...(options.version !== undefined && { version: options.version }),
    }),
  ]);
  const protocolNamed = (name: ProtocolName): WireProtocol =>
    served.find((protocol) => protocol.name === name) ?? protocols[name];

  const dispatch = createDispatch({ access, isClosing: () => closing });

  const begin = (request: GatewayRequest, remoteAddress: string | undefined): readonly [RequestContext, RouteMatch] => {
    const match = route(request.method, request.pathname);
    const own = match.type === 'none' ? undefined : match.route;
    const protocol = protocolNamed(own?.protocol ?? nearestProtocol(request.pathname, request.headers));
    const context = new RequestContext({
      request,
      protocol: own?.encodeError === undefined ? protocol : dressedBy(own.encodeError, protocol),
      route: own?.name ?? '-',
      params: match.type === 'found' ? match.params : {},
      totalMs: options.requestTimeoutMs ?? DEFAULTS.requestTimeoutMs,
      ...(remoteAddress !== undefined && { remoteAddress }),
      logger,
      clock,
    });
    open.add(context);
    return [context, match];
  };

  const respond = async (
    context: RequestContext,
    match: RouteMatch,
    localAddress: string | undefined,
  ): Promise<GatewayResponse> => {
    const { request, protocol, requestId } = context;
    let response: GatewayResponse;
    let origin: string | undefined;
    try {
      origin = guard.check(request, localAddress);
      response = await dispatch(match, context);
    } catch (thrown) {
      response = respondError(thrown, context);
    }
    // A HEAD's answer has the GET's headers; only JSON answers GETs, so there is no stream to cancel.
    return {
      status: response.status,
      headers: {
        ...response.headers,
        ...context.principal.limiter?.headers(),
        'x-request-id': requestId,
        ...(protocol.name === 'anthropic-messages' && { 'request-id': requestId }),
        ...(origin !== undefined && exposedTo(origin)),
      },
      body: request.method === 'HEAD' ? null : response.body,
    };
  };

  const handle: LightHandler = async (request, { remoteAddress, localAddress } = {}) => {
    let context: RequestContext | undefined;
    try {
      const [begun, match] = begin(request, remoteAddress);
      context = begun;
      const response = await respond(begun, match, localAddress);
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
      if (open.size > 0) return;
      for (const resolve of idleWaiters) resolve();
      idleWaiters.clear();
    };
    if (context.bodyEnd === undefined) finish();
    else context.bodyEnd.then(finish, finish);
  };

  return {
    fetch: withLightHandler(async (request, given) => {
      const info = knownInfo(given);
      return toWebResponse(await handle(fromWebRequest(request, info.basePath), info));
    }, handle),
    hasRoute: (method, pathname) => route(method, pathname).type !== 'none',
    status,
    async start() {
      const signal = new AbortController().signal;
      await preloadGateway({ tokenCounter }).catch((cause: unknown) =>
        logger.warn('not everything could be loaded', { cause }),
      );
      try {
        await channel.listModels({ requestId: 'start', signal, logger });
      } catch (cause) {
        logger.warn('the upstream is not ready; it is looked for again on the next request', { cause });
      }
    },
    async close({ graceMs = DEFAULTS.graceMs } = {}) {
      closing = true;
      if (open.size === 0) return;
      const cancelGrace = clock.schedule(graceMs, () => {
        for (const context of open) context.abort(new GatewayError('shutting_down', 'The gateway is shutting down'));
      });
      await new Promise<void>((resolve) => {
        idleWaiters.add(resolve);
      });
      cancelGrace();
    },
  };
}

/** False once it is known that nobody answers behind the gateway; what was not tried yet may well be there. */
const isUsable = (upstream: ChannelStatus | undefined): boolean =>
  upstream === undefined || !['failed', 'closed'].includes(upstream.state);

function dressedBy(encode: NonNullable<Route['encodeError']>, protocol: WireProtocol): WireProtocol {
  return { ...protocol, encodeError: (error, requestId) => encode(error, protocol.encodeError(error, requestId)) };
}
