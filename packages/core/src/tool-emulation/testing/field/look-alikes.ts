/** Lines without tags, cut answers, and what only looks like a call. */
import { called, type ExpectedOutput, F, raw, stays } from '../corpus/expected-output.js';
import { functionTool } from '../tools.js';
import { read, run, time, weather, write } from './calls.js';

export const LINES: readonly ExpectedOutput[] = [
  called('#Tool Call and JSON', '#Tool Call\n{"tool": "get_weather", "parameters": {"city": "Oslo"}}', [
    weather('Oslo'),
  ]),
  called('text before', 'I look.\n#Tool Call\n{"tool": "get_time", "parameters": {}}', [time], { text: 'I look.' }),
  called('text behind', '#Tool Call\n{"tool": "get_time", "parameters": {}}\n\nThen I wait.', [time], {
    text: 'Then I wait.',
  }),
  called('a name, then JSON', '#Tool Call\nget_weather\n{"city": "Oslo"}', [weather('Oslo')]),
  called('a name on the line', '#Tool Call: get_weather {"city": "Oslo"}', [weather('Oslo')]),
  called('a fence below', `#Tool Call\n${F}json\n{"tool": "get_time"}\n${F}`, [time]),
  called(
    'two of them',
    '#Tool Call\n{"tool": "get_time"}\n#Tool Call\n{"tool": "read_file", "parameters": {"file_path": "a"}}',
    [time, read('a')],
  ),
  called('heading with space', '## Tool Call\n\n{"tool": "get_time"}', [time]),
  called('in bold', '**Tool Call:** {"tool": "get_time"}', [time]),
  called('expression below', '#Tool Call\nget_weather(city="Oslo")', [weather('Oslo')]),
  called('labels for name and arguments', '#Tool Call\nname: get_weather\narguments: {"city": "Oslo"}', [
    weather('Oslo'),
  ]),
  stays('unknown tool', '#Tool Call\n{"tool": "nope", "parameters": {}}'),
  stays('a heading about calls', '# Tool Calls\n\nTools are called with JSON such as `{"tool": "x"}`.'),
  called('tool_code: keyword', `${F}tool_code\nget_weather(city="Oslo")\n${F}`, [weather('Oslo')]),
  called('tool_code: print and default_api', `${F}tool_code\nprint(default_api.get_weather(city="Oslo"))\n${F}`, [
    weather('Oslo'),
  ]),
  called('tool_code: one positional, one parameter', `${F}tool_code\nsleep(3)\n${F}`, [['sleep', { seconds: 3 }]]),
  stays('tool_code: one positional, several parameters', `${F}tool_code\nget_weather("Oslo")\n${F}`),
  called('tool_code: two lines', `${F}tool_code\nget_time()\nread_file(file_path="a")\n${F}`, [time, read('a')]),
  called(
    'tool_code: triple quotes with a fence',
    `${F}tool_code\nwrite_file(file_path="a.md", content="""# A\n${F}sh\nls\n${F}\n""")\n${F}`,
    [write('a.md', `# A\n${F}sh\nls\n${F}\n`)],
  ),
  called('tool_code: single quotes, escapes', `${F}tool_code\nterminal(command='echo \\'a\\'\\n')\n${F}`, [
    run("echo 'a'\n"),
  ]),
  called('tool_code: raw string', `${F}tool_code\nterminal(command=r'grep \\d a')\n${F}`, [run('grep \\d a')]),
  called('tool_code: assignment and print', `${F}tool_code\nresult = get_weather(city="Oslo")\nprint(result)\n${F}`, [
    weather('Oslo'),
  ]),
  called('tool_code: comment', `${F}tool_code\n# look first\nget_time()\n${F}`, [time]),
  called('tool_code: dictionary', `${F}tool_code\nget_weather(**{"city": "Oslo"})\n${F}`, [weather('Oslo')]),
  called('tool_code: JSON inside', `${F}tool_code\n{"name": "get_time", "arguments": {}}\n${F}`, [time]),
  stays('tool_code: unknown function', `${F}tool_code\nmake_coffee(cups=2)\n${F}`),
  stays('tool_code: a computed argument', `${F}tool_code\nget_weather(city=name)\n${F}`),
  stays('tool_code: a loop', `${F}tool_code\nfor c in ["a"]:\n    get_weather(city=c)\n${F}`),
];

