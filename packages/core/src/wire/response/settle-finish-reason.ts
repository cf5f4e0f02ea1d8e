/** Brings the finish reason in line with the calls the client was given: clients run tools by the one or by the other. */
import type { FinishReason } from '../../chat/index.js';

export interface CallCount {
  /** Calls for the client to run, complete. */
  readonly complete: number;
  /** Calls that were cut. */
  readonly incomplete: number;
}

/**
 * A cut call is never told as one to run, whatever else was called; a call that was made is never told as a plain
 * stop, which would leave it without an answer.
 */
export function settleFinishReason(reason: FinishReason, calls: CallCount): FinishReason {
  if (reason === 'length' || reason === 'content-filter') return reason;
  if (calls.incomplete > 0) return 'length';
  if (calls.complete > 0) return 'tool-calls';
  return reason === 'tool-calls' ? 'stop' : reason;
}
