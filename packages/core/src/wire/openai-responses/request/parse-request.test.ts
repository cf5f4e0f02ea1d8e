import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../chat/index.js';
import { parseRequest } from './parse-request.js';

const parse = (more: object = {}) => parseRequest({ model: 'm', input: 'Hello', ...more });

function failure(body: unknown): { code: string; param: string | undefined; message: string } {
  try {
    parseRequest(body);
  } catch (error) {
    if (!GatewayError.isInstance(error)) throw error;
    return { code: error.code, param: error.param, message: error.message };
  }
  throw new Error('The request was taken');
}

/** As Codex sends it; names and texts shortened. */
const CODEX = {
  model: 'gpt-5.1-codex',
  instructions: 'You are a coding agent.',
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: '<permissions/>' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: '<environment_context/>' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Fix the bug' }] },
    {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Look first.' }],
      content: null,
      encrypted_content: null,
    },
    { type: 'function_call', name: 'shell', arguments: '{"command":["ls"]}', call_id: 'call_1' },
    { type: 'function_call_output', call_id: 'call_1', output: 'a.ts' },
    { type: 'custom_tool_call', status: 'completed', call_id: 'call_2', name: 'apply_patch', input: '*** Begin Patch' },
    { type: 'custom_tool_call_output', call_id: 'call_2', output: 'Success' },
    { type: 'function_call', name: 'find', namespace: 'crm', arguments: '{}', call_id: 'call_3' },
    { type: 'function_call_output', call_id: 'call_3', output: [{ type: 'input_text', text: 'Ada' }] },
  ],
  tools: [
    {
      type: 'function',
      name: 'shell',
      description: 'Runs a command',
      strict: false,
      parameters: { type: 'object', properties: { command: { type: 'array', items: { type: 'string' } } } },
    },
    {
      type: 'custom',
      name: 'apply_patch',
      description: 'Edits files',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: "*** Begin Patch"' },
    },
    {
      type: 'namespace',
      name: 'crm',
      description: 'Customers',
      tools: [{ type: 'function', name: 'find', strict: false, parameters: { type: 'object', properties: {} } }],
    },
    { type: 'web_search', external_web_access: true },
    { type: 'tool_search' },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { effort: 'medium', summary: 'auto' },
  store: false,
  stream: true,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: 'session-1',
  text: { verbosity: 'low' },
  client_metadata: { 'x-codex-installation-id': '1' },
};

