/** The form the prompt asks for, and the shapes of JSON that take its place. */
import { called, type ExpectedOutput, F, raw, stays } from '../corpus/expected-output.js';
import { functionTool } from '../tools.js';
import { read, run, time, weather, write } from './calls.js';

const action = (json: string): string => `${F}json action\n${json}\n${F}`;
const tagged = (json: string): string => `<tool_call>\n${json}\n</tool_call>`;

export const ACTIONS: readonly ExpectedOutput[] = [
  called('plain', action('{"tool": "get_weather", "parameters": {"city": "Oslo"}}'), [weather('Oslo')]),
  called('text around', `I look.\n\n${action('{"tool": "get_time", "parameters": {}}')}\n\nWait.`, [time], {
    text: 'I look.\n\nWait.',
  }),
  called(
    'three blocks in a row',
    [
      action('{"tool": "read_file", "parameters": {"file_path": "a"}}'),
      action('{"tool": "read_file", "parameters": {"file_path": "b"}}'),
      action('{"tool": "get_time"}'),
    ].join('\n'),
    [read('a'), read('b'), time],
  ),
  called(
    'two objects in one block',
    action('{"tool": "get_time"}\n{"tool": "read_file", "parameters": {"file_path": "b"}}'),
    [time, read('b')],
  ),
  called(
    'list in one block',
    action('[{"tool": "get_time"}, {"tool": "read_file", "parameters": {"file_path": "b"}}]'),
    [time, read('b')],
  ),
  called(
    'the same call three times',
    [1, 2, 3].map(() => action('{"tool":"terminal","parameters":{"command":"pwd"}}')).join('\n'),
    [run('pwd')],
  ),
  called('alias Bash', action('{"tool":"Bash","parameters":{"command":"pwd"}}'), [run('pwd')]),
  called('alias Read with name and arguments', action('{"name":"Read","arguments":{"file_path":"/a.txt"}}'), [
    read('/a.txt'),
  ]),
  stays('Read without its required argument', action('{"tool":"Read","parameters":{"encoding":"utf8"}}')),
  stays('unknown tool', action('{"tool":"make_coffee","parameters":{"cups":2}}')),
  stays('alias of two tools', action('{"tool":"Bash","parameters":{"command":"pwd"}}'), {
    tools: [
      functionTool('terminal', { command: { type: 'string' } }, ['command']),
      functionTool('run_command', { command: { type: 'string' } }, ['command']),
    ],
  }),
  called(
    'unknown beside known',
    `${action('{"tool":"nope","parameters":{}}')}\n${action('{"tool":"get_time"}')}`,
    [time],
    {
      text: action('{"tool":"nope","parameters":{}}'),
    },
  ),
  called('CRLF', `Ok.\r\n\r\n${F}json action\r\n{"tool": "get_time", "parameters": {}}\r\n${F}\r\n\r\nDone.`, [time], {
    text: 'Ok.\n\nDone.',
  }),
  called('byte order mark before the fence', `\uFEFF${action('{"tool": "get_time"}')}`, [time], { text: '\uFEFF' }),
  called('tildes', '~~~json action\n{"tool": "get_time"}\n~~~', [time]),
  called('four ticks', `${F}\`json action\n{"tool": "get_time"}\n${F}\``, [time]),
  called(
    'indented in a list',
    `1. First:\n   ${F}json action\n   {"tool": "get_time", "parameters": {}}\n   ${F}\n2. Then wait.`,
    [time],
    {
      text: '1. First:\n2. Then wait.',
    },
  ),
  called('closing fence on the JSON line', `${F}json action\n{"tool": "get_time"}${F}`, [time]),
  called('all on one line', `${F}json action {"tool": "get_time"} ${F}`, [time]),
  called('no closing fence at the end', `${F}json action\n{"tool": "get_weather", "parameters": {"city": "Oslo"}}`, [
    weather('Oslo'),
  ]),
  called('two of three closing ticks', `${F}json action\n{"tool": "get_time"}\n\`\``, [time]),
  called(
    'next fence opens before this one closed',
    `${F}json action\n{"tool": "get_time"}\n${action('{"tool": "read_file", "parameters": {"file_path": "b"}}')}`,
    [time, read('b')],
  ),
  called(
    'a nested fence in the content',
    action(
      raw`{"tool":"write_file","parameters":{"file_path":"R.md","content":"# T\n` +
        F +
        raw`js\nx\n` +
        F +
        raw`\nend"}}`,
    ),
    [write('R.md', `# T\n${F}js\nx\n${F}\nend`)],
  ),
  called(
    'a nested fence with raw line ends',
    action(`{"tool":"write_file","parameters":{"file_path":"R.md","content":"# T\n${F}js\nx\n${F}\nend"}}`),
    [write('R.md', `# T\n${F}js\nx\n${F}\nend`)],
  ),
  called(
    'a whole action block in the content',
    action(
      raw`{"tool":"write_file","parameters":{"file_path":"p.md","content":"` +
        F +
        raw`json action\n{\"tool\":\"get_time\"}\n` +
        F +
        raw`"}}`,
    ),
    [write('p.md', `${F}json action\n{"tool":"get_time"}\n${F}`)],
  ),
  called('action, JSON on one line', `${F}action\n{"tool": "get_time"}\n${F}`, [time]),
  called('capitals', `${F}JSON Action\n{"tool": "get_time"}\n${F}`, [time]),
  called('json-action', `${F}json-action\n{"tool": "get_time"}\n${F}`, [time]),
  called('json:action', `${F}json:action\n{"tool": "get_time"}\n${F}`, [time]),
  called('space before the info string', `${F} json action\n{"tool": "get_time"}\n${F}`, [time]),
  called('json fence of a known tool', `${F}json\n{"tool": "get_weather", "parameters": {"city": "Oslo"}}\n${F}`, [
    weather('Oslo'),
  ]),
  called(
    'json fence with name and arguments',
    `${F}json\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n${F}`,
    [weather('Oslo')],
  ),
  called(
    'json fence, list of calls',
    `On it.\n${F}json\n[{"name": "get_weather", "arguments": {"city": "Oslo"}}]\n${F}`,
    [weather('Oslo')],
    {
      text: 'On it.',
    },
  ),
  called(
    'json fence with tool_calls',
    `${F}json\n{"tool_calls": [{"id": "c1", "type": "function", "function": {"name": "get_time", "arguments": "{}"}}]}\n${F}`,
    [time],
  ),
  called('fence without info string', `${F}\n{"tool": "get_time", "parameters": {}}\n${F}`, [time]),
  called('tool_call fence', `${F}tool_call\n{"name": "get_time", "arguments": {}}\n${F}`, [time]),
  called('toolcall fence', `${F}toolcall\n{"tool_name": "get_time", "arguments": {}, "id": "c1"}\n${F}`, [time]),
  called('tool_use fence', `${F}tool_use\n{"name": "get_time", "input": {}}\n${F}`, [time]),
  called('fence glued to the sentence', `Reading it now:${action('{"tool": "get_time"}')}`, [time], {
    text: 'Reading it now:',
  }),
  called('text glued behind the closing fence', `${action('{"tool": "get_time"}')}That is it.`, [time], {
    text: 'That is it.',
  }),
  called('comment before the JSON', action('// look first\n{"tool": "get_time"}'), [time]),
  called('empty line inside', action('\n{"tool": "get_time"}\n'), [time]),
  called('quoted block', '> quoted line\n\n'.concat(action('{"tool": "get_time"}')), [time], { text: '> quoted line' }),
];

