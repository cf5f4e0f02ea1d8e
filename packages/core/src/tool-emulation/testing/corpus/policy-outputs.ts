/**
 * What may be called, with what, how often.
 *
 * Over 250 lines: a table.
 */
import { functionTool, TOOLS } from '../tools.js';
import { called, type ExpectedOutput, F, raw, stays } from './expected-output.js';

const action = (tool: string, parameters: unknown): string =>
  `${F}json action\n${JSON.stringify({ tool, parameters })}\n${F}`;
const paris = action('get_weather', { city: 'Paris' });
const one = [['get_weather', { city: 'Paris' }]] as const;
const PATCH =
  '*** Begin Patch\n*** Update File: src/a.ts\n@@\n-const a = "x";\n+const a = `y`; // {"b": [1]}\n*** End Patch';
const string = { type: 'string' };

export const NAMES: readonly ExpectedOutput[] = [
  stays('an unknown tool', action('launch', { to: 'moon' })),
  stays('an unknown tool in a json fence', `${F}json\n{"name": "launch", "arguments": {}}\n${F}`),
  called('a known one behind an unknown one', `${action('launch', {})}\n\n${paris}`, one, {
    text: action('launch', {}),
  }),
  called(
    'a known one beside an unknown one in a list',
    `${F}json action\n[{"tool": "get_time"}, {"tool": "launch"}]\n${F}`,
    [['get_time', {}]],
    { text: '{"tool": "launch"}' },
  ),
  called(
    'a numbered name',
    `<tool_call>{"name": "functions.get_weather:0", "arguments": {"city": "Paris"}}</tool_call>`,
    one,
  ),
  called('Bash for terminal', action('Bash', { command: 'ls' }), [['terminal', { command: 'ls' }]]),
  called('Read for read_file', action('Read', { file_path: 'a' }), [['read_file', { file_path: 'a' }]]),
  called('Write for write_file', action('Write', { file_path: 'a', content: 'b' }), [
    ['write_file', { file_path: 'a', content: 'b' }],
  ]),
  stays('Bash with two shells', action('Bash', { command: 'ls' }), {
    tools: [
      functionTool('terminal', { command: string }, ['command']),
      functionTool('run_command', { command: string }, ['command']),
    ],
  }),
  called('the exact name among aliases', action('Bash', { command: 'ls' }), [['Bash', { command: 'ls' }]], {
    tools: [
      functionTool('terminal', { command: string }, ['command']),
      functionTool('Bash', { command: string }, ['command']),
    ],
  }),
  called('the exact case among two', action('read', { path: 'a' }), [['read', { path: 'a' }]], {
    tools: [functionTool('Read', { path: string }, ['path']), functionTool('read', { path: string }, ['path'])],
  }),
  called('a namespaced function, dotted', action('browser.open_tab', { url: 'https://a' }), [
    ['browser.open_tab', { url: 'https://a' }],
  ]),
  called('a namespaced function by its own name', action('open_tab', { url: 'https://a' }), [
    ['browser.open_tab', { url: 'https://a' }],
  ]),
  called(
    'a namespaced function, namespace beside',
    `${F}json action\n{"namespace": "browser", "tool": "open_tab", "parameters": {"url": "https://a"}}\n${F}`,
    [['browser.open_tab', { url: 'https://a' }]],
  ),
  called('the tail of an MCP name', action('create_issue', { title: 'x' }), [
    ['mcp__github__create_issue', { title: 'x' }],
  ]),
];

