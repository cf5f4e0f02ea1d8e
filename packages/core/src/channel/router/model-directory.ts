/** Who has which model: names and patterns of the settings, lists of the upstreams, and Lingma's own. */
import {
  asksForAnyModel,
  type CallContext,
  type Channel,
  type Endpoint,
  findModel,
  GatewayError,
  type ModelInfo,
  modelNames,
} from '../../chat/index.js';
import { type Clock, type Logger, MAX_TIMER_MS } from '../../util/index.js';
import { createModelCatalog, type ModelCatalogOptions } from '../model-catalog.js';
import { createModelList, type ModelList } from './model-lists.js';
import { EXACT_RANK, listedNames, type ModelMatch, matchModel } from './model-rules.js';
import { noneAvailable } from './no-channel.js';
import type { RoutedChannel } from './routed-channel.js';

export interface Candidate extends ModelMatch {
  readonly channel: RoutedChannel;
}

export interface ModelDirectoryOptions {
  readonly channels: readonly RoutedChannel[];
  readonly lingma: Channel;
  readonly expectsLingma: boolean;
  readonly models: ModelCatalogOptions;
  readonly unknown: 'fallback' | 'error';
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long a request waits for a list before it goes by what is known. */
const LIST_WAIT_MS = 10_000;
const UNEXPECTED_WAIT_MS = 3_000;
/** Lingma's own client keeps its list; this is only how long ours goes by. */
const LINGMA_FRESH_MS = 30_000;
/** Meanwhile names that nobody has go to Lingma all the same, which says why it does not answer. */
const LINGMA_RETRY_MS = 5_000;
/** Names that merely stand for Lingma's default model: everybody else who has one goes first. */
const STAND_IN_RANK = -1;
const FALLBACK_RANK = -2;

export class ModelDirectory {
  readonly #options: ModelDirectoryOptions;
  readonly #lists: Map<string, ModelList<string>>;
  readonly #lingma: ModelList<ModelInfo>;
  readonly #catalog: ReturnType<typeof createModelCatalog>;

