/**
 * Lingma as a {@link Channel}: a request becomes a transcript for one turn, and the turn's events pass the stages that
 * make up for what Lingma lacks. Whatever the caller asked for and does not get is told in `response-start`.
 */
import {
  type CallContext,
  type Channel,
  type ChannelStatus,
  type ChatEventStream,
  type ChatRequest,
  type ChatWarning,
  checkGrammar,
  type EventStage,
  eventStream,
  loadTokenCounter,
  type ModelInfo,
  withStages,
} from '../chat/index.js';
import type { LingmaClientStatus, LingmaTurn } from '../lingma/index.js';
import { abortable } from '../util/index.js';
import { flattenMessages } from './flatten-messages.js';
import { type ImageOptions, prepareImages, selectImages } from './images/index.js';
import { limitOutput } from './limit-output.js';
import { createModelCatalog, type ModelCatalogOptions } from './model-catalog.js';
import { stopAtSequence } from './stop-at-sequence.js';

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
  readonly images?: ImageOptions;
}

export function createLingmaChannel({ client, models = {}, images = {} }: LingmaChannelOptions): Channel {
  const catalog = createModelCatalog(models);

  const open = async (request: ChatRequest, context: CallContext): Promise<ChatEventStream> => {
    // Names are resolved by the system, which no signal reaches.
    const prepared = await abortable(prepareImages(selectImages(request.messages), images, context), context.signal);
    const conversation = prepareConversation(request);
    const turn: LingmaTurn = {
      messages: flattenMessages(request.messages),
      ...(request.model !== '' && { model: catalog.target(request.model) }),
      images: prepared.images,
    };
    const warnings = [...prepared.warnings, ...conversation.warnings];
    const stages = await stagesOf(request, warnings);
    return withStages(client.streamTurn(turn, context), stages);
  };

  return {
    name: 'lingma',
    listModels: async (context) => catalog.list(await client.listModels(context)),
    streamChat: (request, context) => openOnRead(() => open(request, context)),
    ...(client.status !== undefined && { status: () => toChannelStatus(client.status?.()) }),
  };
}

/** What the request needs beyond plain text, and what of it cannot be had. */
function prepareConversation(request: ChatRequest): { readonly warnings: readonly ChatWarning[] } {
  const warnings: ChatWarning[] = [];
  if (request.tools.length > 0 && request.toolChoice.type !== 'none') {
    warnings.push({
      type: 'unsupported-setting',
      subject: 'tools',
      message: 'The request is answered without its tools',
    });
  }
  return { warnings };
}

/** In the order in which events pass. */
async function stagesOf({ sampling }: ChatRequest, warnings: readonly ChatWarning[]): Promise<EventStage[]> {
  const { maxOutputTokens, stopSequences = [] } = sampling;
  const stages = [checkGrammar()];
  if (maxOutputTokens !== undefined) stages.push(limitOutput(maxOutputTokens, await loadTokenCounter()));
  if (stopSequences.length > 0) stages.push(stopAtSequence(stopSequences, await loadTokenCounter()));
  if (warnings.length > 0) stages.push(addWarnings(warnings));
  return stages;
}

function addWarnings(warnings: readonly ChatWarning[]): EventStage {
  return {
    push(event, emit) {
      emit(event.type === 'response-start' ? { ...event, warnings: [...event.warnings, ...warnings] } : event);
    },
  };
}

/** Opens at the first read; after that every read goes straight to the stream behind. */
function openOnRead(open: () => Promise<ChatEventStream>): ChatEventStream {
  let inner: ChatEventStream | undefined;
  let closed = false;
  const openAndRead = async (): ReturnType<ChatEventStream['read']> => {
    const opened = await open();
    if (closed) {
      await opened.close();
      return undefined;
    }
    inner = opened;
    return opened.read();
  };
  return eventStream(
    () => {
      if (inner !== undefined) return inner.read();
      return closed ? Promise.resolve(undefined) : openAndRead();
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
