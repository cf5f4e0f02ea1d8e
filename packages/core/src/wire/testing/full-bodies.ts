/** One body a protocol that holds every member its clients send, for tests that change one place at a time. */
import type { JsonObject } from '../../util/index.js';
import type { ProtocolName } from '../protocol.js';

const SCHEMA: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string', enum: ['Oslo'], nullable: true }, days: { $ref: '#/$defs/n' } },
  required: ['city'],
  additionalProperties: false,
  $defs: { n: { type: 'integer' } },
};
const PIXEL = 'iVBORw0KGgo=';
const CACHE: JsonObject = { type: 'ephemeral' };

const CHAT: JsonObject = {
  model: 'm',
  stream: true,
  stream_options: { include_usage: true, include_obfuscation: false },
  messages: [
    { role: 'system', content: 'Be brief', name: 's' },
    { role: 'developer', content: [{ type: 'text', text: 'Do', cache_control: CACHE }] },
    {
      role: 'user',
      name: 'ann',
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}`, detail: 'auto' } },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
        { type: 'file', file: { file_data: 'data:text/plain;base64,aGk=', filename: 'a.txt', file_id: 'f' } },
        { type: 'tool_result', tool_use_id: 'x', content: [{ type: 'text', text: 'r' }], is_error: false },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'tool_use', id: 'u', name: 'f', input: { a: 1 } },
        { type: 'refusal', refusal: 'no' },
      ],
      refusal: null,
      reasoning_content: 'hm',
      reasoning: 'hm',
      tool_calls: [
        { id: 'c1', type: 'function', index: 0, function: { name: 'f', arguments: '{}' } },
        { id: 'c2', type: 'custom', custom: { name: 'p', input: 'x' } },
      ],
      function_call: { name: 'f', arguments: '{}' },
    },
    { role: 'tool', tool_call_id: 'c1', content: 'ok', name: 'f' },
    { role: 'function', name: 'f', content: 'ok' },
  ],
  tools: [
    { type: 'function', function: { name: 'f', description: 'F', parameters: SCHEMA, strict: true } },
    {
      type: 'custom',
      custom: { name: 'p', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
    },
    { name: 'g', description: 'G', input_schema: SCHEMA },
    { type: 'web_search_preview' },
    { type: 'namespace', name: 'n', description: 'N', tools: [{ type: 'function', name: 'h', parameters: SCHEMA }] },
    { type: 'computer_20250124', name: 'computer', display_width_px: 1, display_height_px: 1 },
  ],
  tool_choice: {
    type: 'allowed_tools',
    allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
  },
  functions: [{ name: 'f', parameters: SCHEMA }],
  function_call: { name: 'f' },
  parallel_tool_calls: true,
  max_tokens: 5,
  max_completion_tokens: 5,
  stop: ['END'],
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema: SCHEMA, strict: true } },
  reasoning_effort: 'low',
  reasoning: { effort: 'low', exclude: false },
  thinking: { type: 'enabled' },
  enable_thinking: true,
  thinking_budget: 5,
  chat_template_kwargs: { enable_thinking: true },
  extra_body: { enable_thinking: true, chat_template_kwargs: { thinking_budget: 5 } },
  temperature: 1,
  top_p: 1,
  n: 1,
  logprobs: false,
  top_logprobs: 0,
  modalities: ['text'],
  user: 'me',
  prompt_cache_key: 'k',
  safety_identifier: 'i',
  metadata: { user_id: 'me' },
  system: [{ type: 'text', text: 'S' }],
  instructions: 'I',
};

const MESSAGES: JsonObject = {
  model: 'm',
  max_tokens: 5,
  stream: true,
  system: [{ type: 'text', text: 'Be brief', cache_control: CACHE }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi', citations: [] },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
        { type: 'image', source: { type: 'url', url: `data:image/png;base64,${PIXEL}` } },
        { type: 'document', title: 'T', context: 'C', source: { type: 'text', media_type: 'text/plain', data: 'd' } },
        { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'd' }] } },
        { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'r' }] },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'redacted_thinking', data: 'x' },
        { type: 'text', text: 'Yes' },
        { type: 'tool_use', id: 'u1', name: 'f', input: { a: [1] }, caller: { type: 'direct' } },
        { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } },
        {
          type: 'web_search_tool_result',
          tool_use_id: 's1',
          content: [{ type: 'web_search_result', title: 't', url: 'u' }],
        },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'u1',
          is_error: true,
          content: [
            { type: 'text', text: 'r' },
            { type: 'tool_reference', tool_name: 'f' },
          ],
        },
      ],
    },
    { role: 'system', content: 'S' },
  ],
  tools: [
    { name: 'f', description: 'F', input_schema: SCHEMA, strict: true, defer_loading: true, input_examples: [{}] },
    { type: 'bash_20250124', name: 'bash' },
    { type: 'web_search_20250305', name: 'web_search', max_uses: 1 },
    { type: 'function', function: { name: 'g', parameters: SCHEMA } },
  ],
  tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
  thinking: { type: 'enabled', budget_tokens: 1024, display: 'omitted' },
  output_config: { effort: 'low', format: { type: 'json_schema', schema: SCHEMA } },
  output_format: { type: 'json_schema', schema: SCHEMA },
  stop_sequences: ['END'],
  temperature: 1,
  top_p: 1,
  top_k: 1,
  metadata: { user_id: 'me' },
  context_management: { edits: [] },
  reasoning_effort: 'low',
  response_format: { type: 'json_schema', json_schema: { schema: SCHEMA } },
  functions: [{ name: 'f', parameters: SCHEMA }],
  chat_template_kwargs: { enable_thinking: true },
};

const RESPONSES: JsonObject = {
  model: 'm',
  stream: true,
  store: false,
  instructions: 'Be brief',
  previous_response_id: null,
  input: [
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'Hi' },
        { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}`, detail: 'auto' },
        { type: 'input_file', file_data: 'data:text/plain;base64,aGk=', filename: 'a.txt' },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
        { type: 'hologram', caption: 'x' },
      ],
    },
    { role: 'assistant', content: [{ type: 'output_text', text: 'Yes', annotations: [] }], phase: 'commentary' },
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }], content: [], encrypted_content: 'x' },
    { type: 'function_call', id: 'fc', call_id: 'c1', name: 'f', namespace: 'n', arguments: '{}', status: 'completed' },
    { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'r' }] },
    { type: 'custom_tool_call', call_id: 'c2', name: 'p', input: 'x' },
    { type: 'custom_tool_call_output', call_id: 'c2', output: { content: 'r', success: true } },
    { type: 'local_shell_call', id: 'l', call_id: 'c3', action: { type: 'exec', command: ['ls'], env: {} } },
    { type: 'local_shell_call_output', id: 'l', output: 'r' },
    { type: 'shell_call', call_id: 'c4', action: { commands: ['ls'] } },
    {
      type: 'shell_call_output',
      call_id: 'c4',
      output: [{ stdout: 'r', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
    },
    { type: 'apply_patch_call', call_id: 'c5', operation: { type: 'delete_file', path: 'a' } },
    { type: 'apply_patch_call_output', call_id: 'c5', output: 'r' },
    { type: 'web_search_call', id: 'w', status: 'completed', action: { type: 'search', query: 'q' } },
    { type: 'additional_tools', role: 'developer', tools: [{ type: 'function', name: 'k' }] },
    { role: 'assistant', content: null, tool_calls: [{ id: 't', function: { name: 'f', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: 't', content: 'r' },
  ],
  tools: [
    { type: 'function', name: 'f', description: 'F', parameters: SCHEMA, strict: false },
    { type: 'custom', name: 'p', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
    { type: 'namespace', name: 'n', description: 'N', tools: [{ type: 'function', name: 'h' }] },
    { type: 'local_shell' },
    { type: 'shell', environment: { type: 'local' } },
    { type: 'apply_patch' },
    { type: 'web_search', filters: {} },
    { type: 'mcp', server_label: 's', server_url: 'u' },
  ],
  tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
  parallel_tool_calls: true,
  text: { format: { type: 'json_schema', name: 'n', schema: SCHEMA, strict: true }, verbosity: 'low' },
  reasoning: { effort: 'low', summary: 'auto' },
  include: ['reasoning.encrypted_content'],
  metadata: { user_id: 'me' },
  max_output_tokens: 5,
  temperature: 1,
  top_p: 1,
  truncation: 'auto',
  prompt_cache_key: 'k',
  user: 'me',
  client_metadata: {},
  stop: ['END'],
  system: 'S',
};

export const FULL_BODIES: Readonly<Record<ProtocolName, JsonObject>> = {
  'openai-chat': CHAT,
  'anthropic-messages': MESSAGES,
  'openai-responses': RESPONSES,
};

type Odd = JsonObject['x'];

/** A value of every JSON type. */
const TYPES: readonly Odd[] = [null, true, 0, -1.5, '', 'x', [], {}, [null], ['x']];

/** Those that trip programs that take them for something else. */
export const TRAPS: readonly Odd[] = [
  { toString: 1 },
  { type: { toString: 1 } },
  { type: 'toString', text: 5 },
  { name: { toString: 1 }, type: 'function', function: { name: [] } },
  [[{ toString: null, valueOf: null }]],
  '__proto__',
];

export const ODD_VALUES: readonly Odd[] = [...TYPES, ...TRAPS];

/** Every body that comes of putting one odd value at one place. It is one object: read each before the next is asked for. */
export function* changedBodies(
  body: JsonObject,
  values: readonly Odd[] = ODD_VALUES,
): Generator<{ readonly path: string; readonly body: JsonObject }> {
  const changed = JSON.parse(JSON.stringify(body)) as JsonObject;
  for (const { holder, key, path } of places(changed, '')) {
    const before = holder[key];
    for (const value of values) {
      holder[key] = value;
      yield { path: `${path} = ${JSON.stringify(value)}`, body: changed };
    }
    holder[key] = before;
  }
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
  readonly path: string;
}

function* places(value: unknown, path: string): Generator<Place> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    yield { holder: value as Record<string, unknown>, key, path: at };
    yield* places(member, at);
  }
}
