/** The body of `/internal/stats`, member by member as an earlier gateway had it. */

import type { ChannelReport } from '../../channel/index.js';
import { type JsonObject, redactText } from '../../util/index.js';
import type { Counters } from './counters.js';
import type { Gauges, ObservedInstance } from './gauges.js';

export function statsBody(counters: Counters, gauges: Gauges, uptimeMs: number): JsonObject {
  const { inFlight, queued, accepted, rejected, maxInFlight } = gauges.admission();
  const instances = gauges.instances();
  const sessions = gauges.sessions();
  const channels = gauges.channels();
  return {
    stats: {
      chat_requests_total: counters.chatRequests.value,
      chat_requests_success: counters.chatSuccess.value,
      chat_requests_error: counters.chatError.value,
      chat_stream_requests: counters.chatStream.value,
      chat_non_stream_requests: counters.chatNonStream.value,
      prompt_tokens_estimated_total: counters.promptTokens.value,
      completion_tokens_estimated_total: counters.completionTokens.value,
      total_tokens_estimated: counters.totalTokens.value,
      uptime_seconds: Math.floor(uptimeMs / 1000),
    },
    concurrency: {
      in_flight: inFlight,
      queued,
      accepted_total: accepted,
      rejected_total: rejected,
      // 0 is no limit, as in the settings.
      max_in_flight: maxInFlight ?? 0,
    },
    pool: {
      size: instances.length,
      ready: instances.filter(({ ready }) => ready).length,
      instances: instances.map(instanceBody),
    },
    session_cache: {
      enabled: sessions.enabled,
      size: sessions.entries,
      max_entries: sessions.maxEntries,
      ttl_sec: Math.round(sessions.ttlMs / 1000),
      hit_total: sessions.hits,
      miss_total: sessions.misses,
      evict_total: sessions.evicted,
      expire_total: sessions.expired,
    },
    ...(channels.length > 0 && { channels: channels.map(channelBody) }),
  };
}

/** As `/internal/channels` lists them, too. No key is ever told. */
export function channelBody(channel: ChannelReport): JsonObject {
  const { name, type, state, reason, priority, weight, models, endpoints, tags, restMs } = channel;
  return {
    ...{ name, type, state, enabled: state !== 'disabled', reason: reason ?? null, priority, weight },
    models: [...models],
    endpoints: [...endpoints],
    tags: [...tags],
    keys: channel.keys,
    keys_ready: channel.keysReady,
    in_flight: channel.inFlight,
    requests_total: channel.requests,
    failures_total: channel.failures,
    retry_in_ms: restMs === undefined ? null : Math.round(restMs),
  };
}

/** As `/internal/instances` lists them, too. */
export function instanceBody(instance: ObservedInstance): JsonObject {
  const { name, idx, state, ready, inFlight, weight, managed, loggedIn, server, restarts, failures } = instance;
  const { cooldownUntil, lastError, remarks, extensionRuntime } = instance;
  return {
    name,
    idx,
    state,
    ready,
    in_flight: inFlight,
    weight,
    managed,
    logged_in: loggedIn ?? null,
    server: server ?? null,
    restarts,
    failures,
    cooldown_until: cooldownUntil === undefined ? null : new Date(cooldownUntil).toISOString(),
    last_error: lastError === undefined ? null : redactText(lastError),
    ...(extensionRuntime !== undefined && { extension_runtime: extensionRuntime }),
    ...(remarks !== undefined && { agent: agentBody(remarks) }),
  };
}

/** Only of agents: nobody else tells these. */
function agentBody(remarks: NonNullable<ObservedInstance['remarks']>): JsonObject {
  const { title, cost, contextTokens, plan = [], retries = 0, silent } = remarks;
  return {
    title: title === undefined ? null : redactText(title),
    context_tokens: contextTokens ?? null,
    cost: cost === undefined ? null : { amount: cost.amount, currency: cost.currency },
    plan: plan.map(({ text, status }) => ({ text: redactText(text), status })),
    retries,
    silent:
      silent === undefined
        ? null
        : {
            turns: silent.turns,
            seconds: silent.seconds,
            message: 'The agent has not begun to answer; agents try again inside without a word',
          },
  };
}
