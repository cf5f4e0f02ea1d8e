/**
 * A server that speaks OpenAI's protocol as an {@link Upstream}: requests of any client protocol are encoded for it, those of
 * its own are handed on as they were sent. One pool of connections; base URL, keys and proxy come from the operator alone.
 * Over 250 lines: one function for each kind of request, over what they all share.
 */
import type { Dispatcher } from 'undici';
import {
  type CallContext,
  type ChatEvent,
  type ChatEventStream,
  type ChatRequest,
  checkGrammar,
  countPromptTokens,
  estimatingCounter,
  eventStream,
  type RawAnswer,
  type RawRequest,
  withStages,
} from '../../chat/index.js';
import {
  type Clock,
  isJsonObject,
  isSecretName,
  type JsonObject,
  type JsonValue,
  loadOnce,
  stringifyJson,
} from '../../util/index.js';
import { emptyAnswer } from '../empty-answer.js';
import { type Upstream, UpstreamFailure, type UpstreamTarget } from '../router/upstream.js';
import { type FrameDecoder, type ItemStream, openAnswer, signalOf } from './answer-stream.js';
import { AnswerDecoder } from './decode-answer.js';
import { encodeRequest, OPTIONAL_MEMBERS } from './encode-request.js';
import { endpointUrl } from './endpoint-url.js';
import type { ExchangeRequest, ExchangeTimeouts } from './exchange.js';
import { refusesField } from './failure.js';
import { type Http, loadHttp } from './load-parts.js';
import { parseFrame, RawChatFrames, type RawItem } from './raw-frames.js';
import { rawRequestText } from './raw-request.js';
import { RawResponsesFrames } from './raw-responses.js';
import { readWhole, tryParse } from './raw-whole.js';
import { TextTemplate } from './text-template.js';
import { createToolNames } from './tool-names.js';
import { fetchWhole } from './whole-answer.js';

export interface OpenAiUpstreamOptions {
  readonly baseUrl: string;
  /** One of them a request; none: no `Authorization`. */
  readonly keys: readonly string[];
  /** Sent with every request; a name of ours takes the place of ours. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly systemPrompt?: string;
  /** Milliseconds; 0: no limit. */
  readonly timeouts: ExchangeTimeouts & { readonly connectMs: number };
  /** URL of a proxy of its own. */
  readonly proxy?: string;
  /** The environment's proxies. */
  readonly proxies?: { readonly http?: string; readonly https?: string; readonly no?: string };
  readonly clock: Clock;
}

/** Models of which it is remembered what they refuse. */
const MAX_REMEMBERED = 256;
const NO_NAMES = createToolNames([]);

