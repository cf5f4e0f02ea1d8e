/** `finish_reason` both ways. */
import type { FinishReason } from '../../chat/index.js';

export type OpenAiFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call';

export const OPENAI_FINISH_REASON = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  other: 'stop',
} as const satisfies Record<FinishReason, OpenAiFinishReason>;

const FROM_OPENAI: Readonly<Record<OpenAiFinishReason, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
};

/** `other` for words the protocol does not have. */
export function fromOpenAiFinishReason(reason: string): FinishReason {
  return Object.hasOwn(FROM_OPENAI, reason) ? FROM_OPENAI[reason as OpenAiFinishReason] : 'other';
}
