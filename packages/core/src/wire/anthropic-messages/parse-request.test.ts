import { describe, expect, it } from 'vitest';
import type { GatewayError } from '../../chat/index.js';
import { parseRequest } from './parse-request.js';

const parse = (more: object = {}) =>
  parseRequest({ model: 'claude-sonnet-5', max_tokens: 1024, messages: [{ role: 'user', content: 'Hi' }], ...more });
const warned = (more: object) => parse(more).chat.warnings.map(({ type, subject }) => `${type} ${subject}`);

function refusal(more: object): GatewayError {
  try {
    parse(more);
  } catch (error) {
    return error as GatewayError;
  }
  throw new Error('It was accepted');
}

/** The shape of Claude Code's requests: every member it sends on each of them. */
const CLAUDE_CODE = {
  model: 'claude-opus-5',
  max_tokens: 32_000,
  stream: true,
  system: [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.3; cc_entrypoint=cli; cch=5f1;' },
    { type: 'text', text: 'You are a coding agent.', cache_control: { type: 'ephemeral' } },
    { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } },
  ],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Fix it', cache_control: { type: 'ephemeral' } }] },
    { role: 'system', content: 'The date has changed.' },
    { role: 'user', content: [{ type: 'text', text: 'Go on' }] },
  ],
  tools: [
    {
      name: 'Bash',
      description: 'Runs a command',
      input_schema: { type: 'object', properties: {} },
      cache_control: null,
    },
    {
      name: 'Rare',
      description: 'Seldom',
      input_schema: { type: 'object' },
      defer_loading: true,
      eager_input_streaming: true,
    },
  ],
  metadata: { user_id: 'user_1_account__session_2' },
  thinking: { type: 'adaptive', display: 'omitted' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  output_config: { effort: 'high' },
  temperature: 1,
};

