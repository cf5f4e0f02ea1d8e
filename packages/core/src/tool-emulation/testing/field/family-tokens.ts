/** The formats of model families, as their parsers' documentation and tests describe them. */
import { called, type ExpectedOutput, F, raw, stays } from '../corpus/expected-output.js';
import { notes, read, run, time, weather, write } from './calls.js';

export const KIMI: readonly ExpectedOutput[] = [
  called(
    'Kimi K2: section, global numbering',
    'Let me look.<|tool_calls_section_begin|><|tool_call_begin|>functions.read_file:5<|tool_call_argument_begin|>{"file_path": "a.py"}<|tool_call_end|><|tool_call_begin|>functions.get_weather:6<|tool_call_argument_begin|>{"city": "Tokyo"}<|tool_call_end|><|tool_calls_section_end|>',
    [read('a.py'), weather('Tokyo')],
    { text: 'Let me look.' },
  ),
  called(
    'Kimi K2: spaces and line ends between tokens',
    '<|tool_calls_section_begin|>\n<|tool_call_begin|> functions.read_file:0 <|tool_call_argument_begin|> {"file_path": "a.py"} <|tool_call_end|>\n<|tool_calls_section_end|>\n',
    [read('a.py')],
  ),
  called(
    'Kimi K2: name with hyphen and MCP prefix',
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.mcp__github__create_issue:0<|tool_call_argument_begin|>{"title":"Bug"}<|tool_call_end|><|tool_calls_section_end|>',
    [['mcp__github__create_issue', { title: 'Bug' }]],
  ),
  called(
    'Kimi K2: singular section token',
    '<|tool_call_section_begin|><|tool_call_begin|>functions.get_time:0<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_call_section_end|>',
    [time],
  ),
  called(
    'Kimi K2: an end token in the arguments',
    raw`<|tool_calls_section_begin|><|tool_call_begin|>functions.write_file:0<|tool_call_argument_begin|>{"file_path":"k.md","content":"ends with <|tool_call_end|>\n"}<|tool_call_end|><|tool_calls_section_end|>`,
    [write('k.md', 'ends with <|tool_call_end|>\n')],
  ),
  called(
    'Kimi K2: one of two unknown',
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.nope:0<|tool_call_argument_begin|>{"a":1}<|tool_call_end|><|tool_call_begin|>functions.get_time:1<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>',
    [time],
    { text: '<|tool_call_begin|>functions.nope:0<|tool_call_argument_begin|>{"a":1}<|tool_call_end|>' },
  ),
  called(
    'Kimi K2: no section, no end',
    '<|tool_call_begin|>functions.read_file:0<|tool_call_argument_begin|>{"file_path":"a.py"}',
    [read('a.py')],
  ),
  called(
    'Kimi K2: thought that was never closed before the section',
    '<think>I must read it.</think><|tool_calls_section_begin|><|tool_call_begin|>functions.read_file:0<|tool_call_argument_begin|>{"file_path":"a.py"}<|tool_call_end|><|tool_calls_section_end|>',
    [read('a.py')],
    { text: '<think>I must read it.</think>' },
  ),
  called(
    'Kimi K3: tools channel with typed arguments',
    '<|open|>tools<|sep|><|open|>call tool="get_weather" index="1"<|sep|><|open|>argument key="city" type="string"<|sep|>Oslo<|close|>argument<|sep|><|open|>argument key="days" type="number"<|sep|>3<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>',
    [weather('Oslo', { days: 3 })],
  ),
  called(
    'Kimi K3: two calls, text before',
    'On it.<|open|>tools<|sep|><|open|>call tool="read_file" index="1"<|sep|><|open|>argument key="file_path" type="string"<|sep|>a.ts<|close|>argument<|sep|><|close|>call<|sep|><|open|>call tool="get_time" index="2"<|sep|><|close|>call<|sep|><|close|>tools<|sep|>',
    [read('a.ts'), time],
    { text: 'On it.' },
  ),
];

