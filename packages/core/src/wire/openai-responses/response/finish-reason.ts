/** How a turn's end is told in Responses: a status and, when it is not `completed`, the reason. */
import type { FinishReason } from '../../../chat/index.js';

export type TerminalStatus = 'completed' | 'incomplete';
export type IncompleteReason = 'max_output_tokens' | 'content_filter';

export interface ResponseEnding {
  readonly status: TerminalStatus;
  readonly reason?: IncompleteReason;
}

/** A call that was made does not change the status; a limit that was hit does, whatever came before it. */
export const RESPONSE_ENDING = {
  stop: { status: 'completed' },
  'tool-calls': { status: 'completed' },
  other: { status: 'completed' },
  length: { status: 'incomplete', reason: 'max_output_tokens' },
  'content-filter': { status: 'incomplete', reason: 'content_filter' },
} as const satisfies Record<FinishReason, ResponseEnding>;
