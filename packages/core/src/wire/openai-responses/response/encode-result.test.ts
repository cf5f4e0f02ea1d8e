import { describe, expect, it, vi } from 'vitest';
import type { ChatResult } from '../../../chat/index.js';
import { parseRequest } from '../request/parse-request.js';
import { encodeResult } from './encode-result.js';
import { RESPONSE_ENDING } from './finish-reason.js';

const RESULT: ChatResult = {
  responseId: 'turn',
  model: 'org_auto',
  createdAt: 1_700_000_000_900,
  content: [
    { type: 'reasoning', text: 'Hm.' },
    { type: 'text', text: '' },
    { type: 'text', text: 'Hello' },
  ],
  finishReason: 'stop',
  usage: { inputTokens: 10, outputTokens: 5, reasoningTokens: 2, cachedInputTokens: 4, origin: 'reported' },
  warnings: [],
};

const encode = (result: Partial<ChatResult>, request: object = {}) => {
  const { response } = parseRequest({ model: 'asked-for', input: 'x', ...request });
  return encodeResult({ ...RESULT, ...result }, { ...response, echo: { ...response.echo, id: 'resp_ab' } });
};

describe('encodeResult()', () => {
  it('answer - is this object, to the letter', () => {
    vi.useFakeTimers({ now: 1_700_000_003_000, toFake: ['Date'] });
    const body = encode({}, { instructions: 'Be brief' });
    vi.useRealTimers();
    expect(body).toEqual({
      id: 'resp_ab',
      object: 'response',
      created_at: 1_700_000_000,
      status: 'completed',
      background: false,
      completed_at: 1_700_000_003,
      error: null,
      frequency_penalty: 0,
      incomplete_details: null,
      instructions: 'Be brief',
      max_output_tokens: null,
      max_tool_calls: null,
      metadata: {},
      model: 'asked-for',
      output_text: 'Hello',
      output: [
        { id: 'rs_ab000000', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
        {
          id: 'msg_ab000001',
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
        },
      ],
      parallel_tool_calls: true,
      presence_penalty: 0,
      previous_response_id: null,
      prompt_cache_key: null,
      reasoning: { effort: null, summary: null },
      safety_identifier: null,
      service_tier: 'default',
      store: true,
      temperature: 1,
      text: { format: { type: 'text' }, verbosity: 'medium' },
      tool_choice: 'auto',
      tools: [],
      top_logprobs: 0,
      top_p: 1,
      truncation: 'disabled',
      usage: {
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 15,
      },
    });
  });

  it('the limit - makes the response and its last text incomplete', () => {
    expect(encode({ finishReason: 'length' })).toMatchObject({
      status: 'incomplete',
      completed_at: null,
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ type: 'reasoning' }, { status: 'incomplete' }],
    });
    expect(encode({ finishReason: 'content-filter' })).toMatchObject({
      incomplete_details: { reason: 'content_filter' },
    });
  });

  it('a response without a known id - gets one', () => {
    const { response } = parseRequest({ model: 'm', input: 'x' });
    expect(encodeResult(RESULT, { ...response, echo: {} })).toMatchObject({
      id: expect.stringMatching(/^resp_[0-9a-f]{32}$/),
      tools: [],
      model: 'm',
    });
  });
});

describe('RESPONSE_ENDING', () => {
  it('pin - every finish reason', () => {
    expect(RESPONSE_ENDING).toEqual({
      stop: { status: 'completed' },
      'tool-calls': { status: 'completed' },
      other: { status: 'completed' },
      length: { status: 'incomplete', reason: 'max_output_tokens' },
      'content-filter': { status: 'incomplete', reason: 'content_filter' },
    });
  });
});