export const LEAKED: readonly ExpectedOutput[] = [
  called(
    'Kimi: id of another kind, the name in the JSON',
    '<|tool_calls_section_begin|><|tool_call_begin|>call_abc123<|tool_call_argument_begin|>{"name": "read_file", "file_path": "a"}<|tool_call_end|><|tool_calls_section_end|>',
    [read('a')],
  ),
  called('Kimi: tokens taken out', 'functions.read_file:0{"file_path": "a"}', [read('a')]),
  called('Kimi: tokens taken out, two', 'functions.read_file:0>{"file_path": "a"}\nfunctions.get_time:1>{}', [
    read('a'),
    time,
  ]),
  stays('Kimi: a name in prose', 'functions.read_file:0 is its id, functions.nope:1{"a": 1} another.'),
  called(
    'GLM: opening value tag missing',
    '<tool_call>find_notes<arg_key>query</arg_key>how many days</arg_value></tool_call>',
    [notes('how many days')],
  ),
  called(
    'GLM: closing tag twice',
    '<tool_call>read_file<arg_key>file_path</arg_key><arg_value>a</arg_value></tool_call></tool_call>',
    [read('a')],
  ),
  called('GLM: the name of a tool without arguments', 'Ok.<tool_call>get_time</tool_call>', [time], { text: 'Ok.' }),
  called(
    'attributes before the name of a parameter',
    '<tool_call><function id="1" name="get_weather"><parameter type="string" name="city">Oslo</parameter></function></tool_call>',
    [weather('Oslo')],
  ),
  called(
    'DeepSeek: id and name as attributes',
    '<tool_call id="call_00_x" name="get_weather">\n{"city": "Oslo"}\n</tool_call>',
    [weather('Oslo')],
  ),
  called(
    'Qwen: an equals sign in the key',
    '<tool_call>\n{"name="get_weather", "arguments": {"city": "Oslo"}}\n</tool_call>',
    [weather('Oslo')],
  ),
  called(
    'MiniMax: hash form',
    '[TOOL_CALL]\n{tool => "terminal", args => {\n  --command "ls -la"\n  --timeout 5\n}}\n[/TOOL_CALL]',
    [['terminal', { command: 'ls -la', timeout: 5 }]],
  ),
  called(
    'MiniMax: hash form, two, quotes inside',
    'Now:\n[TOOL_CALL]\n{tool => "terminal", args => { --command "echo "hi" > a" }}\n[/TOOL_CALL]\n[TOOL_CALL]\n{tool => "get_time", args => {}}\n[/TOOL_CALL]',
    [['terminal', { command: 'echo "hi" > a' }], time],
    { text: 'Now:' },
  ),
  called('MiniMax: hash form with JSON', '[TOOL_CALL]{tool => "get_weather", args => {"city": "Oslo"}}[/TOOL_CALL]', [
    weather('Oslo'),
  ]),
  called('MiniMax: JSON between the marks', '[TOOL_CALL]{"name": "get_time", "arguments": {}}[/TOOL_CALL]', [time]),
  stays('MiniMax: the mark in prose', 'It writes [TOOL_CALL] and [/TOOL_CALL] around.'),
  stays('MiniMax: hash form of an unknown tool', '[TOOL_CALL]\n{tool => "nope", args => { --a "b" }}\n[/TOOL_CALL]'),
  called(
    'MiniMax M3: every tag behind its mark',
    'Look.]<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="get_weather">]<]minimax[>[<city>Oslo]<]minimax[>[</city>\n]<]minimax[>[<days>3]<]minimax[>[</days>]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>',
    [weather('Oslo', { days: 3 })],
    { text: 'Look.' },
  ),
  called(
    'MiniMax M3: list, object, markup in a value, two calls',
    ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="find_notes">]<]minimax[>[<query><b>x</b>]<]minimax[>[</query>]<]minimax[>[<tags>]<]minimax[>[<item>a]<]minimax[>[</item>]<]minimax[>[<item>b]<]minimax[>[</item>]<]minimax[>[</tags>]<]minimax[>[<filter>]<]minimax[>[<year>2024]<]minimax[>[</year>]<]minimax[>[</filter>]<]minimax[>[</invoke>\n]<]minimax[>[<invoke name="get_time">]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>',
    [notes('<b>x</b>', { tags: ['a', 'b'], filter: { year: 2024 } }), time],
  ),
  stays('MiniMax M3: brackets before signs', 'a[i]<b[j] and x[]<] and [1]'),
  called(
    'MiniMax M3: cut in a value',
    ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="get_weather">]<]minimax[>[<city>Os',
    [],
    {
      isCut: true,
      incomplete: ['get_weather'],
    },
  ),
];

