import { describe, expect, it } from 'vitest';
import type { GatewayError } from '../../chat/index.js';
import { parseRequest } from './parse-request.js';

const parse = (more: object = {}) =>
  parseRequest({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hi' }], ...more });
const warned = (more: object) => parse(more).chat.warnings.map(({ type, subject }) => `${type} ${subject}`);

function refusal(more: object): { code: string; param: string | undefined; message: string } {
  try {
    parse(more);
  } catch (error) {
    const { code, param, message } = error as GatewayError;
    return { code, param, message };
  }
  throw new Error('It was accepted');
}

describe('parseRequest()', () => {
  it('fills in what was not said', () => {
    expect(parse()).toEqual({
      chat: {
        model: 'gpt-4.1',
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
        tools: [],
        toolChoice: { type: 'auto' },
        parallelToolCalls: true,
        sampling: {},
        responseFormat: { type: 'text' },
        reasoning: { visible: true },
        conversation: {},
        warnings: [],
      },
      response: { stream: false, model: 'gpt-4.1', includeUsage: false, reasoning: 'visible', echo: {} },
    });
  });

  it('takes null for every optional field, as SDKs send it', () => {
    const names = [
      'stream',
      'stream_options',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'functions',
      'function_call',
      'max_tokens',
      'max_completion_tokens',
      'stop',
      'response_format',
      'reasoning_effort',
      'temperature',
      'top_p',
      'frequency_penalty',
      'presence_penalty',
      'logit_bias',
      'seed',
      'n',
      'logprobs',
      'top_logprobs',
      'modalities',
      'audio',
      'user',
      'prompt_cache_key',
      'safety_identifier',
      'metadata',
      'store',
      'service_tier',
      'prediction',
      'verbosity',
      'web_search_options',
    ];
    const parsed = parse(Object.fromEntries(names.map((name) => [name, null])));
    expect(parsed).toEqual(parse());
  });

  it('takes a whole request of the ordinary kind without a word', () => {
    const { chat, response } = parse({
      stream: true,
      stream_options: { include_usage: true },
      max_completion_tokens: 500,
      max_tokens: 900,
      stop: ['END', ''],
      n: 1,
      logprobs: false,
      modalities: ['text'],
      temperature: 1,
      reasoning_effort: 'high',
      response_format: { type: 'text' },
      store: false,
      metadata: { a: 'b' },
      service_tier: 'auto',
      user: 'u1',
      prompt_cache_key: 'c1',
      parallel_tool_calls: false,
    });
    expect(chat).toMatchObject({
      sampling: { maxOutputTokens: 500, stopSequences: ['END'], temperature: 1 },
      reasoning: { effort: 'high', visible: true },
      conversation: { affinityKey: 'c1' },
      parallelToolCalls: false,
      warnings: [],
    });
    expect(response).toMatchObject({ stream: true, includeUsage: true });
  });

  it('model - may be absent', () => {
    expect(parseRequest({ messages: [{ role: 'user', content: 'Hi' }] }).chat.model).toBe('');
  });

  it.each([
    [{ messages: [] }, 'messages'],
    [{ messages: 'Hi' }, 'messages'],
    [{ messages: [{ content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'wizard', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages[0].content[0].image_url'],
    [{ model: 7 }, 'model'],
    [{ stream: 'yes' }, 'stream'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ max_completion_tokens: -5 }, 'max_completion_tokens'],
    [{ max_tokens: '100' }, 'max_tokens'],
    [{ temperature: 3 }, 'temperature'],
    [{ stop: [1] }, 'stop[0]'],
    [{ response_format: { type: 'yaml' } }, 'response_format.type'],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
    [{ response_format: { type: 'json_schema', json_schema: { schema: 'x' } } }, 'response_format.json_schema.schema'],
    [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
    [{ tools: [{ type: 'function', function: { name: 'a', parameters: 'x' } }] }, 'tools[0].function.parameters'],
    [{ tool_choice: 'required' }, 'tool_choice'],
  ])('%j - is an invalid request that names the field', (more, param) => {
    expect(refusal(more)).toMatchObject({ code: 'invalid_request', param });
  });

  it.each([
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ top_logprobs: 3 }, 'top_logprobs'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ best_of: 3 }, 'best_of'],
  ])('%j - is refused as unsupported, the field named', (more, param) => {
    const { code, message, ...rest } = refusal(more);
    expect({ code, ...rest }).toEqual({ code: 'unsupported_feature', param });
    expect(message).toContain(`'${param}'`);
  });

  it('warns of settings that would change the answer', () => {
    expect(warned({ temperature: 0.2, top_p: 0.9, seed: 4, frequency_penalty: 1, logit_bias: { 5: 1 } })).toEqual([
      'unsupported-setting temperature',
      'unsupported-setting top_p',
      'unsupported-setting frequency_penalty',
      'unsupported-setting logit_bias',
      'unsupported-setting seed',
    ]);
    expect(warned({ logit_bias: {}, frequency_penalty: 0, presence_penalty: 0 })).toEqual([]);
  });

  it('warns of unknown fields with their path, at every depth', () => {
    expect(
      warned({
        frobnicate: 1,
        stream_options: { later: true },
        messages: [{ role: 'user', content: [{ type: 'text', text: 'x', mood: 'good' }], colour: 'red' }],
        tools: [{ type: 'function', function: { name: 'f', parameters: {}, extra: 1 } }],
      }),
    ).toEqual([
      'unknown-field frobnicate',
      'unknown-field stream_options.later',
      'unknown-field messages[0].colour',
      'unknown-field messages[0].content[0].mood',
      'unknown-field tools[0].function.extra',
    ]);
  });

  it('max_tokens - -1 means no limit', () => {
    expect(parse({ max_tokens: -1 }).chat.sampling).toEqual({});
  });

  it('stop - one word', () => {
    expect(parse({ stop: '\n\n' }).chat.sampling.stopSequences).toEqual(['\n\n']);
  });

  it.each([
    [{ type: 'json_object' }, { type: 'json' }],
    [
      { type: 'json_object', schema: { type: 'object' } },
      { type: 'json-schema', schema: { type: 'object' }, strict: false },
    ],
    [
      { type: 'json_schema', json_schema: { name: 'city', schema: { type: 'object' }, strict: true } },
      { type: 'json-schema', name: 'city', schema: { type: 'object' }, strict: true },
    ],
    [{ type: 'json_schema', json_schema: { name: 'any' } }, { type: 'json' }],
  ])('response_format %j', (format, expected) => {
    expect(parse({ response_format: format }).chat.responseFormat).toEqual(expected);
  });

  it.each([
    [{ reasoning_effort: 'none' }, { effort: 'none', visible: false }],
    [{ reasoning_effort: 'xhigh' }, { effort: 'xhigh', visible: true }],
    [{ reasoning: { effort: 'low', exclude: true } }, { effort: 'low', visible: false }],
    [{ enable_thinking: false }, { effort: 'none', visible: false }],
    [{ thinking: { type: 'disabled' } }, { effort: 'none', visible: false }],
    [{ thinking: { type: 'enabled' } }, { visible: true }],
  ])('reasoning %j', (more, reasoning) => {
    const { chat, response } = parse(more);
    expect(chat.reasoning).toEqual(reasoning);
    expect(response.reasoning).toBe(reasoning.visible ? 'visible' : 'hidden');
  });

  it('reasoning_effort - an unknown word is a warning', () => {
    expect(warned({ reasoning_effort: 'ludicrous' })).toEqual(['unsupported-setting reasoning_effort']);
  });

  it.each([
    [{ user: 'u', metadata: { user_id: 'm' } }, 'm'],
    [{ user: 'u' }, 'u'],
    [{ safety_identifier: 's', user: '' }, 's'],
    [{ user: 'u', prompt_cache_key: 'p' }, 'p'],
  ])('affinity %j is %s', (more, key) => {
    expect(parse(more).chat.conversation.affinityKey).toBe(key);
  });
});
