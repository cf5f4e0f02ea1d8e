/** Slips of the pen, names and types, and answers that were cut. */
import type { MessyOutput } from '../messy-outputs.js';

const weather = ['get_weather', { city: 'Paris' }] as const;
const paris = '{"tool": "get_weather", "parameters": {"city": "Paris"}}';
const file = '{"tool": "read_file", "parameters": {"file_path": "a.ts"}}';
const read = ['read_file', { file_path: 'a.ts' }] as const;
const fence = (json: string): readonly string[] => ['```json action', json, '```'];
const call = (tool: string, parameters: unknown): readonly string[] => fence(JSON.stringify({ tool, parameters }));

export const SLIPS: readonly MessyOutput[] = [
  {
    name: 'trailing commas',
    output: fence('{"tool": "get_weather", "parameters": {"city": "Paris",},}'),
    calls: [weather],
  },
  {
    name: 'single quotes',
    output: fence("{'tool': 'get_weather', 'parameters': {'city': 'Paris'}}"),
    calls: [weather],
  },
  { name: 'smart quotes', output: fence('{“tool”: “get_weather”, “parameters”: {“city”: “Paris”}}'), calls: [weather] },
  {
    name: 'smart quotes, mixed',
    output: fence('{"tool": “get_weather", "parameters": {“city”: "Paris"}}'),
    calls: [weather],
  },
  { name: 'unquoted names', output: fence('{tool: "get_weather", parameters: {city: "Paris"}}'), calls: [weather] },
  {
    name: 'Python constants',
    output: fence('{"tool": "get_weather", "parameters": {"city": "Paris", "detailed": True}}'),
    calls: [['get_weather', { city: 'Paris', detailed: true }]],
  },
  {
    name: 'comments',
    output: fence('{\n  // look\n  "tool": "get_weather", /* it */\n  "parameters": {"city": "Paris"}\n}'),
    calls: [weather],
  },
  {
    name: 'a missing comma',
    output: fence('{"tool": "get_weather" "parameters": {"city": "Paris"}}'),
    calls: [weather],
  },
  {
    name: 'the last brace missing in a closed fence',
    output: fence('{"tool": "get_weather", "parameters": {"city": "Paris"}'),
    calls: [weather],
  },
  { name: 'a brace too many', output: fence(`${paris}}`), calls: [weather] },
  { name: 'a closing tag inside the fence', output: ['```tool_call', paris, '</tool_call>', '```'], calls: [weather] },
  {
    name: 'raw line ends in a string',
    output: fence('{"tool": "terminal", "parameters": {"command": "cat <<X\na, b\nX"}}'),
    calls: [['terminal', { command: 'cat <<X\na, b\nX' }]],
  },
  {
    name: 'raw tab in a string',
    output: fence('{"tool": "terminal", "parameters": {"command": "a\tb"}}'),
    calls: [['terminal', { command: 'a\tb' }]],
  },
  {
    name: 'escaped single quote',
    output: fence('{"tool": "terminal", "parameters": {"command": "echo \\\'a\\\'"}}'),
    calls: [['terminal', { command: "echo 'a'" }]],
  },
  {
    name: 'malformed JSON in a tag',
    output: '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris",}}</tool_call>',
    calls: [weather],
  },
  {
    name: 'malformed JSON behind #Tool Call',
    output: ['#Tool Call', "{'tool': 'get_weather', 'parameters': {'city': 'Paris'}}"],
    calls: [weather],
  },
  {
    name: 'number as a string',
    output: call('get_weather', { city: 'Paris', days: '3' }),
    calls: [['get_weather', { city: 'Paris', days: 3 }]],
  },
  {
    name: 'boolean as a string',
    output: call('get_weather', { city: 'Paris', detailed: 'True' }),
    calls: [['get_weather', { city: 'Paris', detailed: true }]],
  },
  {
    name: 'not a number',
    output: call('get_weather', { city: 'Paris', days: 'three' }),
    calls: [['get_weather', { city: 'Paris', days: 'three' }]],
  },
  {
    name: 'string as a number',
    output: call('get_weather', { city: 75001 }),
    calls: [['get_weather', { city: '75001' }]],
  },
  {
    name: 'object as a string',
    output: call('find_notes', { query: 'a', filter: '{"year": 2024}' }),
    calls: [['find_notes', { query: 'a', filter: { year: 2024 } }]],
  },
  {
    name: 'array as a string',
    output: call('find_notes', { query: 'a', tags: '["x"]' }),
    calls: [['find_notes', { query: 'a', tags: ['x'] }]],
  },
  {
    name: 'one value for an array',
    output: call('find_notes', { query: 'a', tags: 'x' }),
    calls: [['find_notes', { query: 'a', tags: ['x'] }]],
  },
  {
    name: 'a string that looks like JSON stays one',
    output: call('terminal', { command: '{"a":1}' }),
    calls: [['terminal', { command: '{"a":1}' }]],
  },
  {
    name: 'enumeration in another case',
    output: call('get_weather', { city: 'Paris', unit: 'Celsius' }),
    calls: [['get_weather', { city: 'Paris', unit: 'celsius' }]],
  },
  { name: 'parameter in camel case', output: call('read_file', { filePath: 'a.ts' }), calls: [read] },
  {
    name: 'a bare value for the one parameter',
    output: fence('{"tool": "sleep", "parameters": "3"}'),
    calls: [['sleep', { seconds: 3 }]],
  },
  { name: 'name in another case', output: call('Get_Weather', { city: 'Paris' }), calls: [weather] },
  { name: 'name in camel case', output: call('getWeather', { city: 'Paris' }), calls: [weather] },
  { name: 'functions. before the name', output: call('functions.get_weather', { city: 'Paris' }), calls: [weather] },
  { name: 'Bash for terminal', output: call('Bash', { command: 'ls' }), calls: [['terminal', { command: 'ls' }]] },
  {
    name: 'run_in_terminal for terminal',
    output: call('run_in_terminal', { command: 'ls' }),
    calls: [['terminal', { command: 'ls' }]],
  },
  {
    name: 'MCP name cut short',
    output: call('create_issue', { title: 'x' }),
    calls: [['mcp__github__create_issue', { title: 'x' }]],
  },
  {
    name: 'MCP name with dots',
    output: call('github.create_issue', { title: 'x' }),
    calls: [['mcp__github__create_issue', { title: 'x' }]],
  },
  {
    name: 'namespace written out',
    output: call('browser.open_tab', { url: 'u' }),
    calls: [['browser.open_tab', { url: 'u' }]],
  },
  { name: 'namespace left out', output: call('open_tab', { url: 'u' }), calls: [['browser.open_tab', { url: 'u' }]] },
  {
    name: 'namespace as a member',
    output: fence('{"tool": "open_tab", "namespace": "browser", "parameters": {"url": "u"}}'),
    calls: [['browser.open_tab', { url: 'u' }]],
  },
  {
    name: 'the result is made up',
    output: [...fence(paris), '', 'Tool result for call_1:', 'Sunny', '', 'It is sunny.'],
    calls: [weather],
  },
  {
    name: 'the result is made up, tag',
    output: `<tool_call>${paris}</tool_call>\n<tool_response>\nSunny\n</tool_response>\nIt is sunny.`,
    calls: [weather],
  },
  {
    name: 'made up behind some text',
    output: [...fence(paris), 'Waiting.', 'Tool result for call_1: Sunny'],
    calls: [weather],
    text: 'Waiting.',
  },
  {
    name: 'cut inside the JSON, stop',
    output: ['```json action', '{"tool": "get_weather", "parameters": {"city": "Par'],
    text: 'same',
  },
  {
    name: 'cut inside the JSON, limit',
    cut: true,
    output: ['Ok.', '```json action', '{"tool": "get_weather", "parameters": {"city": "Par'],
    text: 'Ok.',
    partial: ['get_weather {"city": "Par'],
  },
  {
    name: 'cut behind a whole value, limit',
    cut: true,
    output: ['```json action', '{"tool": "get_weather", "parameters": {"city": "Paris"}'],
    partial: ['get_weather {"city": "Paris"'],
  },
  {
    name: 'first call whole, second cut',
    cut: true,
    output: [...fence(paris), '```json action', '{"tool": "read_file", "parameters": {"file_'],
    calls: [weather],
    partial: ['read_file {"file_'],
  },
  {
    name: 'cut in one fence behind a whole call',
    cut: true,
    output: ['```json action', paris, '{"tool": "read_file", "parameters": {"file_'],
    calls: [weather],
    partial: ['read_file {"file_'],
  },
  {
    name: 'cut inside a tag, limit',
    cut: true,
    output: '<tool_call>\n{"name": "get_weather", "arguments": {"city"',
    partial: ['get_weather {"city"'],
  },
  { name: 'cut inside a tag, stop', output: '<tool_call>\n{"name": "get_weather", "arguments": {"city"', text: 'same' },
  {
    name: 'cut inside Qwen-Coder, limit',
    cut: true,
    output: [
      '<tool_call>',
      '<function=write_file>',
      '<parameter=file_path>',
      'a.ts',
      '</parameter>',
      '<parameter=content>',
      'let x',
    ],
    partial: ['write_file {"file_path":"a.ts"'],
  },
  {
    name: 'cut inside Qwen-Coder, stop',
    output: [
      '<tool_call>',
      '<function=write_file>',
      '<parameter=file_path>',
      'a.ts',
      '</parameter>',
      '<parameter=content>',
      'let x',
    ],
    text: 'same',
  },
  { name: 'cut before the tool is named', cut: true, output: ['Ok.', '```json action', '{"to'], text: 'same' },
  {
    name: 'cut inside an unknown tool',
    cut: true,
    output: '```json action\n{"tool": "fly", "parameters": {"a',
    text: 'same',
  },
  {
    name: 'cut inside Kimi, limit',
    cut: true,
    output: '<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"ci',
    partial: ['get_weather {"ci'],
  },
  {
    name: 'limit behind a whole call',
    cut: true,
    output: [...fence(paris), 'And th'],
    calls: [weather],
    text: 'And th',
  },
  {
    name: 'blank lines between two calls',
    output: [...fence(paris), '', '', '', ...fence(file), '', ''],
    calls: [weather, read],
  },
];
