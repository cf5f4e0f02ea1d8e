/** What looks like a call and is none: it reaches the reader as it was written. */
import type { MessyOutput } from '../messy-outputs.js';

const paris = '{"tool": "get_weather", "parameters": {"city": "Paris"}}';
const same = 'same';
const onlyWeather = { type: 'tool', toolName: 'get_weather' } as const;

export const LOOK_ALIKES: readonly MessyOutput[] = [
  { name: 'prose', output: 'The weather in Paris is *nice*.\n\n- a\n- b < c && d > e\n', text: same },
  {
    name: 'an unknown tool',
    output: ['```json action', '{"tool": "fly_to", "parameters": {"city": "Paris"}}', '```'],
    text: same,
  },
  {
    name: 'an unknown tool in a tag',
    output: '<tool_call>\n{"name": "fly_to", "arguments": {}}\n</tool_call>',
    text: same,
  },
  {
    name: 'an unknown tool as elements',
    output: '<function=fly_to>\n<parameter=city>\nParis\n</parameter>\n</function>',
    text: same,
  },
  { name: 'an unknown tool in tool_code', output: '```tool_code\nfly_to(city="Paris")\n```', text: same },
  { name: 'an unknown tool behind #Tool Call', output: '#Tool Call\n{"tool": "fly_to", "parameters": {}}', text: same },
  {
    name: 'a required argument is missing',
    output: ['```json action', '{"tool": "get_weather", "parameters": {"days": 3}}', '```'],
    text: same,
  },
  {
    name: 'a required argument is missing in elements',
    output: '<tool_call>\n<function=write_file>\n<parameter=file_path>\na\n</parameter>\n</function>\n</tool_call>',
    text: same,
  },
  { name: 'two positional arguments', output: '```tool_code\nwrite_file("a", "b")\n```', text: same },
  {
    name: 'one positional argument, several parameters',
    output: '```tool_code\nget_weather("Paris")\n```',
    text: same,
  },
  { name: 'a variable as argument', output: '```tool_code\nget_weather(city=name)\n```', text: same },
  {
    name: 'a program in tool_code',
    output: '```tool_code\nfor c in cities:\n    get_weather(city=c)\n```',
    text: same,
  },
  {
    name: 'a call in a Python sample',
    output: ['Use it so:', '```python', 'get_weather(city="Paris")', '```', 'Clear?'],
    text: same,
  },
  {
    name: 'a tag in a Python sample',
    output: ['```python', `s = '<tool_call>${paris}</tool_call>'`, '```'],
    text: same,
  },
  {
    name: 'a fence in a Markdown sample',
    output: ['````markdown', '```json action', paris, '```', '````', 'That is the form.'],
    text: same,
  },
  { name: 'tags in an XML sample', output: ['```xml', '<tool_call>', paris, '</tool_call>', '```'], text: same },
  { name: 'a tag in inline code', output: `Write \`<tool_call>${paris}</tool_call>\` to call.`, text: same },
  { name: 'a tag named in prose', output: 'The <tool_call> tag holds JSON. Close it with </tool_call>.', text: same },
  {
    name: 'a tag named in prose, then a call',
    output: `I use the <tool_call> tag: <tool_call>${paris}</tool_call>`,
    calls: [['get_weather', { city: 'Paris' }]],
    text: 'I use the <tool_call> tag: ',
  },
  { name: 'JSON about a person', output: ['```json', '{"name": "Ann", "age": 3}', '```'], text: same },
  {
    name: "a package that bears a tool's name",
    output: ['```json', '{"name": "terminal", "version": "1.0.0"}', '```'],
    text: same,
  },
  {
    name: 'a package with parameters',
    output: ['```json', '{"name": "terminal", "version": "1.0.0", "parameters": {"command": "x"}}', '```'],
    text: same,
  },
  {
    name: "a tool's definition",
    output: [
      '```json',
      '{"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}',
      '```',
    ],
    text: same,
  },
  {
    name: 'definitions in a list',
    output: [
      '```json',
      '[{"name": "get_weather", "description": "x", "parameters": {"type": "object", "properties": {}}}]',
      '```',
    ],
    text: same,
  },
  { name: 'a list of names', output: ['```json', '["get_weather", "terminal"]', '```'], text: same },
  { name: 'bare JSON behind prose', output: `The form is:\n${paris}`, text: same },
  { name: 'bare JSON before prose', output: `${paris}\nis the form.`, text: same },
  { name: 'bare JSON, no tool', output: '{"answer": 42, "items": [1, 2]}', text: same },
  { name: 'JSON in mid-sentence', output: `Send ${paris} to call it.`, text: same },
  { name: 'a heading about tool calls', output: '# Tool Calls in practice\n\nThey {help}.', text: same },
  { name: 'a heading alone', output: '## Tool Call\n\nText follows.', text: same },
  { name: 'an expression in prose', output: 'Call get_weather(city="Paris") first.', text: same },
  { name: 'an expression on a line of its own', output: 'get_weather(city="Paris")', text: same },
  {
    name: 'another tool than the forced one',
    choice: onlyWeather,
    output: ['```json action', '{"tool": "read_file", "parameters": {"file_path": "a"}}', '```'],
    text: same,
  },
  { name: 'a result quoted before any call', output: 'Tool result for call_1 was empty.\n', text: same },
  {
    name: 'generics and comparisons',
    output: 'Map<string, Array<number>> if (a<b) { return <T>x; } a <= b <|> c',
    text: same,
  },
  { name: 'HTML', output: '<div class="a">\n<function-list>\n<tool>x</tool>\n</div>', text: same },
  { name: 'brackets', output: '[x] done\n[ ] open\n{note}\n[TOOLS] list', text: same },
  { name: 'fence never closed', output: 'See:\n```\n<tool_call> is a tag', text: same },
  { name: "custom tool's patch in a diff fence", output: '```diff\n*** Begin Patch\n```', text: same },
  { name: 'tag named after a tool, ordinary text', output: '<terminal>ls</terminal>', text: same },
  { name: 'white space only', output: '\n\n  \n', text: same },
  { name: 'empty tag', output: '<tool_call></tool_call>', text: same },
  { name: 'empty fence', output: '```json action\n```', text: same },
  { name: 'Qwen tags without content', output: 'Use <function=name> and <parameter=x>.', text: same },
  { name: 'JSON nested beyond reason', output: `\`\`\`json action\n${'['.repeat(5000)}\n\`\`\``, text: same },
];
