import { describe, expect, it } from 'vitest';
import { ANTHROPIC_STOP_REASON, fromAnthropicStopReason } from '../anthropic-messages/finish-reason.js';
import { fromOpenAiFinishReason, OPENAI_FINISH_REASON } from '../openai-chat/finish-reason.js';

describe('finish reasons', () => {
  it('are told in words of the protocol', () => {
    expect(OPENAI_FINISH_REASON).toEqual({
      stop: 'stop',
      length: 'length',
      'tool-calls': 'tool_calls',
      'content-filter': 'content_filter',
      other: 'stop',
    });
    expect(ANTHROPIC_STOP_REASON).toEqual({
      stop: 'end_turn',
      length: 'max_tokens',
      'tool-calls': 'tool_use',
      'content-filter': 'refusal',
      other: 'end_turn',
    });
  });

  it('come back as they went, but for what the protocol has no word for', () => {
    for (const reason of ['stop', 'length', 'tool-calls', 'content-filter'] as const) {
      expect(fromOpenAiFinishReason(OPENAI_FINISH_REASON[reason])).toBe(reason);
      expect(fromAnthropicStopReason(ANTHROPIC_STOP_REASON[reason])).toBe(reason);
    }
    expect(fromOpenAiFinishReason('function_call')).toBe('tool-calls');
    expect(fromOpenAiFinishReason('constructor')).toBe('other');
    expect(fromAnthropicStopReason('model_context_window_exceeded')).toBe('length');
    expect(fromAnthropicStopReason('toString')).toBe('other');
  });
});
