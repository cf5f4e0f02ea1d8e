/** Calls written as elements. */
import { called, type ExpectedOutput, F, stays } from '../corpus/expected-output.js';
import { functionTool } from '../tools.js';
import { notes, read, run, time, weather, write } from './calls.js';

/** `<tag attributes>body</tag>` */
const el = (open: string, body: string): string => `<${open}>${body}</${open.split(/[ =]/)[0]}>`;
const param = (name: string, value: string): string => el(`parameter name="${name}"`, value);
const invoke = (name: string, ...parameters: readonly string[]): string =>
  el(`invoke name="${name}"`, `\n${parameters.map((one) => `${one}\n`).join('')}`);
const GET_TIME = '{"name": "get_time", "arguments": {}}';
const READ_A = '{"name": "read_file", "arguments": {"file_path": "a"}}';

export const HERMES_FORMS: readonly ExpectedOutput[] = [
  called('plain', '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tool_call>', [
    weather('Oslo'),
  ]),
  called('text glued', `Checking.<tool_call>${GET_TIME}</tool_call>Done.`, [time], { text: 'Checking.Done.' }),
  called('two values in one tag', `<tool_call>\n${GET_TIME}\n${READ_A}\n</tool_call>`, [time, read('a')]),
  called('list in one tag', `<tool_call>[${GET_TIME}, ${READ_A}]</tool_call>`, [time, read('a')]),
  called('opening tag in place of the closing one', `<tool_call>\n${GET_TIME}\n<tool_call>\n`, [time]),
  called('next call without closing', `<tool_call>\n${GET_TIME}\n<tool_call>\n${READ_A}\n</tool_call>`, [
    time,
    read('a'),
  ]),
  called('opening tag missing', `${GET_TIME}\n</tool_call>`, [time]),
  called('another closing tag too', `<tool_call>\n${GET_TIME}\n</function>\n</tool_call>`, [time]),
  called('closing tag misspelt', `<tool_call>\n${GET_TIME}\n</tool_calls>`, [time]),
  called('fence inside', `<tool_call>\n${F}json\n${GET_TIME}\n${F}\n</tool_call>`, [time]),
  called('im_end behind', `<tool_call>\n${GET_TIME}\n</tool_call><|im_end|>`, [time]),
  called('name and JSON on lines', '<tool_call>\nget_weather\n{"city": "Oslo"}\n</tool_call>', [weather('Oslo')]),
  called('call expression', '<tool_call>\nget_weather(city="Oslo")\n</tool_call>', [weather('Oslo')]),
  called('name as attribute', '<tool_call name="get_weather">{"city": "Oslo"}</tool_call>', [weather('Oslo')]),
  called(
    'name and arguments as elements',
    '<tool_call>\n<name>get_weather</name>\n<arguments>{"city": "Oslo"}</arguments>\n</tool_call>',
    [weather('Oslo')],
  ),
  called(
    'an element for each argument',
    '<tool_call>\n<tool_name>get_weather</tool_name>\n<parameters>\n<city>Oslo</city>\n<days>2</days>\n</parameters>\n</tool_call>',
    [weather('Oslo', { days: 2 })],
  ),
  called('function_call', '<function_call>{"name": "get_weather", "arguments": {"city": "Oslo"}}</function_call>', [
    weather('Oslo'),
  ]),
  called('tool_use', '<tool_use>\n{"name": "get_weather", "input": {"city": "Oslo"}}\n</tool_use>', [weather('Oslo')]),
  called('tools', '<tools>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tools>', [weather('Oslo')]),
  called('tool_code', '<tool_code>\nprint(default_api.get_weather(city="Oslo"))\n</tool_code>', [weather('Oslo')]),
  called('capitals', `<Tool_Call>${GET_TIME}</Tool_Call>`, [time]),
  called('hyphen', `<tool-call>${GET_TIME}</tool-call>`, [time]),
  called('CRLF', '<tool_call>\r\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\r\n</tool_call>\r\n', [
    weather('Oslo'),
  ]),
  called('duplicates', `<tool_call>${GET_TIME}</tool_call>\n<tool_call>${GET_TIME}</tool_call>`, [time]),
  called(
    'duplicates, members in another order',
    '<tool_call>{"name": "read_file", "arguments": {"file_path": "a", "limit": 1}}</tool_call><tool_call>{"name": "read_file", "arguments": {"limit": 1, "file_path": "a"}}</tool_call>',
    [read('a', { limit: 1 })],
  ),
  called(
    'results made up behind',
    `<tool_call>\n${GET_TIME}\n</tool_call>\n<tool_response>\n12:00\n</tool_response>\nIt is noon.`,
    [time],
  ),
  called(
    'unknown, then known',
    `<tool_call>{"name": "nope", "arguments": {}}</tool_call>\n<tool_call>${GET_TIME}</tool_call>`,
    [time],
    {
      text: '<tool_call>{"name": "nope", "arguments": {}}</tool_call>',
    },
  ),
  called(
    'text between',
    `One.\n<tool_call>${GET_TIME}</tool_call>\nTwo.\n<tool_call>${READ_A}</tool_call>\nThree.`,
    [time, read('a')],
    {
      text: 'One.\nTwo.\nThree.',
    },
  ),
  stays('unknown tool', '<tool_call>\n{"name": "make_coffee", "arguments": {}}\n</tool_call>'),
  stays(
    'required argument missing',
    '<tool_call>\n{"name": "write_file", "arguments": {"file_path": "a"}}\n</tool_call>',
  ),
  stays('no JSON at all', '<tool_call>\nget the weather, please\n</tool_call>'),
  stays('empty', '<tool_call></tool_call>'),
];

