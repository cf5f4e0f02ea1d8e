/** Everything that is counted, by its name in the metrics. Only the observers of this folder count. */
import { CounterFamily, HistogramFamily } from './series.js';

/** Seconds to the first token: most answers begin within 2 to 3. */
const FIRST_TOKEN = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 20, 30, 60, 120];
export const INTER_TOKEN_BOUNDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const DURATION = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 900];
const WAIT = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const counter = (name: string, help: string, labels: readonly string[] = []): CounterFamily =>
  new CounterFamily({ name: `gateway_${name}`, help, labels });
const histogram = (
  name: string,
  help: string,
  bounds: readonly number[],
  labels: readonly string[] = [],
): HistogramFamily => new HistogramFamily({ name: `gateway_${name}`, help, labels, bounds });

export type Counters = ReturnType<typeof createCounters>;

/** Those whose names have no `_total` are an earlier gateway's, whose dashboards go on working. */
export const createCounters = () => ({
  chatRequests: counter('chat_requests_total', 'Requests for an answer of a model, in all protocols'),
  chatSuccess: counter('chat_requests_success', 'Those that were answered'),
  chatError: counter('chat_requests_error', 'Those that failed; a client that left is no failure'),
  chatStream: counter('chat_stream_requests', 'Those that asked for a stream'),
  chatNonStream: counter('chat_non_stream_requests', 'Those that asked for a whole answer'),
  promptTokens: counter('prompt_tokens_estimated_total', 'Tokens of prompts, as reported or estimated'),
  completionTokens: counter('completion_tokens_estimated_total', 'Tokens of answers, as reported or estimated'),
  totalTokens: counter('total_tokens_estimated', 'Tokens of prompts and answers'),
  httpRequests: counter('http_requests_total', 'Requests of every kind', ['route', 'protocol', 'status', 'stream']),
  requestDuration: histogram(
    'request_duration_seconds',
    'From the first byte of a request to the last of its answer',
    DURATION,
    ['route', 'stream'],
  ),
  firstToken: histogram(
    'time_to_first_token_seconds',
    'From the request to the first content of its answer',
    FIRST_TOKEN,
    ['model'],
  ),
  interToken: histogram('inter_token_seconds', 'Between two pieces of content of one answer', INTER_TOKEN_BOUNDS, [
    'model',
  ]),
  queueWait: histogram('queue_wait_seconds', 'Wait for a slot', WAIT),
  turnSetup: histogram('turn_setup_seconds', 'From the slot to the moment the question goes out', WAIT),
  tokens: counter('tokens_total', 'Tokens of turns', ['direction', 'model', 'estimated']),
  turns: counter('turns_total', 'Turns by how they ended', ['instance', 'outcome']),
  upstreamErrors: counter('upstream_errors_total', 'Turns that failed upstream', ['instance', 'code']),
  turnRepeats: counter('turn_repeats_total', 'Turns that were tried once more', ['reason']),
  reconnects: counter('pool_instance_reconnects_total', 'Connections to an instance that were lost', ['name', 'idx']),
  loginAttempts: counter('login_attempts_total', 'Logins that were tried', ['name', 'result']),
  sessionBundles: counter('session_bundles_total', 'Logins carried out of instances and into them', [
    'name',
    'direction',
  ]),
  clientDisconnects: counter('client_disconnects_total', 'Clients that left before the end of their answer'),
  toolCalls: counter('tool_calls_total', 'Calls of tools in answers, by how the model wrote them', ['format']),
});
