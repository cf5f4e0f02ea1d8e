import { describe, expect, it } from 'vitest';
import type { ChatMessage, ToolDefinition } from '../chat/index.js';
import type { ProtocolName } from './protocol.js';
import { protocols } from './protocols.js';

const NAMES = Object.keys(protocols) as ProtocolName[];

const parse = (name: ProtocolName, body: object) => protocols[name].parseRequest(body).chat;

const text = (words: string) => ({ type: 'text', text: words }) as const;
const user = (...words: string[]): ChatMessage => ({ role: 'user', content: words.map(text) });
const PIXEL = 'iVBORw0KGgo=';
const PICTURE = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PIXEL } } as const;

/** The same conversation in each protocol's spelling, under the member that holds it there. */
const LOOP: Readonly<Record<ProtocolName, object>> = {
  'openai-chat': {
    messages: [
      {
        role: 'user',
        content: [text('Weather?'), { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }],
      },
      {
        role: 'assistant',
        content: 'Let me see.',
        reasoning_content: 'Oslo.',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'rain' },
      { role: 'user', content: 'And now?' },
    ],
  },
  'anthropic-messages': {
    messages: [
      {
        role: 'user',
        content: [
          text('Weather?'),
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Oslo.' },
          text('Let me see.'),
          { type: 'tool_use', id: 'c1', name: 'get_weather', input: { city: 'Oslo' } },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'c1', content: [text('rain')] }, text('And now?')],
      },
    ],
  },
  'openai-responses': {
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Weather?' },
          { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}` },
        ],
      },
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Oslo.' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Let me see.' }] },
      { type: 'function_call', call_id: 'c1', name: 'get_weather', arguments: '{"city":"Oslo"}' },
      { type: 'function_call_output', call_id: 'c1', output: 'rain' },
      { role: 'user', content: 'And now?' },
    ],
  },
};

const EXPECTED: readonly ChatMessage[] = [
  { role: 'user', content: [text('Weather?'), PICTURE] },
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Oslo.' },
      text('Let me see.'),
      { type: 'tool-call', toolCallId: 'c1', toolName: 'get_weather', input: '{"city":"Oslo"}', kind: 'function' },
    ],
  },
  { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c1', output: [text('rain')], isError: false }] },
  user('And now?'),
];

const PAIRS = NAMES.flatMap((route) => NAMES.map((spelling) => [route, spelling] as const));

describe('a conversation in another spelling - is read whole on every route', () => {
  it.each(PAIRS)('%s reads %s', (route, spelling) => {
    const { messages, warnings } = parse(route, LOOP[spelling]);
    expect({ messages, warnings }).toEqual({ messages: EXPECTED, warnings: [] });
  });

  it.each(PAIRS)('%s reads messages and items of %s under the name of its own member', (route, spelling) => {
    const member = route === 'openai-responses' ? 'input' : 'messages';
    expect(parse(route, { [member]: Object.values(LOOP[spelling])[0] }).messages).toEqual(EXPECTED);
  });

  it.each(NAMES)('%s reads spellings that are mixed in one body', (route) => {
    const member = route === 'openai-responses' ? 'input' : 'messages';
    const list = [
      { role: 'user', content: [{ type: 'input_text', text: 'Go' }] },
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'one', is_error: true }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'b', name: 'g', input: {} }] },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'two' }] },
      { type: 'function_call', call_id: 'c', name: 'h', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'three' },
    ];
    const results = parse(route, { [member]: list }).messages.flatMap((message) =>
      message.role === 'tool'
        ? message.content.map(({ toolCallId, isError, output }) => [toolCallId, isError, output])
        : [],
    );
    expect(results).toEqual([
      ['a', true, [text('one')]],
      ['b', false, [text('two')]],
      ['c', false, [text('three')]],
    ]);
  });

  it.each(NAMES)('%s keeps pictures inside results', (route) => {
    const blocks = [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }];
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'shot', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: blocks }] },
    ];
    expect(parse(route, { messages }).messages.at(-1)).toEqual({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'c', output: [PICTURE], isError: false }],
    });
  });
});

describe('a prompt in another spelling - goes first', () => {
  it.each(
    NAMES.flatMap((route) =>
      [{ system: 'Be brief' }, { system: [text('Be brief')] }, { instructions: 'Be brief' }].map(
        (more) => [route, more] as const,
      ),
    ),
  )('%s %j', (route, more) => {
    const { messages, warnings } = parse(route, { messages: [{ role: 'user', content: 'Hi' }], ...more });
    expect({ messages, warnings }).toEqual({
      messages: [{ role: 'system', content: 'Be brief' }, user('Hi')],
      warnings: [],
    });
  });
});

describe('input of the Responses API - in other forms than a list', () => {
  it.each<[unknown, readonly ChatMessage[]]>([
    ['Hi', [user('Hi')]],
    [{ role: 'user', content: 'Hi' }, [user('Hi')]],
    [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }, [user('Hi')]],
    [{ type: 'input_text', text: 'Hi' }, [user('Hi')]],
    [[{ type: 'input_text', text: 'Hi' }], [user('Hi')]],
    [42, [user('42')]],
    [true, [user('true')]],
    [
      ['a', 'b'],
      [user('a'), user('b')],
    ],
  ])('%j', (input, messages) => {
    for (const route of NAMES) expect(parse(route, { input }).messages).toEqual(messages);
  });

  it('instructions alone are something to answer', () => {
    expect(parse('openai-responses', { instructions: 'Say hi' }).messages).toEqual([
      { role: 'system', content: 'Say hi' },
    ]);
    expect(() => parse('openai-responses', {})).toThrow(expect.objectContaining({ param: 'input' }));
  });
});

describe('what no protocol knows - keeps its words and is told', () => {
  const list = [
    { type: 'shopping_list', entries: [{ note: 'milk 42' }] },
    { role: 'user', content: [{ type: 'hologram', caption: 'a cat' }, text('Hi')] },
  ];

  it.each(NAMES)('%s', (route) => {
    const { messages, warnings } = parse(route, route === 'openai-responses' ? { input: list } : { messages: list });
    const said = JSON.stringify(messages);
    expect([said.includes('milk 42'), said.includes('a cat'), warnings.length]).toEqual([true, true, 2]);
  });

  it.each([
    { type: 'mcp_call', name: 'find', arguments: '{"q":"oslo"}', output: 'Oslo is in Norway' },
    { type: 'code_interpreter_call', code: 'print(1)', outputs: [{ type: 'logs', logs: 'Oslo is in Norway' }] },
    { type: 'file_search_call', queries: ['oslo'], results: [{ file_id: 'f', text: 'Oslo is in Norway' }] },
  ])('items of hosted tools - $type', (item) => {
    const { messages } = parse('openai-responses', { input: [item, 'Hi'] });
    expect(JSON.stringify(messages[0])).toContain('Oslo is in Norway');
  });

  it('bytes and ids are no words', () => {
    const item = {
      type: 'scan',
      id: 'scan_1',
      data: 'A'.repeat(300),
      picture: `data:image/png;base64,${PIXEL}`,
      title: 'Map',
    };
    expect(parse('openai-responses', { input: [item] }).messages).toEqual([
      { role: 'assistant', content: [text('Map')] },
    ]);
  });
});

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } };
const TOOL: ToolDefinition = { kind: 'function', name: 'get_weather', description: 'Weather.', inputSchema: SCHEMA };

describe('tools in another spelling - are offered on every route', () => {
  const declared = [
    { name: 'get_weather', description: 'Weather.', input_schema: SCHEMA },
    {
      type: 'custom',
      name: 'get_weather',
      description: 'Weather.',
      input_schema: SCHEMA,
      cache_control: { type: 'ephemeral' },
    },
    { type: 'function', function: { name: 'get_weather', description: 'Weather.', parameters: SCHEMA } },
    { type: 'function', name: 'get_weather', description: 'Weather.', parameters: SCHEMA },
    { name: 'get_weather', description: 'Weather.', parameters: SCHEMA },
    { name: 'get_weather', description: 'Weather.', inputSchema: SCHEMA },
  ];
  const choices = [
    { type: 'tool', name: 'get_weather' },
    { type: 'function', function: { name: 'get_weather' } },
    { type: 'function', name: 'get_weather' },
    { name: 'get_weather' },
    { function: { name: 'get_weather' } },
  ];
  const ask = { messages: [{ role: 'user', content: 'x' }] };

  it.each(NAMES.flatMap((route) => declared.map((tool) => [route, tool] as const)))('%s %j', (route, tool) => {
    const { tools, warnings } = parse(route, { ...ask, tools: [tool] });
    expect({ tools, warnings }).toEqual({ tools: [TOOL], warnings: [] });
  });

  it.each(NAMES.flatMap((route) => choices.map((choice) => [route, choice] as const)))(
    '%s, choice %j',
    (route, choice) => {
      const { toolChoice } = parse(route, { ...ask, tools: [declared[0]], tool_choice: choice });
      expect(toolChoice).toEqual({ type: 'tool', toolName: 'get_weather' });
    },
  );

  it.each(
    NAMES.flatMap((route) =>
      (
        [
          ['required', 'required'],
          ['any', 'required'],
          [{ type: 'any' }, 'required'],
          [{ type: 'required' }, 'required'],
          ['none', 'none'],
          [{ type: 'none' }, 'none'],
          ['auto', 'auto'],
          [{ type: 'auto' }, 'auto'],
        ] as const
      ).map(([choice, expected]) => [route, choice, expected] as const),
    ),
  )('%s, choice %j means %s', (route, choice, expected) => {
    expect(parse(route, { ...ask, tools: [declared[0]], tool_choice: choice }).toolChoice).toEqual({ type: expected });
  });

  it.each(NAMES)('%s: one call at a time, in either spelling', (route) => {
    const tools = [declared[0]];
    for (const more of [
      { parallel_tool_calls: false },
      { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    ]) {
      expect(parse(route, { ...ask, tools, ...more }).parallelToolCalls).toBe(false);
    }
  });

  it.each(NAMES)('%s: free-form tools, shells and tools of a namespace', (route) => {
    const { tools } = parse(route, {
      ...ask,
      tools: [
        {
          type: 'custom',
          custom: { name: 'patch', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
        },
        { type: 'bash_20250124', name: 'bash' },
        { type: 'local_shell' },
        { type: 'namespace', name: 'mail', tools: [{ type: 'function', name: 'find', parameters: SCHEMA }] },
      ],
    });
    expect(tools.map(({ kind, name, namespace }) => [kind, namespace ?? '', name].join(' '))).toEqual([
      'custom  patch',
      'function  bash',
      'function  local_shell',
      route === 'openai-responses' ? 'function mail find' : 'function  mail__find',
    ]);
  });
});

describe('hosted tools that are demanded - are said to be not available', () => {
  const cases = [
    [{ type: 'web_search' }, { type: 'web_search' }],
    [{ type: 'web_search_preview' }, { type: 'web_search_preview' }],
    [
      { type: 'web_search_20250305', name: 'web_search' },
      { type: 'tool', name: 'web_search' },
    ],
    [
      { type: 'code_execution_20250825', name: 'code_execution' },
      { type: 'tool', name: 'code_execution' },
    ],
    [{ type: 'code_interpreter', container: { type: 'auto' } }, { type: 'code_interpreter' }],
    [{ type: 'file_search', vector_store_ids: [] }, { type: 'file_search' }],
    [{ type: 'computer_use_preview' }, { type: 'computer_use_preview' }],
    [{ type: 'computer_use_preview' }, { type: 'computer' }],
    [{ type: 'image_generation' }, { type: 'image_generation' }],
    [
      { type: 'mcp', server_label: 'wiki' },
      { type: 'mcp', server_label: 'wiki' },
    ],
    [{ type: 'web_search' }, { type: 'function', function: { name: 'web_search' } }],
    [{ type: 'web_search' }, { type: 'function', name: 'web_search' }],
    [{ type: 'web_search' }, 'web_search'],
  ] as const;

  it.each(NAMES.flatMap((route) => cases.map(([tool, choice]) => [route, tool, choice] as const)))(
    '%s %j %j',
    (route, tool, choice) => {
      const body = {
        messages: [{ role: 'user', content: 'x' }],
        tools: [tool, { name: 'f', input_schema: {} }],
        tool_choice: choice,
      };
      expect(() => parse(route, body)).toThrow(
        expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining('not available') }),
      );
    },
  );

  it.each(NAMES)('%s: a function of the client with such a name can be demanded', (route) => {
    const tools = [{ name: 'web_search', input_schema: {} }];
    const body = {
      messages: [{ role: 'user', content: 'x' }],
      tools,
      tool_choice: { type: 'tool', name: 'web_search' },
    };
    expect(parse(route, body).toolChoice).toEqual({ type: 'tool', toolName: 'web_search' });
  });

  it.each(NAMES)('%s: a name that is no tool at all is still said to be missing', (route) => {
    const body = {
      messages: [{ role: 'user', content: 'x' }],
      tools: [{ name: 'f', input_schema: {} }],
      tool_choice: { type: 'tool', name: 'g' },
    };
    expect(() => parse(route, body)).toThrow("no tool named 'g'");
  });
});

describe('settings in another spelling - are kept', () => {
  const ask = { messages: [{ role: 'user', content: 'x' }] };
  const format = { type: 'json_schema', name: 'place', schema: SCHEMA };

  it.each(NAMES)('%s', (route) => {
    for (const limit of ['max_tokens', 'max_completion_tokens', 'max_output_tokens']) {
      expect(parse(route, { ...ask, [limit]: 9 }).sampling).toEqual({ maxOutputTokens: 9 });
    }
    for (const stop of [{ stop: 'END' }, { stop: ['END'] }, { stop_sequences: ['END'] }]) {
      expect(parse(route, { ...ask, ...stop }).sampling).toEqual({ stopSequences: ['END'] });
    }
    for (const effort of [
      { reasoning_effort: 'low' },
      { reasoning: { effort: 'low' } },
      { output_config: { effort: 'low' } },
    ]) {
      expect(parse(route, { ...ask, ...effort }).reasoning.effort).toBe('low');
    }
    for (const wish of [
      { response_format: { type: 'json_schema', json_schema: { name: 'place', schema: SCHEMA } } },
      { text: { format } },
      { output_config: { format } },
      { output_format: format },
    ]) {
      expect(parse(route, { ...ask, ...wish }).responseFormat).toMatchObject({
        type: 'json-schema',
        name: 'place',
        schema: SCHEMA,
      });
    }
    expect(parse(route, { ...ask, response_format: { type: 'json_object' } }).responseFormat).toEqual({ type: 'json' });
  });

  it.each(NAMES)('%s: thinking is switched as clients of Qwen say it', (route) => {
    for (const off of [
      { enable_thinking: false },
      { chat_template_kwargs: { enable_thinking: false } },
      { chat_template_kwargs: { thinking: false } },
      { extra_body: { chat_template_kwargs: { enable_thinking: false } } },
      { extra_body: { enable_thinking: false } },
      { thinking: { type: 'disabled' } },
      { thinking_budget: 0 },
    ]) {
      expect(parse(route, { ...ask, ...off }).reasoning).toEqual({ effort: 'none', visible: false });
    }
    expect(parse(route, { ...ask, enable_thinking: true, thinking_budget: 1024 }).reasoning).toEqual({
      effort: 'low',
      visible: true,
    });
    expect(parse(route, { ...ask, chat_template_kwargs: { enable_thinking: true } }).reasoning).toEqual({
      visible: true,
    });
  });
});

describe('a Response - repeats the settings in its own spelling', () => {
  it.each([
    [{ type: 'tool', name: 'get_weather' }],
    [{ type: 'function', function: { name: 'get_weather' } }],
    [{ type: 'function', name: 'get_weather' }],
    ['get_weather'],
  ])('tool_choice %j', (choice) => {
    const { response } = protocols['openai-responses'].parseRequest({
      input: 'x',
      tools: [{ name: 'get_weather', description: 'Weather.', input_schema: SCHEMA }],
      tool_choice: choice,
    });
    expect(response.echo).toMatchObject({
      tool_choice: { type: 'function', name: 'get_weather' },
      tools: [{ type: 'function', name: 'get_weather', description: 'Weather.', parameters: SCHEMA, strict: false }],
    });
  });
});
