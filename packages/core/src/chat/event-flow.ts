/** The two ends of a stream of events that flows: where they go, and the tap. */
import type { ChatEvent } from './event.js';

/** Where a stream's events go. Calls never overlap. */
export interface ChatEventSink {
  /** All events that arrived together, in order and at least one. Must not throw. */
  events(batch: readonly ChatEvent[]): void;
  /** Once, after the last batch; with the `GatewayError` when the turn failed. */
  end(error?: unknown): void;
}

/** The tap of a stream that flows. */
export interface ChatEventFlow {
  /** Nothing is pushed before `resume()`; what comes meanwhile waits at its source, which bounds it. Idempotent. */
  pause(): void;
  /** What waits is pushed soon, never before this call has returned. Idempotent. */
  resume(): void;
}
