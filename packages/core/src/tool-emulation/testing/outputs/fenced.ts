/** The form we ask for, the forms beside it, and bare JSON. */
import type { MessyOutput } from '../messy-outputs.js';

const weather = ['get_weather', { city: 'Paris' }] as const;
const read = ['read_file', { file_path: 'a.ts' }] as const;
const paris = '{"tool": "get_weather", "parameters": {"city": "Paris"}}';
const file = '{"tool": "read_file", "parameters": {"file_path": "a.ts"}}';
const required = { type: 'required' } as const;
const onlyWeather = { type: 'tool', toolName: 'get_weather' } as const;

export const FENCED: readonly MessyOutput[] = [
  { name: 'json action', output: ['```json action', paris, '```'], calls: [weather] },
  {
    name: 'json action, text around',
    output: ['Let me look.', '', '```json action', paris, '```', '', 'One moment.'],
    calls: [weather],
    text: 'Let me look.\n\nOne moment.',
  },
  {
    name: 'pretty printed',
    output: [
      '```json action',
      '{',
      '  "tool": "get_weather",',
      '  "parameters": {',
      '    "city": "Paris"',
      '  }',
      '}',
      '```',
    ],
    calls: [weather],
  },
  {
    name: 'two fences',
    output: ['```json action', paris, '```', '```json action', file, '```'],
    calls: [weather, read],
  },
  {
    name: 'text between two fences',
    output: ['First:', '```json action', paris, '```', 'Then:', '```json action', file, '```'],
    calls: [weather, read],
    text: 'First:\n\nThen:',
  },
  { name: 'several objects in one fence', output: ['```json action', paris, file, '```'], calls: [weather, read] },
  { name: 'an array in one fence', output: ['```json action', `[${paris}, ${file}]`, '```'], calls: [weather, read] },
  { name: 'plain json fence', output: ['```json', paris, '```'], calls: [weather] },
  {
    name: 'plain json fence, OpenAI names',
    output: ['```json', '{"name": "get_weather", "arguments": {"city": "Paris"}}', '```'],
    calls: [weather],
  },
  { name: 'bare fence', output: ['```', paris, '```'], calls: [weather] },
  { name: 'action fence', output: ['```action', paris, '```'], calls: [weather] },
  { name: 'tool fence', output: ['```tool', paris, '```'], calls: [weather] },
  { name: 'tool_call fence', output: ['```tool_call', paris, '```'], calls: [weather] },
  { name: 'tool-call fence, upper case', output: ['```Tool-Call', paris, '```'], calls: [weather] },
  { name: 'JSON ACTION', output: ['```JSON Action', paris, '```'], calls: [weather] },
  { name: 'json_action', output: ['```json_action', paris, '```'], calls: [weather] },
  { name: 'tildes', output: ['~~~json action', paris, '~~~'], calls: [weather] },
  { name: 'four backticks', output: ['````json action', paris, '````'], calls: [weather] },
  { name: 'four to open, three to close', output: ['````json action', paris, '```'], calls: [weather] },
  { name: 'space before the info string', output: ['``` json action', paris, '```'], calls: [weather] },
  { name: 'CRLF line ends', output: `\`\`\`json action\r\n${paris}\r\n\`\`\`\r\n`, calls: [weather] },
  {
    name: 'indented fence',
    output: ['1. Look', '', `   \`\`\`json action`, `   ${paris}`, '   ```'],
    calls: [weather],
    text: '1. Look',
  },
  {
    name: 'fence in mid-line',
    output: ['I will check: ```json action', paris, '```'],
    calls: [weather],
    text: 'I will check: ',
  },
  { name: 'all on one line', output: `\`\`\`json action ${paris} \`\`\``, calls: [weather] },
  { name: 'one line, text behind', output: `\`\`\`json action ${paris}\`\`\` Done.`, calls: [weather], text: 'Done.' },
  {
    name: 'closing fence missing',
    output: ['Checking.', '```json action', paris],
    calls: [weather],
    text: 'Checking.',
  },
  {
    name: 'closing fence missing before the next',
    output: ['```json action', paris, '```json action', file, '```'],
    calls: [weather, read],
  },
  {
    name: 'closing fence twice',
    output: ['```json action', paris, '```', '```', '```json action', file, '```'],
    calls: [weather, read],
  },
  {
    name: 'backticks inside a string',
    output: [
      '```json action',
      '{"tool":"write_file","parameters":{"file_path":"a.md","content":"# A\\n```js\\nx()\\n```\\n"}}',
      '```',
    ],
    calls: [['write_file', { file_path: 'a.md', content: '# A\n```js\nx()\n```\n' }]],
  },
  {
    name: 'a fence inside a string with raw line ends',
    output: [
      '```json action',
      '{"tool":"write_file","parameters":{"file_path":"a.md","content":"# A',
      '```js',
      'x()',
      '```',
      'end"}}',
      '```',
    ],
    calls: [['write_file', { file_path: 'a.md', content: '# A\n```js\nx()\n```\nend' }]],
  },
  {
    name: 'a call without parameters',
    output: ['```json action', '{"tool": "get_time", "parameters": {}}', '```'],
    calls: [['get_time', {}]],
  },
  {
    name: 'a call with parameters left out',
    output: ['```json action', '{"tool": "get_time"}', '```'],
    calls: [['get_time', {}]],
  },
  {
    name: 'members beside the name',
    output: ['```json action', '{"tool": "get_weather", "city": "Paris", "days": 2}', '```'],
    calls: [['get_weather', { city: 'Paris', days: 2 }]],
  },
  {
    name: 'arguments as a string',
    output: ['```json', '{"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\"}"}', '```'],
    calls: [weather],
  },
  {
    name: 'arguments as a string twice',
    output: [
      '```json action',
      '{"name": "get_weather", "arguments": "\\"{\\\\\\"city\\\\\\": \\\\\\"Paris\\\\\\"}\\""}',
      '```',
    ],
    calls: [weather],
  },
  {
    name: 'action and action_input',
    output: ['```json action', '{"action": "get_weather", "action_input": {"city": "Paris"}}', '```'],
    calls: [weather],
  },
  {
    name: 'function_name and params',
    output: ['```json action', '{"function_name": "get_weather", "params": {"city": "Paris"}}', '```'],
    calls: [weather],
  },
  {
    name: 'tool_name and tool_input',
    output: ['```json', '{"tool_name": "get_weather", "tool_input": {"city": "Paris"}}', '```'],
    calls: [weather],
  },
  {
    name: 'OpenAI tool_calls',
    output: [
      '```json',
      '{"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"Paris\\"}"}}]}',
      '```',
    ],
    calls: [weather],
  },
  {
    name: 'OpenAI function_call',
    output: ['```json', '{"function_call":{"name":"get_weather","arguments":{"city":"Paris"}}}', '```'],
    calls: [weather],
  },
  {
    name: 'Anthropic tool_use',
    output: ['```json', '{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"city":"Paris"}}', '```'],
    calls: [weather],
  },
  {
    name: 'a single-key object',
    output: ['```json action', '{"get_weather": {"city": "Paris"}}', '```'],
    calls: [weather],
  },
  { name: 'a fence named after the tool', output: ['```read_file', '{"file_path": "a.ts"}', '```'], calls: [read] },
  {
    name: 'XML inside a tool_call fence',
    output: ['```tool_call', '<tool_call>{"name":"get_weather","arguments":{"city":"Paris"}}</tool_call>', '```'],
    calls: [weather],
  },
  {
    name: 'name and JSON in a tool fence',
    output: ['```tool_call', 'get_weather', '{"city": "Paris"}', '```'],
    calls: [weather],
  },
  { name: '#Tool Call', output: ['#Tool Call', paris], calls: [weather] },
  { name: '#Tool Call twice', output: ['#Tool Call', paris, '', '#Tool Call', file], calls: [weather, read] },
  { name: '# Tool Call: name', output: ['# Tool Call: get_weather', '{"city": "Paris"}'], calls: [weather] },
  {
    name: '### Tool Call with a fence',
    output: ['### Tool Call', '```json', paris, '```', 'Wait.'],
    calls: [weather],
    text: 'Wait.',
  },
  { name: '**Tool Call:**', output: ['**Tool Call:** get_weather', '{"city": "Paris"}'], calls: [weather] },
  { name: '#Tool Calls, one mark for two', output: ['#Tool Calls', paris, file], calls: [weather, read] },
  {
    name: '#Tool Call behind text',
    output: ['I will look.', '', '#Tool Call', paris, '', 'Wait.'],
    calls: [weather],
    text: 'I will look.\n\nWait.',
  },
  { name: '#Tool Call with an expression', output: '#Tool Call: get_weather(city="Paris")', calls: [weather] },
  { name: 'tool_code', output: ['```tool_code', 'get_weather(city="Paris")', '```'], calls: [weather] },
  {
    name: 'tool_code, Python literals',
    output: [
      '```tool_code',
      `find_notes(query='it\\'s', tags=["a", 'b'], filter={"year": 2024, "open": True}, anything=None)`,
      '```',
    ],
    calls: [['find_notes', { query: "it's", tags: ['a', 'b'], filter: { year: 2024, open: true }, anything: null }]],
  },
  {
    name: 'tool_code, a name with dashes',
    output: ['```tool_code', 'resolve-library-id(libraryName="zod")', '```'],
    calls: [['resolve-library-id', { libraryName: 'zod' }]],
  },
  {
    name: 'tool_code, print and default_api',
    output: ['```tool_code', 'print(default_api.get_weather(city="Paris"))', '```'],
    calls: [weather],
  },
  {
    name: 'tool_code, one positional argument',
    output: ['```tool_code', 'sleep(3)', '```'],
    calls: [['sleep', { seconds: 3 }]],
  },
  {
    name: 'tool_code, an assignment',
    output: ['```tool_code', '# look', 'result = get_weather(city="Paris")', '```'],
    calls: [weather],
  },
  {
    name: 'tool_code, several calls',
    output: ['```tool_code', 'get_weather(city="Paris")', 'read_file(file_path="a.ts")', '```'],
    calls: [weather, read],
  },
  {
    name: 'tool_code, triple quotes with a fence inside',
    output: ['```tool_code', 'write_file(file_path="a.md", content="""# A', '```', 'x', '```', '""")', '```'],
    calls: [['write_file', { file_path: 'a.md', content: '# A\n```\nx\n```\n' }]],
  },
  { name: 'tool_code with JSON', output: ['```tool_code', paris, '```'], calls: [weather] },
  { name: 'bare JSON, the whole answer', output: paris, calls: [weather] },
  {
    name: 'bare JSON, pretty, blank lines around',
    output: `\n${JSON.stringify(JSON.parse(paris), undefined, 2)}\n\n`,
    calls: [weather],
  },
  { name: 'bare array, the whole answer', output: `[${paris}, ${file}]`, calls: [weather, read] },
  { name: 'bare JSON lines, the whole answer', output: [paris, file], calls: [weather, read] },
  {
    name: 'bare JSON behind prose, forced',
    choice: required,
    output: ['Sure:', paris],
    calls: [weather],
    text: 'Sure:',
  },
  {
    name: 'bare JSON before prose, forced',
    choice: required,
    output: [paris, 'Done.'],
    calls: [weather],
    text: 'Done.',
  },
  {
    name: 'the forced tool by its arguments alone',
    choice: onlyWeather,
    output: '{"city": "Paris"}',
    calls: [weather],
  },
  {
    name: 'the forced tool by its arguments in a fence',
    choice: onlyWeather,
    output: ['```json', '{"city": "Paris"}', '```'],
    calls: [weather],
  },
  {
    name: 'custom tool, a string',
    output: ['```json action', '{"tool":"apply_patch","parameters":"*** Begin Patch\\n+a\\n*** End Patch"}', '```'],
    calls: [['apply_patch', '*** Begin Patch\n+a\n*** End Patch']],
  },
  {
    name: 'custom tool, raw line ends',
    output: ['```json action', '{"tool":"apply_patch","parameters":"*** Begin Patch', '+a', '*** End Patch"}', '```'],
    calls: [['apply_patch', '*** Begin Patch\n+a\n*** End Patch']],
  },
  {
    name: 'custom tool, wrapped in an object',
    output: ['```json action', '{"tool":"apply_patch","parameters":{"input":"*** Begin"}}', '```'],
    calls: [['apply_patch', '*** Begin']],
  },
  {
    name: 'custom tool, input beside the name',
    output: ['```json action', '{"tool":"apply_patch","input":"*** Begin"}', '```'],
    calls: [['apply_patch', '*** Begin']],
  },
  {
    name: 'custom tool, raw in a fence of its name',
    output: ['```apply_patch', '*** Begin Patch', '+a "b"', '*** End Patch', '```'],
    calls: [['apply_patch', '*** Begin Patch\n+a "b"\n*** End Patch']],
  },
  {
    name: 'custom tool, an expression',
    output: ['```tool_code', 'apply_patch("*** Begin\\n+a")', '```'],
    calls: [['apply_patch', '*** Begin\n+a']],
  },
];
