/** One finished request into the numbers. */
import type { ErrorCode } from '../../chat/index.js';
import type { Counters } from './counters.js';
import type { FinishedRequest } from './finished-request.js';
import type { ModelLabels } from './model-labels.js';

/** Failures below 500 that are the upstream's all the same, once a turn runs. */
const UPSTREAM: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'quota_exceeded',
  'rate_limited',
  'context_length_exceeded',
  'output_mismatch',
]);
const NO_INSTANCE = 'none';
const UNMATCHED = 'unmatched';

export function countRequest(counters: Counters, models: ModelLabels, request: FinishedRequest): void {
  const { protocol, status, ms, record, error, isChat } = request;
  const route = request.route === '-' ? UNMATCHED : request.route;
  const stream = String(record.stream === true);
  counters.httpRequests.add(1, route, protocol, String(status), stream);
  counters.requestDuration.of(route, stream).observe(ms / 1000);
  if (error?.code === 'client_closed') counters.clientDisconnects.add(1);
  if (isChat) countChat(counters, models, request);
}

function countChat(counters: Counters, models: ModelLabels, request: FinishedRequest): void {
  const { status, times, record, error, turn } = request;
  counters.chatRequests.add(1);
  if (error === undefined && status < 400) counters.chatSuccess.add(1);
  else if (error?.code !== 'client_closed') counters.chatError.add(1);
  if (record.stream !== undefined) (record.stream ? counters.chatStream : counters.chatNonStream).add(1);
  if (times.queuedAt !== undefined && times.dequeuedAt !== undefined) {
    counters.queueWait.of().observe((times.dequeuedAt - times.queuedAt) / 1000);
  }
  if (turn === undefined) return;
  if (times.turnAt !== undefined && times.preparedAt !== undefined) {
    counters.turnSetup.of().observe((times.preparedAt - times.turnAt) / 1000);
  }
  const instance = record.instance ?? NO_INSTANCE;
  counters.turns.add(1, instance, outcomeOf(request));
  if (error !== undefined && isUpstreams(error.code, error.status))
    counters.upstreamErrors.add(1, instance, error.code);
  for (const [format, calls] of Object.entries(turn.toolCalls)) if (calls > 0) counters.toolCalls.add(calls, format);
  const model = models.of(record.upstreamModel);
  if (turn.firstTokenSeconds !== undefined) counters.firstToken.of(model).observe(turn.firstTokenSeconds);
  if (turn.interToken.count > 0) counters.interToken.of(model).add(turn.interToken);
  if (turn.usage === undefined) return;
  // Upstreams have reported less than nothing.
  const input = Math.max(0, turn.usage.inputTokens);
  const output = Math.max(0, turn.usage.outputTokens);
  counters.promptTokens.add(input);
  counters.completionTokens.add(output);
  counters.totalTokens.add(input + output);
  const estimated = String(turn.usage.origin === 'estimated');
  counters.tokens.add(input, 'input', model, estimated);
  counters.tokens.add(output, 'output', model, estimated);
}

function outcomeOf({ error, turn }: FinishedRequest): 'completed' | 'cancelled' | 'failed' {
  if (error?.code === 'client_closed') return 'cancelled';
  return error === undefined && turn?.ended === true ? 'completed' : 'failed';
}

const isUpstreams = (code: ErrorCode, status: number): boolean =>
  UPSTREAM.has(code) || (status >= 500 && code !== 'shutting_down' && code !== 'internal');