export const DEEPSEEK: readonly ExpectedOutput[] = [
  called(
    'V3: type, name on the next line, fence',
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n${F}json\n{"city": "Paris"}\n${F}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    [weather('Paris')],
  ),
  called(
    'V3: two calls, end of sentence',
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n${F}json\n{"city": "Paris"}\n${F}<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_time\n${F}json\n{}\n${F}<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>`,
    [weather('Paris'), time],
  ),
  called(
    'V3.1: name, separator, bare JSON',
    'Checking.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city":"Lyon"}<｜tool▁call▁end｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city":"Nice"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    [weather('Lyon'), weather('Nice')],
    { text: 'Checking.' },
  ),
  called(
    'V3.2: DSML with string flags',
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">杭州</｜DSML｜parameter>\n<｜DSML｜parameter name="days" string="false">2</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    [weather('杭州', { days: 2 })],
  ),
  called(
    'V3.2: two invokes, a list as JSON',
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="find_notes">\n<｜DSML｜parameter name="query" string="true">q</｜DSML｜parameter>\n<｜DSML｜parameter name="tags" string="false">["a", "b"]</｜DSML｜parameter>\n</｜DSML｜invoke>\n<｜DSML｜invoke name="get_time">\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    [notes('q', { tags: ['a', 'b'] }), time],
  ),
  called(
    'V4: DSML under tool_calls',
    '<｜DSML｜tool_calls>\n<｜DSML｜invoke name="read_file">\n<｜DSML｜parameter name="file_path" string="true">a.ts</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>',
    [read('a.ts')],
  ),
  called(
    'V3.2: the whole input under one parameter called arguments',
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="arguments" string="false">{"city": "Rome"}</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    [weather('Rome')],
  ),
  called(
    'DSML with doubled ASCII bars',
    '<||DSML||tool_calls>\n<||DSML||invoke name="get_weather">\n<||DSML||parameter name="city" string="true">Rome</||DSML||parameter>\n</||DSML||invoke>\n</||DSML||tool_calls>',
    [weather('Rome')],
  ),
  called(
    'tokens with underscores and ASCII bars',
    '<|tool_calls_begin|><|tool_call_begin|>get_weather<|tool_sep|>{"city":"Rome"}<|tool_call_end|><|tool_calls_end|>',
    [weather('Rome')],
  ),
  called(
    'Step3: steptml inside tokens',
    '<｜tool_calls_begin｜>\n<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="get_weather">\n<steptml:parameter name="city">上海</steptml:parameter>\n</steptml:invoke><｜tool_call_end｜>\n<｜tool_calls_end｜>',
    [weather('上海')],
  ),
  stays(
    'an unknown function stays, tokens and all',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>nope<｜tool▁sep｜>{"a":1}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  ),
];

export const GLM_AND_HUNYUAN: readonly ExpectedOutput[] = [
  called(
    'GLM-4.5: pairs on lines',
    '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Beijing</arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>',
    [weather('Beijing', { days: 3 })],
  ),
  called(
    'GLM-4.7: pairs on one line, two calls',
    '<tool_call>get_weather<arg_key>city</arg_key><arg_value>Beijing</arg_value></tool_call><tool_call>get_time</tool_call>',
    [weather('Beijing'), time],
  ),
  called(
    'GLM: value with a less-than sign and a closing tag of HTML',
    '<tool_call>write_file\n<arg_key>file_path</arg_key>\n<arg_value>a.html</arg_value>\n<arg_key>content</arg_key>\n<arg_value><b>1 < 2</b></arg_value>\n</tool_call>',
    [write('a.html', '<b>1 < 2</b>')],
  ),
  called(
    'GLM: list and object as JSON',
    '<tool_call>find_notes\n<arg_key>query</arg_key>\n<arg_value>x</arg_value>\n<arg_key>tags</arg_key>\n<arg_value>["a"]</arg_value>\n<arg_key>filter</arg_key>\n<arg_value>{"year": 2024}</arg_value>\n</tool_call>',
    [notes('x', { tags: ['a'], filter: { year: 2024 } })],
  ),
  called(
    'GLM: a multi-line command',
    '<tool_call>terminal\n<arg_key>command</arg_key>\n<arg_value>cd a\nls -la | grep "x"</arg_value>\n</tool_call>',
    [run('cd a\nls -la | grep "x"')],
  ),
  called('GLM-4: name on a line, JSON below', 'get_weather\n{"city": "Beijing"}', [weather('Beijing')], {
    choice: { type: 'required' },
  }),
  called('GLM-5.3 flash: name, mark, JSON, closed', '<tool_call>get_weather>{"city": "Beijing"}</tool_call>', [
    weather('Beijing'),
  ]),
  called(
    'GLM: no closing tag at the end',
    '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Beijing</arg_value>',
    [weather('Beijing')],
  ),
  called(
    'Hunyuan A13B: JSON list under tool_calls',
    'I will call.<tool_calls>[{"name": "get_weather", "arguments": {"city": "Boston"}}, {"name": "get_time", "arguments": {}}]</tool_calls>',
    [weather('Boston'), time],
    { text: 'I will call.' },
  ),
  called(
    'Hunyuan V3: tool_sep between name and pairs',
    '<tool_calls>\n<tool_call>get_weather<tool_sep>\n<arg_key>city</arg_key>\n<arg_value>Boston</arg_value>\n</tool_call>\n</tool_calls>',
    [weather('Boston')],
  ),
  called(
    'Hunyuan V3: two calls without line ends',
    '<tool_calls><tool_call>get_weather<tool_sep><arg_key>city</arg_key><arg_value>Boston</arg_value></tool_call><tool_call>get_time<tool_sep></tool_call></tool_calls>',
    [weather('Boston'), time],
  ),
  called(
    'MiniMax M1: JSON lines under tool_calls',
    '<tool_calls>\n{"name": "get_weather", "arguments": {"city": "Dallas"}}\n{"name": "get_weather", "arguments": {"city": "Orlando"}}\n</tool_calls>',
    [weather('Dallas'), weather('Orlando')],
  ),
  called(
    'MiniMax M1: an unknown one among them',
    '<tool_calls>\n{"name": "get_weather", "arguments": {"city": "Dallas"}}\n{"name": "nope", "arguments": {}}\n</tool_calls>',
    [weather('Dallas')],
    { text: '{"name": "nope", "arguments": {}}' },
  ),
  called('MiniMax M1: closing tag missing', '<tool_calls>\n{"name": "get_weather", "arguments": {"city": "Boston"}}', [
    weather('Boston'),
  ]),
  called(
    'MiniMax M1: a call in a thought does not count',
    '<think>Perhaps <tool_calls>\n{"name": "get_time", "arguments": {}}\n</tool_calls></think>\nNow: <tool_calls>\n{"name": "get_weather", "arguments": {"city": "Miami"}}\n</tool_calls>',
    [weather('Miami')],
    { text: '<think>Perhaps <tool_calls>\n{"name": "get_time", "arguments": {}}\n</tool_calls></think>\nNow:' },
  ),
  called(
    'MiniMax M2: two invokes',
    '<minimax:tool_call>\n<invoke name="get_weather">\n<parameter name="city">Seattle</parameter>\n</invoke>\n<invoke name="find_notes">\n<parameter name="query">q</parameter>\n<parameter name="tags">["technology", "events"]</parameter>\n</invoke>\n</minimax:tool_call>',
    [weather('Seattle'), notes('q', { tags: ['technology', 'events'] })],
  ),
  called(
    'MiniMax M2: more attributes than the name',
    '<minimax:tool_call>\n<invoke name="terminal" description="Run it (e.g. ls)">\n<parameter name="command" type="string">ls -la</parameter>\n</invoke>\n</minimax:tool_call>',
    [run('ls -la')],
  ),
  called(
    'dots: invokes in an element of its own name',
    '<dots_function_call>\n<invoke name="get_weather">\n<parameter name="city">Oslo</parameter>\n</invoke>\n</dots_function_call>',
    [weather('Oslo')],
  ),
];
