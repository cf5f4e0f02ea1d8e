/** The spans of one request, made when it is over. Loaded where somebody traces (`tracing.ts`). */
import type { Context, Span, SpanContext, Tracer } from '@opentelemetry/api';
import { redactText } from '../../util/index.js';
import type { FinishedRequest } from './finished-request.js';
import { reasonForLog, shorten } from './log-reason.js';

type OpenTelemetry = typeof import('@opentelemetry/api');

const MAX_MODEL_LENGTH = 100;

export function traceRequest(api: OpenTelemetry, tracer: Tracer, request: FinishedRequest): void {
  const { times, record, error, turn } = request;
  const at = (moment: number): [number, number] => toHrTime(request.at + moment - times.startedAt);
  const parent = parentOf(api, request);
  const operation = request.route === 'openai-completions' ? 'text_completion' : 'chat';
  const model = record.model === undefined || record.model === '' ? undefined : shownModel(record.model);
  const span = tracer.startSpan(
    model === undefined ? operation : `${operation} ${model}`,
    {
      kind: api.SpanKind.SERVER,
      startTime: at(times.startedAt),
      attributes: {
        'gen_ai.operation.name': operation,
        'gen_ai.provider.name': record.channel ?? 'lingma',
        ...(model !== undefined && { 'gen_ai.request.model': model }),
        ...(record.stream === true && { 'gen_ai.request.stream': true }),
        ...(record.upstreamModel !== undefined && { 'gen_ai.response.model': record.upstreamModel }),
        ...(turn?.responseId !== undefined && { 'gen_ai.response.id': turn.responseId }),
        ...(record.finishReason !== undefined && { 'gen_ai.response.finish_reasons': [record.finishReason] }),
        ...(record.stream === true &&
          record.ttftMs !== undefined && { 'gen_ai.response.time_to_first_chunk': record.ttftMs / 1000 }),
        ...usageAttributes(request),
        'http.request.method': request.method,
        'http.response.status_code': request.status,
        'url.path': redactText(shorten(request.path)),
        'lingma_gateway.request.id': request.id,
        'lingma_gateway.protocol': request.protocol,
        ...(record.instance !== undefined && { 'lingma_gateway.instance': record.instance }),
        ...(record.sessionReused !== undefined && { 'lingma_gateway.session.reused': record.sessionReused }),
        ...(error !== undefined && { 'error.type': error.code }),
      },
    },
    parent,
  );
  const inside = api.trace.setSpan(parent, span);
  const child = (name: string, kind: number, from: number): Span =>
    tracer.startSpan(name, { kind, startTime: at(from) }, inside);
  if (times.queuedAt !== undefined) {
    child('queue', api.SpanKind.INTERNAL, times.queuedAt).end(at(times.dequeuedAt ?? times.endedAt));
  }
  const turnSpan = times.turnAt === undefined ? undefined : child('turn', api.SpanKind.CLIENT, times.turnAt);
  if (error !== undefined && error.code !== 'client_closed') {
    const status = { code: api.SpanStatusCode.ERROR, message: redactText(reasonForLog(error)) };
    turnSpan?.setAttribute('error.type', error.code).setStatus(status);
    // A client's own mistake is no failure of the server.
    if (error.status >= 500) span.setStatus(status);
  }
  turnSpan?.end(at(times.turnEndedAt ?? times.endedAt));
  span.end(at(times.endedAt));
}

function usageAttributes({ turn }: FinishedRequest): Record<string, number> {
  const usage = turn?.usage;
  if (usage === undefined) return {};
  return {
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    ...(usage.reasoningTokens !== undefined && { 'gen_ai.usage.reasoning.output_tokens': usage.reasoningTokens }),
    ...(usage.cachedInputTokens !== undefined && { 'gen_ai.usage.cache_read.input_tokens': usage.cachedInputTokens }),
  };
}

/** What was active when the request came in; where nothing was, what its client says (W3C Trace Context). */
function parentOf(api: OpenTelemetry, { parentContext, traceparent, tracestate }: FinishedRequest): Context {
  const active = (parentContext as Context | undefined) ?? api.ROOT_CONTEXT;
  if (api.trace.getSpanContext(active) !== undefined || traceparent === undefined) return active;
  const [, traceId = '', spanId = '', flags = '00'] = traceparent.split('-');
  const remote: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & api.TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: api.createTraceState(tracestate.slice(0, 512)) }),
  };
  return api.trace.setSpanContext(active, remote);
}

const shownModel = (model: string): string => redactText(shorten(model, MAX_MODEL_LENGTH));

/** A plain number could mean the time since the process began. */
function toHrTime(milliseconds: number): [seconds: number, nanoseconds: number] {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}
