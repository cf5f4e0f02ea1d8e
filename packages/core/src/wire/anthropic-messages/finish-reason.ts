/** `stop_reason` both ways. */
import type { FinishReason } from '../../chat/index.js';

export type AnthropicStopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded';

/** `stop` is told as `stop_sequence` when one was hit. */
export const ANTHROPIC_STOP_REASON = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  other: 'end_turn',
} as const satisfies Record<FinishReason, AnthropicStopReason>;

const FROM_ANTHROPIC: Readonly<Record<AnthropicStopReason, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
  pause_turn: 'other',
};

/** `other` for words the protocol does not have. */
export function fromAnthropicStopReason(reason: string): FinishReason {
  return Object.hasOwn(FROM_ANTHROPIC, reason) ? FROM_ANTHROPIC[reason as AnthropicStopReason] : 'other';
}
