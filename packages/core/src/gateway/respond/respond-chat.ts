/**
 * The one pipeline for all protocols, streamed or whole: wait for a slot, read and parse, ask the channel, and hold the
 * status back until the first events have shown whether there is an answer.
 */
import { type Channel, type ChatEventStream, ResultCollector } from '../../chat/index.js';
import { abortable, monotonicNow } from '../../util/index.js';
import type { ParsedRequest } from '../../wire/index.js';
import { checkModel, checkServedModel } from '../access/model-filter.js';
import { refuseDeclaredSize } from '../body/read-json.js';
import type { GatewayResponse } from '../http/gateway-response.js';
import { TurnRecorder } from '../observe/turn-recorder.js';
import type { RequestContext } from '../request-context.js';
import type { ChatCall, ChatPipeline } from './chat-pipeline.js';
import { channelHeader, passOn } from './pass-on.js';
import { readRequest } from './read-request.js';
import { noteClientGone, respondJson, warningHeaders } from './respond-json.js';
import { StreamBody, streamHeaders } from './stream-body.js';

export type { ChatCall, ChatPipeline, StreamingOptions } from './chat-pipeline.js';

/**
 * @param open reads the body: not before there is a slot for the answer, so that those who wait hold no memory
 * @throws GatewayError whatever the turn failed with before the status went out
 */
export async function respondChat(
  pipeline: ChatPipeline,
  open: () => Promise<ChatCall>,
  context: RequestContext,
): Promise<GatewayResponse> {
  context.isChat = true;
  refuseDeclaredSize(context.request, pipeline.maxBodyBytes);
  const { limiter } = context.principal;
  if (limiter !== undefined)
    context.onFinish(limiter.enter(roughTokens(context.request.headers.get('content-length'))));
  const { times, clock } = context;
  const queuedAt = monotonicNow(clock);
  let release: () => void;
  try {
    release = await pipeline.admission.acquire(context.ownSignal, context.party);
  } finally {
    // Waiting in vain is waiting, too.
    times.queuedAt = queuedAt;
    times.dequeuedAt = monotonicNow(clock);
    context.record.queueMs = Math.round(times.dequeuedAt - queuedAt);
  }
  const { passThrough } = pipeline.channel;
  let call: ChatCall;
  let parsed: ParsedRequest;
  let turn: Turn;
  let recorder: TurnRecorder;
  try {
    call = await open();
    if (passThrough !== undefined) {
      const passed = await passOn({ passThrough, pipeline, call, context, release });
      if ('status' in passed) return passed;
      call = passed;
    }
    parsed = readRequest(call, context.request.headers);
    context.learn(parsed);
    context.keepBody(call.body);
    const { channel } = pipeline;
    if (context.principal.models !== undefined) {
      const { model } = parsed.response;
      if (passThrough?.serves('chat', model)) checkServedModel(model, context.principal);
      else await checkModel(model, () => channel.listModels(context), context.principal);
    }
    recorder = new TurnRecorder(context, parsed.chat.warnings);
    context.turn = recorder;
    context.record.channel = channel.name;
    turn = startTurn(call.channel ?? channel, parsed, context, release);
  } catch (error) {
    release();
    throw error;
  }
  if (!parsed.response.stream) {
    try {
      return await respondWhole(turn, { call, parsed, pipeline, recorder, context });
    } finally {
      turn.finish();
      recorder.finish();
    }
  }
  return respondStream(turn, { call, parsed, pipeline, recorder, context });
}

/** What is held of a key's quota while its request runs: the body's share, by its length, and an answer of some length. */
function roughTokens(contentLength: string | null): number {
  const bytes = Number(contentLength ?? 0);
  return ANSWER_TOKENS + (Number.isSafeInteger(bytes) && bytes > 0 ? Math.ceil(bytes / BYTES_PER_TOKEN) : 0);
}

const ANSWER_TOKENS = 500;
const BYTES_PER_TOKEN = 4;

interface Turn {
  readonly stream: ChatEventStream;
  /** Stops what still runs; the slot is free once that is done. Idempotent. The only place that gives the slot back. */
  finish(): void;
}

function startTurn(channel: Channel, parsed: ParsedRequest, context: RequestContext, release: () => void): Turn {
  let settle: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const stream = channel.streamChat(parsed.chat, context);
  context.bodyEnd = finished;
  let over = false;
  return {
    stream,
    finish() {
      if (over) return;
      over = true;
      stream
        .close()
        .catch((cause: unknown) => context.logger.warn('a turn could not be closed', { cause }))
        .finally(() => {
          release();
          settle();
        });
    },
  };
}

async function respondWhole(turn: Turn, parts: StreamParts): Promise<GatewayResponse> {
  const { call, parsed, recorder, context } = parts;
  const collector = new ResultCollector();
  const whole = new Promise<void>((resolve, reject) => {
    turn.stream.pipe({
      events(batch) {
        try {
          for (const event of batch) {
            recorder.push(event);
            collector.push(event);
          }
          recorder.endBatch();
          if (recorder.ended) resolve();
        } catch (error) {
          reject(error);
        }
      },
      end: (error) => (error === undefined ? resolve() : reject(error)),
    });
  });
  await abortable(whole, context.ownSignal);
  const result = collector.finish();
  const body = call.protocol.encodeResult(result, parsed.response);
  await call.beforeEnd?.();
  return respondJson(body, 200, {
    ...warningHeaders(recorder.warnings),
    ...channelHeader(parts.pipeline.channel, context),
    ...(result.usage.origin === 'estimated' && { 'x-lingma-usage': 'estimated' }),
  });
}

interface StreamParts {
  readonly call: ChatCall;
  readonly parsed: ParsedRequest;
  readonly pipeline: ChatPipeline;
  readonly recorder: TurnRecorder;
  readonly context: RequestContext;
}

async function respondStream(turn: Turn, parts: StreamParts): Promise<GatewayResponse> {
  const { call, parsed, pipeline, recorder, context } = parts;
  const { keepAliveMs, commitAfterMs } = pipeline.streaming;
  const body = new StreamBody({
    stream: turn.stream,
    encoder: call.protocol.createStreamEncoder(parsed.response),
    signal: context.ownSignal,
    keepAliveMs,
    commitAfterMs,
    clock: context.clock,
    recorder,
    onFailure: (thrown) => context.fail(thrown),
    ...(call.beforeEnd !== undefined && { beforeEnd: call.beforeEnd }),
    onCancel: () => noteClientGone(context),
    onFinish: () => {
      turn.finish();
      recorder.finish();
    },
  });
  await body.ready;
  return {
    status: 200,
    headers: Object.assign(
      streamHeaders(call.protocol.streamType),
      warningHeaders(recorder.warnings),
      channelHeader(pipeline.channel, context),
    ),
    body,
  };
}
