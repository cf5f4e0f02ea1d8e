/**
 * Lingma as a {@link Channel}: a request becomes a transcript for one turn, and the turn's events pass the stages that
 * make up for what Lingma lacks. Whatever the caller asked for and does not get is told in `response-start`.
 */
import {
  type CallContext,
  type Channel,
  type ChatEventStream,
  type ChatRequest,
  checkGrammar,
  countPromptTokens,
  type EventStage,
  type ModelInfo,
  selectTokenCounter,
  type TokenCounter,
  type TokenCounterKind,
  type TranscriptEntry,
  withStages,
} from '../chat/index.js';
import { isAgentName, type LingmaClientStatus } from '../lingma/index.js';
import { affinityOf, type ConversationStore, type PoolStatus, type PoolTurn } from '../pool/index.js';
import { abortable, checkOptions, listOf, type OptionRules, withMethods } from '../util/index.js';
import { toChannelStatus } from './channel-status.js';
import type { ConversationSession } from './conversation/conversation-session.js';
import {
  Conversations,
  type OpenConversation,
  type SessionOutcome,
  type SessionOwner,
} from './conversation/conversations.js';
import { MessageHistory } from './conversation/message-history.js';
import { withTranscript } from './conversation/turn-transcript.js';
import { emptyAnswer } from './empty-answer.js';
import type { Emulate } from './emulate.js';
import { holdEnd } from './hold-end.js';
import { IMAGE_RULES, type ImageOptions, imagePreparation, type PreparedImages, selectImages } from './images/index.js';
import { emulation } from './load-emulation.js';
import { createModelCatalog, type ModelCatalog, type ModelCatalogOptions } from './model-catalog.js';
import { openWhenWanted } from './open-when-wanted.js';
import { needsEmulation, planTurn, type ToolOptions, type TurnPlan } from './plan-request.js';
import { weighPrompt } from './prompt-weight.js';
import { addWarnings, refuseWithoutImages } from './stages/judge-warnings.js';
import { reportNativeCalls } from './stages/report-native-calls.js';
import { tellNativeTools } from './stages/tell-native-tools.js';

const NO_IMAGES: PreparedImages = { images: [], warnings: [] };

/** A request that is ready for its turn. */
interface PlannedTurn {
  readonly request: ChatRequest;
  readonly context: CallContext;
  readonly counter: TokenCounter;
  readonly plan: TurnPlan;
  readonly prepared: PreparedImages;
}

/** What the channel uses of a `LingmaClient` or a `LingmaPool`. */
export interface LingmaTurns extends SessionOwner {
  listModels(context: CallContext): Promise<readonly ModelInfo[]>;
  streamTurn(turn: ConversationTurn, context: CallContext): LingmaTurnEvents;
  status?(): LingmaClientStatus | PoolStatus;
}

/** A turn that may go on in a session. */
export type ConversationTurn = Omit<PoolTurn, 'session'> & { readonly session?: ConversationSession };

/** Without an outcome no session is ever gone on in. */
export interface LingmaTurnEvents extends ChatEventStream {
  outcome?(): Promise<SessionOutcome | undefined>;
  ended?(): SessionOutcome | undefined;
}

/** What {@link createLingmaChannel} is made of. */
export interface LingmaChannelOptions {
  /** Stays the caller's: the channel neither starts nor closes it. */
  readonly client: LingmaTurns;
  readonly models?: ModelCatalogOptions;
  readonly tools?: ToolOptions;
  readonly images?: ImageOptions;
  /** Default `estimate`. */
  readonly tokenCounter?: TokenCounterKind;
  /** Where it is remembered in which session a conversation stands. Absent: each turn has a session of its own. */
  readonly conversations?: ConversationStore;
}

const RULES: OptionRules<LingmaChannelOptions> = {
  client: withMethods('listModels', 'streamTurn'),
  models: {
    defaultModel: 'string',
    aliases: 'object',
    standIns: listOf('string'),
  } satisfies OptionRules<ModelCatalogOptions>,
  tools: {
    forward: 'boolean',
    allowlist: listOf('string'),
    onMissedCall: ['error', 'text'],
  } satisfies OptionRules<ToolOptions>,
  images: IMAGE_RULES,
  tokenCounter: ['estimate', 'vocabulary'],
  conversations: withMethods('get', 'put', 'invalidate', 'stats'),
};

/**
 * Lingma as what a gateway asks: tools, pictures, output limits and demanded formats come about here.
 *
 * @throws TypeError on options that are none
 */