export function createOpenAiUpstream(options: OpenAiUpstreamOptions): Upstream {
  const { clock, keys, systemPrompt } = options;
  /** Members that an upstream's model does not take. Bounded by {@link MAX_REMEMBERED}. */
  const refused = new Map<string, Set<string>>();
  const refusedBy = (model: string): ReadonlySet<string> => refused.get(model) ?? new Set();
  const remember = (model: string, member: string): void => {
    if (!refused.has(model) && refused.size >= MAX_REMEMBERED) refused.clear();
    refused.set(model, new Set([...refusedBy(model), member]));
  };
  const open = loadOnce(async () => {
    const http = await loadHttp();
    return { http, dispatcher: createDispatcher(http, options) };
  });
  let opened: { readonly http: Http; readonly dispatcher: Dispatcher } | undefined;
  const parts = async (): Promise<NonNullable<typeof opened>> => {
    opened ??= await open();
    return opened;
  };

  /** One for each endpoint. */
  const addresses = new Map<string, { readonly origin: string; readonly path: string }>();
  const addressOf = (path: string): { readonly origin: string; readonly path: string } => {
    let address = addresses.get(path);
    if (address === undefined) {
      const { origin, pathname, search } = new URL(endpointUrl(options.baseUrl, path));
      address = { origin, path: pathname + search };
      addresses.set(path, address);
    }
    return address;
  };
  const ownHeaders = lowerCase(options.headers ?? {});
  const secrets = [...keys, ...secretsIn(ownHeaders)];

  const exchangeOf = (
    dispatcher: Dispatcher,
    path: string,
    body: string | Uint8Array | undefined,
    key: number,
    context: CallContext,
    accept: string,
    contentType = 'application/json',
  ): ExchangeRequest => {
    const secret = keys[key];
    return {
      dispatcher,
      method: body === undefined ? 'GET' : 'POST',
      url: addressOf(path),
      headers: {
        accept,
        // Packed answers would have to be unpacked, and little is won within a data centre.
        'accept-encoding': 'identity',
        'user-agent': 'lingma-gateway',
        ...(body !== undefined && { 'content-type': contentType }),
        ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
        ...(context.trace !== undefined && { traceparent: context.trace }),
        ...ownHeaders,
      },
      ...(body !== undefined && { body }),
      timeouts: options.timeouts,
      signal: signalOf(context),
      clock,
    };
  };

  /** Without what the model refuses; a member that turns out to be refused is left out from then on. */
  const adapting = async <T>(model: string, sent: readonly string[], ask: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const member = sent.find(
          (name) => !refusedBy(model).has(name) && error instanceof UpstreamFailure && refusesField(error, name),
        );
        if (member === undefined) throw error;
        remember(model, member);
      }
    }
  };

  const openChat = async (
    request: ChatRequest,
    { model, key }: UpstreamTarget,
    context: CallContext,
  ): Promise<ChatEventStream> => {
    // A warm-up (Anthropic's `max_tokens: 0`), which such servers refuse.
    if (request.sampling.maxOutputTokens === 0) {
      const inputTokens = countPromptTokens(request, estimatingCounter);
      return emptyAnswer({ model, inputTokens, createdAt: clock.now() });
    }
    const { http, dispatcher } = await parts();
    const names = createToolNames(request.tools);
    const body = encodeRequest(request, { model, names, systemPrompt });
    const sent = OPTIONAL_MEMBERS.filter((name) => body[name] !== undefined);
    const items = await adapting(model, sent, () => {
      const text = stringifyJson(without(body, refusedBy(model)));
      const exchange = exchangeOf(dispatcher, 'chat/completions', text, key, context, 'text/event-stream');
      context.report?.({ prepared: true });
      const decoder = new AnswerDecoder({ request, names, model, secrets, now: () => clock.now() });
      return openAnswer(exchange, chatFrames(decoder), { createParser: http.createParser, secrets });
    });
    if (request.tools.length > 0) context.report?.({ toolFormat: 'native' });
    return withStages(asEventStream(items), [checkGrammar()]);
  };

  const openRawStream = async (
    request: RawRequest,
    { model, key }: UpstreamTarget,
    context: CallContext,
  ): Promise<RawAnswer> => {
    const { http, dispatcher } = await parts();
    const stream = await adapting(model, ['stream_options'], () => {
      const asksForUsage = !refusedBy(model).has('stream_options');
      const text = rawRequestText(request, { model, asksForUsage, systemPrompt });
      const exchange = exchangeOf(dispatcher, request.path, text, key, context, 'text/event-stream');
      context.report?.({ prepared: true });
      const shared = { secrets, now: () => clock.now() };
      const frames: FrameDecoder<RawItem> =
        request.endpoint === 'responses'
          ? new RawResponsesFrames({ ...shared, model: request.model, upstreamModel: model })
          : new RawChatFrames({
              decoder: new AnswerDecoder({ ...shared, names: NO_NAMES, model, requestText: request.text }),
              model: request.model,
              includeUsage: request.includeUsage,
            });
      return openAnswer(exchange, frames, { createParser: http.createParser, secrets });
    });
    return { type: 'stream', upstreamModel: model, stream };
  };

  const openRawWhole = async (
    request: RawRequest,
    { model, key }: UpstreamTarget,
    context: CallContext,
  ): Promise<RawAnswer> => {
    const { dispatcher } = await parts();
    const sent = rawRequestText(request, { model, asksForUsage: false, systemPrompt });
    const body = request.form === undefined ? sent : Buffer.from(sent, 'latin1');
    const accept = request.endpoint === 'audio' ? '*/*' : 'application/json';
    const exchange = exchangeOf(dispatcher, request.path, body, key, context, accept, request.form);
    context.report?.({ prepared: true });
    return readWhole(request, model, await fetchWhole(exchange, secrets), secrets, clock);
  };

  return {
    openChat,
    openRaw: (request, target, context) =>
      (request.stream ? openRawStream : openRawWhole)(request, target, context) as Promise<
        Exclude<RawAnswer, { type: 'events' }>
      >,
    async listModels(context) {
      const { dispatcher } = await parts();
      const exchange = exchangeOf(dispatcher, 'models', undefined, 0, context, 'application/json');
      return modelNames((await fetchWhole(exchange, secrets)).bytes.toString('utf8'));
    },
    close: async () => {
      if (opened !== undefined) await opened.dispatcher.close();
    },
  };
}

