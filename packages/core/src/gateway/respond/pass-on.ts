/**
 * Requests that are handed on as they were sent, to a channel that speaks the caller's protocol. Only what the gateway must know
 * is read of them; what it does not know goes through. Where no such channel answers, the request becomes a `ChatRequest` after
 * all, for those that are left.
 */
import {
  type Channel,
  type ChatEvent,
  type Endpoint,
  GatewayError,
  type PassThrough,
  type RawAnswer,
  type RawEnd,
  type RawPiece,
  type RawRequest,
  type RawSink,
  type RawStream,
} from '../../chat/index.js';
import { abortable, isJsonObject } from '../../util/index.js';
import type { ParsedRequest } from '../../wire/index.js';
import { conversationHints } from '../../wire/light.js';
import { checkServedModel } from '../access/model-filter.js';
import type { GatewayResponse } from '../http/gateway-response.js';
import { TurnRecorder } from '../observe/turn-recorder.js';
import type { RequestContext } from '../request-context.js';
import type { ChatCall, ChatPipeline } from './chat-pipeline.js';
import { deferredStream } from './deferred-stream.js';
import { noteClientGone, warningHeaders } from './respond-json.js';
import { StreamBody, streamHeaders } from './stream-body.js';

export interface PassOnOptions {
  readonly passThrough: PassThrough;
  readonly pipeline: ChatPipeline;
  readonly call: ChatCall;
  readonly context: RequestContext;
  /** Gives the slot back. Called here where a response is returned, by the caller elsewhere. */
  readonly release: () => void;
}

const PATHS: Readonly<Record<'chat' | 'responses' | 'completions', string>> = {
  chat: 'chat/completions',
  responses: 'responses',
  completions: 'completions',
};

/** The response, or the call as it goes on without having been handed on. */
export async function passOn(options: PassOnOptions): Promise<GatewayResponse | ChatCall> {
  const { passThrough, call, context, release } = options;
  const pinned = pinnedChannel(context);
  if (pinned !== undefined) context.pinned = pinned;
  const request = rawRequest(call, context);
  if (request === undefined || !passThrough.serves(request.endpoint, request.model)) return call;
  checkServedModel(request.model, context.principal);
  const hints = conversationHints(call.body as object as never, context.request.headers);
  context.learn({ chat: { conversation: hints }, response: request });
  context.keepBody(call.body);
  if (request.stream) return respondStream(request, options);
  const answer = await abortable(passThrough.open(request, context), context.ownSignal);
  if (answer.type === 'events') return { ...call, channel: call.channel ?? answer.channel };
  const response = respondRaw(answer, options.pipeline.channel, context);
  release();
  return response;
}

/** An answer in one piece. */
export function respondRaw(
  answer: Exclude<RawAnswer, { type: 'events' }>,
  channel: Channel,
  context: RequestContext,
): GatewayResponse {
  if (answer.type !== 'whole') throw new GatewayError('internal', 'The channel streams what nobody asked it to');
  const { text, bytes, contentType, upstreamModel, usage, finishReason = 'other' } = answer;
  const recorder = new TurnRecorder(context, []);
  context.turn = recorder;
  const createdAt = context.clock.now();
  recorder.push({ type: 'response-start', responseId: '', model: upstreamModel, createdAt, warnings: [] });
  const counted = usage ?? { inputTokens: 0, outputTokens: 0, origin: 'estimated' as const };
  recorder.push({ type: 'response-end', finishReason, usage: counted });
  recorder.finish();
  return {
    status: 200,
    headers: {
      'content-type': contentType,
      'content-length': String(bytes?.byteLength ?? Buffer.byteLength(text)),
      ...channelHeader(channel, context),
    },
    body: bytes ?? text,
  };
}

/** Which channel answered, where that is to be told. */
export function channelHeader({ name, passThrough }: Channel, { record }: RequestContext): Record<string, string> {
  const { channel } = record;
  return passThrough?.namesChannel === true && channel !== undefined && channel !== name
    ? { 'x-lingma-channel': channel.replace(/[^\x21-\x7e]/g, '?') }
    : {};
}