describe('parseRequest()', () => {
  it('fills in what was not said', () => {
    expect(parse()).toEqual({
      chat: {
        model: 'claude-sonnet-5',
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
        tools: [],
        toolChoice: { type: 'auto' },
        parallelToolCalls: true,
        sampling: { maxOutputTokens: 1024 },
        responseFormat: { type: 'text' },
        reasoning: { visible: false },
        conversation: {},
        warnings: [],
      },
      response: { stream: false, model: 'claude-sonnet-5', includeUsage: true, reasoning: 'hidden', echo: {} },
    });
  });

  it('takes what Claude Code sends, without a word', () => {
    const { chat, response } = parseRequest(CLAUDE_CODE);
    expect(chat).toEqual({
      model: 'claude-opus-5',
      messages: [
        { role: 'system', content: 'You are a coding agent.\n\nBe brief.' },
        { role: 'user', content: [{ type: 'text', text: 'Fix it' }] },
        { role: 'system', content: 'The date has changed.' },
        { role: 'user', content: [{ type: 'text', text: 'Go on' }] },
      ],
      tools: [
        {
          kind: 'function',
          name: 'Bash',
          description: 'Runs a command',
          inputSchema: { type: 'object', properties: {} },
        },
        { kind: 'function', name: 'Rare', description: 'Seldom', inputSchema: { type: 'object' } },
      ],
      toolChoice: { type: 'auto' },
      parallelToolCalls: true,
      sampling: { maxOutputTokens: 32_000, temperature: 1 },
      responseFormat: { type: 'text' },
      reasoning: { effort: 'high', visible: true },
      conversation: { affinityKey: 'user_1_account__session_2' },
      warnings: [],
    });
    expect(response).toMatchObject({ stream: true, reasoning: 'omitted' });
  });

  it('reads two prompts of one conversation alike, whatever their attribution says', () => {
    const other = structuredClone(CLAUDE_CODE);
    (other.system[0] as { text: string }).text = 'x-anthropic-billing-header: cc_version=2.1.4; cch=000;';
    expect(parseRequest(other).chat).toEqual(parseRequest(CLAUDE_CODE).chat);
  });

  it('takes null for every optional field', () => {
    const names = [
      'system',
      'stop_sequences',
      'stream',
      'tools',
      'tool_choice',
      'thinking',
      'output_config',
      'output_format',
      'metadata',
      'temperature',
      'top_p',
      'top_k',
      'container',
      'mcp_servers',
      'thread',
      'context_management',
      'cache_control',
      'service_tier',
      'speed',
      'betas',
      'compaction',
      'fallbacks',
      'diagnostics',
      'inference_geo',
    ];
    expect(parse(Object.fromEntries(names.map((name) => [name, null])))).toEqual(parse());
  });

  it('max_tokens 0 - asks for no output at all', () => {
    expect(parse({ max_tokens: 0 }).chat.sampling).toEqual({ maxOutputTokens: 0 });
  });

  it('max_tokens and model - may be absent', () => {
    const { chat } = parseRequest({ messages: [{ role: 'user', content: 'Hi' }] });
    expect(chat).toMatchObject({ model: '', sampling: {} });
  });

  it.each([
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'user', content: '' }] }, 'messages'],
    [{ messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [{ messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a' }] }] }, 'messages[0].content[0].name'],
    [{ messages: [{ role: 'user', content: [{}] }] }, 'messages[0].content[0].type'],
    [{ system: 7 }, 'system'],
    [{ max_tokens: -1 }, 'max_tokens'],
    [{ max_tokens: 'many' }, 'max_tokens'],
    [{ stop_sequences: 'END' }, 'stop_sequences'],
    [{ tools: [{ input_schema: {} }] }, 'tools[0].name'],
    [{ tools: [{ name: 'a', input_schema: 'x' }] }, 'tools[0].input_schema'],
    [{ tool_choice: { type: 'sometimes' } }, 'tool_choice.type'],
    [{ tool_choice: { type: 'any' } }, 'tool_choice'],
    [{ tools: [{ name: 'a', input_schema: {} }], tool_choice: { type: 'tool', name: 'b' } }, 'tool_choice.name'],
    [{ tools: [{ name: 'a', input_schema: {} }], tool_choice: { type: 'tool' } }, 'tool_choice.name'],
    [{ output_config: { format: { type: 'json_schema' } } }, 'output_config.format.schema'],
    [{ thinking: 'yes' }, 'thinking'],
  ])('%j - is an invalid request that names the field', (more, param) => {
    expect(refusal(more)).toMatchObject({ code: 'invalid_request', param });
  });

  it('thread - is told so that the SDK sends the whole history instead', () => {
    for (const thread of [{ create: {} }, { continue: { id: 't' } }]) {
      expect(refusal({ thread })).toMatchObject({
        code: 'invalid_request',
        param: 'thread',
        details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
      });
    }
  });

  it('warns of settings that would change the answer, and of unknown fields', () => {
    expect(
      warned({
        temperature: 0.2,
        top_k: 4,
        mcp_servers: [{ type: 'url', url: 'https://example.com' }],
        container: 'c',
        frobnicate: 1,
        thinking: { type: 'enabled', budget_tokens: 1024, mood: 'deep' },
        output_config: { effort: 'low', later: 1 },
      }),
    ).toEqual([
      'unsupported-setting temperature',
      'unsupported-setting top_k',
      'unsupported-setting container',
      'unsupported-setting mcp_servers',
      'unknown-field frobnicate',
      'unknown-field output_config.later',
      'unknown-field thinking.mood',
    ]);
    expect(warned({ mcp_servers: [] })).toEqual([]);
  });

  it.each([
    [{}, { visible: false }, 'hidden'],
    [{ thinking: { type: 'disabled' } }, { effort: 'none', visible: false }, 'hidden'],
    [{ thinking: { type: 'enabled', budget_tokens: 1024 } }, { effort: 'low', visible: true }, 'visible'],
    [{ thinking: { type: 'enabled', budget_tokens: 31_999 } }, { effort: 'high', visible: true }, 'visible'],
    [{ thinking: { type: 'adaptive' } }, { visible: true }, 'visible'],
    [{ thinking: { type: 'adaptive', display: 'summarized' } }, { visible: true }, 'visible'],
    [
      { thinking: { type: 'enabled', budget_tokens: 8000, display: 'omitted' } },
      { effort: 'medium', visible: true },
      'omitted',
    ],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }, { effort: 'max', visible: true }, 'visible'],
  ])('thinking %j', (more, reasoning, shown) => {
    const { chat, response } = parse(more);
    expect(chat.reasoning).toEqual(reasoning);
    expect(response.reasoning).toBe(shown);
  });

  it.each([
    [{ output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } }],
    [{ output_format: { type: 'json_schema', schema: { type: 'object' } } }],
  ])('%j - is a wish for JSON', (more) => {
    expect(parse(more).chat.responseFormat).toEqual({ type: 'json-schema', schema: { type: 'object' }, strict: true });
  });

  it('stop_sequences', () => {
    expect(parse({ stop_sequences: ['END', ''] }).chat.sampling.stopSequences).toEqual(['END']);
  });

  it('a last message of the assistant is kept: the answer goes on from there', () => {
    const messages = [
      { role: 'user', content: 'A haiku' },
      { role: 'assistant', content: 'Old pond' },
    ];
    expect(parse({ messages }).chat.messages.at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'Old pond' }],
    });
  });
});
