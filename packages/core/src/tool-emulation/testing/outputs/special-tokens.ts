/** Special tokens and labels of the chat templates that models were trained on. */
import { notes, read, run, time, weather, write } from './calls.js';
import { called, type ExpectedOutput, REQUIRED, stays } from './expected-output.js';

export const SPECIAL_TOKENS: readonly ExpectedOutput[] = [
  called('Mistral v13: ARGS mark', '[TOOL_CALLS]get_weather[ARGS]{"city": "Nice"}', [weather('Nice')]),
  called('Mistral v13: CALL_ID and ARGS', '[TOOL_CALLS]get_weather[CALL_ID]abc123def[ARGS]{"city": "Nice"}', [
    weather('Nice'),
  ]),
  called(
    'Mistral: last bracket of the second call forgotten',
    '[TOOL_CALLS][{"name": "get_time", "arguments": {}}, {"name": "get_weather", "arguments":{"city": "Nice"}]',
    [time, weather('Nice')],
  ),
  called('Mistral: end of sequence behind', '[TOOL_CALLS][{"name":"get_time","arguments":{}}]</s>', [time]),
  called('Granite 3.1: tag with bar', '<|tool_call|>[{"arguments": {"city": "Bonn"}, "name": "get_weather"}]', [
    weather('Bonn'),
  ]),
  called(
    'Granite 20B: two of them',
    '<function_call> {"name": "get_weather", "arguments": {"city": "Bonn"}} <function_call> {"name": "get_time", "arguments": {}}',
    [weather('Bonn'), time],
  ),
  called(
    'InternLM: line end behind plugin',
    '<|action_start|><|plugin|>\n{"name": "get_weather", "parameters": {"city": "Tokyo"}}<|action_end|>\n',
    [weather('Tokyo')],
  ),
  called(
    'xLAM: list behind a thought',
    '<think>I need it.</think>[{"name": "get_weather", "arguments": {"city": "Dallas"}}]',
    [weather('Dallas')],
    { text: '<think>I need it.</think>' },
  ),
  called('Phi-4 mini: functools', 'functools[{"name": "get_weather", "arguments": {"city": "Oslo"}}]', [
    weather('Oslo'),
  ]),
  called(
    'Phi-4: tool_call tokens',
    '<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Oslo"}}]<|/tool_call|>',
    [weather('Oslo')],
  ),
  called('Nemotron: TOOLCALL', '<TOOLCALL>[{"name": "get_weather", "arguments": {"city": "Oslo"}}]</TOOLCALL>', [
    weather('Oslo'),
  ]),
  called('Apertus: prefix and suffix tokens', '<|tools_prefix|>[{"get_weather": {"city": "Bern"}}]<|tools_suffix|>', [
    weather('Bern'),
  ]),
  called(
    'Cohere Command: plan, then action',
    '<|START_THINKING|>I will look it up.<|END_THINKING|><|START_ACTION|>[{"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Oslo"}}]<|END_ACTION|>',
    [weather('Oslo')],
    { text: '<|START_THINKING|>I will look it up.<|END_THINKING|>' },
  ),
  called('LFM2: JSON list in tokens', '<|tool_call_start|>[{"name": "get_time", "arguments": {}}]<|tool_call_end|>', [
    time,
  ]),
  called(
    'Llama 3: two values with a semicolon',
    '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Oslo"}}; {"name": "get_time", "parameters": {}}',
    [weather('Oslo'), time],
  ),
  called(
    'Llama 3: bare JSON of type function',
    '{"type": "function", "name": "get_weather", "parameters": {"city": "Oslo"}}',
    [weather('Oslo')],
  ),
  called(
    'Llama 3: function tag with JSON, message end',
    '<function=get_weather>{"city": "Oslo"}</function><|eom_id|>',
    [weather('Oslo')],
  ),
  called('Llama 3.1: built-in call behind the python tag', '<|python_tag|>terminal.call(command="ls")', [run('ls')]),
  called(
    'Pythonic: dictionaries, lists and None',
    "[find_notes(query='x', tags=['a', 'b'], filter={'year': 2024, 'open': True})]",
    [notes('x', { tags: ['a', 'b'], filter: { year: 2024, open: true } })],
  ),
  called(
    'LongCat: longcat_tool_call',
    '<longcat_tool_call>{"name": "get_weather", "arguments": {"city": "Oslo"}}</longcat_tool_call>',
    [weather('Oslo')],
  ),
  called(
    'LongCat: pairs',
    '<longcat_tool_call>get_weather\n<longcat_arg_key>city</longcat_arg_key>\n<longcat_arg_value>Oslo</longcat_arg_value>\n</longcat_tool_call>',
    [weather('Oslo')],
  ),
  called(
    'Seed-OSS: name space on the outer tag',
    '<seed:think>Short.</seed:think>\n<seed:tool_call>\n<function=get_weather>\n<parameter=city>Barcelona, Spain</parameter>\n</function>\n</seed:tool_call>',
    [weather('Barcelona, Spain')],
    { text: '<seed:think>Short.</seed:think>' },
  ),
  called('GigaChat 3: function call and JSON', 'function call{"name": "get_weather", "arguments": {"city": "Omsk"}}', [
    weather('Omsk'),
  ]),
  called(
    'GigaChat 3: role separator',
    'function call<|role_sep|>\n{"name": "get_weather", "arguments": {"city": "Omsk"}}',
    [weather('Omsk')],
  ),
  called(
    'MiniCPM: CDATA',
    '<function name="write_file"><param name="file_path">a.txt</param><param name="content"><![CDATA[多行\n<文本>]]></param></function>',
    [write('a.txt', '多行\n<文本>')],
  ),
  called(
    'FunctionGemma: escaped strings',
    '<start_function_call>call:get_weather{city:<escape>Oslo<escape>,days:2}<end_function_call>',
    [weather('Oslo', { days: 2 })],
  ),
  called(
    'Gemma 4: quoted strings',
    '<|tool_call>call:get_weather{city:<|"|>Oslo<|"|>,days:2,detailed:true}<tool_call|>',
    [weather('Oslo', { days: 2, detailed: true })],
  ),
  called(
    'gpt-oss: commentary channel',
    '<|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city":"Oslo"}<|call|>',
    [weather('Oslo')],
  ),
  called(
    'gpt-oss: analysis before the call',
    '<|channel|>analysis<|message|>I need the weather.<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city":"Oslo"}<|call|>',
    [weather('Oslo')],
    { text: '<|channel|>analysis<|message|>I need the weather.<|end|>' },
  ),
  called(
    'gpt-oss: recipient in the role',
    '<|start|>assistant to=functions.get_weather<|channel|>commentary<|message|>{"city":"Oslo"}<|call|>',
    [weather('Oslo')],
  ),
  called('Functionary v3: mark and name', '>>>get_weather\n{"city": "Oslo"}', [weather('Oslo')]),
  called('Qwen 2: function and args marks', '✿FUNCTION✿: get_weather\n✿ARGS✿: {"city": "Oslo"}\n✿RESULT✿', [
    weather('Oslo'),
  ]),
  called(
    'ReAct: action and input',
    'Thought: I need the weather.\nAction: get_weather\nAction Input: {"city": "Oslo"}\nObservation:',
    [weather('Oslo')],
    { text: 'Thought: I need the weather.' },
  ),
  called(
    'Hermes pro: scratch pad before',
    '<scratch_pad>\nPlan.\n</scratch_pad>\n<tool_call>\n{"name": "get_time", "arguments": {}}\n</tool_call>',
    [time],
    { text: '<scratch_pad>\nPlan.\n</scratch_pad>' },
  ),
  called(
    'Gemma: TOOL_REQUEST marks',
    'Here:\n[TOOL_REQUEST]\n{"name": "get_time", "arguments": {}}\n[END_TOOL_REQUEST]',
    [time],
    { text: 'Here:' },
  ),
  called(
    'V3: type, name on the next line, fence',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{"city": "Paris"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    [weather('Paris')],
  ),
  called(
    'V3: two calls, end of sentence',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{"city": "Paris"}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_time\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>',
    [weather('Paris'), time],
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
  called(
    'GLM-4.5: pairs on lines',
    '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Beijing</arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>',
    [weather('Beijing', { days: 3 })],
  ),
  called('GLM-4: name on a line, JSON below', 'get_weather\n{"city": "Beijing"}', [weather('Beijing')], {
    choice: REQUIRED,
  }),
  called(
    'GLM: no closing tag at the end',
    '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Beijing</arg_value>',
    [weather('Beijing')],
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
  called('MiniMax M1: closing tag missing', '<tool_calls>\n{"name": "get_weather", "arguments": {"city": "Boston"}}', [
    weather('Boston'),
  ]),
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
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.write_file:0<|tool_call_argument_begin|>{"file_path":"k.md","content":"ends with <|tool_call_end|>\\n"}<|tool_call_end|><|tool_calls_section_end|>',
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
    'Kimi K3: tools channel with typed arguments',
    '<|open|>tools<|sep|><|open|>call tool="get_weather" index="1"<|sep|><|open|>argument key="city" type="string"<|sep|>Oslo<|close|>argument<|sep|><|open|>argument key="days" type="number"<|sep|>3<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>',
    [weather('Oslo', { days: 3 })],
  ),
  called(
    'Kimi: id of another kind, the name in the JSON',
    '<|tool_calls_section_begin|><|tool_call_begin|>call_abc123<|tool_call_argument_begin|>{"name": "read_file", "file_path": "a"}<|tool_call_end|><|tool_calls_section_end|>',
    [read('a')],
  ),
  called('Kimi: tokens taken out', 'functions.read_file:0{"file_path": "a"}', [read('a')]),
  stays('Kimi: a name in prose', 'functions.read_file:0 is its id, functions.nope:1{"a": 1} another.'),
  called(
    'GLM: opening value tag missing',
    '<tool_call>find_notes<arg_key>query</arg_key>how many days</arg_value></tool_call>',
    [notes('how many days')],
  ),
  called('GLM: the name of a tool without arguments', 'Ok.<tool_call>get_time</tool_call>', [time], { text: 'Ok.' }),
  called(
    'Qwen: an equals sign in the key',
    '<tool_call>\n{"name="get_weather", "arguments": {"city": "Oslo"}}\n</tool_call>',
    [weather('Oslo')],
  ),
  called(
    'MiniMax: hash form',
    '[TOOL_CALL]\n{tool => "terminal", args => {\n  --command "ls -la"\n  --timeout 5\n}}\n[/TOOL_CALL]',
    [run('ls -la', { timeout: 5 })],
  ),
  called(
    'MiniMax: hash form, two, quotes inside',
    'Now:\n[TOOL_CALL]\n{tool => "terminal", args => { --command "echo "hi" > a" }}\n[/TOOL_CALL]\n[TOOL_CALL]\n{tool => "get_time", args => {}}\n[/TOOL_CALL]',
    [run('echo "hi" > a'), time],
    { text: 'Now:' },
  ),
  stays('MiniMax: the mark in prose', 'It writes [TOOL_CALL] and [/TOOL_CALL] around.'),
  called(
    'MiniMax M3: list, object, markup in a value, two calls',
    ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="find_notes">]<]minimax[>[<query><b>x</b>]<]minimax[>[</query>]<]minimax[>[<tags>]<]minimax[>[<item>a]<]minimax[>[</item>]<]minimax[>[<item>b]<]minimax[>[</item>]<]minimax[>[</tags>]<]minimax[>[<filter>]<]minimax[>[<year>2024]<]minimax[>[</year>]<]minimax[>[</filter>]<]minimax[>[</invoke>\n]<]minimax[>[<invoke name="get_time">]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>',
    [notes('<b>x</b>', { tags: ['a', 'b'], filter: { year: 2024 } }), time],
  ),
  stays('MiniMax M3: brackets before signs', 'a[i]<b[j] and x[]<] and [1]'),
  called('Kimi: no arguments', '<|tool_call_begin|>functions.get_time:0<|tool_call_argument_begin|><|tool_call_end|>', [
    time,
  ]),
  stays(
    'Kimi: an unknown tool',
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.launch:0<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>',
  ),
  called(
    'DeepSeek: the end of the turn behind',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Paris"}<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>',
    [weather('Paris')],
  ),
  called(
    'DSML without a section',
    '<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>\n</｜DSML｜invoke>',
    [weather('Paris')],
  ),
  called(
    'DSML: JSON instead of parameters',
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="get_weather">\n{"city": "Paris"}\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    [weather('Paris')],
  ),
  called(
    'DSML: values that are not strings',
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="find_notes">\n<｜DSML｜parameter name="query" string="true">7</｜DSML｜parameter>\n<｜DSML｜parameter name="tags" string="false">["a"]</｜DSML｜parameter>\n<｜DSML｜parameter name="anything" string="false">7</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    [notes('7', { tags: ['a'], anything: 7 })],
  ),
  called(
    'Mistral: text before',
    'Sure. [TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Paris"}}]',
    [weather('Paris')],
    { text: 'Sure.' },
  ),
  called('pythonic list between marks', '<|python_start|>[get_weather(city="Paris")]<|python_end|>', [
    weather('Paris'),
  ]),
  called('Command-R', 'Action: ```json\n[\n  {"tool_name": "get_weather", "parameters": {"city": "Paris"}}\n]\n```', [
    weather('Paris'),
  ]),
  called(
    'Command-R7B',
    '<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Paris"}}]<|END_ACTION|>',
    [weather('Paris')],
  ),
  called(
    'Seed-OSS',
    '<seed:tool_call>\n<function=get_weather>\n<parameter=city>Paris</parameter>\n</function>\n</seed:tool_call>',
    [weather('Paris')],
  ),
  called('LFM2', '<|tool_call_start|>[get_weather(city="Paris")]<|tool_call_end|>', [weather('Paris')]),
  called('xLAM after thoughts', '[{"name": "get_weather", "arguments": {"city": "Paris"}}]', [weather('Paris')]),
  stays('a token in prose', 'The token <|tool_call_begin|> opens a call.'),
  called(
    'gpt-oss',
    '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city":"Paris"}<|call|>',
    [weather('Paris')],
  ),
];
