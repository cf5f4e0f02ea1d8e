/** `GET /capabilities`: what this gateway, with these settings, can do; with the models for whoever may use them. */
import type { Channel, ModelInfo } from '../../chat/index.js';
import { createCancelSource, type JsonObject } from '../../util/index.js';
import type { ProtocolName } from '../../wire/index.js';
import { allowedModels } from '../access/model-filter.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';
import { contextTokens } from './model-shapes.js';

/** What a channel can do, as far as its settings let it. */
export interface ChannelFeatures {
  /** Tools of the caller's. */
  readonly tools: boolean;
  readonly images: boolean;
  readonly reasoning: boolean;
  /** Conversations go on in sessions of the upstream. */
  readonly sessionReuse: boolean;
}

export interface CapabilitiesRouteOptions {
  readonly channel: Channel;
  readonly protocols: readonly string[];
  readonly features: Partial<ChannelFeatures>;
  readonly maxBodyBytes: number;
  readonly version: string | undefined;
  readonly mayListModels: (context: RequestContext) => boolean;
}

/** In the order in which they are told. */
const PROTOCOLS = [
  ['openai-chat', 'openai.chat_completions'],
  ['openai-responses', 'openai.responses'],
  ['anthropic-messages', 'anthropic.messages'],
] as const satisfies readonly (readonly [ProtocolName, string])[];

const ENDPOINTS = {
  'openai-chat': { chat_completions: '/v1/chat/completions', completions: '/v1/completions' },
  'openai-responses': {
    responses: '/v1/responses',
    responses_compact: '/v1/responses/compact',
    responses_input_tokens: '/v1/responses/input_tokens',
  },
  'anthropic-messages': { messages: '/v1/messages', count_tokens: '/v1/messages/count_tokens' },
} as const satisfies Record<ProtocolName, Readonly<Record<string, string>>>;

/** Milliseconds: whoever asks what there is does not want to wait for an upstream that starts. */
const LIST_MS = 2_000;

export function capabilitiesRoute(options: CapabilitiesRouteOptions): Route {
  const { protocols, maxBodyBytes, version, mayListModels } = options;
  const served = PROTOCOLS.filter(([name]) => protocols.includes(name));
  const stable: JsonObject = {
    service: 'lingma-gateway',
    version: version ?? 'unknown',
    protocols: served.map(([, name]) => name),
    features: featuresOf(options),
    endpoints: Object.assign({ models: '/v1/models' }, ...served.map(([name]) => ENDPOINTS[name])),
    limits: { max_body_bytes: maxBodyBytes },
  };
  return {
    name: 'capabilities',
    method: 'GET',
    path: '/capabilities',
    versioned: false,
    access: 'open',
    async handle(context) {
      if (!mayListModels(context)) return respondJson(stable);
      const models = await listModels(options.channel, context);
      if (models === undefined) return respondJson(stable);
      return respondJson({ ...stable, models: allowedModels(models, context.principal).map(modelBody) });
    },
  };
}

function featuresOf({ protocols, features, channel }: CapabilitiesRouteOptions): JsonObject {
  const { tools = true, images = true, reasoning = true, sessionReuse = true } = features;
  const embeddings = channel.passThrough?.isReady() === true;
  return {
    streaming: true,
    tools,
    tool_forwarding: tools,
    tool_emulation: tools,
    parallel_tool_calls: tools,
    structured_output: true,
    images,
    audio: false,
    reasoning,
    count_tokens: protocols.some((name) => name !== 'openai-chat'),
    stored_responses: protocols.includes('openai-responses'),
    session_reuse: sessionReuse,
    embeddings,
  };
}

/** Undefined where the upstream cannot tell, or not soon. */
async function listModels(channel: Channel, context: RequestContext): Promise<readonly ModelInfo[] | undefined> {
  const source = createCancelSource();
  const cancel = context.clock.schedule(LIST_MS, () => source.abort());
  const { requestId, logger, principal } = context;
  const forget = (): void => source.abort(context.ownSignal.reason);
  context.ownSignal.addEventListener('abort', forget);
  try {
    return await channel.listModels({ requestId, logger, principal, signal: source.signal });
  } catch (cause) {
    logger.debug('the models cannot be told', { cause });
    return undefined;
  } finally {
    cancel();
    context.ownSignal.removeEventListener('abort', forget);
  }
}

function modelBody(model: ModelInfo): JsonObject {
  const { id, displayName, isDefault, supportsImages, supportsReasoning, aliasOf } = model;
  return {
    id,
    name: displayName,
    default: isDefault,
    ...(aliasOf !== undefined && { alias_of: aliasOf }),
    images: supportsImages,
    reasoning: supportsReasoning,
    limits: { context_length: contextTokens(model), max_input_tokens: contextTokens(model) },
  };
}