export const CUT: readonly ExpectedOutput[] = [
  called(
    'action: in the arguments',
    `Ok.\n${F}json action\n{"tool": "write_file", "parameters": {"file_path": "a", "content": "abc`,
    [],
    {
      isCut: true,
      incomplete: ['write_file'],
      text: 'Ok.',
    },
  ),
  called(
    'action: a whole call, then a cut one',
    `${F}json action\n{"tool": "get_time"}\n${F}\n${F}json action\n{"tool": "read_file", "parameters": {"file_`,
    [time],
    {
      isCut: true,
      incomplete: ['read_file'],
    },
  ),
  called('Hermes: in the arguments', '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Os', [], {
    isCut: true,
    incomplete: ['get_weather'],
  }),
  called(
    'Qwen-Coder: in a value',
    '<tool_call>\n<function=write_file>\n<parameter=file_path>\na.txt\n</parameter>\n<parameter=content>\nabc',
    [],
    {
      isCut: true,
      incomplete: ['write_file'],
    },
  ),
  called(
    'Qwen-Coder: between required parameters',
    '<function=write_file>\n<parameter=file_path>\na.txt\n</parameter>\n',
    [],
    {
      isCut: true,
      incomplete: ['write_file'],
    },
  ),
  called(
    'Kimi: in the arguments',
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.read_file:0<|tool_call_argument_begin|>{"file_pa',
    [],
    {
      isCut: true,
      incomplete: ['read_file'],
    },
  ),
  called(
    'DeepSeek: in the arguments',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city":"Os',
    [],
    {
      isCut: true,
      incomplete: ['get_weather'],
    },
  ),
  called('GLM: in a value', '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Os', [], {
    isCut: true,
    incomplete: ['get_weather'],
  }),
  called('Mistral: in the list', '[TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "Os', [], {
    isCut: true,
    incomplete: ['get_weather'],
  }),
  called('#Tool Call: in the object', '#Tool Call\n{"tool": "get_weather", "parameters": {"city": "Os', [], {
    isCut: true,
    incomplete: ['get_weather'],
  }),
  called('tool_code: in a string', `${F}tool_code\nget_weather(city="Os`, [], {
    isCut: true,
    incomplete: ['get_weather'],
  }),
  called('bare object', '{"tool": "get_weather", "parameters": {"city": "Os', [], {
    isCut: true,
    incomplete: ['get_weather'],
  }),
  called('bare object, forced', '{"name": "get_weather", "arguments": {"city": "Os', [], {
    isCut: true,
    incomplete: ['get_weather'],
    choice: { type: 'required' },
  }),
  called('a whole call, then prose cut', `${F}json action\n{"tool": "get_time"}\n${F}\nNow I`, [time], {
    isCut: true,
    text: 'Now I',
  }),
  stays('an ordinary sentence', 'The function is called as follo', { isCut: true }),
  stays('a code sample', `${F}python\ndef f(`, { isCut: true }),
  stays('stopped inside a call of its own accord', '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Os'),
  stays(
    'stopped inside an action block',
    `${F}json action\n{"tool": "write_file", "parameters": {"file_path": "a", "content": "abc`,
  ),
  stays(
    'stopped inside the value of a parameter',
    '<function=write_file>\n<parameter=file_path>\na\n</parameter>\n<parameter=content>\nabc',
  ),
];

export const NO_CALLS: readonly ExpectedOutput[] = [
  stays('prose', 'How can I help you today?'),
  stays('white space kept', '  Two spaces.\n\n\n  And lines.  \n'),
  stays('comparison signs', 'If a < b and b <= c then a << d; `x<y>` and List<String> are fine.'),
  stays('mentions of the tags', 'Models write <tool_call> and </tool_call> around JSON; I do not.'),
  stays('tags as inline code', 'Write `<tool_call>{"name": "get_time", "arguments": {}}</tool_call>` to call it.'),
  stays('a call as inline code', 'For instance `{"tool": "get_time", "parameters": {}}` would ask for the time.'),
  stays('a call with two ticks', 'Like ``<function=get_time></function>`` here.'),
  stays('a call expression in prose', 'You could call get_weather(city="Oslo") for that.'),
  stays('a JSON object in the middle of prose', 'It returned {"name": "get_time", "arguments": {}} and nothing else.'),
  stays('JSON object behind a sentence on its own line', 'The record is:\n{"name": "get_time", "arguments": {}}'),
  stays('a person', `${F}json\n{"name": "Alice", "arguments": ["she is right"]}\n${F}`),
  stays(
    'package.json',
    `${F}json\n{\n  "name": "demo",\n  "version": "1.0.0",\n  "scripts": {"test": "vitest"}\n}\n${F}`,
  ),
  stays(
    'a package called like a tool',
    `${F}json\n{\n  "name": "terminal",\n  "version": "1.0.0",\n  "description": "A terminal."\n}\n${F}`,
  ),
  stays(
    'a schema',
    `${F}json\n{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}\n${F}`,
  ),
  stays(
    'a definition of an own tool',
    `${F}json\n{"name": "get_weather", "description": "Weather.", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}\n${F}`,
  ),
  stays(
    'a list of definitions',
    `${F}json\n[{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}]\n${F}`,
  ),
  stays(
    'a report of a call',
    `${F}json\n{"tool": "get_weather", "parameters": {"city": "Oslo"}, "result": "12 °C", "duration": 12}\n${F}`,
  ),
  stays(
    'configuration with a command',
    `${F}json\n{"mcpServers": {"time": {"command": "npx", "args": ["time"]}}}\n${F}`,
  ),
  stays('a task of an editor', `${F}json\n{"version": "2.0.0", "tasks": [{"label": "a", "command": "ls"}]}\n${F}`),
  stays('json5 data', `${F}json5\n{name: 'x', arguments: []}\n${F}`),
  stays('empty object and list', `${F}json\n{}\n${F}\n\n${F}json\n[]\n${F}`),
  stays('a number in a json fence', `${F}json\n42\n${F}`),
  stays('broken data', `${F}json\n{"name": "x", "arguments": {\n${F}`),
  stays(
    'a call of an unknown tool as sample',
    `This is how it looks:\n\n${F}json\n{"tool": "search_web", "parameters": {"query": "x"}}\n${F}\n\nDoes it help?`,
  ),
  stays('a sample in Python', `${F}python\nresponse = get_weather(city="Oslo")\nprint(response)\n${F}`),
  stays('a sample in TypeScript', `${F}ts\nconst call = { tool: "get_time", parameters: {} };\n${F}`),
  stays('a sample in a shell', `${F}bash\ncurl -d '{"tool": "get_time", "parameters": {}}' localhost\n${F}`),
  stays('XML of another kind', `${F}xml\n<function name="sum">\n  <param name="a">1</param>\n</function>\n${F}`),
  stays('HTML', '<details>\n<summary>More</summary>\n\n<p>Text with <b>bold</b> and <code>x</code>.</p>\n</details>'),
  stays('SVG', '<svg viewBox="0 0 1 1"><path d="M0 0"/><text>tool_call</text></svg>'),
  stays('JSX with a tool element', 'Render `<Tool name="x" />` or\n\n<Tool name="x">y</Tool>'),
  stays('a markdown link', '[get_time](https://a.b/c) and [x] done, [TOOL] maybe, [TOOL_CALL] no.'),
  stays('a bracket list of words', '[get_time, read_file] are the names.'),
  stays('a task list', '- [ ] call get_time\n- [x] read_file'),
  stays('a fence in a fence', `${F}\`markdown\n${F}json action\n{"tool": "get_time", "parameters": {}}\n${F}\n${F}\``),
  stays(
    'a markdown sample with an action block',
    `~~~markdown\n${F}json action\n{"tool": "get_time", "parameters": {}}\n${F}\n~~~`,
  ),
  stays('a diff', `${F}diff\n- <tool_call>\n+ {"name": "get_time", "arguments": {}}\n${F}`),
  stays('git conflict marks', '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main'),
  stays('an aider block', 'a.py\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE'),
  stays('special tokens named', 'The token <|im_end|> ends a turn, <|python_tag|> begins a call.'),
  stays('a lone mark', 'Mistral writes [TOOL_CALLS] before its calls.'),
  stays(
    'a thought alone',
    '<think>I could call <tool_call>{"name": "get_time", "arguments": {}}</tool_call> now.</think>\nNo need.',
  ),
  stays('a thought without an end', '<think>I could call <tool_call>{"name": "get_time", "arguments": {}}</tool_call>'),
  stays('ReAct words', 'Action: none needed.\nFinal Answer: 42'),
  stays('an unknown action', 'Action: make_coffee\nAction Input: {"cups": 2}'),
  stays('a tilde and ticks', 'About ~~~ 5 km, ``` is a fence mark, and ~approx~.'),
  stays('LaTeX', '$$\\frac{a}{b} < \\{x\\}$$ and [1, 2)'),
  stays('a Python dictionary', "{'a': 1, 'b': [2, 3]}"),
  stays('a JSON answer', '{"answer": 42, "tool": null}'),
  stays('a JSON answer with a known word', '{"name": "get_time", "version": 3}'),
  stays('a whole answer of data', '[{"name": "Oslo", "parameters": {"lat": 59}}]'),
  stays('CJK prose with marks', '请使用「get_time」工具，或调用 <工具>。'),
  stays('emoji cut into halves', 'Ok 🎉👩‍👩‍👧 done.'),
  stays('a result told', 'Tool result for call_1:\n12:00'),
  stays('choice none', `${F}json action\n{"tool": "get_time"}\n${F}`, { choice: { type: 'none' } }),
  stays('a forced tool, another called', '<tool_call>{"name": "get_time", "arguments": {}}</tool_call>', {
    choice: { type: 'tool', toolName: 'get_weather' },
  }),
  stays('tool named like an HTML element', '<details><summary>a</summary></details>', {
    tools: [functionTool('details', { summary: { type: 'object' } }, ['text'])],
  }),
  called(
    'one call only',
    `<tool_call>{"name": "get_time", "arguments": {}}</tool_call>\n<tool_call>{"name": "read_file", "arguments": {"file_path": "a"}}</tool_call>`,
    [time],
    {
      parallel: false,
    },
  ),
  called(
    'a sample of an unknown tool, then a call',
    `For example:\n${F}json\n{"tool": "x", "parameters": {}}\n${F}\nNow:\n${F}json action\n{"tool": "get_time"}\n${F}`,
    [time],
    {
      text: `For example:\n${F}json\n{"tool": "x", "parameters": {}}\n${F}\nNow:`,
    },
  ),
  called(
    'code, then a call',
    `${F}ts\nconst a = "<tool_call>";\n${F}\n<tool_call>{"name": "get_time", "arguments": {}}</tool_call>`,
    [time],
    {
      text: `${F}ts\nconst a = "<tool_call>";\n${F}`,
    },
  ),
  called(
    'inline code, then a call',
    'As `<tool_call>` says:\n<tool_call>{"name": "get_time", "arguments": {}}</tool_call>',
    [time],
    {
      text: 'As `<tool_call>` says:',
    },
  ),
  called(
    'a lone tick, then a call on the next line',
    'A ` tick.\n<tool_call>{"name": "get_time", "arguments": {}}</tool_call>',
    [time],
    {
      text: 'A ` tick.',
    },
  ),
  called(
    'the user is asked behind the call',
    `${raw`<tool_call>{"name": "get_time", "arguments": {}}</tool_call>`}\n\nUser: thanks`,
    [time],
    {
      text: 'User: thanks',
    },
  ),
];
