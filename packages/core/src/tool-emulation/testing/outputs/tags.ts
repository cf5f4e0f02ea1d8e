/** Calls written as elements. */

import { functionTool } from '../tools.js';
import { read, run, time, weather, write } from './calls.js';
import { called, type ExpectedOutput, stays } from './expected-output.js';

export const TAGS: readonly ExpectedOutput[] = [
  called(
    'code with tags and entities',
    '<function=write_file>\n<parameter=file_path>\na.html\n</parameter>\n<parameter=content>\n<p class="x">a &amp; b</p>\n<script>if (a < b && c > d) {}</script>\n</parameter>\n</function>',
    [write('a.html', '<p class="x">a &amp; b</p>\n<script>if (a < b && c > d) {}</script>')],
  ),
  called(
    'the closing tag in the content',
    '<function=write_file>\n<parameter=file_path>\nx.md\n</parameter>\n<parameter=content>\nEnd with </parameter> and </function>.\n</parameter>\n</function>',
    [write('x.md', 'End with </parameter> and </function>.')],
  ),
  stays('required argument missing', '<function=write_file>\n<parameter=file_path>\na.txt\n</parameter>\n</function>'),
  called('text glued', 'Checking.<tool_call>{"name": "get_time", "arguments": {}}</tool_call>Done.', [time], {
    text: 'Checking.Done.',
  }),
  called(
    'opening tag in place of the closing one',
    '<tool_call>\n{"name": "get_time", "arguments": {}}\n<tool_call>\n',
    [time],
  ),
  called('opening tag missing', '{"name": "get_time", "arguments": {}}\n</tool_call>', [time]),
  called('another closing tag too', '<tool_call>\n{"name": "get_time", "arguments": {}}\n</function>\n</tool_call>', [
    time,
  ]),
  called('closing tag misspelt', '<tool_call>\n{"name": "get_time", "arguments": {}}\n</tool_calls>', [time]),
  called('fence inside', '<tool_call>\n```json\n{"name": "get_time", "arguments": {}}\n```\n</tool_call>', [time]),
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
  called('tool_use', '<tool_use>\n{"name": "get_weather", "input": {"city": "Oslo"}}\n</tool_use>', [weather('Oslo')]),
  called('tools', '<tools>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tools>', [weather('Oslo')]),
  called('tool_code', '<tool_code>\nprint(default_api.get_weather(city="Oslo"))\n</tool_code>', [weather('Oslo')]),
  called('hyphen', '<tool-call>{"name": "get_time", "arguments": {}}</tool-call>', [time]),
  called(
    'duplicates',
    '<tool_call>{"name": "get_time", "arguments": {}}</tool_call>\n<tool_call>{"name": "get_time", "arguments": {}}</tool_call>',
    [time],
  ),
  called(
    'duplicates, members in another order',
    '<tool_call>{"name": "read_file", "arguments": {"file_path": "a", "limit": 1}}</tool_call><tool_call>{"name": "read_file", "arguments": {"limit": 1, "file_path": "a"}}</tool_call>',
    [read('a', { limit: 1 })],
  ),
  called(
    'results made up behind',
    '<tool_call>\n{"name": "get_time", "arguments": {}}\n</tool_call>\n<tool_response>\n12:00\n</tool_response>\nIt is noon.',
    [time],
  ),
  called(
    'unknown, then known',
    '<tool_call>{"name": "nope", "arguments": {}}</tool_call>\n<tool_call>{"name": "get_time", "arguments": {}}</tool_call>',
    [time],
    { text: '<tool_call>{"name": "nope", "arguments": {}}</tool_call>' },
  ),
  stays('empty', '<tool_call></tool_call>'),
  called(
    'results made up behind (2)',
    '<function_calls><invoke name="get_time">\n</invoke></function_calls>\n<function_results>\n12:00\n</function_results>\nNoon.',
    [time],
  ),
  called('text behind', '<function_calls><invoke name="get_time">\n</invoke></function_calls>\n\nI wait.', [time], {
    text: 'I wait.',
  }),
  called('tool named by its tag', '<read_file>\n<file_path>src/a.ts</file_path>\n</read_file>', [read('src/a.ts')]),
  called(
    'tool named by its tag, two lines of text before',
    'I look.\n\n<execute_command>\n<command>npm test</command>\n<requires_approval>false</requires_approval>\n</execute_command>',
    [['execute_command', { command: 'npm test', requires_approval: false }]],
    {
      text: 'I look.',
      tools: [
        functionTool('execute_command', { command: { type: 'string' }, requires_approval: { type: 'boolean' } }, [
          'command',
        ]),
        functionTool('write_to_file', { path: { type: 'string' }, content: { type: 'string' } }, ['path', 'content']),
        functionTool('use_it', { q: { type: 'string' } }, ['q']),
      ],
    },
  ),
  called(
    'tool named by its tag, the tag in its own content',
    '<write_to_file>\n<path>a.xml</path>\n<content>\n<a><content>x</content></a>\n</content>\n</write_to_file>',
    [['write_to_file', { path: 'a.xml', content: '<a><content>x</content></a>' }]],
    {
      tools: [
        functionTool('execute_command', { command: { type: 'string' }, requires_approval: { type: 'boolean' } }, [
          'command',
        ]),
        functionTool('write_to_file', { path: { type: 'string' }, content: { type: 'string' } }, ['path', 'content']),
        functionTool('use_it', { q: { type: 'string' } }, ['q']),
      ],
    },
  ),
  called(
    'use_mcp_tool',
    '<use_mcp_tool>\n<server_name>github</server_name>\n<tool_name>create_issue</tool_name>\n<arguments>\n{"title": "Bug"}\n</arguments>\n</use_mcp_tool>',
    [['mcp__github__create_issue', { title: 'Bug' }]],
  ),
  called('element without content', 'Now:\n<get_time/>', [time], { text: 'Now:' }),
  stays('an unknown member', '<read_file>\n<colour>red</colour>\n</read_file>'),
  called(
    'Anthropic, several lines of code',
    '<function_calls>\n<invoke name="write_file">\n<parameter name="file_path">a.py</parameter>\n<parameter name="content">def f(a: list[int]) -> None:\n    if a[0] < 1:\n        print("</p>")\n</parameter>\n</invoke>\n</function_calls>',
    [write('a.py', 'def f(a: list[int]) -> None:\n    if a[0] < 1:\n        print("</p>")\n')],
  ),
  called(
    'Anthropic, single quotes',
    "<function_calls><invoke name='get_weather'><parameter name='city'>Paris</parameter></invoke></function_calls>",
    [weather('Paris')],
  ),
  called(
    'Anthropic, prefixed, no section',
    '<antml:invoke name="get_weather">\n<antml:parameter name="city">Paris</antml:parameter>\n</antml:invoke>',
    [weather('Paris')],
  ),
  called(
    'Cline, code',
    '<write_file>\n<file_path>a.html</file_path>\n<content>\n<html>\n  <body>x</body>\n</html>\n</content>\n</write_file>',
    [write('a.html', '<html>\n  <body>x</body>\n</html>')],
  ),
  called('Cline, attributes', '<get_weather city="Paris" />', [weather('Paris')]),
  called('tool_use, tags', '<tool_use>\n<name>get_weather</name>\n<input>{"city": "Paris"}</input>\n</tool_use>', [
    weather('Paris'),
  ]),
  stays('a Cline tag with unknown children', '<read_file>\n<url>https://a</url>\n</read_file>'),
  stays('an unknown invoke', '<invoke name="launch">\n<parameter name="to">moon</parameter>\n</invoke>'),
  called(
    'code with angle brackets',
    '<tool_call>\n<function=write_file>\n<parameter=file_path>\na.tsx\n</parameter>\n<parameter=content>\nconst a = <T,>(x: T) => <div className="a">{x < 1 && y > 2}</div>;\n</parameter>\n</function>\n</tool_call>',
    [write('a.tsx', 'const a = <T,>(x: T) => <div className="a">{x < 1 && y > 2}</div>;')],
  ),
  called(
    'no closing parameter',
    '<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n<parameter=days>\n2\n</function>\n</tool_call>',
    [weather('Paris', { days: 2 })],
  ),
  called('JSON in the function, unclosed', '<function=get_weather>{"city": "Paris"}', [weather('Paris')]),
  called('a cut closing tag', '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_c', [
    weather('Paris'),
  ]),
  called('other spellings: tool', '<tool>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool>', [
    weather('Paris'),
  ]),
  called(
    'functioncall with single-quoted arguments',
    '<functioncall> {"name": "get_weather", "arguments": \'{"city": "Paris"}\'} </functioncall>',
    [weather('Paris')],
  ),
  stays(
    'the tool list is echoed',
    '<tools>\n{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}\n</tools>',
  ),
  stays('half the tag at the end', 'text <tool_ca'),
  stays('an opening bracket at the end', 'a <'),
  called(
    'Qwen-Coder, function not closed',
    '<tool_call>\n<function=get_weather>\n<parameter=city>Paris</parameter>\n</tool_call>',
    [weather('Paris')],
  ),
  called(
    'Qwen-Coder, free-form',
    '<tool_call>\n<function=apply_patch>\n<parameter=input>\n*** Begin\n+"x"\n</parameter>\n</function>\n</tool_call>',
    [['apply_patch', '*** Begin\n+"x"']],
  ),
  called(
    'MiniMax M2, section not closed',
    '<minimax:tool_call>\n<invoke name="get_weather">\n<parameter name="city">Paris</parameter>\n</invoke>',
    [weather('Paris')],
  ),
  called(
    'Anthropic XML, prefixed',
    '<antml:function_calls>\n<antml:invoke name="get_weather">\n<antml:parameter name="city">Paris</antml:parameter>\n</antml:invoke>\n</antml:function_calls>',
    [weather('Paris')],
  ),
  called(
    'an invoke element alone, section closed',
    '<invoke name="get_weather">\n<parameter name="city">Paris</parameter>\n</invoke>\n</function_calls>',
    [weather('Paris')],
  ),
  called('invoke with members as elements', '<invoke name="read_file"><file_path>a.ts</file_path></invoke>', [
    read('a.ts'),
  ]),
  called(
    'escaped entities in a value',
    '<invoke name="terminal"><parameter name="command">a &amp;&amp; b &gt; c</parameter></invoke>',
    [run('a && b > c')],
  ),
  called(
    'tool_use with name and arguments',
    '<tool_use><name>get_weather</name><arguments>{"city": "Paris"}</arguments></tool_use>',
    [weather('Paris')],
  ),
];
