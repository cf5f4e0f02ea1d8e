/** The formats of further model families, as their parsers' documentation and tests describe them. */
import { called, type ExpectedOutput, F } from '../corpus/expected-output.js';
import { notes, read, run, time, weather, write } from './calls.js';

export const OTHER_FAMILIES: readonly ExpectedOutput[] = [
  called('Mistral: list', '[TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "Nice"}}]', [weather('Nice')]),
  called(
    'Mistral: arguments before the name',
    '[TOOL_CALLS] [{"arguments": {"city": "Nice"}, "name": "get_weather"}]',
    [weather('Nice')],
  ),
  called('Mistral v11: name glued to JSON', '[TOOL_CALLS]get_weather{"city": "Nice"}', [weather('Nice')]),
  called('Mistral v11: two marks', '[TOOL_CALLS]get_weather{"city": "Nice"}[TOOL_CALLS]get_time{}', [
    weather('Nice'),
    time,
  ]),
  called('Mistral v13: ARGS mark', '[TOOL_CALLS]get_weather[ARGS]{"city": "Nice"}', [weather('Nice')]),
  called('Mistral v13: CALL_ID and ARGS', '[TOOL_CALLS]get_weather[CALL_ID]abc123def[ARGS]{"city": "Nice"}', [
    weather('Nice'),
  ]),
  called(
    'Mistral: last bracket of the second call forgotten',
    '[TOOL_CALLS][{"name": "get_time", "arguments": {}}, {"name": "get_weather", "arguments":{"city": "Nice"}]',
    [time, weather('Nice')],
  ),
  called('Mistral: text before', 'I will check.\n\n[TOOL_CALLS][{"name":"get_time","arguments":{}}]', [time], {
    text: 'I will check.',
  }),
  called('Mistral: end of sequence behind', '[TOOL_CALLS][{"name":"get_time","arguments":{}}]</s>', [time]),
  called('Granite 3.0: token and list', '<|tool_call|> [{"name": "get_weather", "arguments": {"city": "Tokyo"}}]', [
    weather('Tokyo'),
  ]),
  called(
    'Granite 3.0: text behind the list',
    'Let me see.\n<|tool_call|> [{"name": "get_weather", "arguments": {"city": "Tokyo"}}]\nOne moment.',
    [weather('Tokyo')],
    { text: 'Let me see.\nOne moment.' },
  ),
  called(
    'Granite 3.1: open tag and list, no closing one',
    '<tool_call> [{"name": "get_weather", "arguments": {"city": "Tokyo"}}]',
    [weather('Tokyo')],
  ),
  called('Granite 3.1: tag with bar', '<|tool_call|>[{"arguments": {"city": "Bonn"}, "name": "get_weather"}]', [
    weather('Bonn'),
  ]),
  called(
    'Granite 20B: function_call tags without closing',
    '<function_call> {"name": "get_weather", "arguments": {"city": "Bonn"}}',
    [weather('Bonn')],
  ),
  called(
    'Granite 20B: two of them',
    '<function_call> {"name": "get_weather", "arguments": {"city": "Bonn"}} <function_call> {"name": "get_time", "arguments": {}}',
    [weather('Bonn'), time],
  ),
  called(
    'InternLM: action and plugin tokens',
    'Sure. <|action_start|><|plugin|>{"name": "get_weather", "parameters": {"city": "Tokyo"}}<|action_end|>',
    [weather('Tokyo')],
    { text: 'Sure.' },
  ),
  called(
    'InternLM: line end behind plugin',
    '<|action_start|><|plugin|>\n{"name": "get_weather", "parameters": {"city": "Tokyo"}}<|action_end|>\n',
    [weather('Tokyo')],
  ),
  called(
    'Jamba: list in tool_calls',
    '<tool_calls>[\n    {"name": "get_weather", "arguments": {"city": "Dallas"}}\n]</tool_calls>',
    [weather('Dallas')],
  ),
  called(
    'xLAM: list behind a thought',
    '<think>I need it.</think>[{"name": "get_weather", "arguments": {"city": "Dallas"}}]',
    [weather('Dallas')],
    {
      text: '<think>I need it.</think>',
    },
  ),
  called('Phi-4 mini: functools', 'functools[{"name": "get_weather", "arguments": {"city": "Oslo"}}]', [
    weather('Oslo'),
  ]),
  called(
    'Phi-4 mini: two in one list',
    'functools[{"name": "get_weather", "arguments": {"city": "Oslo"}}, {"name": "get_time", "arguments": {}}]',
    [weather('Oslo'), time],
  ),
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
  called('Apertus: two', '<|tools_prefix|>[{"get_weather": {"city": "Bern"}}, {"get_time": {}}]<|tools_suffix|>', [
    weather('Bern'),
    time,
  ]),
  called(
    'Cohere Command: action list',
    '<|START_ACTION|>[\n    {"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Oslo"}},\n    {"tool_call_id": "1", "tool_name": "get_time", "parameters": {}}\n]<|END_ACTION|>',
    [weather('Oslo'), time],
  ),
  called(
    'Cohere Command: plan, then action',
    '<|START_THINKING|>I will look it up.<|END_THINKING|><|START_ACTION|>[{"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Oslo"}}]<|END_ACTION|>',
    [weather('Oslo')],
    { text: '<|START_THINKING|>I will look it up.<|END_THINKING|>' },
  ),
  called(
    'LFM2: pythonic list in tokens',
    '<|tool_call_start|>[get_weather(city="Oslo"), get_time()]<|tool_call_end|>Checking.',
    [weather('Oslo'), time],
    { text: 'Checking.' },
  ),
  called('LFM2: JSON list in tokens', '<|tool_call_start|>[{"name": "get_time", "arguments": {}}]<|tool_call_end|>', [
    time,
  ]),
  called('Llama 3: python tag and JSON', '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Oslo"}}', [
    weather('Oslo'),
  ]),
  called(
    'Llama 3: two values with a semicolon',
    '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Oslo"}}; {"name": "get_time", "parameters": {}}',
    [weather('Oslo'), time],
  ),
  called('Llama 3: end of message', '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Oslo"}}<|eom_id|>', [
    weather('Oslo'),
  ]),
  called(
    'Llama 3: bare JSON of type function',
    '{"type": "function", "name": "get_weather", "parameters": {"city": "Oslo"}}',
    [weather('Oslo')],
  ),
  called('Llama 3: function tag with JSON', '<function=get_weather>{"city": "Oslo"}</function>', [weather('Oslo')]),
  called(
    'Llama 3: function tag with JSON, message end',
    '<function=get_weather>{"city": "Oslo"}</function><|eom_id|>',
    [weather('Oslo')],
  ),
  called('Llama 3.1: built-in call behind the python tag', '<|python_tag|>terminal.call(command="ls")', [run('ls')]),
  called('Llama 4: pythonic in python_start', '<|python_start|>[get_weather(city="Oslo"), get_time()]<|python_end|>', [
    weather('Oslo'),
    time,
  ]),
  called('Llama 4: bare pythonic list', '[get_weather(city="Oslo"), read_file(file_path=\'a.ts\', limit=5)]', [
    weather('Oslo'),
    read('a.ts', { limit: 5 }),
  ]),
  called(
    'Pythonic: dictionaries, lists and None',
    "[find_notes(query='x', tags=['a', 'b'], filter={'year': 2024, 'open': True})]",
    [notes('x', { tags: ['a', 'b'], filter: { year: 2024, open: true } })],
  ),
  called(
    'OLMo 3: calls on lines in function_calls',
    '<function_calls>get_weather(city="Oslo")\nget_time()</function_calls>',
    [weather('Oslo'), time],
  ),
  called(
    'OLMo 3: JSON literals in calls',
    '<function_calls>\nget_weather(city="Oslo", detailed=true)\n</function_calls>',
    [weather('Oslo', { detailed: true })],
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
  called(
    'Seed-OSS: the thought quotes the format',
    '<seed:think>The form is <seed:tool_call>\n<function=get_weather>\n<parameter=city>X</parameter>\n</function>\n</seed:tool_call>. Go.</seed:think><seed:tool_call>\n<function=get_weather>\n<parameter=city>Oslo</parameter>\n</function>\n</seed:tool_call>',
    [weather('Oslo')],
    {
      text: '<seed:think>The form is <seed:tool_call>\n<function=get_weather>\n<parameter=city>X</parameter>\n</function>\n</seed:tool_call>. Go.</seed:think>',
    },
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
    'MiniCPM: function with param',
    '<function name="get_weather"><param name="city">北京</param><param name="days">2</param></function>',
    [weather('北京', { days: 2 })],
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
    'Gemma 4: list, object, a quote in a string',
    '<|tool_call>call:find_notes{query:<|"|>say "hi"<|"|>,tags:[<|"|>a<|"|>,<|"|>b<|"|>],filter:{year:2024}}<tool_call|>',
    [notes('say "hi"', { tags: ['a', 'b'], filter: { year: 2024 } })],
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
  called(
    'Functionary v3: all, then a call',
    '>>>all\nLet me look.\n>>>get_weather\n{"city": "Oslo"}',
    [weather('Oslo')],
    {
      text: '>>>all\nLet me look.',
    },
  ),
  called(
    'Functionary v3.1: function tag',
    'Looking.<function=get_weather>{"city": "Oslo"}</function>',
    [weather('Oslo')],
    {
      text: 'Looking.',
    },
  ),
  called('FireFunction: functools mark', ' functools[{"name": "get_weather", "arguments": {"city": "Oslo"}}]', [
    weather('Oslo'),
  ]),
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
    {
      text: '<scratch_pad>\nPlan.\n</scratch_pad>',
    },
  ),
  called(
    'ERNIE: thought without its opening tag',
    'I need two tools.\n</think>\n\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Beijing"}}\n</tool_call>\n<tool_call>\n{"name": "get_time", "arguments": {}}\n</tool_call>\n',
    [weather('Beijing'), time],
    { text: 'I need two tools.\n</think>' },
  ),
  called(
    'Gemma: TOOL_REQUEST marks',
    'Here:\n[TOOL_REQUEST]\n{"name": "get_time", "arguments": {}}\n[END_TOOL_REQUEST]',
    [time],
    {
      text: 'Here:',
    },
  ),
  called('Gemma 3: bare tool_code', `${F}tool_code\nprint(get_weather(city="Oslo"))\n${F}`, [weather('Oslo')]),
];
