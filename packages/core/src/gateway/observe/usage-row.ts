/** A finished request as the row that is kept of it. */
import type { UsageRow } from '../../data/index.js';
import type { FinishedRequest } from './finished-request.js';

/** `undefined`: it asked no model. */
export function toUsageRow(request: FinishedRequest): UsageRow | undefined {
  const { id, at, record, route, status, ms, error, turn, isChat } = request;
  // What was handed on to a channel has used something, too.
  if (!isChat && record.channel === undefined) return undefined;
  return {
    at: new Date(at).toISOString(),
    request_id: id,
    key: request.principal,
    channel: record.channel ?? '',
    ...(record.instance !== undefined && { instance: record.instance }),
    route,
    model: (record.model ?? '').slice(0, MAX_NAME),
    ...(record.upstreamModel !== undefined && { upstream_model: record.upstreamModel.slice(0, MAX_NAME) }),
    stream: record.stream === true,
    status,
    prompt_tokens: Math.max(0, turn?.usage?.inputTokens ?? 0),
    completion_tokens: Math.max(0, turn?.usage?.outputTokens ?? 0),
    cached_tokens: Math.max(0, turn?.usage?.cachedInputTokens ?? 0),
    estimated: turn?.usage?.origin === 'estimated',
    ms,
    ...(record.ttftMs !== undefined && { ttft_ms: record.ttftMs }),
    ...(error !== undefined && { error: error.code }),
  };
}

/** Of a model; what clients write there has no bound. */
const MAX_NAME = 200;
