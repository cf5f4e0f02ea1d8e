/** Calls that a line announces. */
import { run, time, weather } from './calls.js';
import { called, type ExpectedOutput, stays } from './expected-output.js';

export const LINES: readonly ExpectedOutput[] = [
  called('in bold', '**Tool Call:** {"tool": "get_time"}', [time]),
  called('labels for name and arguments', '#Tool Call\nname: get_weather\narguments: {"city": "Oslo"}', [
    weather('Oslo'),
  ]),
  stays('a heading about calls', '# Tool Calls\n\nTools are called with JSON such as `{"tool": "x"}`.'),
  called('tool_code: one positional, one parameter', '```tool_code\nsleep(3)\n```', [['sleep', { seconds: 3 }]]),
  stays('tool_code: one positional, several parameters', '```tool_code\nget_weather("Oslo")\n```'),
  called('tool_code: raw string', "```tool_code\nterminal(command=r'grep \\d a')\n```", [run('grep \\d a')]),
  called('tool_code: assignment and print', '```tool_code\nresult = get_weather(city="Oslo")\nprint(result)\n```', [
    weather('Oslo'),
  ]),
  called('tool_code: comment', '```tool_code\n# look first\nget_time()\n```', [time]),
  called('tool_code: dictionary', '```tool_code\nget_weather(**{"city": "Oslo"})\n```', [weather('Oslo')]),
  called('tool_code: JSON inside', '```tool_code\n{"name": "get_time", "arguments": {}}\n```', [time]),
  stays('tool_code: unknown function', '```tool_code\nmake_coffee(cups=2)\n```'),
  stays('tool_code: a computed argument', '```tool_code\nget_weather(city=name)\n```'),
  called('an underscore', '#tool_call\n{"tool": "get_weather", "parameters": {"city": "Paris"}}', [weather('Paris')]),
  called('a deeper heading', '### Tool Call\n{"tool": "get_weather", "parameters": {"city": "Paris"}}', [
    weather('Paris'),
  ]),
  called(
    'the plural',
    '#Tool Calls\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n{"tool": "get_time", "parameters": {}}',
    [weather('Paris'), time],
  ),
  called('without the blank', '#ToolCall\n{"tool": "get_weather", "parameters": {"city": "Paris"}}', [
    weather('Paris'),
  ]),
  called(
    'a bare fence',
    '#Tool Call\n```\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```\nDone.',
    [weather('Paris')],
    { text: 'Done.' },
  ),
  called(
    'an action fence',
    '#Tool Call\n\n```json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```',
    [weather('Paris')],
  ),
  called('name and JSON on the same line', '#Tool Call get_weather {"city": "Paris"}', [weather('Paris')]),
  called('labels in capitals', '#Tool Call\nTool: get_weather\nParameters: {"city": "Paris"}', [weather('Paris')]),
  called('a tool_code fence', '#Tool Call\n```tool_code\nget_weather(city="Paris")\n```', [weather('Paris')]),
  called(
    'without the hash',
    'I look.\n\nTool Call: {"tool": "get_weather", "parameters": {"city": "Paris"}}',
    [weather('Paris')],
    { text: 'I look.' },
  ),
  called('bold, name as code, then a fence', '**Tool Call:** `get_weather`\n```json\n{"city": "Paris"}\n```', [
    weather('Paris'),
  ]),
  called(
    'a number',
    '#Tool Call 1\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n\n#Tool Call 2\n{"tool": "get_time"}',
    [weather('Paris'), time],
  ),
  stays('an unknown tool', '#Tool Call\n{"tool": "launch", "parameters": {"where": "moon"}}'),
  stays('cut at the end', 'text\n#Tool Ca'),
  stays('alone at the end', 'text\n#Tool Call'),
  stays('a C preprocessor line', '#include <stdio.h>\n#define TOOL(x) {x}\n'),
  stays('a hash tag', '#ToolCalling is great\n'),
];
