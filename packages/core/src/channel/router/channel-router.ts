/**
 * Several channels as one: Lingma and whatever else is set up. A request goes to the channels that name its model, and to
 * another of them when one fails before anything of an answer has been seen. Requests in an upstream's own protocol are handed
 * on as they were sent.
 */
import {
  asksForAnyModel,
  type CallContext,
  type Channel,
  type ChatEventStream,
  type ChatRequest,
  type Endpoint,
  findModel,
  GatewayError,
  type ModelInfo,
  modelNames,
  type PassThrough,
  type RawAnswer,
  type RawRequest,
} from '../../chat/index.js';
import { type Clock, type Logger, MAX_TIMER_MS, redactText } from '../../util/index.js';
import { createModelCatalog, type ModelCatalogOptions } from '../model-catalog.js';
import { openWhenWanted } from '../open-when-wanted.js';
import { createModelList, type ModelList } from './model-lists.js';
import { EXACT_RANK, listedNames, matchModel } from './model-rules.js';
import { type Candidate, Route } from './route.js';
import { type ChannelReport, RoutedChannel, type RoutedChannelOptions } from './routed-channel.js';
import { UpstreamFailure } from './upstream.js';
import { watchChat, watchRaw } from './watched-stream.js';

export interface ChannelRouterOptions {
  /** Lingma's own first, where it is one of them. */
  readonly channels: readonly RoutedChannelOptions[];
  readonly lingma: Channel;
  /** Somebody has set up a Lingma: it is worth waiting for. */
  readonly expectsLingma: boolean;
  readonly models?: ModelCatalogOptions;
  /** What becomes of names that no channel has: Lingma's default, or 404. */
  readonly unknown: 'fallback' | 'error';
  /** Tries a request gets before its first event. */
  readonly maxAttempts: number;
  readonly namesChannel: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** In [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
}

export interface ChannelTest {
  readonly ok: boolean;
  readonly ms: number;
  /** Of the upstream's response. */
  readonly status?: number;
  readonly model: string;
  readonly error?: string;
}

export interface ChannelRouter extends Channel {
  readonly passThrough: PassThrough;
  /** Requests from now on go by these; channels that are still there keep how they fare. */
  readonly options: ChannelRouterOptions;
  reports(): readonly ChannelReport[];
  /** @returns false where there is no channel of that name */
  setEnabled(name: string, enabled: boolean): boolean;
  test(name: string, model: string | undefined, context: CallContext): Promise<ChannelTest | undefined>;
}

/** How long a request waits for a list before it goes by what is known. */
const LIST_WAIT_MS = 10_000;
const UNEXPECTED_WAIT_MS = 3_000;
/** Lingma's own client keeps its list; this is only how long ours goes by. */
const LINGMA_FRESH_MS = 30_000;
/** Names that merely stand for Lingma's default model: everybody else who has one goes first. */
const STAND_IN_RANK = -1;
const FALLBACK_RANK = -2;

/** @param before whose channels go on, where they are the same upstreams */
export function createChannelRouter(options: ChannelRouterOptions, before?: ChannelRouter): ChannelRouter {
  return new Router(options, before instanceof Router ? before : undefined);
}

class Router implements ChannelRouter {
  readonly name = 'channels';
  readonly options: ChannelRouterOptions;
  readonly passThrough: PassThrough;
  readonly #channels: readonly RoutedChannel[];
  readonly #lists: Map<string, ModelList<string>>;
  readonly #lingma: ModelList<ModelInfo>;
  readonly #catalog: ReturnType<typeof createModelCatalog>;

