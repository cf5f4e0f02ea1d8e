/** Why an answer ended, in line with the calls the client was given: clients run tools by the one or by the other. */
import type { ChatEvent, FinishReason } from './event.js';

/** The calls of an answer, by whether they came to their end. */
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

/** The same for events as they pass: whoever is the last to see them before the client calls it with each. */
export function settleFinish(): (event: ChatEvent) => ChatEvent {
  let calls = { complete: 0, incomplete: 0 };
  let isClientCall = false;
  return (event) => {
    switch (event.type) {
      case 'response-start':
        // One stream may hold several turns.
        calls = { complete: 0, incomplete: 0 };
        return event;
      case 'tool-input-start':
        isClientCall = event.executedBy === 'client';
        return event;
      case 'tool-input-end':
        if (isClientCall) calls[event.incomplete === true ? 'incomplete' : 'complete']++;
        return event;
      case 'response-end': {
        const finishReason = settleFinishReason(event.finishReason, calls);
        return finishReason === event.finishReason ? event : { ...event, finishReason };
      }
      default:
        return event;
    }
  };
}