  /** @param before whose lists are kept where the channels are the same */
  constructor(options: ModelDirectoryOptions, before: ModelDirectory | undefined) {
    this.#options = options;
    const { channels, lingma, expectsLingma, clock, logger } = options;
    this.#catalog = createModelCatalog(options.models);
    this.#lists = new Map(
      channels.map((channel) => {
        const { upstream, name } = channel.options;
        const fetch = (context: CallContext): Promise<readonly string[]> =>
          upstream.listModels?.(context) ?? Promise.resolve([]);
        const kept = before === undefined ? undefined : before.#kept(channel);
        return [name, kept ?? createModelList({ fetch, waitMs: LIST_WAIT_MS, clock, logger, name })];
      }),
    );
    this.#lingma = createModelList<ModelInfo>({
      fetch: (context) => lingma.listModels(context),
      waitMs: expectsLingma ? MAX_TIMER_MS : UNEXPECTED_WAIT_MS,
      freshMs: LINGMA_FRESH_MS,
      retryMs: expectsLingma ? LINGMA_RETRY_MS : LINGMA_FRESH_MS,
      clock,
      logger,
      name: 'lingma',
    });
  }

  /** What the upstream says that it has, where it was asked. */
  discovered({ name }: RoutedChannel): readonly string[] {
    return this.#lists.get(name)?.current ?? [];
  }

  /** As `PassThrough` has it. */
  serves(endpoint: Endpoint, model: string): boolean {
    return this.#options.channels.some(
      (channel) =>
        channel.options.type === 'openai' &&
        channel.options.endpoints.includes(endpoint) &&
        (this.#mayDiscover(channel) || this.#match(channel, model) !== undefined),
    );
  }

  /** The union: Lingma's first, then the channels' in their order; each once. */
  async list(context: CallContext): Promise<readonly ModelInfo[]> {
    const own = this.#options.channels.find(({ options }) => options.type === 'lingma');
    const listed: ModelInfo[] = [];
    const names = new Set<string>();
    const add = (model: ModelInfo): void => {
      if (names.has(model.id)) return;
      names.add(model.id);
      listed.push(model);
    };
    const [lingma] = await Promise.all([
      own?.isEnabled === true ? this.#lingma.get(context) : [],
      ...this.#options.channels.map((channel) => this.#discover(channel, context)),
    ]);
    for (const model of lingma) if (own !== undefined && this.#isListed(own, model)) add(model);
    const able = this.#options.channels.filter(({ isEnabled }) => isEnabled);
    for (const { name, options } of able) {
      for (const id of listedNames(options.rules, this.#lists.get(name)?.current)) add(channelModel(id, name));
    }
    for (const alias of Object.keys(this.#options.models.aliases ?? {})) {
      const meant = this.#meant(alias);
      const [owner] = this.#matching(able, meant);
      if (owner !== undefined) add({ ...channelModel(alias, owner.channel.name), displayName: `${alias} (${meant})` });
    }
    return listed;
  }

  /** A model to try it with. @throws GatewayError `invalid_request` where it names none */
  async firstOf(channel: RoutedChannel, context: CallContext): Promise<string> {
    const { rules, type } = channel.options;
    if (type === 'lingma') return listedNames(rules)[0] ?? '';
    await this.#discover(channel, context);
    const [first] = listedNames(rules, this.discovered(channel));
    if (first !== undefined) return first;
    throw new GatewayError('invalid_request', `Say which model to test: ${channel.name} lists none`, {
      param: 'model',
    });
  }

  /** @throws GatewayError `model_not_found` where no channel has the model, `no_available_channel` where all that have it are disabled */
  async candidates(asked: string, endpoints: readonly Endpoint[], context: CallContext): Promise<readonly Candidate[]> {
    const name = this.#meant(asked);
    const serving = this.#options.channels.filter(
      ({ options, isEnabled }) => isEnabled && endpoints.some((endpoint) => options.endpoints.includes(endpoint)),
    );
    if (serving.some(({ options }) => options.discovers)) {
      await Promise.all(serving.map((channel) => this.#discover(channel, context)));
    }
    const found = this.#matching(serving, name);
    const lingma = serving.find(({ options }) => options.type === 'lingma');
    const own = lingma === undefined ? [] : await this.#lingmaCandidate(lingma, name, found.length > 0, context);
    const all = [...own, ...found];
    if (all.every(({ rank }) => rank === FALLBACK_RANK)) {
      // What stands in for names that nobody has may be another channel's, too.
      const { models, unknown } = this.#options;
      const standIns = unknown === 'fallback' ? this.#matching(serving, models.defaultModel ?? '') : [];
      if (standIns.length > 0) return standIns;
    }
    if (all.length > 0) return all;
    throw this.#isOut(name, endpoints) ? noneAvailable() : noSuchModel(asked, endpoints);
  }

  #matching(serving: readonly RoutedChannel[], name: string): readonly Candidate[] {
    return serving.flatMap((channel) => {
      const match = channel.options.type === 'openai' ? this.#match(channel, name) : undefined;
      return match === undefined ? [] : [{ channel, ...match }];
    });
  }

  /** A channel that has the model is disabled. */
  #isOut(name: string, endpoints: readonly Endpoint[]): boolean {
    return this.#options.channels.some(
      (channel) =>
        !channel.isEnabled &&
        channel.options.type === 'openai' &&
        endpoints.some((endpoint) => channel.options.endpoints.includes(endpoint)) &&
        this.#match(channel, name) !== undefined,
    );
  }

  /** Through the aliases; a name that leaves the choice to us is the default's. */
  #meant(asked: string): string {
    const { models } = this.#options;
    const target = this.#catalog.target(asked);
    return asksForAnyModel(target) && models?.defaultModel !== undefined ? models.defaultModel : target;
  }

  #match(channel: RoutedChannel, name: string): { readonly rank: number; readonly upstreamModel: string } | undefined {
    const meant = this.#meant(name);
    const more = this.discovered(channel);
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
    // Whoever can be answered elsewhere does not wait for it.
    if (hasOthers) this.#lingma.get(context).catch(() => undefined);
    const models = hasOthers ? this.#lingma.current : await this.#lingma.get(context);
    const model = findModel(models, name);
    if (model !== undefined) return candidate(model.aliasOf === undefined ? EXACT_RANK : STAND_IN_RANK);
    if (hasOthers) return [];
    if (asksForAnyModel(name) || this.#options.unknown === 'fallback') return candidate(FALLBACK_RANK);
    // Nobody knows what it has: it is for Lingma to say why.
    return this.#options.expectsLingma && !this.#lingma.known ? candidate(FALLBACK_RANK) : [];
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

  #kept(channel: RoutedChannel): ModelList<string> | undefined {
    return this.#options.channels.includes(channel) ? this.#lists.get(channel.name) : undefined;
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
