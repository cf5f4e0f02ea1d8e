/** One finished request into the numbers. */
import type { ErrorCode, Usage } from '../../chat/index.js';
import type { Counters } from './counters.js';
import type { FinishedRequest, TurnFacts } from './finished-request.js';

/** Failures below 500 that are the upstream's all the same, once a turn runs. */
const UPSTREAM: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'quota_exceeded',
  'rate_limited',
  'context_length_exceeded',
  'output_mismatch',
]);
const NO_INSTANCE = 'none';
const UNMATCHED = 'unmatched';

export function countRequest(counters: Counters, request: FinishedRequest): void {
  const { protocol, status, ms, record, error, isChat } = request;
  const route = request.route === '-' ? UNMATCHED : request.route;
  const stream = String(record.stream === true);
  counters.httpRequests.add(1, route, protocol, String(status), stream);
  counters.requestDuration.of(route, stream).observe(ms / 1000);
  if (error?.code === 'client_closed') counters.clientDisconnects.add(1);
  if (isChat) countChat(counters, request);
}

function countChat(counters: Counters, request: FinishedRequest): void {
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
  for (const format in turn.toolCalls) {
    const calls = turn.toolCalls[format as keyof typeof turn.toolCalls];
    if (calls > 0) counters.toolCalls.add(calls, format);
  }
  if (turn.usage === undefined) return;
  const { input, output } = tokensOf(turn.usage);
  counters.promptTokens.add(input);
  counters.completionTokens.add(output);
  counters.totalTokens.add(input + output);
}

/** What is told of each model. */
export function countTurn(counters: Counters, model: string, turn: TurnFacts): void {
  if (turn.firstTokenSeconds !== undefined) counters.firstToken.of(model).observe(turn.firstTokenSeconds);
  if (turn.interToken.count > 0) counters.interToken.of(model).add(turn.interToken);
  if (turn.usage === undefined) return;
  const { input, output } = tokensOf(turn.usage);
  const estimated = String(turn.usage.origin === 'estimated');
  counters.tokens.add(input, 'input', model, estimated);
  counters.tokens.add(output, 'output', model, estimated);
}

/** Upstreams have reported less than nothing. */
const tokensOf = ({ inputTokens, outputTokens }: Usage): { readonly input: number; readonly output: number } => ({
  input: Math.max(0, inputTokens),
  output: Math.max(0, outputTokens),
});

function outcomeOf({ error, turn }: FinishedRequest): 'completed' | 'cancelled' | 'failed' {
  if (error?.code === 'client_closed') return 'cancelled';
  return error === undefined && turn?.ended === true ? 'completed' : 'failed';
}

const isUpstreams = (code: ErrorCode, status: number): boolean =>
  UPSTREAM.has(code) || (status >= 500 && code !== 'shutting_down' && code !== 'internal');