describe('parseRequest()', () => {
  it('Codex - every item arrives, only the hosted tools are missed', () => {
    const { chat, response, store } = parseRequest(CODEX);
    expect(chat.messages).toEqual([
      { role: 'system', content: 'You are a coding agent.' },
      { role: 'system', content: '<permissions/>' },
      { role: 'user', content: [{ type: 'text', text: '<environment_context/>' }] },
      { role: 'user', content: [{ type: 'text', text: 'Fix the bug' }] },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Look first.' },
          { type: 'tool-call', toolCallId: 'call_1', toolName: 'shell', input: '{"command":["ls"]}', kind: 'function' },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'call_1', output: [{ type: 'text', text: 'a.ts' }], isError: false },
        ],
      },
      {
        role: 'assistant',
        content: [
          {
            type: 'tool-call',
            toolCallId: 'call_2',
            toolName: 'apply_patch',
            input: '*** Begin Patch',
            kind: 'custom',
          },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'call_2', output: [{ type: 'text', text: 'Success' }], isError: false },
        ],
      },
      {
        role: 'assistant',
        content: [
          {
            type: 'tool-call',
            toolCallId: 'call_3',
            toolName: 'find',
            namespace: 'crm',
            input: '{}',
            kind: 'function',
          },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'call_3', output: [{ type: 'text', text: 'Ada' }], isError: false },
        ],
      },
    ]);
    expect(chat.tools.map(({ kind, name, namespace }) => [kind, name, namespace])).toEqual([
      ['function', 'shell', undefined],
      ['custom', 'apply_patch', undefined],
      ['function', 'find', 'crm'],
    ]);
    expect(chat.tools[1]?.grammar).toEqual({ syntax: 'lark', definition: 'start: "*** Begin Patch"' });
    expect(chat.warnings.map((warning) => warning.subject)).toEqual(['tools[3]', 'tools[4]']);
    expect(chat.reasoning).toEqual({ effort: 'medium', visible: true });
    expect(chat.conversation).toEqual({ affinityKey: 'session-1' });
    expect(response.stream).toBe(true);
    expect(store).toBe(false);
  });

  it('input - a string is a user message, instructions go first', () => {
    expect(parse({ instructions: 'Be brief' }).chat.messages).toEqual([
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
    ]);
  });

  it('instructions - may be items', () => {
    const { chat } = parse({
      instructions: [{ role: 'developer', content: 'A' }, { role: 'user', content: 'B' }, 'C'],
    });
    expect(chat.messages.map((message) => message.role)).toEqual(['system', 'user', 'system', 'user']);
  });

  it('settings - reach the model', () => {
    const { chat } = parse({ temperature: 0.2, top_p: 0.9, max_output_tokens: 50, parallel_tool_calls: false });
    expect(chat.sampling).toEqual({ temperature: 0.2, topP: 0.9, maxOutputTokens: 50 });
    expect(chat.parallelToolCalls).toBe(false);
    expect(parse({ temperature: null, max_output_tokens: -1 }).chat.sampling).toEqual({});
  });

  it('reasoning - is shown unless the request says no', () => {
    expect(parse().chat.reasoning).toEqual({ visible: true });
    expect(parse({ reasoning: { effort: 'none' } }).response.reasoning).toBe('hidden');
    expect(parse({ reasoning: { effort: 'high', summary: 'none' } }).response.reasoning).toBe('hidden');
    const odd = parse({ reasoning: { effort: 'enormous' } });
    expect(odd.chat.reasoning).toEqual({ visible: true });
    expect(odd.chat.warnings.map((warning) => warning.subject)).toEqual(['reasoning.effort']);
  });

  it('text.format - in all its spellings', () => {
    const schema = { type: 'object', properties: {} };
    const wish = { type: 'json-schema', name: 'out', schema, strict: true };
    const flat = { type: 'json_schema', name: 'out', schema, strict: true };
    expect(parse({ text: { format: flat } }).chat.responseFormat).toEqual(wish);
    const nested = { type: 'json_schema', json_schema: { name: 'out', schema, strict: true } };
    expect(parse({ response_format: nested }).chat.responseFormat).toEqual(wish);
    expect(parse({ text: { format: { type: 'json_object' } } }).chat.responseFormat).toEqual({ type: 'json' });
    expect(parse({ text: { format: { type: 'text' } } }).chat.responseFormat).toEqual({ type: 'text' });
    expect(failure({ model: 'm', input: 'x', text: { format: { type: 'yaml' } } }).param).toBe('text.format.type');
    expect(failure({ model: 'm', input: 'x', text: { format: { type: 'json_schema' } } }).param).toBe(
      'text.format.schema',
    );
  });

  it('affinity - the first of the keys that is there', () => {
    expect(parse({ metadata: { user_id: 'u' }, user: 'v' }).chat.conversation).toEqual({ affinityKey: 'u' });
    expect(parse({ prompt_cache_key: '', user: 'v' }).chat.conversation).toEqual({ affinityKey: 'v' });
    expect(parse().chat.conversation).toEqual({});
  });

  it('unknown and powerless fields - are told, harmless ones are not', () => {
    const { chat } = parse({
      frobnicate: 1,
      truncation: 'auto',
      service_tier: 'priority',
      top_logprobs: 3,
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
      reasoning: { budget: 3 },
    });
    expect(chat.warnings.map(({ type, subject }) => `${type} ${subject}`).sort()).toEqual([
      'unknown-field frobnicate',
      'unknown-field reasoning.budget',
      'unsupported-setting include',
      'unsupported-setting service_tier',
      'unsupported-setting top_logprobs',
      'unsupported-setting truncation',
    ]);
    const quiet = parse({
      truncation: 'disabled',
      service_tier: 'auto',
      background: false,
      conversation: null,
      prompt: null,
      stream_options: { include_obfuscation: false },
      safety_identifier: 's',
    });
    expect(quiet.chat.warnings).toEqual([]);
  });

  it.each([
    ['background', { background: true }],
    ['conversation', { conversation: 'conv_1' }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
  ])('%s - is refused by name', (param, more) => {
    expect(failure({ model: 'm', input: 'x', ...more })).toMatchObject({ code: 'unsupported_feature', param });
  });

  it.each([
    ['', 'text'],
    ['input', { model: 'm' }],
    ['input', { model: 'm', input: '' }],
    ['input', { model: 'm', input: [] }],
    ['temperature', { model: 'm', input: 'x', temperature: 'hot' }],
    ['max_output_tokens', { model: 'm', input: 'x', max_output_tokens: 0 }],
    ['stream', { model: 'm', input: 'x', stream: 'yes' }],
    ['tools[0]', { model: 'm', input: 'x', tools: ['shell'] }],
    ['tools[0].name', { model: 'm', input: 'x', tools: [{ type: 'function' }] }],
    ['input[0].role', { model: 'm', input: [{ role: 'robot', content: 'x' }] }],
    ['input[0].name', { model: 'm', input: [{ type: 'function_call', call_id: 'c', arguments: '{}' }] }],
  ])('a fault at "%s" - is a 400 that names it', (param, body) => {
    expect(failure(body)).toMatchObject({ code: 'invalid_request', param: param === '' ? undefined : param });
  });

  it('previous_response_id - is unknown without a store', () => {
    expect(failure({ model: 'm', input: 'x', previous_response_id: 'resp_1' })).toMatchObject({
      code: 'not_found',
      param: 'previous_response_id',
    });
  });

  it('echo - repeats the settings, whole', () => {
    const { echo } = parse({
      metadata: { a: 'b', n: 1 },
      user: 'u',
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }, { type: 'web_search' }],
      tool_choice: { type: 'function', name: 'f' },
      text: { format: { type: 'json_schema', json_schema: { name: 'o', schema: {} } } },
      max_output_tokens: 20,
    }).response;
    expect(echo).toEqual({
      id: expect.stringMatching(/^resp_[0-9a-f]{32}$/),
      background: false,
      instructions: null,
      max_output_tokens: 20,
      max_tool_calls: null,
      metadata: { a: 'b', n: '1' },
      parallel_tool_calls: true,
      previous_response_id: null,
      prompt_cache_key: null,
      reasoning: { effort: null, summary: null },
      safety_identifier: null,
      service_tier: 'default',
      store: true,
      temperature: 1,
      text: { format: { type: 'json_schema', name: 'o', schema: {}, strict: false }, verbosity: 'medium' },
      tool_choice: { type: 'function', name: 'f' },
      tools: [
        { type: 'function', name: 'f', description: null, parameters: { type: 'object' }, strict: false },
        { type: 'web_search' },
      ],
      top_logprobs: 0,
      top_p: 1,
      presence_penalty: 0,
      frequency_penalty: 0,
      truncation: 'disabled',
      user: 'u',
    });
  });
});
