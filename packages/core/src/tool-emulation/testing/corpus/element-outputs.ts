/** Calls as elements: Anthropic, MiniMax, GLM, Cline and their kin. */
import { called, type ExpectedOutput, stays } from './expected-output.js';

const NS = 'antml';
const call = `{"name": "get_weather", "arguments": {"city": "Paris"}}`;
const paris = [['get_weather', { city: 'Paris' }]] as const;
const both = [...paris, ['get_time', {}]] as const;

const invoke = (name: string, members: string): string => `<invoke name="${name}">\n${members}</invoke>`;
const p = (name: string, value: string): string => `<parameter name="${name}">${value}</parameter>\n`;

export const ELEMENTS: readonly ExpectedOutput[] = [
  called('Anthropic, no section', invoke('get_weather', p('city', 'Paris')), paris),
  called(
    'Anthropic, several lines of code',
    `<function_calls>\n${invoke('write_file', p('file_path', 'a.py') + p('content', 'def f(a: list[int]) -> None:\n    if a[0] < 1:\n        print("</p>")\n'))}\n</function_calls>`,
    [
      [
        'write_file',
        { file_path: 'a.py', content: 'def f(a: list[int]) -> None:\n    if a[0] < 1:\n        print("</p>")\n' },
      ],
    ],
  ),
  called('Anthropic, unclosed section', `<function_calls>\n${invoke('get_weather', p('city', 'Paris'))}\n`, paris),
  called(
    'Anthropic, single quotes',
    `<function_calls><invoke name='get_weather'><parameter name='city'>Paris</parameter></invoke></function_calls>`,
    paris,
  ),
  called(
    'Anthropic, old form',
    `<function_calls>\n<invoke>\n<tool_name>get_weather</tool_name>\n<parameters>\n<city>Paris</city>\n</parameters>\n</invoke>\n</function_calls>`,
    paris,
  ),
  called(
    'Anthropic, prefixed, no section',
    `<${NS}:invoke name="get_weather">\n<${NS}:parameter name="city">Paris</${NS}:parameter>\n</${NS}:invoke>`,
    paris,
  ),
  called(
    'Anthropic, prose and an invented result',
    `Sure.\n\n<function_calls>\n${invoke('get_weather', p('city', 'Paris'))}\n</function_calls>\n<function_results>\n20\n</function_results>\nIt is 20.`,
    paris,
    { text: 'Sure.' },
  ),
  called(
    'MiniMax M2, two',
    `<minimax:tool_call>\n${invoke('get_weather', p('city', 'Paris'))}\n${invoke('get_time', '')}\n</minimax:tool_call>`,
    both,
  ),
  called(
    'MiniMax M2, JSON list',
    `<minimax:tool_call>\n${invoke('find_notes', p('query', 'x') + p('tags', '["a", "b"]'))}\n</minimax:tool_call>`,
    [['find_notes', { query: 'x', tags: ['a', 'b'] }]],
  ),
  called('MiniMax M1', `<tool_calls>\n${call}\n</tool_calls>`, paris),
  called('GLM, no arguments', `<tool_call>get_time\n</tool_call>`, [['get_time', {}]]),
  called(
    'GLM, typed',
    `<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>`,
    [['get_weather', { city: 'Paris', days: 3 }]],
  ),
  called(
    'GLM, several',
    `<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>\n<tool_call>get_time\n</tool_call>`,
    both,
  ),
  called('GLM, no close', `<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n`, paris),
  called(
    'GLM, text over lines',
    `<tool_call>write_file\n<arg_key>file_path</arg_key>\n<arg_value>a.md</arg_value>\n<arg_key>content</arg_key>\n<arg_value># A\n\n<b>x</b> "y"\n</arg_value>\n</tool_call>`,
    [['write_file', { file_path: 'a.md', content: '# A\n\n<b>x</b> "y"\n' }]],
  ),
  called('Cline', `<read_file>\n<file_path>src/a b.ts</file_path>\n</read_file>`, [
    ['read_file', { file_path: 'src/a b.ts' }],
  ]),
  called(
    'Cline, code',
    `<write_file>\n<file_path>a.html</file_path>\n<content>\n<html>\n  <body>x</body>\n</html>\n</content>\n</write_file>`,
    [['write_file', { file_path: 'a.html', content: '<html>\n  <body>x</body>\n</html>' }]],
  ),
  called('Cline, no arguments', `<get_time>\n</get_time>`, [['get_time', {}]]),
  called('Cline, self-closing', `<get_time/>`, [['get_time', {}]]),
  called('Cline, attributes', `<get_weather city="Paris" />`, paris),
  called('tool_use, JSON', `<tool_use>\n{"name": "get_weather", "input": {"city": "Paris"}}\n</tool_use>`, paris),
  called(
    'tool_use, tags',
    `<tool_use>\n<name>get_weather</name>\n<input>{"city": "Paris"}</input>\n</tool_use>`,
    paris,
  ),
  called(
    'tool_use, tool_name and params',
    `<tool_use>\n  <tool_name>get_weather</tool_name>\n  <parameters>\n    <city>Paris</city>\n  </parameters>\n</tool_use>`,
    paris,
  ),
  called('tool tag with a name', `<tool name="get_weather">{"city": "Paris"}</tool>`, paris),
  called(
    'patch in a parameter',
    `<function_calls>\n${invoke('apply_patch', p('input', '*** Begin Patch\n*** Update File: a\n@@\n-<b>\n+</b>\n*** End Patch'))}\n</function_calls>`,
    [['apply_patch', '*** Begin Patch\n*** Update File: a\n@@\n-<b>\n+</b>\n*** End Patch']],
  ),
  stays('a Cline tag with unknown children', `<read_file>\n<url>https://a</url>\n</read_file>`),
  stays('a Cline tag in prose', `The <read_file> tag and the </read_file> tag.`),
  stays('an unknown invoke', invoke('launch', p('to', 'moon'))),
];
