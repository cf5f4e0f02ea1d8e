/**
 * What comes back from a model, in order. Grammar:
 *
 *   response-start (block | tool-result)* response-end      block = x-start x-delta* x-end
 *
 * Blocks never overlap and ids never repeat. Errors are thrown, never yielded, and nothing follows a throw.
 */
import type { ChatWarning, ToolKind } from './request.js';

/** An event of a turn: `response-start`, then blocks one after the other, then `response-end`. */
export type ChatEvent = ResponseStart | BlockEvent | ToolResultEvent | ResponseEnd;

/** The first event of a turn. */
export interface ResponseStart {
  readonly type: 'response-start';
  /** The upstream's name for this turn; wire encoders make ids of their own. */
  readonly responseId: string;
  /** The model that answers, as the upstream names it. */
  readonly model: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Known or estimated size of the prompt, in tokens. */
  readonly inputTokens?: number;
  readonly warnings: readonly ChatWarning[];
}

/** An event of one block: of a text, of thoughts, of a call's input. */
export type BlockEvent =
  | { readonly type: 'text-start'; readonly id: string }
  | { readonly type: 'text-delta'; readonly id: string; readonly delta: string }
  /** `retracted`: the upstream overwrote what it had sent. Results drop the block, streams cannot. */
  | { readonly type: 'text-end'; readonly id: string; readonly retracted?: true }
  | { readonly type: 'reasoning-start'; readonly id: string }
  | { readonly type: 'reasoning-delta'; readonly id: string; readonly delta: string }
  | { readonly type: 'reasoning-end'; readonly id: string }
  | ToolInputStart
  | { readonly type: 'tool-input-delta'; readonly id: string; readonly delta: string }
  /** `incomplete`: the length limit or an error cut the call; it must never look runnable. */
  | { readonly type: 'tool-input-end'; readonly id: string; readonly incomplete?: true };

/** A call of a tool begins; its input follows. */
export interface ToolInputStart {
  readonly type: 'tool-input-start';
  /** The tool call's id, stable over all its events. */
  readonly id: string;
  readonly toolName: string;
  readonly namespace?: string;
  readonly kind: ToolKind;
  readonly executedBy: 'client' | 'upstream';
}

/** Only for tools that ran upstream; results of client-run tools come back in the next request. */
export interface ToolResultEvent {
  readonly type: 'tool-result';
  readonly toolCallId: string;
  readonly output: string;
  readonly isError: boolean;
}

/** The last event of a turn. */
export interface ResponseEnd {
  readonly type: 'response-end';
  readonly finishReason: FinishReason;
  /** The stop sequence that was hit, when one was. */
  readonly stopSequence?: string;
  readonly usage: Usage;
}

/** Why an answer ended. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other';

/** What a turn cost, in tokens. */
export interface Usage {
  readonly inputTokens: number;
  /** Includes {@link reasoningTokens}. */
  readonly outputTokens: number;
  readonly reasoningTokens?: number;
  readonly cachedInputTokens?: number;
  readonly origin: 'reported' | 'estimated';
}