  constructor(options: ChannelRouterOptions, before: Router | undefined) {
    const channelsBefore = before === undefined ? [] : before.#channels;
    const listsBefore = before === undefined ? new Map<string, ModelList<string>>() : before.#lists;
    this.options = options;
    const { clock, logger, models = {} } = options;
    this.#catalog = createModelCatalog(models);
    this.#channels = options.channels.map((channel) => {
      const known = channelsBefore.find(
        (each) => each.name === channel.name && each.options.upstream === channel.upstream,
      );
      if (known === undefined) return new RoutedChannel(channel, clock, logger);
      known.reconfigure(channel);
      return known;
    });
    this.#lists = new Map(
      this.#channels.map((channel) => {
        const { upstream, name } = channel.options;
        const kept = channelsBefore.includes(channel) ? listsBefore.get(name) : undefined;
        const fetch = (context: CallContext): Promise<readonly string[]> =>
          upstream.listModels?.(context) ?? Promise.resolve([]);
        return [name, kept ?? createModelList({ fetch, waitMs: LIST_WAIT_MS, clock, logger, name })];
      }),
    );
    this.#lingma = createModelList<ModelInfo>({
      fetch: (context) => options.lingma.listModels(context),
      waitMs: options.expectsLingma ? MAX_TIMER_MS : UNEXPECTED_WAIT_MS,
      freshMs: LINGMA_FRESH_MS,
      retryMs: options.expectsLingma ? 0 : LINGMA_FRESH_MS,
      clock,
      logger,
      name: 'lingma',
    });
    this.passThrough = {
      namesChannel: options.namesChannel,
      isReady: () => this.#channels.some(({ state, options: { type } }) => type === 'openai' && state === 'enabled'),
      serves: (endpoint, model) =>
        this.#channels.some(
          (channel) =>
            channel.options.type === 'openai' &&
            channel.options.endpoints.includes(endpoint) &&
            (this.#mayDiscover(channel) || this.#match(channel, model) !== undefined),
        ),
      open: (request, context) => this.#openRaw(request, context),
    };
  }

  async listModels(context: CallContext): Promise<readonly ModelInfo[]> {
    const own = this.#channels.find(({ options }) => options.type === 'lingma');
    const listed: ModelInfo[] = [];
    const names = new Set<string>();
    const add = (model: ModelInfo): void => {
      if (names.has(model.id)) return;
      names.add(model.id);
      listed.push(model);
    };
    const [lingma] = await Promise.all([
      own?.isEnabled === true ? this.#lingma.get(context) : [],
      ...this.#channels.map((channel) => this.#discover(channel, context)),
    ]);
    for (const model of lingma) if (own !== undefined && this.#isListed(own, model)) add(model);
    for (const channel of this.#channels) {
      if (!channel.isEnabled) continue;
      for (const id of listedNames(channel.options.rules, this.#lists.get(channel.name)?.current)) {
        add(channelModel(id, channel.name));
      }
    }
    return listed;
  }

  streamChat(request: ChatRequest, context: CallContext): ChatEventStream {
    return openWhenWanted(async () => {
      const route = await this.#route(request.model, ['chat'], context.pinned, context);
      return this.#openChat(route, request, context);
    });
  }

  status(): ReturnType<NonNullable<Channel['status']>> {
    const lingma = this.options.lingma.status?.() ?? { state: 'unknown' };
    const usable = this.passThrough.isReady();
    // A gateway with other channels answers without Lingma.
    return usable ? { ...lingma, state: 'ready', lingma: lingma.state } : lingma;
  }

  reports(): readonly ChannelReport[] {
    return this.#channels.map((channel) => channel.report(this.#lists.get(channel.name)?.current ?? []));
  }

  setEnabled(name: string, enabled: boolean): boolean {
    const channel = this.#channels.find((each) => each.name === name);
    channel?.setEnabled(enabled);
    return channel !== undefined;
  }

  async test(name: string, model: string | undefined, context: CallContext): Promise<ChannelTest | undefined> {
    const channel = this.#channels.find((each) => each.name === name);
    if (channel === undefined) return undefined;
    const asked = model ?? (await this.#testedModel(channel, context));
    const upstreamModel = matchModel(channel.options.rules, asked)?.upstreamModel ?? asked;
    const { clock } = this.options;
    const startedAt = clock.now();
    const attempt = channel.begin(channel.freeKeys(new Set())[0] ?? 0);
    try {
      await this.#ask(channel, { model: upstreamModel, key: attempt.key }, asked, context);
      attempt.succeed();
      return { ok: true, ms: clock.now() - startedAt, status: 200, model: asked };
    } catch (error) {
      attempt.fail(error);
      const status = error instanceof UpstreamFailure ? error.upstreamStatus : undefined;
      const message = GatewayError.isInstance(error) ? error.message : 'The test failed';
      return {
        ...{ ok: false, ms: clock.now() - startedAt, model: asked, error: redactText(message) },
        ...(status !== undefined && { status }),
      };
    } finally {
      attempt.release();
    }
  }

  /** One token of one word. */
  async #ask(
    { options }: RoutedChannel,
    target: { readonly model: string; readonly key: number },
    asked: string,
    context: CallContext,
  ): Promise<void> {
    const { upstream, endpoints } = options;
    if (upstream.openRaw !== undefined && endpoints.includes('embeddings') && !endpoints.includes('chat')) {
      const text = JSON.stringify({ model: asked, input: 'hi' });
      const request = { endpoint: 'embeddings', path: 'embeddings', stream: false, includeUsage: false } as const;
      await upstream.openRaw({ ...request, model: asked, text }, target, context);
      return;
    }
    const stream = await upstream.openChat(
      {
        model: asked,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
        tools: [],
        toolChoice: { type: 'auto' },
        parallelToolCalls: true,
        sampling: { maxOutputTokens: 1 },
        responseFormat: { type: 'text' },
        reasoning: { visible: false },
        conversation: {},
        warnings: [],
      },
      target,
      context,
    );
    await stream.close();
  }

  async #testedModel(channel: RoutedChannel, context: CallContext): Promise<string> {
    const { rules, type } = channel.options;
    if (type === 'lingma') return listedNames(rules)[0] ?? '';
    await this.#discover(channel, context);
    const [first] = listedNames(rules, this.#lists.get(channel.name)?.current);
    if (first !== undefined) return first;
    throw new GatewayError('invalid_request', `Say which model to test: ${channel.name} lists none`, {
      param: 'model',
    });
  }

  async #openChat(route: Route, request: ChatRequest, context: CallContext): Promise<ChatEventStream> {
    return route.run(
      () => true,
      async ({ channel, upstreamModel }, attempt) => {
        const { upstream, type } = channel.options;
        const asked = type === 'lingma' && upstreamModel !== '' ? { ...request, model: upstreamModel } : request;
        const stream = await upstream.openChat(asked, { model: upstreamModel, key: attempt.key }, context);
        return watchChat(stream, attempt);
      },
    );
  }

  async #openRaw(request: RawRequest, context: CallContext): Promise<RawAnswer> {
    const { endpoint, pinned } = request;
    const asEvents = endpoint === 'chat' || endpoint === 'responses' || endpoint === 'completions';
    const wanted: readonly Endpoint[] = asEvents ? [endpoint, 'chat'] : [endpoint];
    const route = await this.#route(request.model, wanted, pinned, context);
    const speaks = ({ channel: { options } }: Candidate): boolean =>
      options.upstream.openRaw !== undefined && options.endpoints.includes(endpoint);
    const answer = await route.run<RawAnswer>(
      asEvents ? () => true : speaks,
      async (candidate, attempt) => {
        if (!speaks(candidate)) {
          // Begun as what it is, by whoever goes on.
          attempt.release();
          return { type: 'events', channel: this.#goingOn(route) };
        }
        const { channel, upstreamModel } = candidate;
        const { upstream } = channel.options;
        const target = { model: upstreamModel, key: attempt.key };
        const opened = await (upstream.openRaw as NonNullable<typeof upstream.openRaw>)(request, target, context);
        return watchRaw(opened, attempt);
      },
      speaks,
    );
    return answer;
  }

  /** The same request in another form: what was tried is not tried again. */
  #goingOn(route: Route): Channel {
    return {
      name: this.name,
      listModels: (context) => this.listModels(context),
      streamChat: (request, context) => openWhenWanted(() => this.#openChat(route, request, context)),
    };
  }

  /** @throws GatewayError `model_not_found` where no channel has the model */
  async #route(
    asked: string,
    endpoints: readonly Endpoint[],
    pinned: string | undefined,
    context: CallContext,
  ): Promise<Route> {
    const candidates = await this.#candidates(asked, endpoints, context);
    const { maxAttempts, random = Math.random } = this.options;
    if (pinned !== undefined) {
      const only = candidates.filter(({ channel }) => channel.name === pinned);
      if (only.length === 0) throw this.#notPinned(pinned, asked);
      return new Route({ candidates: only, maxAttempts: 1, random, context });
    }
    return new Route({ candidates, maxAttempts, random, context });
  }

  async #candidates(
    asked: string,
    endpoints: readonly Endpoint[],
    context: CallContext,
  ): Promise<readonly Candidate[]> {
    const name = this.#meant(asked);
    const serving = this.#channels.filter(
      ({ options, isEnabled }) => isEnabled && endpoints.some((endpoint) => options.endpoints.includes(endpoint)),
    );
    await Promise.all(serving.map((channel) => this.#discover(channel, context)));
    const found = serving.flatMap((channel): Candidate[] => {
      const match = channel.options.type === 'openai' ? this.#match(channel, name) : undefined;
      return match === undefined ? [] : [{ channel, ...match }];
    });
    const lingma = serving.find(({ options }) => options.type === 'lingma');
    const own = lingma === undefined ? [] : await this.#lingmaCandidate(lingma, name, found.length > 0, context);
    const all = [...own, ...found];
    if (all.length > 0) return all;
    throw noSuchModel(asked, endpoints);
  }

  /** Through the aliases; a name that leaves the choice to us is the default's. */
  #meant(asked: string): string {
    const { models } = this.options;
    const target = this.#catalog.target(asked);
    return asksForAnyModel(target) && models?.defaultModel !== undefined ? models.defaultModel : target;
  }

  #match(channel: RoutedChannel, name: string): { readonly rank: number; readonly upstreamModel: string } | undefined {
    const meant = this.#meant(name);
    const more = this.#lists.get(channel.name)?.current ?? [];
    for (const reading of modelNames(meant)) {
      const match = matchModel(channel.options.rules, reading, more);
      if (match !== undefined) return match;
    }
    return undefined;
  }

  async #lingmaCandidate(
    channel: RoutedChannel,
    name: string,
    hasOthers: boolean,
    context: CallContext,
  ): Promise<readonly Candidate[]> {
    const { rules } = channel.options;
    if (rules.models.length > 0 || Object.keys(rules.mapping).length > 0) {
      const match = matchModel(rules, name);
      if (match !== undefined) return [{ channel, ...match }];
      if (rules.models.length > 0) return [];
    }
    // Empty: the name goes to Lingma as it was asked for.
    const candidate = (rank: number): readonly Candidate[] => [{ channel, rank, upstreamModel: '' }];
    const models = hasOthers ? this.#lingma.current : await this.#lingma.get(context);
    const model = findModel(models, name);
    if (model !== undefined) return candidate(model.aliasOf === undefined ? EXACT_RANK : STAND_IN_RANK);
    if (hasOthers) {
      void this.#lingma.get(context).catch(() => undefined);
      return [];
    }
    if (asksForAnyModel(name) || this.options.unknown === 'fallback') return candidate(FALLBACK_RANK);
    // Nobody knows what it has: it is for Lingma to say why.
    return this.options.expectsLingma && !this.#lingma.known ? candidate(FALLBACK_RANK) : [];
  }

  #isListed({ options: { rules } }: RoutedChannel, model: ModelInfo): boolean {
    return rules.models.length === 0 || matchModel(rules, model.id) !== undefined;
  }

  #mayDiscover({ options, name }: RoutedChannel): boolean {
    return options.discovers && this.#lists.get(name)?.known === false;
  }

  async #discover({ options, name, isEnabled }: RoutedChannel, context: CallContext): Promise<void> {
    if (options.discovers && isEnabled) await this.#lists.get(name)?.get(context);
  }

  #notPinned(pinned: string, asked: string): GatewayError {
    const isThere = this.#channels.some(({ name, isEnabled }) => name === pinned && isEnabled);
    const message = isThere
      ? `The channel '${pinned}' has no model '${asked.slice(0, 200)}'`
      : `There is no channel '${pinned.slice(0, 64)}'`;
    return new GatewayError(isThere ? 'model_not_found' : 'invalid_request', message, { param: 'x-lingma-channel' });
  }
}

const channelModel = (id: string, channel: string): ModelInfo => ({
  id,
  upstreamId: id,
  displayName: id,
  isDefault: false,
  supportsReasoning: true,
  supportsImages: true,
  ownedBy: channel,
});

function noSuchModel(asked: string, [endpoint]: readonly Endpoint[]): GatewayError {
  const name = asked.slice(0, 200);
  const message =
    endpoint === 'chat' || endpoint === 'responses'
      ? `The model '${name}' does not exist: no channel has it; those that there are, are at /v1/models`
      : `no channel serves ${endpoint} for model '${name}'`;
  return new GatewayError('model_not_found', message, { param: 'model' });
}
