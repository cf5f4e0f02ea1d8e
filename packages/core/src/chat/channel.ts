/** The port between the gateway and whatever answers: Lingma today, other upstreams later. */
import type { Logger } from '../util/logger.js';
import type { FinishReason, Usage } from './event.js';
import type { ChatEventStream } from './event-stream.js';
import type { Endpoint, RawRequest, RawStream } from './pass-through.js';
import type { ChatRequest } from './request.js';

/** Whatever answers requests. Implement it to have a gateway over something else than Lingma. */
export interface Channel {
  readonly name: string;
  /** @throws GatewayError `not_ready`, `login_required`, `upstream_timeout` */
  listModels(context: CallContext): Promise<readonly ModelInfo[]>;
  /**
   * Starts nothing before the first `read()`. Failures reject `read()`; `close()` or an abort of `context.signal` stops
   * the upstream and frees the slot.
   */
  streamChat(request: ChatRequest, context: CallContext): ChatEventStream;
  /** What `/healthz` tells of the upstream: no secrets, paths or accounts. */
  status?(): ChannelStatus;
  /** It goes on with conversations, and so with less than all messages where it can: see `ConversationReading`. */
  readonly keepsConversations?: boolean;
  /** Where requests may be handed on as they were sent. Absent: every request becomes a `ChatRequest`. */
  readonly passThrough?: PassThrough;
}

/** What a channel tells of its upstream. */
export interface ChannelStatus {
  /** In the upstream's own words: `ready`, `reconnecting`, … */
  readonly state: string;
  /** Where several stand behind the channel. */
  readonly instances?: readonly ChannelInstance[];
  readonly [detail: string]: string | number | boolean | undefined | readonly ChannelInstance[];
}

/** One of several upstreams of a channel. */
// No interface, which would not count as JSON.
export type ChannelInstance = {
  readonly name: string;
  readonly idx: number;
  readonly state: string;
  readonly ready: boolean;
  readonly loggedIn?: boolean;
  readonly inFlight: number;
};

/** What goes with a call through all floors: who asks, until when, and where to log. */
export interface CallContext {
  readonly requestId: string;
  /** Every abort reason is a `GatewayError`; waiting code rethrows it. */
  readonly signal: AbortSignal;
  /** Aborts with {@link signal}, for whoever only listens: that one need not be made then. Absent: there is no other. */
  readonly ownSignal?: AbortSignal;
  readonly logger: Logger;
  /** Who asks: what one caller may not share with another goes by its `id`. Absent: nobody is told apart. */
  readonly principal?: { readonly id: string };
  /** Calls with the same one belong together, for upstreams that can keep them in one place. */
  readonly affinityKey?: string;
  /** The caller's `traceparent` (W3C Trace Context). */
  readonly trace?: string;
  /** Is told what is known of the turn beyond its events, whenever it becomes known; for whoever observes. */
  readonly report?: (report: TurnReport) => void;
  /** The one upstream that may answer, by the caller's wish, where several stand behind the channel. */
  readonly pinned?: string;
}

/** Why a turn was tried once more. */
export type RepeatReason =
  /** The answer was not what was demanded. */
  | 'answer'
  /** The connection was lost before anything had come. */
  | 'connection'
  /** The session was not there any more. */
  | 'session'
  /** Another instance took over. */
  | 'instance'
  /** Another channel did, or another key of the same one. */
  | 'channel';

/** What a channel tells of a turn beside its events. */
export interface TurnReport {
  /** Which of several channels answers. */
  readonly channel?: string;
  /** What the turn runs on, where there are several. */
  readonly instance?: string;
  /** Whether it goes on in a session that was there. */
  readonly sessionReused?: boolean;
  readonly repeat?: RepeatReason;
  /** All is ready, and the question goes out. */
  readonly prepared?: true;
  /** How the model writes calls of the caller's tools: `native` by the upstream's own means, `text` in its words. */
  readonly toolFormat?: 'native' | 'text';
}

/** A model as clients may ask for it. */
export interface ModelInfo {
  /** What clients may put into `model`. */
  readonly id: string;
  readonly displayName: string;
  /** What the upstream calls it. */
  readonly upstreamId: string;
  readonly isDefault: boolean;
  readonly supportsReasoning: boolean;
  readonly supportsImages: boolean;
  readonly maxInputTokens?: number;
  /** Whose it is. Absent: Lingma's. */
  readonly ownedBy?: string;
  /** Set on a name that merely stands for another model: that model's {@link id}. */
  readonly aliasOf?: string;
}

/** What a request that was handed on is answered with. */
export type RawAnswer =
  | {
      readonly type: 'whole';
      readonly contentType: string;
      readonly text: string;
      /** In place of the text, where the answer is none: speech. */
      readonly bytes?: Uint8Array;
      /** What the upstream calls the model. */
      readonly upstreamModel: string;
      readonly usage?: Usage;
      readonly finishReason?: FinishReason;
    }
  | { readonly type: 'stream'; readonly upstreamModel: string; readonly stream: RawStream }
  /** No upstream that speaks the protocol is at hand: this channel goes on, where the others were tried already. */
  | { readonly type: 'events'; readonly channel: Channel };

/** How a channel takes requests that are handed on as they were sent. */
export interface PassThrough {
  /** Whether a response says by which channel it came. */
  readonly namesChannel: boolean;
  /** Whether an upstream beside Lingma can answer as things are. */
  isReady(): boolean;
  /**
   * Whether an upstream is set up for this, whatever state it is in. Names are not looked up among Lingma's.
   */
  serves(endpoint: Endpoint, model: string): boolean;
  /** @throws GatewayError what the last upstream failed with; nothing of an answer has been seen then */
  open(request: RawRequest, context: CallContext): Promise<RawAnswer>;
}
