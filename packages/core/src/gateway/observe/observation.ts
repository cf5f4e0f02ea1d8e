/**
 * What can be seen of a gateway, put together: one observer of requests, and what it knows as numbers, as statistics and as a
 * list of the last requests.
 */

import type { ChannelReport } from '../../channel/index.js';
import type { Channel } from '../../chat/index.js';
import type { UsageSink } from '../../data/index.js';
import { type Clock, type JsonObject, type Logger, monotonicNow } from '../../util/index.js';
import type { AdmissionStats } from '../admission.js';
import { countRequest, countTurn } from './count-request.js';
import { createCounters } from './counters.js';
import { DebugRing } from './debug-ring.js';
import type { FinishedRequest } from './finished-request.js';
import { type Gauges, NO_SESSIONS, type ObservedInstance, type ObservedSessions } from './gauges.js';
import { lateMetrics } from './load-metrics.js';
import type { MetricsRegistry, MetricsText } from './metrics.js';
import { ModelLabels } from './model-labels.js';
import type { RequestObserver } from './request-observer.js';
import { OTHER } from './series.js';
import { statsBody } from './stats.js';
import { createTracing } from './tracing.js';
import { toUsageRow } from './usage-row.js';

/** What stands behind a channel, for operators. */
export interface UpstreamView {
  instances(): readonly ObservedInstance[];
  /** Absent: no conversation is kept. */
  sessions?(): ObservedSessions;
  /** Whenever an instance gets into another state. */
  onState?(listener: (name: string, state: string) => void): void;
  /** Whenever a try to sign in is over: `success`, or the code of its failure. */
  onLoginAttempt?(listener: (name: string, result: string) => void): void;
}

export interface ObservationOptions {
  readonly admission: () => AdmissionStats;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly upstream?: UpstreamView;
  /** Default: none. */
  readonly channels?: () => readonly ChannelReport[];
  readonly registry?: MetricsRegistry;
  /** Requests that are remembered. */
  readonly debugRequests: number;
  /** With what was asked and answered, redacted. */
  readonly debugBodies: boolean;
  /** Where the rows of usage go. */
  readonly usage?: Pick<UsageSink, 'record'>;
}

export interface Observation {
  readonly observer: RequestObserver;
  /** The channel that is asked from now on: its models become names in the metrics as they are listed through what is returned. */
  watch(channel: Channel): Channel;
  /** What stands behind the channel. */
  instances(): readonly ObservedInstance[];
  /** @throws GatewayError `not_ready` */
  metrics(): Promise<MetricsText>;
  stats(): JsonObject;
  debugRequests(limit: number): JsonObject;
  countBundle(instance: string, direction: 'export' | 'import'): void;
}

/** Milliseconds before the catalogue is asked again for a model that it does not have. */
const CATALOG_RETRY_MS = 60_000;

export function createObservation(options: ObservationOptions): Observation {
  const { clock, logger, version } = options;
  const startedAt = monotonicNow(clock);
  const counters = createCounters();
  const models = new ModelLabels();
  let channel: Channel | undefined;
  const instances = (): readonly ObservedInstance[] =>
    options.upstream?.instances() ?? singleInstance(channel, options.admission());
  const gauges: Gauges = {
    admission: options.admission,
    instances,
    sessions: () => options.upstream?.sessions?.() ?? NO_SESSIONS,
    channels: options.channels ?? (() => []),
  };
  const ring = new DebugRing({ capacity: options.debugRequests });
  const tracing = createTracing({ version, logger });
  const metrics = lateMetrics({
    counters,
    gauges,
    version,
    ...(options.registry !== undefined && { registry: options.registry }),
  });
  options.upstream?.onState?.((name, state) => {
    const instance = state === 'reconnecting' ? gauges.instances().find((each) => each.name === name) : undefined;
    if (instance !== undefined) counters.reconnects.add(1, name, String(instance.idx));
  });
  options.upstream?.onLoginAttempt?.((name, result) => counters.loginAttempts.add(1, name, result));
  // Whoever reads that registry may never ask for our route.
  if (options.registry !== undefined) {
    metrics().catch((cause: unknown) => logger.error('The metrics could not be registered', { cause }));
  }

  let askedAt = Number.NEGATIVE_INFINITY;
  /** Behind a turn, when it is known upstream: during one it would take a connection. */
  const learnModels = async (): Promise<void> => {
    askedAt = monotonicNow(clock);
    const signal = new AbortController().signal;
    await channel?.listModels({ requestId: 'metrics', signal, logger }).catch(() => undefined);
  };
  const countModel = ({ record: { upstreamModel }, turn }: FinishedRequest): void => {
    if (turn === undefined || upstreamModel === undefined) return;
    const count = (): void => countTurn(counters, models.of(upstreamModel), turn);
    const mayAsk = monotonicNow(clock) - askedAt >= CATALOG_RETRY_MS;
    if (models.of(upstreamModel) === OTHER && mayAsk) void learnModels().then(count);
    else count();
  };

  return {
    watch(next) {
      channel = watchModels(next, models);
      return channel;
    },
    instances,
    observer: {
      keepsBodies: options.debugBodies && ring.capacity > 0,
      parentContext: () => tracing.parentContext(),
      repeated: (reason) => counters.turnRepeats.add(1, reason),
      finished(request) {
        countRequest(counters, request);
        countModel(request);
        // What watches the gateway would soon be all there is.
        if (request.access === 'client') ring.push(request);
        tracing.finished(request);
        const row = options.usage && toUsageRow(request);
        if (row !== undefined) options.usage?.record(row);
      },
    },
    metrics,
    countBundle: (instance, direction) => counters.sessionBundles.add(1, instance, direction),
    stats: () => statsBody(counters, gauges, monotonicNow(clock) - startedAt),
    debugRequests: (limit) => ({
      ok: true,
      count: ring.count,
      capacity: ring.capacity,
      requests: ring.list(limit),
    }),
  };
}

function watchModels(channel: Channel, models: ModelLabels): Channel {
  return {
    name: channel.name,
    async listModels(context) {
      const listed = await channel.listModels(context);
      models.learn(listed);
      return listed;
    },
    streamChat: (request, context) => channel.streamChat(request, context),
    ...(channel.passThrough !== undefined && { passThrough: channel.passThrough }),
    ...(channel.keepsConversations === true && { keepsConversations: true }),
    ...(channel.status !== undefined && { status: () => channel.status?.() ?? { state: 'unknown' } }),
  };
}

/** Of a channel that stands before one upstream alone, as much as it tells. */
function singleInstance(channel: Channel | undefined, { inFlight }: AdmissionStats): readonly ObservedInstance[] {
  const status = channel?.status?.();
  if (status === undefined) return [];
  const { state, loggedIn, server } = status;
  return [
    {
      name: 'inst-0',
      idx: 0,
      state,
      ready: state === 'ready',
      ...(typeof loggedIn === 'boolean' && { loggedIn }),
      inFlight,
      weight: 1,
      managed: false,
      ...(typeof server === 'string' && { server }),
      restarts: 0,
      failures: 0,
      draining: false,
    },
  ];
}
