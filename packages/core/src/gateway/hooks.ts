/** The host's hooks around every turn: a channel that tells of what passes through it. Without hooks there is none of this. */
import { openWhenWanted } from '../channel/index.js';
import {
  abortReason,
  type CallContext,
  type Channel,
  type ChatEvent,
  type ChatEventStream,
  type ChatRequest,
  type Endpoint,
  eventStream,
  type FinishReason,
  GatewayError,
  type PassThrough,
  toGatewayError,
  type Usage,
} from '../chat/index.js';
import { type Clock, monotonicNow } from '../util/index.js';

/** How a turn ended. */
export interface TurnEnd {
  /** Milliseconds from {@link GatewayHooks.onRequest} on. */
  readonly ms: number;
  /** Absent: it was cut off, and {@link TurnEnd.error} says why. */
  readonly finishReason?: FinishReason;
  readonly usage?: Usage;
  /** What it failed with; `client_closed` where the client left. */
  readonly error?: GatewayError;
}

/**
 * Told of every turn that answers a request: one for each, several for a completion with several prompts. `call` says who asks
 * (`principal`) and which request it is (`requestId`), as the log does.
 */
export interface GatewayHooks {
  /**
   * Before the channel is asked; the turn waits for it. What it returns is asked in the request's place; what it throws is the
   * client's answer: a `GatewayError` with its own status, any other error a 500.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: A hook that only looks on returns nothing.
  onRequest?(request: ChatRequest, call: CallContext): ChatRequest | void | Promise<ChatRequest | void>;
  /** Each event on its way to the client, at once. What it throws is logged. */
  onEvent?(event: ChatEvent, call: CallContext): void;
  /** Once for each turn that {@link GatewayHooks.onRequest} was told of. What it throws is logged. */
  onEnd?(end: TurnEnd, call: CallContext): void;
}

export function withHooks(channel: Channel, hooks: GatewayHooks, clock: Clock): Channel {
  return {
    name: channel.name,
    listModels: (context) => channel.listModels(context),
    streamChat: (request, context) => hookedTurn(channel, request, context, hooks, clock),
    ...(channel.passThrough !== undefined && { passThrough: withoutTurns(channel.passThrough) }),
    ...(channel.keepsConversations === true && { keepsConversations: true }),
    ...(channel.status !== undefined && { status: () => channel.status?.() ?? { state: 'unknown' } }),
  };
}

/** Turns are for the hooks to see; what is no turn is handed on as ever. */
const withoutTurns = (passThrough: PassThrough): PassThrough => ({
  namesChannel: passThrough.namesChannel,
  isReady: () => passThrough.isReady(),
  open: (request, context) => passThrough.open(request, context),
  serves: (endpoint, model) => !TURNS.has(endpoint) && passThrough.serves(endpoint, model),
});

const TURNS: ReadonlySet<Endpoint> = new Set<Endpoint>(['chat', 'responses', 'completions']);

function hookedTurn(
  channel: Channel,
  request: ChatRequest,
  context: CallContext,
  hooks: GatewayHooks,
  clock: Clock,
): ChatEventStream {
  let startedAt: number | undefined;
  let closed = false;
  let last: Pick<TurnEnd, 'finishReason' | 'usage'> = {};
  const tell = (call: () => void): void => {
    try {
      call();
    } catch (cause) {
      context.logger.error('a hook failed', { cause });
    }
  };
  const onEvent = (event: ChatEvent): void => {
    if (event.type === 'response-end') last = { finishReason: event.finishReason, usage: event.usage };
    if (hooks.onEvent !== undefined) tell(() => hooks.onEvent?.(event, context));
  };
  const onEnd = (thrown?: unknown): void => {
    if (startedAt === undefined) return;
    const ms = Math.round(monotonicNow(clock) - startedAt);
    startedAt = undefined;
    const reason = thrown ?? (last.finishReason === undefined ? cutOff(closed, context.signal) : undefined);
    const error = reason === undefined ? {} : { error: toGatewayError(reason) };
    tell(() => hooks.onEnd?.({ ms, ...last, ...error }, context));
  };
  const stream = openWhenWanted(async () => {
    startedAt = monotonicNow(clock);
    try {
      const changed = (await hooks.onRequest?.(request, context)) ?? request;
      return observed(channel.streamChat(changed, context), onEvent, onEnd);
    } catch (error) {
      onEnd(error);
      throw error;
    }
  });
  return eventStream(
    (sink) => stream.pipe(sink),
    async () => {
      closed = true;
      await stream.close();
      onEnd();
    },
  );
}

function observed(
  source: ChatEventStream,
  onEvent: (event: ChatEvent) => void,
  onEnd: (error?: unknown) => void,
): ChatEventStream {
  return eventStream(
    (sink) =>
      source.pipe({
        events(batch) {
          for (const event of batch) onEvent(event);
          sink.events(batch);
        },
        end(error) {
          onEnd(error);
          sink.end(error);
        },
      }),
    () => source.close(),
  );
}

function cutOff(closed: boolean, signal: AbortSignal): GatewayError {
  if (signal.aborted) return abortReason(signal.reason);
  if (closed) return new GatewayError('client_closed', 'The answer was not wanted any more');
  return new GatewayError('upstream_protocol', 'The answer ended before its end');
}