export const CODER_FORMS: readonly ExpectedOutput[] = [
  called(
    'plain',
    '<tool_call>\n<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>',
    [weather('Oslo', { days: 3 })],
  ),
  called('without the outer tag', '<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n</function>', [
    weather('Oslo'),
  ]),
  called(
    'only the outer closing tag',
    'Ok.\n<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n</function>\n</tool_call>',
    [weather('Oslo')],
    {
      text: 'Ok.',
    },
  ),
  called(
    'two functions in one tag',
    '<tool_call>\n<function=get_time>\n</function>\n<function=read_file>\n<parameter=file_path>\na\n</parameter>\n</function>\n</tool_call>',
    [time, read('a')],
  ),
  called(
    'closing parameter missing',
    '<tool_call>\n<function=read_file>\n<parameter=file_path>\na.ts\n<parameter=limit>\n5\n</parameter>\n</function>\n</tool_call>',
    [read('a.ts', { limit: 5 })],
  ),
  called(
    'closing function missing',
    '<tool_call>\n<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n</tool_call>',
    [weather('Oslo')],
  ),
  called(
    'outer closing tag missing',
    '<tool_call>\n<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n</function>',
    [weather('Oslo')],
  ),
  called(
    'object over lines',
    '<function=find_notes>\n<parameter=query>\nq\n</parameter>\n<parameter=filter>\n{"year": 2024,\n "open": true}\n</parameter>\n</function>',
    [notes('q', { filter: { year: 2024, open: true } })],
  ),
  called(
    'object in Python form',
    "<function=find_notes>\n<parameter=query>\nq\n</parameter>\n<parameter=filter>\n{'year': 2024, 'open': True}\n</parameter>\n</function>",
    [notes('q', { filter: { year: 2024, open: true } })],
  ),
  called(
    'code with tags and entities',
    '<function=write_file>\n<parameter=file_path>\na.html\n</parameter>\n<parameter=content>\n<p class="x">a &amp; b</p>\n<script>if (a < b && c > d) {}</script>\n</parameter>\n</function>',
    [write('a.html', '<p class="x">a &amp; b</p>\n<script>if (a < b && c > d) {}</script>')],
  ),
  called(
    'indented content, last line end kept',
    '<function=write_file>\n<parameter=file_path>\na.py\n</parameter>\n<parameter=content>\n    def f():\n        return 1\n\n</parameter>\n</function>',
    [write('a.py', '    def f():\n        return 1\n')],
  ),
  called(
    'the closing tag in the content',
    '<function=write_file>\n<parameter=file_path>\nx.md\n</parameter>\n<parameter=content>\nEnd with </parameter> and </function>.\n</parameter>\n</function>',
    [write('x.md', 'End with </parameter> and </function>.')],
  ),
  called(
    'a fence in the content',
    `<function=write_file>\n<parameter=file_path>\nx.md\n</parameter>\n<parameter=content>\n${F}sh\nls\n${F}\n</parameter>\n</function>`,
    [write('x.md', `${F}sh\nls\n${F}`)],
  ),
  called('quoted names', '<function="get_weather"><parameter="city">Oslo</parameter></function>', [weather('Oslo')]),
  called('JSON as the body', '<tool_call>\n<function=get_weather>\n{"city": "Oslo"}\n</function>\n</tool_call>', [
    weather('Oslo'),
  ]),
  called(
    'empty value',
    '<function=write_file><parameter=file_path>a</parameter><parameter=content></parameter></function>',
    [write('a', '')],
  ),
  called('CRLF', '<function=get_weather>\r\n<parameter=city>\r\nOslo\r\n</parameter>\r\n</function>\r\n', [
    weather('Oslo'),
  ]),
  called(
    'custom tool',
    '<function=apply_patch>\n<parameter=input>\n*** Begin Patch\n*** End Patch\n</parameter>\n</function>',
    [['apply_patch', '*** Begin Patch\n*** End Patch']],
  ),
  stays(
    'unknown function',
    '<tool_call>\n<function=make_coffee>\n<parameter=cups>\n2\n</parameter>\n</function>\n</tool_call>',
  ),
  stays('required argument missing', '<function=write_file>\n<parameter=file_path>\na.txt\n</parameter>\n</function>'),
];

const CLINE = [
  functionTool('execute_command', { command: { type: 'string' }, requires_approval: { type: 'boolean' } }, ['command']),
  functionTool('write_to_file', { path: { type: 'string' }, content: { type: 'string' } }, ['path', 'content']),
  functionTool('use_it', { q: { type: 'string' } }, ['q']),
];

