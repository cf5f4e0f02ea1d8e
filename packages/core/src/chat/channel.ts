/** The port between the gateway and whatever answers: Lingma today, other upstreams later. */
import type { Logger } from '../util/logger.js';
import type { ChatEventStream } from './event-stream.js';
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
  | 'instance';

/** What a channel tells of a turn beside its events. */
export interface TurnReport {
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
  /** Set on a name that merely stands for another model: that model's {@link id}. */
  readonly aliasOf?: string;
}
