/**
 * Several channels as one: Lingma and whatever else is set up. A request goes to the channels that name its model, and to
 * another of them when one fails before anything of an answer has been seen. Requests in an upstream's own protocol are handed
 * on as they were sent.
 */
import {
  type CallContext,
  type Channel,
  type ChatEventStream,
  type ChatRequest,
  type Endpoint,
  GatewayError,
  loadModule,
  type ModelInfo,
  type PassThrough,
  type RawAnswer,
  type RawRequest,
} from '../../chat/index.js';
import type { Clock, Logger } from '../../util/index.js';
import type { ModelCatalogOptions } from '../model-catalog.js';
import { openWhenWanted } from '../open-when-wanted.js';
import type { ChannelTest } from './channel-test.js';
import { type Candidate, ModelDirectory } from './model-directory.js';
import { Route } from './route.js';
import { type ChannelReport, RoutedChannel, type RoutedChannelOptions } from './routed-channel.js';
import { watchChat, watchRaw } from './watched-stream.js';

const loadTest = loadModule(() => import('./channel-test.js'));

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

export interface ChannelRouter extends Channel {
  readonly passThrough: PassThrough;
  /** Requests from now on go by these; channels that are still there keep how they fare. */
  readonly options: ChannelRouterOptions;
  reports(): readonly ChannelReport[];
  /** @returns false where there is no channel of that name */
  setEnabled(name: string, enabled: boolean): boolean;
  test(name: string, model: string | undefined, context: CallContext): Promise<ChannelTest | undefined>;
}

/** @param before whose channels go on, where they are the same upstreams */
export function createChannelRouter(options: ChannelRouterOptions, before?: ChannelRouter): ChannelRouter {
  return new Router(options, before instanceof Router ? before : undefined);
}

class Router implements ChannelRouter {
  readonly name = 'channels';
  readonly options: ChannelRouterOptions;
  readonly passThrough: PassThrough;
  readonly #channels: readonly RoutedChannel[];
  readonly #models: ModelDirectory;

  constructor(options: ChannelRouterOptions, before: Router | undefined) {
    const channelsBefore = before === undefined ? [] : before.#channels;
    this.options = options;
    const { clock, logger, models = {} } = options;
    this.#channels = options.channels.map((channel) => {
      const known = channelsBefore.find(
        (each) => each.name === channel.name && each.options.upstream === channel.upstream,
      );
      if (known === undefined) return new RoutedChannel(channel, clock, logger);
      known.reconfigure(channel);
      return known;
    });
    const { lingma, expectsLingma, unknown } = options;
    this.#models = new ModelDirectory(
      { channels: this.#channels, lingma, expectsLingma, models, unknown, clock, logger },
      before === undefined ? undefined : before.#models,
    );
    this.passThrough = {
      namesChannel: options.namesChannel,
      isReady: () => this.#channels.some(({ state, options: { type } }) => type === 'openai' && state === 'enabled'),
      serves: (endpoint, model) => this.#models.serves(endpoint, model),
      open: (request, context) => this.#openRaw(request, context),
    };
  }

  listModels(context: CallContext): Promise<readonly ModelInfo[]> {
    return this.#models.list(context);
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
    return this.#channels.map((channel) => channel.report(this.#models.discovered(channel)));
  }

  setEnabled(name: string, enabled: boolean): boolean {
    const channel = this.#channels.find((each) => each.name === name);
    channel?.setEnabled(enabled);
    return channel !== undefined;
  }

  async test(name: string, model: string | undefined, context: CallContext): Promise<ChannelTest | undefined> {
    const channel = this.#channels.find((each) => each.name === name);
    if (channel === undefined) return undefined;
    const asked = model ?? (await this.#models.firstOf(channel, context));
    const { testChannel } = await loadTest();
    return testChannel(channel, asked, this.options.clock, context);
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
    const candidates = await this.#models.candidates(asked, endpoints, context);
    const { maxAttempts, random = Math.random } = this.options;
    if (pinned !== undefined) {
      const only = candidates.filter(({ channel }) => channel.name === pinned);
      if (only.length === 0) throw this.#notPinned(pinned, asked);
      return new Route({ candidates: only, maxAttempts: 1, random, context });
    }
    return new Route({ candidates, maxAttempts, random, context });
  }

  #notPinned(pinned: string, asked: string): GatewayError {
    const isThere = this.#channels.some(({ name, isEnabled }) => name === pinned && isEnabled);
    const message = isThere
      ? `The channel '${pinned}' has no model '${asked.slice(0, 200)}'`
      : `There is no channel '${pinned.slice(0, 64)}'`;
    return new GatewayError(isThere ? 'model_not_found' : 'invalid_request', message, { param: 'x-lingma-channel' });
  }
}
