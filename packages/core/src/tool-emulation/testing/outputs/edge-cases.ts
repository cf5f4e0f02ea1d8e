/** What clients of their own tools met. */

import { functionTool } from '../tools.js';
import { time, weather, write } from './calls.js';
import { action, called, type ExpectedOutput, stays } from './expected-output.js';

export const EDGE_CASES: readonly ExpectedOutput[] = [
  called(
    'Claude Code edit',
    action(
      '{"tool":"Edit","parameters":{"file_path":"/a.ts","old_string":"const a = \\"x\\";\\n","new_string":"const a = \'y\';\\n","replace_all":"false"}}',
    ),
    [
      [
        'Edit',
        { file_path: '/a.ts', old_string: 'const a = "x";\n', new_string: "const a = 'y';\n", replace_all: false },
      ],
    ],
    {
      tools: [
        functionTool(
          'Edit',
          {
            file_path: { type: 'string' },
            old_string: { type: 'string' },
            new_string: { type: 'string' },
            replace_all: { type: 'boolean' },
          },
          ['file_path', 'old_string', 'new_string'],
        ),
      ],
    },
  ),
  called(
    'Claude Code edit, raw code',
    action(
      '{"tool":"Edit","parameters":{"file_path":"/a.ts","old_string":"const a = "x";\nfoo({b: "c"});","new_string":"const a = "y";"}}',
    ),
    [['Edit', { file_path: '/a.ts', old_string: 'const a = "x";\nfoo({b: "c"});', new_string: 'const a = "y";' }]],
    {
      tools: [
        functionTool(
          'Edit',
          {
            file_path: { type: 'string' },
            old_string: { type: 'string' },
            new_string: { type: 'string' },
            replace_all: { type: 'boolean' },
          },
          ['file_path', 'old_string', 'new_string'],
        ),
      ],
    },
  ),
  called(
    'Codex shell, string for list',
    action('{"tool":"shell","parameters":{"command":"ls -la"}}'),
    [['shell', { command: ['ls -la'] }]],
    {
      tools: [
        functionTool('shell', { command: { type: 'array', items: { type: 'string' } }, workdir: { type: 'string' } }, [
          'command',
        ]),
      ],
    },
  ),
  called(
    'todos as JSON text',
    action('{"tool":"TodoWrite","parameters":{"todos":"[{\\"content\\":\\"a\\",\\"status\\":\\"pending\\"}]"}}'),
    [['TodoWrite', { todos: [{ content: 'a', status: 'pending' }] }]],
    {
      tools: [
        functionTool(
          'TodoWrite',
          {
            todos: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  content: { type: 'string' },
                  status: { type: 'string', enum: ['pending', 'in_progress', 'completed'] },
                },
                required: ['content', 'status'],
              },
            },
          },
          ['todos'],
        ),
      ],
    },
  ),
  called(
    'todos in coder form',
    '<function=TodoWrite>\n<parameter=todos>\n[{"content": "a", "status": "pending"}]\n</parameter>\n</function>',
    [['TodoWrite', { todos: [{ content: 'a', status: 'pending' }] }]],
    {
      tools: [
        functionTool(
          'TodoWrite',
          {
            todos: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  content: { type: 'string' },
                  status: { type: 'string', enum: ['pending', 'in_progress', 'completed'] },
                },
                required: ['content', 'status'],
              },
            },
          },
          ['todos'],
        ),
      ],
    },
  ),
  called(
    'terminal for Bash',
    action('{"tool":"terminal","parameters":{"command":"ls"}}'),
    [['Bash', { command: 'ls' }]],
    {
      tools: [
        functionTool(
          'Bash',
          { command: { type: 'string' }, timeout: { type: 'number' }, run_in_background: { type: 'boolean' } },
          ['command'],
        ),
      ],
    },
  ),
  called('untyped number', action('{"tool":"log","parameters":{"value":"42"}}'), [['log', { value: '42' }]], {
    tools: [functionTool('log', { value: {} })],
  }),
  called('untyped in coder', '<function=log><parameter=value>42</parameter></function>', [['log', { value: 42 }]], {
    tools: [functionTool('log', { value: {} })],
  }),
  called(
    'union keeps string',
    action('{"tool":"set","parameters":{"key":"a","value":"42"}}'),
    [['set', { key: 'a', value: '42' }]],
    {
      tools: [functionTool('set', { key: { type: 'string' }, value: { type: ['string', 'number', 'null'] } }, ['key'])],
    },
  ),
  called('extra members kept', action('{"tool":"get_time","parameters":{"zone":"UTC"}}'), [
    ['get_time', { zone: 'UTC' }],
  ]),
  called('parameters misspelt arguement', action('{"tool":"get_weather","params":{"city":"Oslo"}}'), [weather('Oslo')]),
  called('keys in capitals', action('{"Tool":"get_weather","Parameters":{"city":"Oslo"}}'), [weather('Oslo')]),
  called(
    'calls under actions',
    action('{"actions":[{"tool":"get_time"},{"tool":"get_weather","parameters":{"city":"Oslo"}}]}'),
    [time, weather('Oslo')],
  ),
  called(
    'calls under tool_calls in Hermes',
    '<tool_call>\n{"tool_calls":[{"name": "get_weather", "arguments": {"city": "Oslo"}}]}\n</tool_call>',
    [weather('Oslo')],
  ),
  called(
    'bare objects on two lines',
    '{"name": "get_time", "arguments": {}}\n{"name": "get_weather", "arguments": {"city": "Oslo"}}',
    [time, weather('Oslo')],
  ),
  called('BOM then tag', '\ufeff<tool_call>{"name": "get_time", "arguments": {}}</tool_call>', [time]),
  called('full-width quotes', action('{＂tool＂: ＂get_time＂}'), [time]),
  called('mixed curly and straight', action('{“tool": "get_weather", "parameters": {"city": “Oslo”}}'), [
    weather('Oslo'),
  ]),
  called(
    'triple-quoted value',
    action('{"tool": "write_file", "parameters": {"file_path": "a", "content": """line "x"\nend"""}}'),
    [write('a', 'line "x"\nend')],
  ),
  called('hash comment', action('{\n  # the tool\n  "tool": "get_time"\n}'), [time]),
  called(
    'escaped quotes of the whole',
    action('{\\"tool\\": \\"get_weather\\", \\"parameters\\": {\\"city\\": \\"Oslo\\"}}'),
    [weather('Oslo')],
  ),
  called(
    'JSON string of the whole',
    action('"{\\"tool\\": \\"get_weather\\", \\"parameters\\": {\\"city\\": \\"Oslo\\"}}"'),
    [weather('Oslo')],
  ),
  called(
    'single-quoted Python with fence',
    "```json action\n{'tool': 'write_file', 'parameters': {'file_path': 'a.md', 'content': 'x\\n```\\ny'}}\n```",
    [write('a.md', 'x\n```\ny')],
  ),
  called('name with quotes in the tag', '<tool_call>\n"get_weather": {"city": "Oslo"}\n</tool_call>', [
    weather('Oslo'),
  ]),
  called('tag with type', '<function_call type="json">{"name": "get_time", "arguments": {}}</function_call>', [time]),
  called('tool tag with name and JSON', '<tool name="get_weather">{"city": "Oslo"}</tool>', [weather('Oslo')]),
  called(
    'tool tag with elements',
    '<tool>\n<name>get_weather</name>\n<parameters>\n<city>Oslo</city>\n</parameters>\n</tool>',
    [weather('Oslo')],
  ),
  called('self-closing call', '<tool_call name="get_time" />', [time]),
  called('call closed by Kimi token', '<tool_call>{"name": "get_time", "arguments": {}}<|tool_call_end|>', [time]),
  stays('args text cut', action('{"tool":"get_weather","parameters":"{\\"city\\": \\"Os"}'), {
    text: action('{"tool":"get_weather","parameters":"{\\"city\\": \\"Os"}'),
  }),
];
