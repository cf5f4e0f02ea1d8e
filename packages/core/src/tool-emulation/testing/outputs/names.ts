/** Names that are not quite those of the tools. */

import { functionTool } from '../tools.js';
import { read, run, time, weather, write } from './calls.js';
import { action, called, type ExpectedOutput, stays } from './expected-output.js';

export const NAMES: readonly ExpectedOutput[] = [
  stays('an unknown tool', action('{"tool":"launch","parameters":{"to":"moon"}}')),
  stays('an unknown tool in a json fence', '```json\n{"name": "launch", "arguments": {}}\n```'),
  called(
    'a known one behind an unknown one',
    '```json action\n{"tool":"launch","parameters":{}}\n```\n\n```json action\n{"tool":"get_weather","parameters":{"city":"Paris"}}\n```',
    [weather('Paris')],
    { text: action('{"tool":"launch","parameters":{}}') },
  ),
  called('a known one beside an unknown one in a list', action('[{"tool": "get_time"}, {"tool": "launch"}]'), [time], {
    text: '{"tool": "launch"}',
  }),
  called(
    'a numbered name',
    '<tool_call>{"name": "functions.get_weather:0", "arguments": {"city": "Paris"}}</tool_call>',
    [weather('Paris')],
  ),
  called('Bash for terminal', action('{"tool":"Bash","parameters":{"command":"ls"}}'), [run('ls')]),
  called('Read for read_file', action('{"tool":"Read","parameters":{"file_path":"a"}}'), [read('a')]),
  called('Write for write_file', action('{"tool":"Write","parameters":{"file_path":"a","content":"b"}}'), [
    write('a', 'b'),
  ]),
  stays('Bash with two shells', action('{"tool":"Bash","parameters":{"command":"ls"}}'), {
    tools: [
      functionTool('terminal', { command: { type: 'string' } }, ['command']),
      functionTool('run_command', { command: { type: 'string' } }, ['command']),
    ],
  }),
  called(
    'the exact name among aliases',
    action('{"tool":"Bash","parameters":{"command":"ls"}}'),
    [['Bash', { command: 'ls' }]],
    {
      tools: [
        functionTool('terminal', { command: { type: 'string' } }, ['command']),
        functionTool('Bash', { command: { type: 'string' } }, ['command']),
      ],
    },
  ),
  called('the exact case among two', action('{"tool":"read","parameters":{"path":"a"}}'), [['read', { path: 'a' }]], {
    tools: [
      functionTool('Read', { path: { type: 'string' } }, ['path']),
      functionTool('read', { path: { type: 'string' } }, ['path']),
    ],
  }),
  called('a namespaced function, dotted', action('{"tool":"browser.open_tab","parameters":{"url":"https://a"}}'), [
    ['browser.open_tab', { url: 'https://a' }],
  ]),
  called('a namespaced function by its own name', action('{"tool":"open_tab","parameters":{"url":"https://a"}}'), [
    ['browser.open_tab', { url: 'https://a' }],
  ]),
  called(
    'a namespaced function, namespace beside',
    action('{"namespace": "browser", "tool": "open_tab", "parameters": {"url": "https://a"}}'),
    [['browser.open_tab', { url: 'https://a' }]],
  ),
  called('the tail of an MCP name', action('{"tool":"create_issue","parameters":{"title":"x"}}'), [
    ['mcp__github__create_issue', { title: 'x' }],
  ]),
];
