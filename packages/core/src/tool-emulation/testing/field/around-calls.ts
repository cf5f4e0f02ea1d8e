/** What stands around a call and must stay, go or never have been taken for one. */
import { called, type ExpectedOutput, F, stays } from '../corpus/expected-output.js';
import { functionTool } from '../tools.js';
import { read, time } from './calls.js';

const TIME = '{"name": "get_time", "arguments": {}}';
const _W = '{"name": "get_weather", "arguments": {"city": "Oslo"}}';
const _edit = functionTool(
  'Edit',
  {
    file_path: { type: 'string' },
    old_string: { type: 'string' },
    new_string: { type: 'string' },
    replace_all: { type: 'boolean' },
  },
  ['file_path', 'old_string', 'new_string'],
);
const _shell = functionTool(
  'shell',
  { command: { type: 'array', items: { type: 'string' } }, workdir: { type: 'string' } },
  ['command'],
);
const _todo = functionTool(
  'TodoWrite',
  {
    todos: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          content: { type: 'string' },
          status: { type: 'string', enum: ['pending', 'in_progress', 'completed'] },
        },
        required: ['content', 'status'],
      },
    },
  },
  ['todos'],
);
const _bash = functionTool(
  'Bash',
  { command: { type: 'string' }, timeout: { type: 'number' }, run_in_background: { type: 'boolean' } },
  ['command'],
);
const _untyped = functionTool('log', { value: {} }, []);
const _union = functionTool('set', { key: { type: 'string' }, value: { type: ['string', 'number', 'null'] } }, ['key']);
const A = (json: string): string => `${F}json action\n${json}\n${F}`;

