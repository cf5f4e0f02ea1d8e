/**
 * Lingma as a {@link Channel}: a request becomes a transcript for one turn, and the turn's events pass the stages that
 * make up for what Lingma lacks. Whatever the caller asked for and does not get is told in `response-start`.
 */
import {
  type CallContext,
  type Channel,
  type ChatEventFlow,
  type ChatEventSink,
  type ChatEventStream,
  type ChatRequest,
  type ChatWarning,
  checkGrammar,
  countPromptTokens,
  type EventStage,
  eventStream,
  GatewayError,
  type ModelInfo,
  selectTokenCounter,
  type TokenCounterKind,
  type TranscriptEntry,
  withStages,
  withWarnings,
} from '../chat/index.js';
import { isAgentName, type LingmaClientStatus } from '../lingma/index.js';
import { affinityOf, type ConversationStore, type PoolStatus, type PoolTurn } from '../pool/index.js';
import { schemaProblem } from '../tool-emulation/index.js';
import { abortable } from '../util/index.js';
import { toChannelStatus } from './channel-status.js';
import { type ConversationSession, Conversations, type SessionOutcome, type SessionOwner } from './conversations.js';
import { emptyAnswer } from './empty-answer.js';
import { holdEnd } from './hold-end.js';
import { type ImageOptions, prepareImages, selectImages } from './images/index.js';
import { createModelCatalog, type ModelCatalog, type ModelCatalogOptions } from './model-catalog.js';
import { planTurn, type ToolOptions } from './plan-request.js';
import { weighPrompt } from './prompt-weight.js';
import { withSecondTry } from './retry-answer.js';
import { reportNativeCalls } from './stages/report-native-calls.js';
import { tellNativeTools } from './stages/tell-native-tools.js';

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
}

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

export function createLingmaChannel(options: LingmaChannelOptions): Channel {
  const { client, models = {}, tools = {}, images = {}, tokenCounter = 'estimate' } = options;
  const catalog = createModelCatalog(models);
  const conversations = options.conversations && new Conversations(options.conversations, client);

  const open = async (request: ChatRequest, context: CallContext): Promise<ChatEventStream> => {
    const selected = selectTokenCounter(tokenCounter);
    const counter = 'count' in selected ? selected : await selected;
    if (request.sampling.maxOutputTokens === 0) {
      const inputTokens = countPromptTokens(request, counter);
      const model = request.model === '' ? 'lingma' : catalog.target(request.model);
      return emptyAnswer({ model, inputTokens, createdAt: Date.now() });
    }
    const plan = planTurn(request, tools, counter);
    const uncheckable = refuseUncheckable(request.responseFormat);
    const prepared = await abortable(prepareImages(selectImages(request.messages), images, context), context.signal);
    const model = catalog.target(request.model);
    const conversation =
      conversations === undefined || plan.terms === undefined
        ? undefined
        : await conversations.open({ ...request, ...modelOf(model, catalog), ...plan, terms: plan.terms }, context);
    const prompt = weighPrompt(request, counter, conversation?.session?.weight);
    const turnWith = (more: readonly TranscriptEntry[]): Omit<PoolTurn, 'session'> => ({
      // Where a session knows them, nobody asks.
      get messages() {
        const entries = plan.transcript.entries();
        return more.length === 0 ? entries : [...entries, ...more];
      },
      ...(model !== '' && { model }),
      chooseModel: catalog.choose(request.model),
      images: prepared.images,
      // The number that `count_tokens` answers with.
      inputTokens: () => prompt.tokens(),
      tokenCounter: counter,
      ...(plan.tools.length > 0 && { tools: plan.tools }),
      ...(plan.toolConfig !== undefined && { toolConfig: plan.toolConfig }),
      ...(plan.hasToolContext && { hasToolContext: true }),
      affinity: () => affinityOf(request, context),
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
    const warnings = [...uncheckable, ...prepared.warnings, ...plan.warnings, ...known];
    const lastStages = [...(warnings.length > 0 ? [addWarnings(warnings)] : []), checkGrammar()];
    const { secondTry } = plan;
    if (secondTry === undefined) return remember(withStages(run([]), [...stagesOfTry(), ...lastStages]));
    const tryOnce = (more: readonly TranscriptEntry[]): ChatEventStream => withStages(run(more), stagesOfTry());
    return remember(withStages(withSecondTry({ open: tryOnce, ...secondTry }), lastStages));
  };

  return {
    name: 'lingma',
    listModels: async (context) => catalog.list(await client.listModels(context)),
    streamChat: (request, context) => openWhenWanted(() => open(request, context)),
    ...(client.status !== undefined && { status: () => toChannelStatus(client.status?.()) }),
  };
}

/** The model as conversations are told apart by it: names that stand for the default are all one. */
function modelOf(target: string, catalog: ModelCatalog): { readonly model: string; readonly mode: string } {
  if (isAgentName(target)) return { model: '', mode: 'agent' };
  return { model: catalog.meansDefault(target) ? '' : target.trim().toLowerCase(), mode: '' };
}

/** A schema that nothing can be held against: refused where the caller counts on it, told where it was a wish. */
function refuseUncheckable(format: ChatRequest['responseFormat']): readonly ChatWarning[] {
  const message = schemaProblem(format);
  if (format.type !== 'json-schema' || message === undefined) return [];
  if (format.strict) throw new GatewayError('invalid_request', message);
  return [
    { type: 'unsupported-setting', subject: 'schema', message: `${message}; the answer is checked as JSON alone` },
  ];
}

function addWarnings(warnings: readonly ChatWarning[]): EventStage {
  return {
    push(event, emit) {
      emit(event.type === 'response-start' ? withWarnings(event, [...event.warnings, ...warnings]) : event);
    },
  };
}

/** Only the client sees whether the model has eyes and the upload goes well; it says so before the answer begins. */
function refuseWithoutImages(): EventStage {
  return {
    push(event, emit) {
      const told =
        event.type === 'response-start' ? event.warnings.find(({ leftOut }) => leftOut?.type === 'image') : undefined;
      if (told?.leftOut !== undefined) throw new GatewayError('invalid_request', told.leftOut.reason);
      emit(event);
    },
  };
}

/** Opens when the events are wanted; after that they go straight from the stream behind to whoever wants them. */
function openWhenWanted(open: () => Promise<ChatEventStream>): ChatEventStream {
  let inner: ChatEventStream | undefined;
  let flow: ChatEventFlow | undefined;
  let paused = false;
  let closed = false;
  const start = async (sink: ChatEventSink): Promise<void> => {
    const opened = await open();
    if (closed) {
      await opened.close();
      sink.end();
      return;
    }
    inner = opened;
    flow = opened.pipe(sink);
    if (paused) flow.pause();
  };
  return eventStream(
    (sink) => {
      start(sink).catch((error: unknown) => sink.end(error));
      return {
        pause: () => {
          paused = true;
          flow?.pause();
        },
        resume: () => {
          paused = false;
          flow?.resume();
        },
      };
    },
    async () => {
      closed = true;
      await inner?.close();
    },
  );
}
