/** Qwen-Coder's `<function=…><parameter=…>`, and how models bend it. */
import { called, type ExpectedOutput, stays } from './expected-output.js';

const paris = [['get_weather', { city: 'Paris' }]] as const;
const both = [...paris, ['get_time', {}]] as const;

const q = (name: string, members: Record<string, string>): string =>
  `<function=${name}>\n${Object.entries(members)
    .map(([key, value]) => `<parameter=${key}>\n${value}\n</parameter>\n`)
    .join('')}</function>`;

export const QWEN_CODER: readonly ExpectedOutput[] = [
  called(
    'typed by the schema',
    `<tool_call>\n${q('get_weather', { city: 'Paris', days: '3', detailed: 'true' })}\n</tool_call>`,
    [['get_weather', { city: 'Paris', days: 3, detailed: true }]],
  ),
  called('Python constants', `<tool_call>\n${q('get_weather', { city: 'Paris', detailed: 'False' })}\n</tool_call>`, [
    ['get_weather', { city: 'Paris', detailed: false }],
  ]),
  called(
    'JSON values',
    `<tool_call>\n${q('find_notes', { query: 'x', tags: '["a", "b"]', filter: '{"year": 2020}' })}\n</tool_call>`,
    [['find_notes', { query: 'x', tags: ['a', 'b'], filter: { year: 2020 } }]],
  ),
  called('Python values', `<tool_call>\n${q('find_notes', { query: 'x', tags: "['a', 'b']" })}\n</tool_call>`, [
    ['find_notes', { query: 'x', tags: ['a', 'b'] }],
  ]),
  called(
    'code with angle brackets',
    `<tool_call>\n${q('write_file', { file_path: 'a.tsx', content: 'const a = <T,>(x: T) => <div className="a">{x < 1 && y > 2}</div>;' })}\n</tool_call>`,
    [
      [
        'write_file',
        { file_path: 'a.tsx', content: 'const a = <T,>(x: T) => <div className="a">{x < 1 && y > 2}</div>;' },
      ],
    ],
  ),
  called(
    'blank lines at the edges of a value',
    `<tool_call>\n${q('write_file', { file_path: 'a', content: '\nx\n' })}\n</tool_call>`,
    [['write_file', { file_path: 'a', content: '\nx\n' }]],
  ),
  called('no opening tool_call', q('get_weather', { city: 'Paris' }), paris),
  called('no opening tool_call, but its closing', `${q('get_weather', { city: 'Paris' })}\n</tool_call>`, paris),
  called('no closing tool_call', `<tool_call>\n${q('get_weather', { city: 'Paris' })}`, paris),
  called(
    'no closing function',
    `<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</tool_call>`,
    paris,
  ),
  called(
    'no closing parameter',
    `<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n<parameter=days>\n2\n</function>\n</tool_call>`,
    [['get_weather', { city: 'Paris', days: 2 }]],
  ),
  called(
    'one line',
    `<tool_call><function=get_weather><parameter=city>Paris</parameter></function></tool_call>`,
    paris,
  ),
  called(
    'two functions in one tag',
    `<tool_call>\n${q('get_weather', { city: 'Paris' })}\n${q('get_time', {})}\n</tool_call>`,
    both,
  ),
  called('no parameters', `<tool_call>\n<function=get_time>\n</function>\n</tool_call>`, [['get_time', {}]]),
  called(
    'quoted names',
    `<tool_call>\n<function="get_weather">\n<parameter="city">\nParis\n</parameter>\n</function>\n</tool_call>`,
    paris,
  ),
  called(
    'name attributes',
    `<tool_call>\n<function name="get_weather">\n<parameter name="city">Paris</parameter>\n</function>\n</tool_call>`,
    paris,
  ),
  called('JSON in the function', `<function=get_weather>\n{"city": "Paris"}\n</function>`, paris),
  called('JSON in the function, unclosed', `<function=get_weather>{"city": "Paris"}`, paris),
  called(
    'a parameter tag inside a value',
    `<tool_call>\n${q('write_file', { file_path: 'a.md', content: 'Use <parameter=x> here\n</parameter> or there' })}\n</tool_call>`,
    [['write_file', { file_path: 'a.md', content: 'Use <parameter=x> here\n</parameter> or there' }]],
  ),
  called(
    'a custom tool',
    `<tool_call>\n${q('apply_patch', { input: '*** Begin Patch\n*** Add File: a\n+x\n*** End Patch' })}\n</tool_call>`,
    [['apply_patch', '*** Begin Patch\n*** Add File: a\n+x\n*** End Patch']],
  ),
  called(
    'CRLF',
    `<tool_call>\r\n<function=get_weather>\r\n<parameter=city>\r\nParis\r\n</parameter>\r\n</function>\r\n</tool_call>`,
    paris,
  ),
  called(
    'behind prose, text after',
    `Now.\n\n<tool_call>\n${q('get_weather', { city: 'Paris' })}\n</tool_call>\n\nDone.`,
    paris,
    { text: 'Now.\n\nDone.' },
  ),
  stays('an unknown function', q('launch', { to: 'moon' })),
  stays('a missing argument', `<tool_call>\n${q('get_weather', { days: '2' })}\n</tool_call>`),
];
