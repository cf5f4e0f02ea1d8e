import { createContextKey, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { silentLogger } from '../../util/index.js';
import { type LogLine, recordingLogger } from '../testing/a-context.js';
import type { FinishedRequest } from './finished-request.js';
import { Distribution } from './series.js';
import { createTracing } from './tracing.js';

const AT = Date.UTC(2026, 0, 2);
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';

const TURN = { ended: true, interToken: new Distribution([1]), toolCalls: { native: 0, text: 0, upstream: 0 } };

const finished = (more: Partial<FinishedRequest> = {}): FinishedRequest => ({
  id: 'req_1',
  at: AT,
  method: 'POST',
  path: '/v1/chat/completions',
  route: 'openai-chat',
  access: 'client',
  protocol: 'openai-chat',
  status: 200,
  ms: 900,
  principal: 'alice',
  times: { startedAt: 1_000, queuedAt: 1_001.5, dequeuedAt: 1_100, turnAt: 1_120, turnEndedAt: 1_890, endedAt: 1_900 },
  record: {
    channel: 'lingma',
    model: 'qwen',
    upstreamModel: 'qwen3-coder',
    instance: 'inst-0',
    sessionReused: false,
    stream: true,
    ttftMs: 250,
    finishReason: 'tool-calls',
  },
  isChat: true,
  turn: {
    ...TURN,
    responseId: 'turn-1',
    usage: { inputTokens: 5, outputTokens: 7, reasoningTokens: 2, cachedInputTokens: 3, origin: 'reported' },
  },
  ...more,
});

const exporter = new InMemorySpanExporter();
beforeEach(() => {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
});
afterEach(() => {
  trace.disable();
  propagation.disable();
  exporter.reset();
});

async function spansOf(...requests: readonly FinishedRequest[]) {
  const tracing = createTracing({ version: '1.2.3', logger: silentLogger });
  for (const request of requests) tracing.finished(request);
  await vi.waitFor(() => expect(exporter.getFinishedSpans().length).toBeGreaterThan(0));
  return exporter.getFinishedSpans();
}

const ms = ([seconds, nanoseconds]: readonly [number, number]): number => seconds * 1_000 + nanoseconds / 1e6 - AT;

describe('createTracing()', () => {
  it('a request - a span with what the conventions ask for, and its wait and its turn below it', async () => {
    const [queue, turn, request] = await spansOf(finished());
    expect(request).toMatchObject({ name: 'chat qwen', kind: SpanKind.SERVER, parentSpanContext: undefined });
    expect(request?.instrumentationScope).toMatchObject({ name: 'lingma-gateway', version: '1.2.3' });
    expect(request?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'lingma',
      'gen_ai.request.model': 'qwen',
      'gen_ai.request.stream': true,
      'gen_ai.response.model': 'qwen3-coder',
      'gen_ai.response.id': 'turn-1',
      'gen_ai.response.finish_reasons': ['tool-calls'],
      'gen_ai.response.time_to_first_chunk': 0.25,
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.usage.reasoning.output_tokens': 2,
      'gen_ai.usage.cache_read.input_tokens': 3,
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'url.path': '/v1/chat/completions',
      'lingma_gateway.request.id': 'req_1',
      'lingma_gateway.protocol': 'openai-chat',
      'lingma_gateway.instance': 'inst-0',
      'lingma_gateway.session.reused': false,
    });
    expect(
      [request, queue, turn].map((span) => [span?.name, ms(span?.startTime ?? [0, 0]), ms(span?.endTime ?? [0, 0])]),
    ).toEqual([
      ['chat qwen', 0, 900],
      ['queue', 1.5, 100],
      ['turn', 120, 890],
    ]);
    for (const child of [queue, turn]) expect(child?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    expect(turn?.kind).toBe(SpanKind.CLIENT);
    expect(request?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it("traceparent - the request goes on in its client's trace", async () => {
    const [, , request] = await spansOf(
      finished({ traceparent: `00-${TRACE_ID}-${PARENT_ID}-01`, tracestate: 'vendor=1' }),
    );
    expect(request?.spanContext().traceId).toBe(TRACE_ID);
    expect(request?.parentSpanContext).toMatchObject({ spanId: PARENT_ID, isRemote: true });
    expect(request?.spanContext().traceState?.get('vendor')).toBe('1');
  });

  it('traceparent that says not to sample - is obeyed', async () => {
    const spans = await spansOf(
      finished({ id: 'unsampled', traceparent: `00-${TRACE_ID}-${PARENT_ID}-00` }),
      finished({ id: 'sampled' }),
    );
    expect(new Set(spans.map((span) => span.spanContext().traceId)).has(TRACE_ID)).toBe(false);
  });

  it('a span that was active when the request came in - is its parent, whatever the headers say', async () => {
    const server = trace.getTracer('http').startSpan('POST');
    const key = createContextKey('x');
    const parentContext = trace.setSpan(ROOT_CONTEXT.setValue(key, 1), server);
    const [, , request] = await spansOf(finished({ parentContext, traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` }));
    expect(request?.parentSpanContext?.spanId).toBe(server.spanContext().spanId);
  });

  it.each([
    ['upstream_error', 502, SpanStatusCode.ERROR, SpanStatusCode.ERROR],
    ['invalid_request', 400, SpanStatusCode.UNSET, SpanStatusCode.ERROR],
    ['client_closed', 499, SpanStatusCode.UNSET, SpanStatusCode.UNSET],
  ] as const)('%s - told as an error where it is one', async (code, status, ofRequest, ofTurn) => {
    const [, turn, request] = await spansOf(
      finished({ status, error: new GatewayError(code, 'It broke for sk-abcdefgh12345678') }),
    );
    expect(request?.status.code).toBe(ofRequest);
    expect(turn?.status.code).toBe(ofTurn);
    expect(request?.attributes['error.type']).toBe(code);
    expect(JSON.stringify([request?.status, turn?.status])).not.toContain('abcdefgh');
  });

  it('a request that got no slot - has no turn', async () => {
    const spans = await spansOf(
      finished({ times: { startedAt: 0, endedAt: 9, queuedAt: 1, dequeuedAt: 8 }, record: {} }),
    );
    expect(spans.map(({ name }) => name)).toEqual(['queue', 'chat']);
  });

  it('requests that ask no model - are not traced', async () => {
    const spans = await spansOf(finished({ isChat: false }), finished());
    expect(spans).toHaveLength(3);
  });
});

describe('createTracing() - without a tracer', () => {
  it('nothing is loaded, until one is registered', async () => {
    trace.disable();
    const load = vi.fn(() => import('@opentelemetry/api'));
    const tracing = createTracing({ version: '1', logger: silentLogger, load });
    expect(tracing.parentContext()).toBeUndefined();
    tracing.finished(finished());
    expect(load).not.toHaveBeenCalled();
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    tracing.parentContext();
    tracing.finished(finished());
    await vi.waitFor(() => expect(exporter.getFinishedSpans()).toHaveLength(3));
    tracing.parentContext();
    expect(load).toHaveBeenCalledOnce();
  });

  it('an API that cannot be loaded - is said once, and hurts nobody', async () => {
    const lines: LogLine[] = [];
    const load = vi.fn(() => Promise.reject(new Error('not there')));
    const tracing = createTracing({ version: '1', logger: recordingLogger(lines), load });
    for (let at = 0; at < 3; at++) {
      tracing.parentContext();
      tracing.finished(finished());
      await Promise.resolve();
    }
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(load).toHaveBeenCalledOnce();
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
