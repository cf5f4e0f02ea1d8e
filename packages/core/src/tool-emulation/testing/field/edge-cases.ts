/** Agents' own tools, and JSON and elements at the edge of what can be read. */
import { called, type ExpectedOutput, F, raw, stays } from '../corpus/expected-output.js';
import { functionTool } from '../tools.js';
import { notes, read, run, time, weather, write } from './calls.js';

const TIME = '{"name": "get_time", "arguments": {}}';
const W = '{"name": "get_weather", "arguments": {"city": "Oslo"}}';
const edit = functionTool(
  'Edit',
  {
    file_path: { type: 'string' },
    old_string: { type: 'string' },
    new_string: { type: 'string' },
    replace_all: { type: 'boolean' },
  },
  ['file_path', 'old_string', 'new_string'],
);
const shell = functionTool(
  'shell',
  { command: { type: 'array', items: { type: 'string' } }, workdir: { type: 'string' } },
  ['command'],
);
const todo = functionTool(
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
);
const bash = functionTool(
  'Bash',
  { command: { type: 'string' }, timeout: { type: 'number' }, run_in_background: { type: 'boolean' } },
  ['command'],
);
const untyped = functionTool('log', { value: {} }, []);
const union = functionTool('set', { key: { type: 'string' }, value: { type: ['string', 'number', 'null'] } }, ['key']);
const A = (json: string): string => `${F}json action\n${json}\n${F}`;

