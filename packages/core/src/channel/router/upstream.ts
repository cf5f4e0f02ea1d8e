/** The port between the router and one channel behind it, and how such a channel says what went wrong. */
import type { CallContext, ChatEventStream, ChatRequest, RawAnswer, RawRequest } from '../../chat/index.js';
import { type ErrorCode, GatewayError, type GatewayErrorOptions } from '../../chat/index.js';

/** For one attempt. */
export interface UpstreamTarget {
  /** What the upstream calls the model. */
  readonly model: string;
  /** Of the channel's keys, by its place in the list. */
  readonly key: number;
}

export interface Upstream {
  /** Resolves with the first events; rejects before any. The stream is the caller's to close. */
  openChat(request: ChatRequest, target: UpstreamTarget, context: CallContext): Promise<ChatEventStream>;
  /** Absent: knows requests as `ChatRequest` alone. */
  openRaw?(
    request: RawRequest,
    target: UpstreamTarget,
    context: CallContext,
  ): Promise<Exclude<RawAnswer, { type: 'events' }>>;
  /** The names of its models. */
  listModels?(context: CallContext): Promise<readonly string[]>;
  /** What runs may end first. */
  close(): Promise<void>;
}

/**
 * Whose fault a failure is and what becomes of it. `request`: it would fail anywhere. `model`: this channel does not have
 * it. `limited`: too many requests for now. `failed`: counts towards a rest. `key`: nothing will come of this key before
 * somebody sees to it.
 */
export type FailureKind = 'request' | 'model' | 'limited' | 'failed' | 'key';

/** What one channel failed with: as clients may see it, and what the router makes of it. */
export class UpstreamFailure extends GatewayError {
  readonly kind: FailureKind;
  /** Of the upstream's response. Absent: there was none. */
  readonly upstreamStatus?: number;

  constructor(
    kind: FailureKind,
    code: ErrorCode,
    message: string,
    { upstreamStatus, ...options }: GatewayErrorOptions & { readonly upstreamStatus?: number } = {},
  ) {
    super(code, message, options);
    this.kind = kind;
    if (upstreamStatus !== undefined) this.upstreamStatus = upstreamStatus;
  }
}

const REQUEST_CODES: readonly ErrorCode[] = [
  'invalid_request',
  'context_length_exceeded',
  'unsupported_feature',
  'payload_too_large',
  'unsupported_media_type',
  'output_mismatch',
  'client_closed',
  'shutting_down',
];

/** Lingma's failures are no {@link UpstreamFailure}: its pool knows of them by itself. */
export function failureKind(thrown: unknown): FailureKind {
  if (thrown instanceof UpstreamFailure) return thrown.kind;
  if (!GatewayError.isInstance(thrown)) return 'failed';
  if (thrown.code === 'model_not_found') return 'model';
  return REQUEST_CODES.includes(thrown.code) ? 'request' : 'failed';
}
