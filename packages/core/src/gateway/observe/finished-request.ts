/**
 * What is known of a request when it is over. Made once by the request's context and its turn's recorder; the log line, the
 * numbers, the debug ring and the trace are all made of it.
 */
import type { GatewayError, Usage } from '../../chat/index.js';
import type { JsonValue } from '../../util/index.js';
import type { AccessTier } from '../access/auth.js';
import type { Distribution } from './series.js';

/** Fields of the log line that are found out on the way. */
export interface RequestRecord {
  /** Whose upstream answered. */
  channel?: string;
  model?: string;
  /** What answered, as the upstream names it. */
  upstreamModel?: string;
  /** Of the pool. */
  instance?: string;
  /** The turn went on in a session that was there. */
  sessionReused?: boolean;
  stream?: boolean;
  /** Milliseconds of waiting for a slot. */
  queueMs?: number;
  /** Milliseconds from the request to the first content. */
  ttftMs?: number;
  inputTokens?: number;
  outputTokens?: number;
  finishReason?: string;
}

/** Points in time by `monotonicNow`; absent: it never came to that. */
export interface RequestTimes {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Began to wait for a slot. */
  readonly queuedAt?: number;
  /** The wait was over, with a slot or without. */
  readonly dequeuedAt?: number;
  readonly turnAt?: number;
  /** Its question went out, as far as the channel tells. */
  readonly preparedAt?: number;
  readonly turnEndedAt?: number;
}

/** How a call in an answer came to be: made by the upstream's own means, read from its text, or run by itself. */
export type ToolCallFormat = 'native' | 'text' | 'upstream';

export interface TurnFacts {
  /** The upstream's name for it. */
  readonly responseId?: string;
  /** Of a turn that was cut off: about what it took so far. */
  readonly usage?: Usage;
  /** False: cut off before its end. */
  readonly ended: boolean;
  /** Seconds from the request to the first content. */
  readonly firstTokenSeconds?: number;
  /** Seconds between pieces of content, one for each read that brought any. */
  readonly interToken: Distribution;
  readonly toolCalls: Readonly<Record<ToolCallFormat, number>>;
  /** What was answered, redacted; only where bodies are kept. */
  readonly answer?: JsonValue;
}

export interface FinishedRequest {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  /** Without query: clients put keys there. */
  readonly path: string;
  readonly route: string;
  readonly access: AccessTier;
  readonly protocol: string;
  readonly status: number;
  readonly ms: number;
  readonly principal: string;
  /** Of a key that has one. */
  readonly keyName?: string;
  readonly remoteAddress?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** Whatever the tracing kept of the moment the request came in. */
  readonly parentContext?: unknown;
  readonly times: RequestTimes;
  readonly record: Readonly<RequestRecord>;
  readonly error?: GatewayError;
  /** It asked a model, whether or not one answered. */
  readonly isChat: boolean;
  readonly turn?: TurnFacts;
  /** Redacted; only where bodies are kept. */
  readonly body?: JsonValue;
}