export const AROUND_CALLS: readonly ExpectedOutput[] = [
  called('two spaces before', `Ok.  <tool_call>${TIME}</tool_call>`, [time], { text: 'Ok.' }),
  called('trailing spaces behind', `<tool_call>${TIME}</tool_call>   \n\n  `, [time]),
  called('colon then fence', `Running:\n${A('{"tool":"get_time"}')}`, [time], { text: 'Running:' }),
  called('list item text', `- one\n- two\n\n${A('{"tool":"get_time"}')}\n\n- three`, [time], {
    text: '- one\n- two\n\n- three',
  }),
  called('heading behind', `${A('{"tool":"get_time"}')}\n## Next\nText`, [time], { text: '## Next\nText' }),
  called('table behind', `${A('{"tool":"get_time"}')}\n| a | b |\n|---|---|`, [time], { text: '| a | b |\n|---|---|' }),
  called('code fence right behind', `${A('{"tool":"get_time"}')}\n${F}ts\nx\n${F}`, [time], {
    text: `${F}ts\nx\n${F}`,
  }),
  called('unclosed action then code fence', `${F}json action\n{"tool":"get_time"}\n\n${F}ts\nx\n${F}`, [time], {
    text: `${F}ts\nx\n${F}`,
  }),
  called('extra closing fence', `${A('{"tool":"get_time"}')}\n${F}`, [time]),
  called('closing tag behind fence', `${A('{"tool":"get_time"}')}\n</tool_call>`, [time]),
  called(
    'separator line',
    `${A('{"tool":"get_time"}')}\n---\n${A('{"tool":"read_file","parameters":{"file_path":"a"}}')}`,
    [time, read('a')],
    { text: '---' },
  ),
  called('end token in text', `${A('{"tool":"get_time"}')}<|im_end|>`, [time]),
  called('tool result invented', `${A('{"tool":"get_time"}')}\n\nTool result for call_1:\n12:00\n\nIt is noon.`, [
    time,
  ]),
  called('user turn invented', `<tool_call>${TIME}</tool_call>\n\nUser:\nthanks`, [time]),
  called('observation invented', `Action: get_time\nAction Input: {}\nObservation: 12:00\nThought: done`, [time]),
  stays('sentence that begins like a mark', 'functools.reduce is a function.'),
  stays('function call prose', 'function call syntax: f(x).'),
  stays('function call prose two', 'function call {x} is replaced.'),
  stays('tool name alone', 'get_time'),
  stays('tool name then text', 'get_time\nis a tool.'),
  stays('name then unrelated object', 'config\n{"a": 1}'),
  stays('tool name then data that misses required', 'get_weather\n{"version": 1}'),
  stays('bracket mark', '[TOOL_REQUEST] is the mark.'),
  stays('gemma in prose', 'Gemma writes <start_function_call> before.'),
  stays('start token in prose', 'It begins with <|start|>assistant and so on.'),
  stays('open token', 'K3 uses <|open|>tools<|sep|> marks.'),
  stays('half a mark at the end', 'See [TOOL_CAL'),
  stays('half a tag at the end', 'See <tool_c'),
  stays('half a fence at the end', 'See\n``'),
  stays('open fence at the end', 'See\n```'),
  stays('open info at the end', 'See\n```json act'),
  stays('hash at the end', 'See\n#Tool'),
  stays('thinking tag in the middle', 'The tag <think> opens a thought.'),
  stays('thinking call', `<thinking>\n<tool_call>${TIME}</tool_call>\n</thinking>\nNo.`),
  called('thinking then call', `<thinking>\nHm.\n</thinking>\n\n<tool_call>${TIME}</tool_call>`, [time], {
    text: '<thinking>\nHm.\n</thinking>',
  }),
  called(
    'thinking, action in it, then call',
    `<think>\n${A('{"tool":"get_time"}')}\n</think>\n${A('{"tool":"read_file","parameters":{"file_path":"a"}}')}`,
    [read('a')],
    { text: `<think>\n${A('{"tool":"get_time"}')}\n</think>` },
  ),
  called('empty thought', `<think>\n\n</think>\n\n{"name": "get_time", "arguments": {}}`, [time], {
    text: '<think>\n\n</think>',
  }),
  stays('null required', A('{"tool":"get_weather","parameters":null}')),
  stays('empty object for required', A('{"tool":"get_weather","parameters":{}}')),
  stays('empty action fence', A('')),
  stays('prose in an action fence', A('I will call get_time now.')),
  stays('YAML fence', `${F}yaml\ntool: get_time\nparameters: {}\n${F}`),
  stays('tool named but no call', A('{"tools": ["get_time", "read_file"]}')),
  stays('plan of tools', `${F}json\n{"plan": [{"step": 1, "tool": "get_time"}]}\n${F}`),
  stays('json schema example', `${F}json\n{"tool": "<name>", "parameters": {"<key>": "<value>"}}\n${F}`),
  stays('format told', `Use this form:\n${F}json action\n{"tool": "TOOL_NAME", "parameters": {...}}\n${F}`),
  stays('openapi', `${F}json\n{"openapi": "3.0", "paths": {"/a": {"get": {"parameters": []}}}}\n${F}`),
  stays(
    'jsonrpc',
    `${F}json\n{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "get_time", "arguments": {}}}\n${F}`,
  ),
  stays(
    'log of a request',
    `${F}json\n{"model": "x", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "get_time", "arguments": "{}"}}]}\n${F}`,
  ),
  stays('eslint config', `${F}json\n{"name": "read_file", "private": true, "dependencies": {}}\n${F}`),
  stays('user record', '{"name": "terminal", "input": "keyboard", "output": "screen"}'),
  stays('diff with JSON', `${F}diff\n+ {"tool": "get_time", "parameters": {}}\n${F}`),
  stays('jsonc sample', `${F}jsonc\n// settings\n{"a": 1}\n${F}`),
  stays('log fence', `${F}log\n[TOOL_CALLS] [{"name": "get_time", "arguments": {}}]\n${F}`),
  stays('text fence', `${F}text\n<tool_call>${TIME}</tool_call>\n${F}`),
  stays('indented ticks in list', `1. a\n   ${F}sh\n   ls\n   ${F}\n2. b`),
  stays('tick soup', '`a` ``b`` ```c``` `d'),
  stays('unclosed span then text', 'a `b\nc <d> e'),
  stays('many angle brackets', '<<<>>> <-> <=> </> <!-- c --> <?php ?> <3'),
  stays('C++ templates', 'std::map<std::string, std::vector<int>> m; m["a"] << 1;'),
  stays('math brackets', 'x in [0, 1) and {a: b} and [TOOL] and [[link]]'),
  stays('email', 'Mail <a@b.c> or <https://a.b>.'),
  stays('html form', '<form><input name="a"/><button>Go</button></form>'),
  stays('vue', '<template>\n  <tool :name="x" />\n</template>'),
  stays('function tag in docs', 'In Lua: <function name="x"> is not valid.'),
  stays('xml config', '<tools>\n  <tool name="hammer"/>\n</tools>'),
  stays('invoke in WiX', '<invoke method="run"/>'),
  stays('action label prose', 'Action: get_time is what I would do.'),
  stays('tool call heading', '## Tool call flow\n\n1. The model writes JSON.\n2. {"it": "runs"}'),
  stays('bold heading', '**Tool calls**\n\nNone were needed.'),
  stays('Tool Call label prose', 'Tool Call: none.'),
  stays('tool_code word', 'tool_code is a fence name.'),
  stays('json action word', 'json action blocks hold one call.'),
];