export const SHAPES: readonly ExpectedOutput[] = [
  called('tool and args', action('{"tool": "get_weather", "args": {"city": "Oslo"}}'), [weather('Oslo')]),
  called('tool_name and parameters', action('{"tool_name": "get_weather", "parameters": {"city": "Oslo"}}'), [
    weather('Oslo'),
  ]),
  called('name and input', action('{"name": "get_weather", "input": {"city": "Oslo"}}'), [weather('Oslo')]),
  called('action and action_input', action('{"action": "get_weather", "action_input": {"city": "Oslo"}}'), [
    weather('Oslo'),
  ]),
  called(
    'function with name and arguments inside',
    action('{"function": {"name": "get_weather", "arguments": {"city": "Oslo"}}}'),
    [weather('Oslo')],
  ),
  called(
    'function_call with JSON text',
    action(raw`{"function_call": {"name": "get_weather", "arguments": "{\"city\": \"Oslo\"}"}}`),
    [weather('Oslo')],
  ),
  called('function as the name', action('{"function": "get_weather", "arguments": {"city": "Oslo"}}'), [
    weather('Oslo'),
  ]),
  called(
    'Anthropic block',
    action('{"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Oslo"}}'),
    [weather('Oslo')],
  ),
  called(
    'Responses item',
    action(raw`{"type": "function_call", "call_id": "c", "name": "get_weather", "arguments": "{\"city\":\"Oslo\"}"}`),
    [weather('Oslo')],
  ),
  called(
    'arguments encoded twice',
    action(raw`{"tool": "get_weather", "parameters": "\"{\\\"city\\\": \\\"Oslo\\\"}\""}`),
    [weather('Oslo')],
  ),
  called('arguments as a list of one object', action('{"tool": "get_weather", "parameters": [{"city": "Oslo"}]}'), [
    weather('Oslo'),
  ]),
  called('arguments null', action('{"tool": "get_time", "parameters": null}'), [time]),
  called('arguments an empty string', action('{"tool": "get_time", "parameters": ""}'), [time]),
  called('arguments an empty list', action('{"tool": "get_time", "parameters": []}'), [time]),
  called('flat members', action('{"tool": "get_weather", "city": "Oslo"}'), [weather('Oslo')]),
  called('name as the only key', action('{"get_weather": {"city": "Oslo"}}'), [weather('Oslo')]),
  called('prefix functions.', action('{"tool": "functions.get_weather", "parameters": {"city": "Oslo"}}'), [
    weather('Oslo'),
  ]),
  called('prefix default_api.', tagged('{"name": "default_api.get_weather", "arguments": {"city": "Oslo"}}'), [
    weather('Oslo'),
  ]),
  called('camel case of the name', action('{"tool": "getWeather", "parameters": {"city": "Oslo"}}'), [weather('Oslo')]),
  called('camel case of a member', action('{"tool": "read_file", "parameters": {"filePath": "a"}}'), [read('a')]),
  called('short name of an MCP tool', action('{"tool": "create_issue", "parameters": {"title": "x"}}'), [
    ['mcp__github__create_issue', { title: 'x' }],
  ]),
  called('name space', action('{"tool": "browser.open_tab", "parameters": {"url": "u"}}'), [
    ['browser.open_tab', { url: 'u' }],
  ]),
  called('custom tool, free text', action(raw`{"tool": "apply_patch", "input": "*** Begin Patch\n*** End Patch"}`), [
    ['apply_patch', '*** Begin Patch\n*** End Patch'],
  ]),
  called(
    'custom tool, text in a member',
    action(raw`{"tool": "apply_patch", "parameters": {"patch": "*** Begin Patch\n*** End Patch"}}`),
    [['apply_patch', '*** Begin Patch\n*** End Patch']],
  ),
  called('bare object as the whole answer', '{"tool": "get_weather", "parameters": {"city": "Oslo"}}', [
    weather('Oslo'),
  ]),
  called(
    'bare list as the whole answer',
    '[{"name": "get_time", "arguments": {}}, {"name": "read_file", "arguments": {"file_path": "a"}}]',
    [time, read('a')],
  ),
  called(
    'bare OpenAI message',
    raw`{"role": "assistant", "content": null, "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{\"city\": \"Oslo\"}"}}]}`,
    [weather('Oslo')],
  ),
  called('bare input of the forced tool', '{"city": "Oslo"}', [weather('Oslo')], {
    choice: { type: 'tool', toolName: 'get_weather' },
  }),
  called(
    'sentence, then bare object, forced',
    'Sure: {"name": "get_weather", "arguments": {"city": "Oslo"}}',
    [weather('Oslo')],
    {
      choice: { type: 'required' },
      text: 'Sure:',
    },
  ),
  called(
    'multi_tool_use',
    action(
      '{"recipient_name": "multi_tool_use.parallel", "parameters": {"tool_uses": [{"recipient_name": "functions.get_time", "parameters": {}}, {"recipient_name": "functions.read_file", "parameters": {"file_path": "a"}}]}}',
    ),
    [time, read('a')],
  ),
  called(
    'tool_uses without wrapper',
    action('{"tool_uses": [{"recipient_name": "functions.get_time", "parameters": {}}]}'),
    [time],
  ),
  called(
    'a thought beside the call',
    action('{"thought": "I need it", "tool": "get_weather", "parameters": {"city": "Oslo"}}'),
    [weather('Oslo')],
  ),
  called(
    'a member of the tool is called name',
    action('{"tool": "save", "parameters": {"name": "get_time", "arguments": {"a": 1}}}'),
    [['save', { name: 'get_time', arguments: { a: 1 } }]],
    {
      tools: [
        functionTool('save', { name: { type: 'string' }, arguments: { type: 'object' } }, ['name']),
        functionTool('get_time'),
      ],
    },
  ),
];
