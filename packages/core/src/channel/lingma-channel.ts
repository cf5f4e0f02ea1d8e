/**
 * Lingma as a {@link Channel}: a request becomes a transcript for one turn, and the turn's events pass the stages that
 * make up for what Lingma lacks. Whatever the caller asked for and does not get is told in `response-start`.
 */
import {
  type CallContext,
  type Channel,
  type ChannelStatus,
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
  type TokenCounter,
  type TokenCounterKind,
  type TranscriptEntry,
  withStages,
  withWarnings,
} from '../chat/index.js';
import type { LingmaClientStatus, LingmaTurn } from '../lingma/index.js';
import { schemaProblem } from '../tool-emulation/index.js';
import { abortable } from '../util/index.js';
import { emptyAnswer } from './empty-answer.js';
import { type ImageOptions, type PreparedImages, prepareImages, selectImages } from './images/index.js';
import { createModelCatalog, type ModelCatalogOptions } from './model-catalog.js';
import { planTurn, type ToolOptions, type TurnPlan } from './plan-request.js';
import { withSecondTry } from './retry-answer.js';
import { tellNativeTools } from './stages/tell-native-tools.js';

const NO_IMAGES: PreparedImages = { images: [], warnings: [] };

/** A request that is ready for its turn. */
interface PlannedTurn {
  readonly request: ChatRequest;
  readonly context: CallContext;
  readonly counter: TokenCounter;
  readonly plan: TurnPlan;
  readonly prepared: PreparedImages;
  readonly uncheckable: readonly ChatWarning[];
}

/** What the channel uses of a `LingmaClient`. */
export interface LingmaTurns {
  listModels(context: CallContext): Promise<readonly ModelInfo[]>;
  streamTurn(turn: LingmaTurn, context: CallContext): ChatEventStream;
  status?(): LingmaClientStatus;
}

export interface LingmaChannelOptions {
  /** Stays the caller's: the channel neither starts nor closes it. */
  readonly client: LingmaTurns;
  readonly models?: ModelCatalogOptions;
  readonly tools?: ToolOptions;
  readonly images?: ImageOptions;
  /** Default `estimate`. */
  readonly tokenCounter?: TokenCounterKind;
}

export function createLingmaChannel(options: LingmaChannelOptions): Channel {
  const { client, models = {}, tools = {}, images = {}, tokenCounter = 'estimate' } = options;
  const catalog = createModelCatalog(models);

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
    const plan = planTurn(request, tools, counter);
    const uncheckable = refuseUncheckable(request.responseFormat);
    const open = (prepared: PreparedImages): ChatEventStream =>
      openTurn({ request, context, counter, plan, prepared, uncheckable });
    const pictures = selectImages(request.messages);
    return pictures.length === 0
      ? open(NO_IMAGES)
      : abortable(prepareImages(pictures, images, context), context.signal).then(open);
  };

  const openTurn = ({ request, context, counter, plan, prepared, uncheckable }: PlannedTurn): ChatEventStream => {
    const model = catalog.target(request.model);
    const turn: LingmaTurn = {
      messages: plan.entries,
      ...(model !== '' && { model }),
      chooseModel: catalog.choose(request.model),
      images: prepared.images,
      // The number that `count_tokens` answers with.
      inputTokens: () => countPromptTokens(request, counter),
      tokenCounter: counter,
      ...(plan.tools.length > 0 && { tools: plan.tools }),
      ...(plan.toolConfig !== undefined && { toolConfig: plan.toolConfig }),
      ...(plan.hasToolContext && { hasToolContext: true }),
    };
    const stagesOfTry = (): EventStage[] => [
      checkGrammar(),
      ...(images.onFailure === 'error' ? [refuseWithoutImages()] : []),
      ...plan.createStages(),
      tellNativeTools(),
    ];
    const warnings = [...uncheckable, ...prepared.warnings, ...plan.warnings];
    const lastStages = warnings.length > 0 ? [addWarnings(warnings)] : [];
    const { secondTry } = plan;
    // What comes through the stages of a plan is checked again.
    if (secondTry !== undefined || plan.hasStages) lastStages.push(checkGrammar());
    if (secondTry === undefined) return withStages(client.streamTurn(turn, context), [...stagesOfTry(), ...lastStages]);
    const tryOnce = (more: readonly TranscriptEntry[]): ChatEventStream =>
      withStages(client.streamTurn({ ...turn, messages: [...turn.messages, ...more] }, context), stagesOfTry());
    return withStages(withSecondTry({ open: tryOnce, ...secondTry }), lastStages);
  };

  return {
    name: 'lingma',
    listModels: async (context) => catalog.list(await client.listModels(context)),
    streamChat: (request, context) => openWhenWanted(() => open(request, context)),
    ...(client.status !== undefined && { status: () => toChannelStatus(client.status?.()) }),
  };
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
function openWhenWanted(open: () => ChatEventStream | Promise<ChatEventStream>): ChatEventStream {
  let inner: ChatEventStream | undefined;
  let flow: ChatEventFlow | undefined;
  let paused = false;
  let closed = false;
  const start = (opened: ChatEventStream, sink: ChatEventSink): ChatEventFlow => {
    inner = opened;
    flow = opened.pipe(sink);
    if (paused) flow.pause();
    return flow;
  };
  const startLater = async (opening: Promise<ChatEventStream>, sink: ChatEventSink): Promise<void> => {
    const opened = await opening;
    if (closed) {
      await opened.close();
      sink.end();
      return;
    }
    start(opened, sink);
  };
  return eventStream(
    (sink) => {
      let opened: ChatEventStream | Promise<ChatEventStream>;
      try {
        opened = open();
      } catch (error) {
        opened = Promise.reject(error);
      }
      if (!(opened instanceof Promise)) return start(opened, sink);
      startLater(opened, sink).catch((error: unknown) => sink.end(error));
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

/** Leaves out the address: it may hold a path or a name. */
function toChannelStatus(status: LingmaClientStatus | undefined): ChannelStatus {
  if (status === undefined) return { state: 'unknown' };
  const { state, server, dialect, loggedIn, connections } = status;
  return {
    state,
    ...(server !== undefined && { server: `${server.name} ${server.version}`.trim() }),
    ...(dialect !== undefined && { dialect }),
    ...(loggedIn !== undefined && { loggedIn }),
    connections: connections.open,
    busyConnections: connections.busy,
  };
}