export const INVOKE_FORMS: readonly ExpectedOutput[] = [
  called('plain', el('function_calls', `\n${invoke('get_weather', param('city', 'Oslo'))}\n`), [weather('Oslo')]),
  called('two', el('function_calls', `\n${invoke('get_weather', param('city', 'Oslo'))}\n${invoke('get_time')}\n`), [
    weather('Oslo'),
    time,
  ]),
  called('without the outer tag', `Ok.\n${invoke('get_weather', param('city', 'Oslo'))}`, [weather('Oslo')], {
    text: 'Ok.',
  }),
  called(
    'name space on every tag',
    [
      'function_calls>',
      'invoke name="get_weather">',
      'parameter name="city">Oslo',
      '/parameter>',
      '/invoke>',
      '/function_calls>',
    ]
      .map((tag) => (tag.startsWith('/') ? `</${tag.slice(1)}` : `<${tag}`))
      .join(''),
    [weather('Oslo')],
  ),
  called('entities in a command', el('function_calls', invoke('terminal', param('command', 'a &amp;&amp; b &gt; c'))), [
    run('a && b > c'),
  ]),
  called('raw ampersands in a command', el('function_calls', invoke('terminal', param('command', 'a && b > c'))), [
    run('a && b > c'),
  ]),
  called(
    'JSON in a parameter',
    el('function_calls', invoke('find_notes', param('query', 'q'), param('tags', '["a", "b"]'))),
    [notes('q', { tags: ['a', 'b'] })],
  ),
  called('elements in place of parameters', el('function_calls', invoke('get_weather', '<city>Oslo</city>')), [
    weather('Oslo'),
  ]),
  called(
    'old form: tool_name and parameters',
    el(
      'function_calls',
      el('invoke', '\n<tool_name>get_weather</tool_name>\n<parameters>\n<city>Oslo</city>\n</parameters>\n'),
    ),
    [weather('Oslo')],
  ),
  called('outer closing tag missing', `<function_calls>\n${invoke('get_weather', param('city', 'Oslo'))}`, [
    weather('Oslo'),
  ]),
  called('tool_calls around', el('tool_calls', invoke('get_weather', param('city', 'Oslo'))), [weather('Oslo')]),
  called(
    'results made up behind',
    `${el('function_calls', invoke('get_time'))}\n<function_results>\n12:00\n</function_results>\nNoon.`,
    [time],
  ),
  called('text behind', `${el('function_calls', invoke('get_time'))}\n\nI wait.`, [time], { text: 'I wait.' }),
  called(
    'unknown beside known',
    el('function_calls', `\n${invoke('nope', param('a', '1'))}\n${invoke('get_time')}\n`),
    [time],
    {
      text: invoke('nope', param('a', '1')),
    },
  ),
  stays('unknown tool', el('function_calls', `\n${invoke('nope', param('a', '1'))}\n`)),
  stays('required argument missing', el('function_calls', `\n${invoke('write_file', param('file_path', 'a'))}\n`)),
  called('tool named by its tag', '<read_file>\n<file_path>src/a.ts</file_path>\n</read_file>', [read('src/a.ts')]),
  called(
    'tool named by its tag, two lines of text before',
    'I look.\n\n<execute_command>\n<command>npm test</command>\n<requires_approval>false</requires_approval>\n</execute_command>',
    [['execute_command', { command: 'npm test', requires_approval: false }]],
    { tools: CLINE, text: 'I look.' },
  ),
  called(
    'tool named by its tag, code as content',
    '<write_to_file>\n<path>a.tsx</path>\n<content>\nexport const A = () => <b>{x}</b>;\n</content>\n</write_to_file>',
    [['write_to_file', { path: 'a.tsx', content: 'export const A = () => <b>{x}</b>;' }]],
    { tools: CLINE },
  ),
  called(
    'tool named by its tag, the tag in its own content',
    '<write_to_file>\n<path>a.xml</path>\n<content>\n<a><content>x</content></a>\n</content>\n</write_to_file>',
    [['write_to_file', { path: 'a.xml', content: '<a><content>x</content></a>' }]],
    { tools: CLINE },
  ),
  called(
    'use_mcp_tool',
    '<use_mcp_tool>\n<server_name>github</server_name>\n<tool_name>create_issue</tool_name>\n<arguments>\n{"title": "Bug"}\n</arguments>\n</use_mcp_tool>',
    [['mcp__github__create_issue', { title: 'Bug' }]],
  ),
  called('element without content', 'Now:\n<get_time/>', [time], { text: 'Now:' }),
  called('attributes as arguments', '<get_weather city="Oslo" days="2"/>', [weather('Oslo', { days: 2 })]),
  stays(
    'tool named by its tag in prose',
    'Use the <read_file> element to read a file, then close it with </read_file>.',
  ),
  stays('an unknown member', '<read_file>\n<colour>red</colour>\n</read_file>'),
];