export const ARGUMENTS: readonly ExpectedOutput[] = [
  stays('a required one is missing', action('write_file', { file_path: 'a' })),
  stays('all are missing', action('get_weather', {})),
  called('a required one is empty', action('write_file', { file_path: 'a', content: '' }), [
    ['write_file', { file_path: 'a', content: '' }],
  ]),
  called('numbers and booleans as strings', action('get_weather', { city: 'Paris', days: '3', detailed: 'false' }), [
    ['get_weather', { city: 'Paris', days: 3, detailed: false }],
  ]),
  called('a number for a string', action('get_weather', { city: 75001 }), [['get_weather', { city: '75001' }]]),
  called('text that is no number stays', action('get_weather', { city: 'Paris', days: 'three' }), [
    ['get_weather', { city: 'Paris', days: 'three' }],
  ]),
  called('a fraction for an integer stays', action('get_weather', { city: 'Paris', days: '2.5' }), [
    ['get_weather', { city: 'Paris', days: '2.5' }],
  ]),
  called('numbers inside strings stay', action('find_notes', { query: '007' }), [['find_notes', { query: '007' }]]),
  called('JSON for a string stays text', action('write_file', { file_path: 'a.json', content: '{"a": 1}' }), [
    ['write_file', { file_path: 'a.json', content: '{"a": 1}' }],
  ]),
  called('an object as a string', action('find_notes', { query: 'x', filter: '{"year": "2020"}' }), [
    ['find_notes', { query: 'x', filter: { year: 2020 } }],
  ]),
  called('a list as a string', action('find_notes', { query: 'x', tags: '["a"]' }), [
    ['find_notes', { query: 'x', tags: ['a'] }],
  ]),
  called('one item for a list', action('find_notes', { query: 'x', tags: 'a' }), [
    ['find_notes', { query: 'x', tags: ['a'] }],
  ]),
  called('enum in another case', action('get_weather', { city: 'Paris', unit: 'Celsius' }), [
    ['get_weather', { city: 'Paris', unit: 'celsius' }],
  ]),
  called('an enum that does not fit stays', action('get_weather', { city: 'Paris', unit: 'kelvin' }), [
    ['get_weather', { city: 'Paris', unit: 'kelvin' }],
  ]),
  called('nested members', action('find_notes', { query: 'x', filter: { year: '2020', open: 'true' } }), [
    ['find_notes', { query: 'x', filter: { year: 2020, open: true } }],
  ]),
  called('string or number stays as written', action('t', { v: '5' }), [['t', { v: '5' }]], {
    tools: [functionTool('t', { v: { type: ['string', 'number'] } }, ['v'])],
  }),
  called('a nullable integer', action('t', { v: '5', w: 'null' }), [['t', { v: 5, w: null }]], {
    tools: [
      functionTool('t', { v: { anyOf: [{ type: 'integer' }, { type: 'null' }] }, w: { type: ['integer', 'null'] } }, [
        'v',
      ]),
    ],
  }),
  called('a schema without properties', action('t', { a: 1, b: ['x'] }), [['t', { a: 1, b: ['x'] }]], {
    tools: [{ kind: 'function', name: 't', inputSchema: {} }],
  }),
  called(
    'a tool that has a parameter called name',
    `${F}json action\n{"tool": "t", "parameters": {"name": "get_time", "arguments": {"x": 1}}}\n${F}`,
    [['t', { name: 'get_time', arguments: { x: 1 } }]],
    { tools: [functionTool('t', { name: string, arguments: { type: 'object' } }, ['name']), functionTool('get_time')] },
  ),
  called(
    'a tool that has a parameter called input',
    `${F}json\n{"name": "t", "arguments": {"input": "x"}}\n${F}`,
    [['t', { input: 'x' }]],
    { tools: [functionTool('t', { input: string }, ['input'])] },
  ),
  called(
    'its parameter input at the top',
    `${F}json action\n{"tool": "t", "input": "x"}\n${F}`,
    [['t', { input: 'x' }]],
    { tools: [functionTool('t', { input: string }, ['input'])] },
  ),
  called('a $ref', action('t', { at: { line: '3' } }), [['t', { at: { line: 3 } }]], {
    tools: [
      {
        kind: 'function',
        name: 't',
        inputSchema: {
          type: 'object',
          properties: { at: { $ref: '#/$defs/P' } },
          required: ['at'],
          $defs: { P: { type: 'object', properties: { line: { type: 'integer' } } } },
        },
      },
    ],
  }),
  called(
    '__proto__ is a member like any other',
    `${F}json action\n{"tool": "find_notes", "parameters": {"query": "x", "anything": 1}}\n${F}`,
    [['find_notes', { query: 'x', anything: 1 }]],
  ),
];