export function createLingmaChannel(options: LingmaChannelOptions): Channel {
  checkOptions('createLingmaChannel()', options, RULES, { required: ['client'] });
  const { client, models = {}, tools = {}, images = {}, tokenCounter = 'estimate' } = options;
  const catalog = createModelCatalog(models);
  const conversations = options.conversations && new Conversations(options.conversations, client);

  /** Waits for nothing that is there: most requests have no pictures. */
  const open = (request: ChatRequest, context: CallContext): ChatEventStream | Promise<ChatEventStream> => {
    const counter = selectTokenCounter(tokenCounter);
    return 'count' in counter
      ? openCounted(request, context, counter)
      : counter.then((loaded) => openCounted(request, context, loaded));
  };

  const openCounted = (
    request: ChatRequest,
    context: CallContext,
    counter: TokenCounter,
  ): ChatEventStream | Promise<ChatEventStream> => {
    if (request.sampling.maxOutputTokens === 0) {
      const inputTokens = countPromptTokens(request, counter);
      const model = request.model === '' ? 'lingma' : catalog.target(request.model);
      return emptyAnswer({ model, inputTokens, createdAt: Date.now() });
    }
    const history = new MessageHistory(request);
    if (!needsEmulation(request, history)) return openPlanned(request, history, context, counter);
    const { loaded } = emulation;
    return loaded === undefined
      ? abortable(emulation.load(), context.signal).then(({ emulate }) =>
          openPlanned(request, history, context, counter, emulate),
        )
      : openPlanned(request, history, context, counter, loaded.emulate);
  };

  const openPlanned = (
    request: ChatRequest,
    history: MessageHistory,
    context: CallContext,
    counter: TokenCounter,
    emulate?: Emulate,
  ): ChatEventStream | Promise<ChatEventStream> => {
    const plan = planTurn(request, history, tools, counter, emulate);
    const open = (prepared: PreparedImages): ChatEventStream | Promise<ChatEventStream> => {
      const planned = { request, context, counter, plan, prepared };
      if (conversations === undefined || plan.terms === undefined) return openTurn(planned);
      const { model, mode } = modelOf(catalog.target(request.model), catalog);
      const { transcript, terms } = plan;
      const wanted = { history, transcript, terms, model, mode };
      const opened = conversations.open(wanted, context);
      return 'then' in opened
        ? opened.then((conversation) => openTurn(planned, conversation))
        : openTurn(planned, opened);
    };
    // Where there is none, none of a turn before is spoken of.
    const pictures = history.has('image') ? selectImages(request.messages) : [];
    return pictures.length === 0
      ? open(NO_IMAGES)
      : abortable(prepareImages(pictures, images, context), context.signal).then(open);
  };

  const openTurn = (
    { request, context, counter, plan, prepared }: PlannedTurn,
    conversation?: OpenConversation,
  ): ChatEventStream => {
    const model = catalog.target(request.model);
    const prompt = weighPrompt(request, plan.history, counter, conversation?.session?.weight);
    const turnWith = (more: readonly TranscriptEntry[]): Omit<PoolTurn, 'session'> =>
      withTranscript(plan.transcript, more, {
        chooseModel: catalog.choose(request.model),
        images: prepared.images,
        // The number that `count_tokens` answers with.
        inputTokens: () => prompt.tokens(),
        tokenCounter: counter,
        affinity: () => affinityOf(request, context),
        ...(model !== '' && { model }),
        ...(plan.tools.length > 0 && { tools: plan.tools }),
        ...(plan.toolConfig !== undefined && { toolConfig: plan.toolConfig }),
        ...(plan.hasToolContext && { hasToolContext: true }),
      });
    const run = (more: readonly TranscriptEntry[]): ChatEventStream => {
      if (more.length > 0) context.report?.({ repeat: 'answer' });
      const turn = turnWith(more);
      if (conversation === undefined) return client.streamTurn(turn, context);
      if (more.length > 0) {
        // The first answer is not what the caller gets.
        conversation.differs();
        return client.streamTurn(turn, context);
      }
      const { session } = conversation;
      const stream = client.streamTurn(
        Object.assign(turn, { keepSession: true, ...(session !== undefined && { session }) }),
        context,
      );
      conversation.watch(stream, () => prompt.weight());
      return stream;
    };
    const stagesOfTry = (): EventStage[] => [
      checkGrammar(),
      ...(plan.tools.length > 0 && context.report !== undefined ? [reportNativeCalls(context.report)] : []),
      ...(images.onFailure === 'error' ? [refuseWithoutImages()] : []),
      ...plan.createStages(conversation && (() => conversation.differs())),
      tellNativeTools(),
    ];
    const remember = (stream: ChatEventStream): ChatEventStream =>
      conversation === undefined ? stream : holdEnd(stream, conversation);
    const known = conversation?.session === undefined ? plan.transcript.warnings() : [];
    const warnings = [...plan.uncheckable, ...prepared.warnings, ...plan.warnings, ...known];
    const lastStages = warnings.length > 0 ? [addWarnings(warnings)] : [];
    const { secondTry } = plan;
    // What comes through the stages of a plan is checked again.
    if (secondTry !== undefined || plan.hasStages) lastStages.push(checkGrammar());
    if (secondTry === undefined) return remember(withStages(run([]), [...stagesOfTry(), ...lastStages]));
    const tryOnce = (more: readonly TranscriptEntry[]): ChatEventStream => withStages(run(more), stagesOfTry());
    return remember(withStages(secondTry.run(tryOnce), lastStages));
  };

  return {
    name: 'lingma',
    ...(conversations !== undefined && { keepsConversations: true }),
    listModels: async (context) => catalog.list(await client.listModels(context)),
    streamChat: (request, context) => openWhenWanted(() => open(request, context)),
    ...(client.status !== undefined && { status: () => toChannelStatus(client.status?.()) }),
  };
}

async function prepareImages(...args: Parameters<PrepareImages>): Promise<PreparedImages> {
  const { prepareImages: prepare } = imagePreparation.loaded ?? (await imagePreparation.load());
  return prepare(...args);
}

type PrepareImages = Awaited<ReturnType<typeof imagePreparation.load>>['prepareImages'];

/** The model as conversations are told apart by it: names that stand for the default are all one. */
function modelOf(target: string, catalog: ModelCatalog): { readonly model: string; readonly mode: string } {
  if (isAgentName(target)) return { model: '', mode: 'agent' };
  return { model: catalog.meansDefault(target) ? '' : target.trim().toLowerCase(), mode: '' };
}