/** @throws GatewayError `permission_denied` */
export function pinnedChannel({ request, principal }: RequestContext): string | undefined {
  const name = request.headers.get('x-lingma-channel')?.trim();
  if (name === undefined || name === '') return undefined;
  if (principal.keyName !== undefined && principal.pin !== true) {
    throw new GatewayError('permission_denied', 'This API key may not choose the channel that answers');
  }
  return name;
}

function rawRequest({ endpoint, body }: ChatCall, { bodyText, pinned }: RequestContext): RawRequest | undefined {
  if (endpoint === undefined || bodyText === undefined || !isJsonObject(body) || !isHandedOn(endpoint))
    return undefined;
  const { model, stream, stream_options: options } = body;
  return {
    endpoint,
    path: PATHS[endpoint],
    model: typeof model === 'string' ? model : '',
    stream: stream === true,
    text: bodyText,
    includeUsage: isJsonObject(options) && options.include_usage === true,
    ...(pinned !== undefined && { pinned }),
  };
}

const isHandedOn = (endpoint: Endpoint): endpoint is keyof typeof PATHS => Object.hasOwn(PATHS, endpoint);

async function respondStream(request: RawRequest, options: PassOnOptions): Promise<GatewayResponse> {
  const { passThrough, pipeline, call, context, release } = options;
  const { channel, streaming } = pipeline;
  const recorder = new TurnRecorder(context, []);
  context.turn = recorder;
  context.record.channel = channel.name;
  let settle: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const stream = deferredStream(async () => {
    const answer = await abortable(passThrough.open(request, context), context.ownSignal);
    if (answer.type === 'stream') return answer.stream;
    if (answer.type === 'events') return encodedEvents(answer.channel, call, context);
    throw new GatewayError('upstream_protocol', 'The upstream sent no stream of events');
  });
  const failures = call.protocol.createStreamEncoder({
    ...{ stream: true, model: request.model, includeUsage: false, reasoning: 'visible', echo: {} },
  });
  const body = new StreamBody<RawPiece | RawEnd>({
    stream,
    encoder: {
      keepAlive: failures.keepAlive,
      push: ({ text }) => text,
      end: () => '',
      fail: (error) => failures.fail(error),
    },
    signal: context.ownSignal,
    ...streaming,
    clock: context.clock,
    recorder: {
      push({ events }) {
        for (const event of events) recorder.push(event);
      },
      endBatch: () => recorder.endBatch(),
    },
    onFailure: (thrown) => context.fail(thrown),
    ...(call.beforeEnd !== undefined && { beforeEnd: call.beforeEnd }),
    onCancel: () => noteClientGone(context),
    onFinish: () => {
      recorder.finish();
      void stream.close().finally(() => {
        release();
        settle();
      });
    },
  });
  await body.ready;
  context.bodyEnd = finished;
  return {
    status: 200,
    headers: Object.assign(streamHeaders(), warningHeaders(recorder.warnings), channelHeader(channel, context)),
    body,
  };
}

/** The answer of a channel that knows requests as `ChatRequest` alone, in the caller's protocol. */
function encodedEvents(channel: Channel, call: ChatCall, context: RequestContext): RawStream {
  const parsed: ParsedRequest = call.protocol.parseRequest(call.body, context.request.headers);
  const encoder = call.protocol.createStreamEncoder(parsed.response);
  const stream = (call.channel ?? channel).streamChat(parsed.chat, context);
  const encode = (event: ChatEvent): RawPiece | RawEnd => {
    const text = encoder.push(event);
    return event.type === 'response-end'
      ? { type: 'response-end', text: text + encoder.end(), events: [event] }
      : { type: 'raw', text, events: [event] };
  };
  return {
    pipe: (sink: RawSink) =>
      stream.pipe({
        events: (batch) => sink.events(batch.map(encode)),
        end: (error) => sink.end(error),
      }),
    close: () => stream.close(),
  };
}
