/** Calls in fenced blocks: the form we ask for, and those beside it. */

import { functionTool } from '../tools.js';
import { read, time, weather, write } from './calls.js';
import { action, called, type ExpectedOutput, stays } from './expected-output.js';

export const FENCES: readonly ExpectedOutput[] = [
  called('alias Read with name and arguments', action('{"name":"Read","arguments":{"file_path":"/a.txt"}}'), [
    read('/a.txt'),
  ]),
  stays('Read without its required argument', action('{"tool":"Read","parameters":{"encoding":"utf8"}}')),
  stays('alias of two tools', action('{"tool":"Bash","parameters":{"command":"pwd"}}'), {
    tools: [
      functionTool('terminal', { command: { type: 'string' } }, ['command']),
      functionTool('run_command', { command: { type: 'string' } }, ['command']),
    ],
  }),
  called('CRLF', 'Ok.\r\n\r\n```json action\r\n{"tool": "get_time", "parameters": {}}\r\n```\r\n\r\nDone.', [time], {
    text: 'Ok.\n\nDone.',
  }),
  called('tildes', '~~~json action\n{"tool": "get_time"}\n~~~', [time]),
  called('four ticks', '````json action\n{"tool": "get_time"}\n````', [time]),
  called(
    'indented in a list',
    '1. First:\n   ```json action\n   {"tool": "get_time", "parameters": {}}\n   ```\n2. Then wait.',
    [time],
    { text: '1. First:\n2. Then wait.' },
  ),
  called('all on one line', '```json action {"tool": "get_time"} ```', [time]),
  called('two of three closing ticks', '```json action\n{"tool": "get_time"}\n``', [time]),
  called('action, JSON on one line', '```action\n{"tool": "get_time"}\n```', [time]),
  called('capitals', '```JSON Action\n{"tool": "get_time"}\n```', [time]),
  called('json-action', '```json-action\n{"tool": "get_time"}\n```', [time]),
  called('json:action', '```json:action\n{"tool": "get_time"}\n```', [time]),
  called(
    'json fence, list of calls',
    'On it.\n```json\n[{"name": "get_weather", "arguments": {"city": "Oslo"}}]\n```',
    [weather('Oslo')],
    { text: 'On it.' },
  ),
  called(
    'json fence with tool_calls',
    '```json\n{"tool_calls": [{"id": "c1", "type": "function", "function": {"name": "get_time", "arguments": "{}"}}]}\n```',
    [time],
  ),
  called('fence without info string', '```\n{"tool": "get_time", "parameters": {}}\n```', [time]),
  called('tool_call fence', '```tool_call\n{"name": "get_time", "arguments": {}}\n```', [time]),
  called('toolcall fence', '```toolcall\n{"tool_name": "get_time", "arguments": {}, "id": "c1"}\n```', [time]),
  called('tool_use fence', '```tool_use\n{"name": "get_time", "input": {}}\n```', [time]),
  called('fence glued to the sentence', 'Reading it now:```json action\n{"tool": "get_time"}\n```', [time], {
    text: 'Reading it now:',
  }),
  called('text glued behind the closing fence', '```json action\n{"tool": "get_time"}\n```That is it.', [time], {
    text: 'That is it.',
  }),
  called('comment before the JSON', action('// look first\n{"tool": "get_time"}'), [time]),
  called(
    'glued to the text after',
    '```json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```Done.',
    [weather('Paris')],
    { text: 'Done.' },
  ),
  called('all on one line (2)', '```json action {"tool": "get_weather", "parameters": {"city": "Paris"}} ```', [
    weather('Paris'),
  ]),
  called('all on one line, no blanks', '```json action{"tool": "get_weather", "parameters": {"city": "Paris"}}```', [
    weather('Paris'),
  ]),
  called(
    'no closing fence at the end',
    'Look:\n\n```json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}',
    [weather('Paris')],
    { text: 'Look:' },
  ),
  called('info string json_action', '```json_action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```', [
    weather('Paris'),
  ]),
  called('info string action json', '```action json\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```', [
    weather('Paris'),
  ]),
  called('info string jsonaction', '```jsonaction\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```', [
    weather('Paris'),
  ]),
  called(
    'the word action on the next line',
    '```json\naction\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```',
    [weather('Paris')],
  ),
  called('json5', "```json5\n{tool: 'get_weather', parameters: {city: 'Paris'}}\n```", [weather('Paris')]),
  called('function_call', '```function_call\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```', [
    weather('Paris'),
  ]),
  called('tool', '```tool\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```', [weather('Paris')]),
  called(
    'tool_calls',
    '```tool_calls\n[{"tool": "get_weather", "parameters": {"city": "Paris"}}, {"tool": "get_time", "parameters": {}}]\n```',
    [weather('Paris'), time],
  ),
  called('named after the tool', '```get_weather\n{"city": "Paris"}\n```', [weather('Paris')]),
  called(
    'a heading and bold text around',
    '## Step 1\n\n**Reading** the weather:\n\n```json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```\n\n---\n\n*waiting*',
    [weather('Paris')],
    { text: '## Step 1\n\n**Reading** the weather:\n\n---\n\n*waiting*' },
  ),
  called(
    'a code sample after',
    '```json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```\n\nExample:\n\n```js\nlet a = `x`;\n```\n',
    [weather('Paris')],
    { text: 'Example:\n\n```js\nlet a = `x`;\n```\n' },
  ),
  called(
    'a JSON sample before the call',
    'Your config:\n\n```json\n{"name": "app", "version": "1.0.0"}\n```\n\n```json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```',
    [weather('Paris')],
    { text: 'Your config:\n\n```json\n{"name": "app", "version": "1.0.0"}\n```' },
  ),
  called(
    'text and call in one fence',
    action('Let me look:\n{"tool": "get_weather", "parameters": {"city": "Paris"}}'),
    [weather('Paris')],
    { text: 'Let me look:' },
  ),
  called('the info string without its fence', 'json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}', [
    weather('Paris'),
  ]),
  called(
    'a comment beside the call in a json fence',
    '```json\n{"tool": "get_weather", "parameters": {"city": "Paris"}, "comment": "first"}\n```',
    [weather('Paris')],
  ),
  called(
    'text between two fences',
    'First:\n```json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```\nThen:\n```json action\n{"tool": "read_file", "parameters": {"file_path": "a.ts"}}\n```',
    [weather('Paris'), read('a.ts')],
    { exactText: 'First:\n\nThen:' },
  ),
  called('tool-call fence, upper case', '```Tool-Call\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```', [
    weather('Paris'),
  ]),
  called(
    'fence in mid-line',
    'I will check: ```json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```',
    [weather('Paris')],
    { exactText: 'I will check: ' },
  ),
  called(
    'closing fence twice',
    '```json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```\n```\n```json action\n{"tool": "read_file", "parameters": {"file_path": "a.ts"}}\n```',
    [weather('Paris'), read('a.ts')],
  ),
  called('arguments as a string', '```json\n{"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\"}"}\n```', [
    weather('Paris'),
  ]),
  called('function_name and params', action('{"function_name": "get_weather", "params": {"city": "Paris"}}'), [
    weather('Paris'),
  ]),
  called('tool_name and tool_input', '```json\n{"tool_name": "get_weather", "tool_input": {"city": "Paris"}}\n```', [
    weather('Paris'),
  ]),
  called(
    'OpenAI function_call',
    '```json\n{"function_call":{"name":"get_weather","arguments":{"city":"Paris"}}}\n```',
    [weather('Paris')],
  ),
  called(
    'Anthropic tool_use',
    '```json\n{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"city":"Paris"}}\n```',
    [weather('Paris')],
  ),
  called('tool_code, an assignment', '```tool_code\n# look\nresult = get_weather(city="Paris")\n```', [
    weather('Paris'),
  ]),
  called(
    'tool_code, triple quotes with a fence inside',
    '```tool_code\nwrite_file(file_path="a.md", content="""# A\n```\nx\n```\n""")\n```',
    [write('a.md', '# A\n```\nx\n```\n')],
  ),
  called('custom tool, raw in a fence of its name', '```apply_patch\n*** Begin Patch\n+a "b"\n*** End Patch\n```', [
    ['apply_patch', '*** Begin Patch\n+a "b"\n*** End Patch'],
  ]),
];