function createDispatcher({ Agent, EnvHttpProxyAgent, ProxyAgent }: Http, options: OpenAiUpstreamOptions): Dispatcher {
  const { proxy, proxies = {}, timeouts } = options;
  const connect = { timeout: timeouts.connectMs };
  if (proxy !== undefined) return new ProxyAgent({ uri: proxy, connect, proxyTunnel: true });
  if (proxies.http === undefined && proxies.https === undefined) return new Agent({ connect });
  return new EnvHttpProxyAgent({
    connect,
    httpProxy: proxies.http ?? '',
    httpsProxy: proxies.https ?? '',
    noProxy: proxies.no ?? '',
  });
}

const chatFrames = (decoder: AnswerDecoder, template = new TextTemplate()): FrameDecoder<ChatEvent> => ({
  frame({ data }, emit) {
    const text = template.textOf(data);
    if (text !== undefined) {
      decoder.pushText(text, emit);
      return false;
    }
    if (data === '[DONE]') {
      decoder.end(emit, true);
      return true;
    }
    const chunk = parseFrame(data);
    if (chunk === undefined)
      throw new UpstreamFailure('failed', 'upstream_protocol', 'The upstream sent a chunk that is no JSON');
    decoder.push(chunk, emit);
    template.learn(data, chunk);
    return false;
  },
  whole(body, _text, emit) {
    decoder.push(body, emit);
    decoder.end(emit, false);
  },
  end: (emit) => decoder.end(emit, false),
});

const asEventStream = (items: ItemStream<ChatEvent>): ChatEventStream =>
  eventStream(
    (sink) => items.pipe(sink),
    () => items.close(),
  );

function modelNames(text: string): readonly string[] {
  const body = tryParse(text);
  const list = isJsonObject(body) ? body.data : body;
  if (!Array.isArray(list)) throw new UpstreamFailure('failed', 'upstream_protocol', 'The upstream lists no models');
  return (list as readonly JsonValue[])
    .map((model) => (isJsonObject(model) ? model.id : model))
    .filter((id): id is string => typeof id === 'string' && id !== '');
}

function without(body: JsonObject, refused: ReadonlySet<string>): JsonObject {
  if (refused.size === 0) return body;
  const { max_completion_tokens: limit } = body;
  const kept = Object.fromEntries(Object.entries(body).filter(([name]) => !refused.has(name)));
  // The limit itself is no matter of taste: by its older name, then.
  return limit !== undefined && refused.has('max_completion_tokens') ? { ...kept, max_tokens: limit } : kept;
}

/** Some servers take their keys in a header of their own. */
const secretsIn = (headers: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(headers)
    .filter(([name]) => isSecretName(name))
    .flatMap(([, value]) => [value, value.replace(/^\S+\s+/, '')]);

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
