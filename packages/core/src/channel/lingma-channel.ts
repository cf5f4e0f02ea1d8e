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
import type { LingmaClientStatus } from '../lingma/index.js';
import { affinityOf, type PoolStatus, type PoolTurn } from '../pool/index.js';
import { schemaProblem } from '../tool-emulation/index.js';
import { abortable } from '../util/index.js';
import { toChannelStatus } from './channel-status.js';
import { emptyAnswer } from './empty-answer.js';
import { type ImageOptions, prepareImages, selectImages } from './images/index.js';
import { createModelCatalog, type ModelCatalogOptions } from './model-catalog.js';
import { planTurn, type ToolOptions } from './plan-request.js';
import { withSecondTry } from './retry-answer.js';
import { tellNativeTools } from './stages/tell-native-tools.js';

/** What the channel uses of a `LingmaClient` or a `LingmaPool`. */
export interface LingmaTurns {
  listModels(context: CallContext): Promise<readonly ModelInfo[]>;
  streamTurn(turn: PoolTurn, context: CallContext): ChatEventStream;
  status?(): LingmaClientStatus | PoolStatus;
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
    const turn: PoolTurn = {
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
      affinity: () => affinityOf(request, context),
    };
    const stagesOfTry = (): EventStage[] => [
      checkGrammar(),
      ...(images.onFailure === 'error' ? [refuseWithoutImages()] : []),
      ...plan.createStages(),
      tellNativeTools(),
    ];
    const warnings = [...uncheckable, ...prepared.warnings, ...plan.warnings];
    const lastStages = [...(warnings.length > 0 ? [addWarnings(warnings)] : []), checkGrammar()];
    const { secondTry } = plan;
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