export const CUSTOM_TOOLS: readonly ExpectedOutput[] = [
  called('a string as parameters', action('apply_patch', PATCH), [['apply_patch', PATCH]]),
  called('input', action('apply_patch', { input: PATCH }), [['apply_patch', PATCH]]),
  called('patch', action('apply_patch', { patch: PATCH }), [['apply_patch', PATCH]]),
  called(
    'raw line ends in the string',
    `${F}json action\n{"tool": "apply_patch", "parameters": "*** Begin Patch\n*** Add File: a\n+x\n*** End Patch"}\n${F}`,
    [['apply_patch', '*** Begin Patch\n*** Add File: a\n+x\n*** End Patch']],
  ),
  called('input at the top', `${F}json action\n${JSON.stringify({ tool: 'apply_patch', input: PATCH })}\n${F}`, [
    ['apply_patch', PATCH],
  ]),
  called(
    'json fence, name and arguments',
    `${F}json\n${JSON.stringify({ name: 'apply_patch', arguments: PATCH })}\n${F}`,
    [['apply_patch', PATCH]],
  ),
  called('json fence, name and input', `${F}json\n${JSON.stringify({ name: 'apply_patch', input: PATCH })}\n${F}`, [
    ['apply_patch', PATCH],
  ]),
  called(
    'Hermes',
    `<tool_call>\n${JSON.stringify({ name: 'apply_patch', arguments: { input: PATCH } })}\n</tool_call>`,
    [['apply_patch', PATCH]],
  ),
  called(
    'Hermes, a string',
    `<tool_call>\n${JSON.stringify({ name: 'apply_patch', arguments: PATCH })}\n</tool_call>`,
    [['apply_patch', PATCH]],
  ),
  called('a hash line', `#Tool Call\n${JSON.stringify({ tool: 'apply_patch', parameters: PATCH })}`, [
    ['apply_patch', PATCH],
  ]),
  called(
    'Kimi',
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.apply_patch:0<|tool_call_argument_begin|>${JSON.stringify({ input: PATCH })}<|tool_call_end|><|tool_calls_section_end|>`,
    [['apply_patch', PATCH]],
  ),
  called(
    'Kimi, raw text',
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.apply_patch:0<|tool_call_argument_begin|>${PATCH}<|tool_call_end|><|tool_calls_section_end|>`,
    [['apply_patch', PATCH]],
  ),
  called(
    'Kimi, a JSON string',
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.apply_patch:0<|tool_call_argument_begin|>${JSON.stringify(PATCH)}<|tool_call_end|><|tool_calls_section_end|>`,
    [['apply_patch', PATCH]],
  ),
  called(
    'DeepSeek, a JSON string',
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>apply_patch<｜tool▁sep｜>${JSON.stringify(PATCH)}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    [['apply_patch', PATCH]],
  ),
  called('a fence with its name', `${F}apply_patch\n${PATCH}\n${F}`, [['apply_patch', PATCH]]),
  called('tool_code', `${F}tool_code\napply_patch(${JSON.stringify(PATCH)})\n${F}`, [['apply_patch', PATCH]]),
  called('tool_code, a keyword', `${F}tool_code\napply_patch(input=${JSON.stringify(PATCH)})\n${F}`, [
    ['apply_patch', PATCH],
  ]),
  called('GLM', `<tool_call>apply_patch\n<arg_key>input</arg_key>\n<arg_value>${PATCH}</arg_value>\n</tool_call>`, [
    ['apply_patch', PATCH],
  ]),
  called('raw in tool_call', `<tool_call>apply_patch\n${PATCH}\n</tool_call>`, [['apply_patch', PATCH]]),
  called('raw in a function tag', `<function=apply_patch>\n${PATCH}\n</function>`, [['apply_patch', PATCH]]),
  called('raw in invoke', `<function_calls>\n<invoke name="apply_patch">\n${PATCH}\n</invoke>\n</function_calls>`, [
    ['apply_patch', PATCH],
  ]),
  called('raw in a tag of its name', `<apply_patch>\n${PATCH}\n</apply_patch>`, [['apply_patch', PATCH]]),
  called('an input element in a tag of its name', `<apply_patch>\n<input>\n${PATCH}\n</input>\n</apply_patch>`, [
    ['apply_patch', PATCH],
  ]),
  called(
    'unescaped quotes and raw line ends',
    `${F}json action\n{"tool": "apply_patch", "parameters": {"input": "*** Begin Patch\n+{"a": "b"}\n*** End Patch"}}\n${F}`,
    [['apply_patch', '*** Begin Patch\n+{"a": "b"}\n*** End Patch']],
  ),
  stays('a patch without any mark', PATCH),
  stays('a shell sample with a patch', `${F}bash\napply_patch <<'EOF'\n${PATCH}\nEOF\n${F}`),
  called('a raw patch that holds JSON', action('apply_patch', '{"not": "arguments"}'), [
    ['apply_patch', '{"not": "arguments"}'],
  ]),
];

export const CHOICE_AND_NUMBER: readonly ExpectedOutput[] = [
  called('the same call twice', `${paris}\n\n${paris}`, one),
  called(
    'the same call, members in another order',
    `${action('get_weather', { city: 'Paris', days: 1 })}\n${action('get_weather', { days: 1, city: 'Paris' })}`,
    [['get_weather', { city: 'Paris', days: 1 }]],
  ),
  called('the same tool, another input', `${paris}\n${action('get_weather', { city: 'Rome' })}`, [
    ...one,
    ['get_weather', { city: 'Rome' }],
  ]),
  called('not in parallel', `${paris}\n${action('get_time', {})}\nmore`, one, { parallel: false }),
  called(
    'not in parallel, one fence',
    `${F}json action\n[{"tool": "get_weather", "parameters": {"city": "Paris"}}, {"tool": "get_time"}]\n${F}`,
    one,
    { parallel: false },
  ),
  called('not in parallel, text before', `Text.\n\n${paris}`, one, { parallel: false, text: 'Text.' }),
  stays('choice none', paris, { choice: { type: 'none' } }),
  called('choice required', paris, one, { choice: { type: 'required' } }),
  called('choice of the tool', paris, one, { choice: { type: 'tool', toolName: 'get_weather' } }),
  stays('choice of another tool', paris, { choice: { type: 'tool', toolName: 'get_time' } }),
  called(
    'twelve calls',
    Array.from({ length: 12 }, (_, index) => action('sleep', { seconds: index })).join('\n'),
    Array.from({ length: 12 }, (_, index) => ['sleep', { seconds: index }] as const),
  ),
  called('an invented result', `${paris}\n\nTool result for call_1:\n20 degrees\n\nIt is warm.`, one),
  called('an invented next turn', `${paris}\n\nUser:\nthanks`, one),
];

const cut = (
  title: string,
  output: string,
  incomplete: readonly string[],
  text = '',
  calls: ExpectedOutput['calls'] = [],
): ExpectedOutput => called(title, output, calls, { isCut: true, incomplete, text });
const begun = `${F}json action\n{"tool": "write_file", "parameters": {"file_path": "a.txt", "content": "one two`;

export const CUT_OFF: readonly ExpectedOutput[] = [
  cut('in a string', begun, ['write_file']),
  cut('in a string, prose before', `I write.\n\n${begun}`, ['write_file'], 'I write.'),
  cut('behind a whole call', `${paris}\n\n${begun}`, ['write_file'], '', one),
  cut('in Hermes', `<tool_call>\n{"name": "write_file", "arguments": {"file_path": "a.txt", "content": "on`, [
    'write_file',
  ]),
  cut(
    'in Qwen-Coder',
    `<tool_call>\n<function=write_file>\n<parameter=file_path>\na.txt\n</parameter>\n<parameter=content>\none`,
    ['write_file'],
  ),
  cut('in tool_code', `${F}tool_code\nwrite_file(file_path="a.txt", content="one`, ['write_file']),
  cut(
    'in Kimi',
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.write_file:0<|tool_call_argument_begin|>{"file_path": "a`,
    ['write_file'],
  ),
  cut('in a hash line', `#Tool Call\n{"tool": "write_file", "parameters": {"file_path": "a`, ['write_file']),
  cut('in GLM', `<tool_call>write_file\n<arg_key>file_path</arg_key>\n<arg_value>a.t`, ['write_file']),
  cut(
    'in Anthropic',
    `<function_calls>\n<invoke name="write_file">\n<parameter name="file_path">a.txt</parameter>\n<parameter name="content">on`,
    ['write_file'],
  ),
  stays('before the tool is known', `${F}json action\n{"to`, { isCut: true }),
  stays('in prose', `It is warm and`, { isCut: true }),
  called('behind a whole call, in prose', `${paris}\n\nAnd now I`, one, { isCut: true, text: 'And now I' }),
  stays('in a string, but not by the limit', begun),
  stays(
    'Hermes, but not by the limit',
    `<tool_call>\n{"name": "write_file", "arguments": {"file_path": "a.txt", "content": "on`,
  ),
  stays(
    'Qwen-Coder, but not by the limit',
    `<tool_call>\n<function=write_file>\n<parameter=file_path>\na.txt\n</parameter>\n<parameter=content>\none`,
  ),
  stays(
    'behind a brace inside, not by the limit',
    raw`${F}json action${'\n'}{"tool": "write_file", "parameters": {"file_path": "a.txt", "content": "x"}`,
    { tools: TOOLS.filter(({ name }) => name !== 'write_file') },
  ),
];
