import { describe, expect, it } from 'vitest';
import { type ChatResult, GatewayError, type ResultBlock } from '../../chat/index.js';
import type { ResponseOptions } from '../protocol.js';
import { encodeResult } from './encode-result.js';

const response: ResponseOptions = {
  stream: false,
  model: 'claude-sonnet-5',
  includeUsage: true,
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

const call = (toolCallId: string, input: string, more: object = {}): ResultBlock => ({
  type: 'tool-call',
  toolCallId,
  toolName: 'ls',
  kind: 'function',
  input,
  executedBy: 'client',
  ...more,
});

const encode = (
  content: readonly ResultBlock[],
  more: Partial<ChatResult> = {},
  options: Partial<ResponseOptions> = {},
) => encodeResult(result(content, more), { ...response, ...options });

describe('encodeResult()', () => {
  it('writes the whole object', () => {
    const { id, ...rest } = encode(
      [
        { type: 'reasoning', text: 'Hm.' },
        { type: 'text', text: '' },
        { type: 'text', text: 'Hello 世界' },
        call('toolu_1', '{"path":"."}'),
      ],
      {
        finishReason: 'tool-calls',
        usage: { inputTokens: 11, outputTokens: 7, cachedInputTokens: 4, reasoningTokens: 2, origin: 'estimated' },
      },
    );
    expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(rest).toEqual({
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: '' },
        { type: 'text', text: 'Hello 世界' },
        { type: 'tool_use', id: 'toolu_1', name: 'ls', input: { path: '.' } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: {
        input_tokens: 7,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 4,
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 2 },
        server_tool_use: null,
        service_tier: 'standard',
        estimated: true,
      },
    });
  });

  it.each([
    ['visible', [{ type: 'thinking', thinking: 'Hm.', signature: '' }]],
    ['omitted', [{ type: 'thinking', thinking: '', signature: '' }]],
    ['hidden', []],
  ] as const)('thoughts that are %s', (reasoning, content) => {
    expect(encode([{ type: 'reasoning', text: 'Hm.' }], {}, { reasoning }).content).toEqual(content);
  });

  it('tells which stop sequence was hit', () => {
    expect(encode([], { stopSequence: 'END' })).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
    expect(encode([], { stopSequence: 'END', finishReason: 'length' })).toMatchObject({
      stop_reason: 'max_tokens',
      stop_sequence: null,
    });
  });

  it('leaves out a cut call', () => {
    expect(encode([call('a', '{"pa', { incomplete: true })], { finishReason: 'length' })).toMatchObject({
      content: [],
      stop_reason: 'max_tokens',
    });
  });

  it('wraps free-form input, and takes nothing for an empty object', () => {
    expect(encode([call('a', '*** Begin', { kind: 'custom' }), call('b', '')]).content).toMatchObject([
      { input: { input: '*** Begin' } },
      { input: {} },
    ]);
  });

  it('has no call with another input than the one the model wrote', () => {
    for (const input of ['{"pa', '[1]', '"x"', 'null']) {
      expect(() => encode([call('a', input)])).toThrow(GatewayError);
    }
  });

  it('input is never told as nothing', () => {
    const usage = { inputTokens: 0, outputTokens: 0, origin: 'estimated' } as const;
    expect(encode([], { usage }).usage).toMatchObject({ input_tokens: 1, cache_read_input_tokens: 0 });
  });

  it('leaves out what ran upstream', () => {
    const upstream = call('a', '{}', { executedBy: 'upstream' });
    expect(encode([upstream, { type: 'tool-result', toolCallId: 'a', output: 'x', isError: false }])).toMatchObject({
      content: [],
      stop_reason: 'end_turn',
    });
  });

  it('names the model that answered when none was asked for', () => {
    expect(encode([], {}, { model: '' }).model).toBe('org_auto');
  });
});
