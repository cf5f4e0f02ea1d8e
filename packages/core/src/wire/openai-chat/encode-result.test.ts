import { describe, expect, it } from 'vitest';
import type { ChatResult, ResultBlock } from '../../chat/index.js';
import type { ResponseOptions } from '../protocol.js';
import { encodeResult } from './encode-result.js';

const response: ResponseOptions = {
  stream: false,
  model: 'gpt-4.1',
  includeUsage: false,
  reasoning: 'visible',
  echo: {},
};

const result = (content: readonly ResultBlock[], more: Partial<ChatResult> = {}): ChatResult => ({
  responseId: 'turn-1',
  model: 'org_auto',
  createdAt: 1_767_323_045_900,
  content,
  finishReason: 'stop',
  usage: { inputTokens: 11, outputTokens: 7, origin: 'reported' },
  warnings: [],
  ...more,
});

const call = (toolCallId: string, more: object = {}): ResultBlock => ({
  type: 'tool-call',
  toolCallId,
  toolName: 'ls',
  kind: 'function',
  input: '{"path":"."}',
  executedBy: 'client',
  ...more,
});

const choice = (
  content: readonly ResultBlock[],
  more: Partial<ChatResult> = {},
  options: Partial<ResponseOptions> = {},
) => (encodeResult(result(content, more), { ...response, ...options }).choices as object[])[0];

describe('encodeResult()', () => {
  it('writes the whole object', () => {
    const { id, ...rest } = encodeResult(
      result(
        [
          { type: 'reasoning', text: 'Hm.' },
          { type: 'text', text: 'Hello, ' },
          { type: 'text', text: '世界 👋' },
        ],
        {
          usage: { inputTokens: 11, outputTokens: 7, reasoningTokens: 2, cachedInputTokens: 4, origin: 'reported' },
        },
      ),
      response,
    );
    expect(id).toMatch(/^chatcmpl-[0-9a-f]{32}$/);
    expect(rest).toEqual({
      object: 'chat.completion',
      created: 1_767_323_045,
      model: 'gpt-4.1',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello, 世界 👋', reasoning_content: 'Hm.', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 11,
        completion_tokens: 7,
        total_tokens: 18,
        prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 2,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
    });
  });

  it('has null content beside calls alone, and both kinds of call', () => {
    const calls = [call('call_1'), call('call_2', { kind: 'custom', toolName: 'patch', input: '***' })];
    expect(choice(calls, { finishReason: 'tool-calls' })).toEqual({
      index: 0,
      message: {
        role: 'assistant',
        content: null,
        refusal: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'ls', arguments: '{"path":"."}' } },
          { id: 'call_2', type: 'custom', custom: { name: 'patch', input: '***' } },
        ],
      },
      logprobs: null,
      finish_reason: 'tool_calls',
    });
  });

  it('is an empty string when there is nothing at all', () => {
    expect(choice([])).toMatchObject({ message: { content: '' }, finish_reason: 'stop' });
  });

  it('never tells a cut call as one to run', () => {
    expect(choice([call('a', { incomplete: true, input: '{"pa' })], { finishReason: 'length' })).toMatchObject({
      message: { tool_calls: [{ function: { arguments: '{"pa' } }] },
      finish_reason: 'length',
    });
    const cut = choice([call('a', { incomplete: true, kind: 'custom', input: '*** Beg' })], { finishReason: 'length' });
    expect(cut).toMatchObject({ message: { content: '' }, finish_reason: 'length' });
    expect(cut).not.toHaveProperty('message.tool_calls');
  });

  it('leaves out what ran upstream', () => {
    const upstream = [
      call('a', { executedBy: 'upstream' }),
      { type: 'tool-result', toolCallId: 'a', output: 'x', isError: false },
    ];
    expect(choice([...(upstream as ResultBlock[]), { type: 'text', text: 'Done' }])).toMatchObject({
      message: { content: 'Done', refusal: null },
      finish_reason: 'stop',
    });
  });

  it('hides thoughts from those who do not want them', () => {
    expect(choice([{ type: 'reasoning', text: 'Hm.' }], {}, { reasoning: 'hidden' })).not.toHaveProperty(
      'message.reasoning_content',
    );
  });

  it('answers the older form in the older form', () => {
    const legacy = choice([call('a'), call('b')], { finishReason: 'tool-calls' }, { echo: { legacyFunctions: true } });
    expect(legacy).toMatchObject({
      message: { content: null, function_call: { name: 'ls', arguments: '{"path":"."}' } },
      finish_reason: 'function_call',
    });
    expect(legacy).not.toHaveProperty('message.tool_calls');
  });

  it('marks usage that was estimated', () => {
    const usage = { inputTokens: 1, outputTokens: 1, origin: 'estimated' } as const;
    expect(encodeResult(result([], { usage }), response).usage).toMatchObject({ estimated: true });
    expect(encodeResult(result([]), response).usage).not.toHaveProperty('estimated');
  });

  it('names the model that answered when none was asked for', () => {
    expect(encodeResult(result([]), { ...response, model: '' }).model).toBe('org_auto');
  });
});