export const EDGE_CASES: readonly ExpectedOutput[] = [
  called(
    'Claude Code edit',
    A(
      raw`{"tool":"Edit","parameters":{"file_path":"/a.ts","old_string":"const a = \"x\";\n","new_string":"const a = 'y';\n","replace_all":"false"}}`,
    ),
    [
      [
        'Edit',
        { file_path: '/a.ts', old_string: 'const a = "x";\n', new_string: "const a = 'y';\n", replace_all: false },
      ],
    ],
    { tools: [edit] },
  ),
  called(
    'Claude Code edit, raw code',
    A(
      '{"tool":"Edit","parameters":{"file_path":"/a.ts","old_string":"const a = "x";\nfoo({b: "c"});","new_string":"const a = "y";"}}',
    ),
    [['Edit', { file_path: '/a.ts', old_string: 'const a = "x";\nfoo({b: "c"});', new_string: 'const a = "y";' }]],
    { tools: [edit] },
  ),
  called(
    'Codex shell list',
    A('{"tool":"shell","parameters":{"command":["bash","-lc","ls"]}}'),
    [['shell', { command: ['bash', '-lc', 'ls'] }]],
    { tools: [shell] },
  ),
  called(
    'Codex shell list as text',
    '<function=shell>\n<parameter=command>\n["bash", "-lc", "ls"]\n</parameter>\n</function>',
    [['shell', { command: ['bash', '-lc', 'ls'] }]],
    { tools: [shell] },
  ),
  called(
    'Codex shell, string for list',
    A('{"tool":"shell","parameters":{"command":"ls -la"}}'),
    [['shell', { command: ['ls -la'] }]],
    { tools: [shell] },
  ),
  called(
    'todos as JSON text',
    A(raw`{"tool":"TodoWrite","parameters":{"todos":"[{\"content\":\"a\",\"status\":\"pending\"}]"}}`),
    [['TodoWrite', { todos: [{ content: 'a', status: 'pending' }] }]],
    { tools: [todo] },
  ),
  called(
    'todos in coder form',
    '<function=TodoWrite>\n<parameter=todos>\n[{"content": "a", "status": "pending"}]\n</parameter>\n</function>',
    [['TodoWrite', { todos: [{ content: 'a', status: 'pending' }] }]],
    { tools: [todo] },
  ),
  called('terminal for Bash', A('{"tool":"terminal","parameters":{"command":"ls"}}'), [['Bash', { command: 'ls' }]], {
    tools: [bash],
  }),
  called(
    'run_command for Bash',
    '<tool_call>{"name":"run_command","arguments":{"command":"ls"}}</tool_call>',
    [['Bash', { command: 'ls' }]],
    { tools: [bash] },
  ),
  called(
    'heredoc command',
    A(raw`{"tool":"Bash","parameters":{"command":"cat <<'EOF' > a.txt\nline \"one\"\nEOF"}}`),
    [['Bash', { command: 'cat <<\'EOF\' > a.txt\nline "one"\nEOF' }]],
    { tools: [bash] },
  ),
  called(
    'command with JSON',
    A(raw`{"tool":"Bash","parameters":{"command":"curl -d '{\"a\": [1, 2]}' http://x"}}`),
    [['Bash', { command: `curl -d '{"a": [1, 2]}' http://x` }]],
    { tools: [bash] },
  ),
  called(
    'command with JSON unescaped',
    A(`{"tool":"Bash","parameters":{"command":"curl -d '{"a": 1}' http://x"}}`),
    [['Bash', { command: `curl -d '{"a": 1}' http://x` }]],
    { tools: [bash] },
  ),
  called(
    'command with awk braces',
    A(`{"tool":"Bash","parameters":{"command":"awk '{print $1}' a | sort -n"}}`),
    [['Bash', { command: `awk '{print $1}' a | sort -n` }]],
    { tools: [bash] },
  ),
  called('untyped number', A('{"tool":"log","parameters":{"value":"42"}}'), [['log', { value: '42' }]], {
    tools: [untyped],
  }),
  called('untyped in coder', '<function=log><parameter=value>42</parameter></function>', [['log', { value: 42 }]], {
    tools: [untyped],
  }),
  called(
    'union keeps string',
    A('{"tool":"set","parameters":{"key":"a","value":"42"}}'),
    [['set', { key: 'a', value: '42' }]],
    { tools: [union] },
  ),
  called('big int stays', A('{"tool":"find_notes","parameters":{"query":"x","anything":12345678901234567890}}'), [
    notes('x', { anything: 12345678901234567000 }),
  ]),
  called('empty tool object', A('{"tool":"get_time","parameters":{}}'), [time]),
  called('extra members kept', A('{"tool":"get_time","parameters":{"zone":"UTC"}}'), [['get_time', { zone: 'UTC' }]]),
  called('tool in capitals', A('{"tool":"GET_TIME"}'), [time]),
  called('tool with dash', A('{"tool":"get-weather","parameters":{"city":"Oslo"}}'), [weather('Oslo')]),
  called('tool name with spaces', A('{"tool":" get_time ","parameters":{}}'), [time]),
  called('parameters misspelt arguement', A('{"tool":"get_weather","params":{"city":"Oslo"}}'), [weather('Oslo')]),
  called('input beside id', A('{"id":"toolu_01","tool":"get_weather","input":{"city":"Oslo"}}'), [weather('Oslo')]),
  called('keys in capitals', A('{"Tool":"get_weather","Parameters":{"city":"Oslo"}}'), [weather('Oslo')]),
  called(
    'calls under actions',
    A('{"actions":[{"tool":"get_time"},{"tool":"get_weather","parameters":{"city":"Oslo"}}]}'),
    [time, weather('Oslo')],
  ),
  called('calls under tool_calls in Hermes', `<tool_call>\n{"tool_calls":[${W}]}\n</tool_call>`, [weather('Oslo')]),
  called('NDJSON of three', A(`${TIME}\n${W}\n{"name":"read_file","arguments":{"file_path":"a"}}`), [
    time,
    weather('Oslo'),
    read('a'),
  ]),
  called('comma between objects', A(`${TIME},\n${W}`), [time, weather('Oslo')]),
  called('bare objects on two lines', `${TIME}\n${W}`, [time, weather('Oslo')]),
  called('bare pretty-printed', '{\n  "name": "get_weather",\n  "arguments": {\n    "city": "Oslo"\n  }\n}', [
    weather('Oslo'),
  ]),
  called('bare with trailing line ends', `\n\n${W}\n\n`, [weather('Oslo')]),
  called('bare in two ticks', `\`\`${W}\`\``, [], { text: `\`\`${W}\`\`` }),
  stays('bare then prose', `${W} is what I would send.`),
  stays('bare then prose on a new line', `${W}\n\nThat is an example.`),
  called('BOM then bare', `\uFEFF${W}`, [weather('Oslo')]),
  called('BOM then tag', `\uFEFF<tool_call>${TIME}</tool_call>`, [time]),
  called('zero width space before fence', `\u200B${A('{"tool":"get_time"}')}`, [time], { text: '\u200B' }),
  called('no-break spaces in JSON', A('{\u00A0"tool": "get_time"\u00A0}'), [time]),
  called('full-width quotes', A('{＂tool＂: ＂get_time＂}'), [time]),
  called('mixed curly and straight', A('{“tool": "get_weather", "parameters": {"city": “Oslo”}}'), [weather('Oslo')]),
  called(
    'curly quotes inside a string kept',
    A('{"tool": "find_notes", "parameters": {"query": "say “hi”, please"}}'),
    [notes('say “hi”, please')],
  ),
  called('CJK quotes', A('{"tool": "find_notes", "parameters": {"query": "「你好」，世界"}}'), [
    notes('「你好」，世界'),
  ]),
  called(
    'triple-quoted value',
    A('{"tool": "write_file", "parameters": {"file_path": "a", "content": """line "x"\nend"""}}'),
    [write('a', 'line "x"\nend')],
  ),
  called('backtick value', A('{"tool": "write_file", "parameters": {"file_path": "a", "content": `line "x"`}}'), [
    write('a', 'line "x"'),
  ]),
  called('hash comment', A('{\n  # the tool\n  "tool": "get_time"\n}'), [time]),
  called('ellipsis member', A('{"tool": "get_weather", "parameters": {"city": "Oslo", ...}}'), [weather('Oslo')]),
  called('missing comma between objects in list', A(`[${TIME} ${W}]`), [time, weather('Oslo')]),
  called('missing colon quote', A('{"tool": get_time, "parameters": {}}'), [time]),
  called('escaped quotes of the whole', A(raw`{\"tool\": \"get_weather\", \"parameters\": {\"city\": \"Oslo\"}}`), [
    weather('Oslo'),
  ]),
  called('JSON string of the whole', A(raw`"{\"tool\": \"get_weather\", \"parameters\": {\"city\": \"Oslo\"}}"`), [
    weather('Oslo'),
  ]),
  called('closing bracket of another kind', A('{"tool": "get_weather", "parameters": {"city": "Oslo"}]'), [
    weather('Oslo'),
  ]),
  called('percent and dollar', A('{"tool": "terminal", "parameters": {"command": "echo $HOME %PATH% `date`"}}'), [
    run('echo $HOME %PATH% `date`'),
  ]),
  called(
    'three ticks inline in a command',
    A(raw`{"tool": "terminal", "parameters": {"command": "echo '` + F + raw`'"}}`),
    [run(`echo '${F}'`)],
  ),
  called(
    'line of ticks in content, raw',
    A(`{"tool": "write_file", "parameters": {"file_path": "a.md", "content": "x\n${F}\ny\n${F}\n"}}`),
    [write('a.md', `x\n${F}\ny\n${F}\n`)],
  ),
  called(
    'single-quoted Python with fence',
    A(`{'tool': 'write_file', 'parameters': {'file_path': 'a.md', 'content': 'x\\n${F}\\ny'}}`),
    [write('a.md', `x\n${F}\ny`)],
  ),
  called(
    'Hermes with fence in content',
    `<tool_call>\n{"name": "write_file", "arguments": {"file_path": "a.md", "content": "${F}\\nx\\n${F}"}}\n</tool_call>`,
    [write('a.md', `${F}\nx\n${F}`)],
  ),
  called('name with quotes in the tag', `<tool_call>\n"get_weather": {"city": "Oslo"}\n</tool_call>`, [
    weather('Oslo'),
  ]),
  called('tag with attributes id', `<tool_call id="1">${TIME}</tool_call>`, [time]),
  called('tag with type', `<function_call type="json">${TIME}</function_call>`, [time]),
  called('tool tag with name and JSON', '<tool name="get_weather">{"city": "Oslo"}</tool>', [weather('Oslo')]),
  called(
    'tool tag with elements',
    '<tool>\n<name>get_weather</name>\n<parameters>\n<city>Oslo</city>\n</parameters>\n</tool>',
    [weather('Oslo')],
  ),
  called('function tag with name attr and JSON', '<function name="get_weather">{"city": "Oslo"}</function>', [
    weather('Oslo'),
  ]),
  called(
    'tool_call with function element',
    '<tool_call><function name="get_weather"><parameter name="city">Oslo</parameter></function></tool_call>',
    [weather('Oslo')],
  ),
  called('self-closing call', '<tool_call name="get_time" />', [time]),
  called(
    'GLM value with spaces kept inside',
    '<tool_call>terminal\n<arg_key>command</arg_key>\n<arg_value>  ls  </arg_value>\n</tool_call>',
    [run('  ls  ')],
  ),
  called('call closed by Kimi token', `<tool_call>${TIME}<|tool_call_end|>`, [time]),
  called(
    'openai-style in Hermes',
    `<tool_call>\n{"type":"function","function":{"name":"get_weather","arguments":{"city":"Oslo"}}}\n</tool_call>`,
    [weather('Oslo')],
  ),
  called(
    'args as JSON text in Hermes',
    raw`<tool_call>{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}</tool_call>`,
    [weather('Oslo')],
  ),
  called('args text with slips', A(raw`{"tool":"get_weather","parameters":"{'city': 'Oslo'}"}`), [weather('Oslo')]),
  called('args text cut', A(raw`{"tool":"get_weather","parameters":"{\"city\": \"Os"}`), [], {
    text: A(raw`{"tool":"get_weather","parameters":"{\"city\": \"Os"}`),
  }),
];
