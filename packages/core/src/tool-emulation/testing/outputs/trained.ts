/** The formats models were trained on and slip into. */
import type { MessyOutput } from '../messy-outputs.js';

/** The prefix of Anthropic's own markup. */
const NS = 'antml:';
const weather = ['get_weather', { city: 'Paris' }] as const;
const read = ['read_file', { file_path: 'a.ts' }] as const;
const hermes = '{"name": "get_weather", "arguments": {"city": "Paris"}}';
const hermesRead = '{"name": "read_file", "arguments": {"file_path": "a.ts"}}';

export const TRAINED: readonly MessyOutput[] = [
  { name: 'Hermes', output: ['<tool_call>', hermes, '</tool_call>'], calls: [weather] },
  {
    name: 'Hermes, one line, text before',
    output: `Sure. <tool_call>${hermes}</tool_call>`,
    calls: [weather],
    text: 'Sure. ',
  },
  {
    name: 'Hermes, two calls',
    output: ['<tool_call>', hermes, '</tool_call>', '<tool_call>', hermesRead, '</tool_call>'],
    calls: [weather, read],
  },
  { name: 'Hermes, closing tag missing at the end', output: ['<tool_call>', hermes], calls: [weather] },
  {
    name: 'Hermes, closing tag missing between two',
    output: ['<tool_call>', hermes, '<tool_call>', hermesRead, '</tool_call>'],
    calls: [weather, read],
  },
  {
    name: 'Hermes, the closing tag in a string',
    output:
      '<tool_call>{"name":"write_file","arguments":{"file_path":"a","content":"<tool_call>x</tool_call>"}}</tool_call>',
    calls: [['write_file', { file_path: 'a', content: '<tool_call>x</tool_call>' }]],
  },
  {
    name: 'Hermes, a fence inside',
    output: ['<tool_call>', '```json', hermes, '```', '</tool_call>'],
    calls: [weather],
  },
  { name: 'Hermes, token of the turn behind', output: `<tool_call>${hermes}</tool_call><|im_end|>`, calls: [weather] },
  {
    name: 'Hermes, free-form',
    output: '<tool_call>{"name":"apply_patch","arguments":"*** Begin\\n+a"}</tool_call>',
    calls: [['apply_patch', '*** Begin\n+a']],
  },
  {
    name: 'Hermes, a list in tool_calls',
    output: `<tool_calls>[${hermes}, ${hermesRead}]</tool_calls>`,
    calls: [weather, read],
  },
  {
    name: 'MiniMax M1, lines in tool_calls',
    output: ['<tool_calls>', hermes, hermesRead, '</tool_calls>'],
    calls: [weather, read],
  },
  {
    name: 'tool_call in tool_calls',
    output: [
      '<tool_calls>',
      '<tool_call>',
      hermes,
      '</tool_call>',
      `<tool_call>${hermesRead}</tool_call>`,
      '</tool_calls>',
    ],
    calls: [weather, read],
  },
  { name: 'Qwen 2.5 Coder <tools>', output: ['<tools>', hermes, '</tools>'], calls: [weather] },
  { name: '<function_call>', output: `<function_call>${hermes}</function_call>`, calls: [weather] },
  {
    name: 'Qwen-Coder',
    output: [
      '<tool_call>',
      '<function=get_weather>',
      '<parameter=city>',
      'Paris',
      '</parameter>',
      '<parameter=days>',
      '3',
      '</parameter>',
      '</function>',
      '</tool_call>',
    ],
    calls: [['get_weather', { city: 'Paris', days: 3 }]],
  },
  {
    name: 'Qwen-Coder, no outer tag',
    output: ['Looking.', '<function=get_weather>', '<parameter=city>', 'Paris', '</parameter>', '</function>'],
    calls: [weather],
    text: 'Looking.',
  },
  {
    name: 'Qwen-Coder, outer tag closed only',
    output: ['<function=get_weather>', '<parameter=city>Paris</parameter>', '</function>', '</tool_call>'],
    calls: [weather],
  },
  {
    name: 'Qwen-Coder, outer tag opened only',
    output: ['<tool_call>', '<function=get_weather>', '<parameter=city>Paris</parameter>', '</function>'],
    calls: [weather],
  },
  {
    name: 'Qwen-Coder, function not closed',
    output: ['<tool_call>', '<function=get_weather>', '<parameter=city>Paris</parameter>', '</tool_call>'],
    calls: [weather],
  },
  {
    name: 'Qwen-Coder, several lines and tags in a value',
    output: [
      '<tool_call>',
      '<function=write_file>',
      '<parameter=file_path>',
      'a.html',
      '</parameter>',
      '<parameter=content>',
      '<p>',
      '  a </parameter> b',
      '</p>',
      '</parameter>',
      '</function>',
      '</tool_call>',
    ],
    calls: [['write_file', { file_path: 'a.html', content: '<p>\n  a </parameter> b\n</p>' }]],
  },
  {
    name: 'Qwen-Coder, a parameter not closed',
    output: [
      '<tool_call>',
      '<function=write_file>',
      '<parameter=file_path>',
      'a.txt',
      '<parameter=content>',
      'hello',
      '</parameter>',
      '</function>',
      '</tool_call>',
    ],
    calls: [['write_file', { file_path: 'a.txt', content: 'hello' }]],
  },
  {
    name: 'Qwen-Coder, typed by the schema',
    output: [
      '<tool_call>',
      '<function=find_notes>',
      '<parameter=query>',
      '42',
      '</parameter>',
      '<parameter=tags>',
      '["a","b"]',
      '</parameter>',
      '<parameter=filter>',
      '{"year": "2024"}',
      '</parameter>',
      '<parameter=anything>',
      '{"x":1}',
      '</parameter>',
      '</function>',
      '</tool_call>',
    ],
    calls: [['find_notes', { query: '42', tags: ['a', 'b'], filter: { year: 2024 }, anything: { x: 1 } }]],
  },
  {
    name: 'Qwen-Coder, two functions in one tag',
    output: [
      '<tool_call>',
      '<function=get_weather>',
      '<parameter=city>Paris</parameter>',
      '</function>',
      '<function=get_time>',
      '</function>',
      '</tool_call>',
    ],
    calls: [weather, ['get_time', {}]],
  },
  {
    name: 'Qwen-Coder, free-form',
    output: [
      '<tool_call>',
      '<function=apply_patch>',
      '<parameter=input>',
      '*** Begin',
      '+"x"',
      '</parameter>',
      '</function>',
      '</tool_call>',
    ],
    calls: [['apply_patch', '*** Begin\n+"x"']],
  },
  { name: 'Llama <function=…>{json}', output: '<function=get_weather>{"city": "Paris"}</function>', calls: [weather] },
  {
    name: 'Llama python_tag with JSON',
    output: '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Paris"}}<|eom_id|>',
    calls: [weather],
  },
  { name: 'Llama python_tag with an expression', output: '<|python_tag|>get_weather(city="Paris")', calls: [weather] },
  {
    name: 'Llama python_tag, two by semicolon',
    output: `<|python_tag|>${hermes}; ${hermesRead}`,
    calls: [weather, read],
  },
  {
    name: 'Kimi K2',
    output:
      'Ok.<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city":"Paris"}<|tool_call_end|><|tool_call_begin|>functions.read_file:1<|tool_call_argument_begin|>{"file_path":"a.ts"}<|tool_call_end|><|tool_calls_section_end|>',
    calls: [weather, read],
    text: 'Ok.',
  },
  {
    name: 'Kimi K2, no section',
    output: '<|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city":"Paris"}<|tool_call_end|>',
    calls: [weather],
  },
  {
    name: 'Kimi K2, section not closed',
    output:
      '<|tool_calls_section_begin|><|tool_call_begin|>get_weather:0<|tool_call_argument_begin|>{"city":"Paris"}<|tool_call_end|>',
    calls: [weather],
  },
  {
    name: 'Kimi K2, call not closed',
    output:
      '<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city":"Paris"}',
    calls: [weather],
  },
  {
    name: 'Kimi K2, free-form',
    output:
      '<|tool_calls_section_begin|><|tool_call_begin|>functions.apply_patch:0<|tool_call_argument_begin|>"*** Begin\\n+a"<|tool_call_end|><|tool_calls_section_end|>',
    calls: [['apply_patch', '*** Begin\n+a']],
  },
  {
    name: 'MiniMax M2',
    output: [
      '<minimax:tool_call>',
      '<invoke name="get_weather">',
      '<parameter name="city">Paris</parameter>',
      '<parameter name="days">3</parameter>',
      '</invoke>',
      '<invoke name="get_time">',
      '</invoke>',
      '</minimax:tool_call>',
    ],
    calls: [
      ['get_weather', { city: 'Paris', days: 3 }],
      ['get_time', {}],
    ],
  },
  {
    name: 'MiniMax M2, section not closed',
    output: [
      '<minimax:tool_call>',
      '<invoke name="get_weather">',
      '<parameter name="city">Paris</parameter>',
      '</invoke>',
    ],
    calls: [weather],
  },
  {
    name: 'GLM 4.5',
    output: [
      '<tool_call>get_weather',
      '<arg_key>city</arg_key>',
      '<arg_value>Paris</arg_value>',
      '<arg_key>days</arg_key>',
      '<arg_value>3</arg_value>',
      '</tool_call>',
    ],
    calls: [['get_weather', { city: 'Paris', days: 3 }]],
  },
  {
    name: 'GLM 4.7, one line',
    output: '<tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris</arg_value></tool_call>',
    calls: [weather],
  },
  { name: 'GLM, no arguments', output: '<tool_call>get_time</tool_call>', calls: [['get_time', {}]] },
  { name: 'GLM, no arguments, own line', output: ['<tool_call>get_time', '</tool_call>'], calls: [['get_time', {}]] },
  {
    name: 'GLM, tags in a value',
    output: [
      '<tool_call>write_file',
      '<arg_key>file_path</arg_key>',
      '<arg_value>a.html</arg_value>',
      '<arg_key>content</arg_key>',
      '<arg_value><b>x</b></arg_value>',
      '</tool_call>',
    ],
    calls: [['write_file', { file_path: 'a.html', content: '<b>x</b>' }]],
  },
  {
    name: 'DeepSeek V3',
    output: [
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather',
      '```json',
      '{"city": "Paris"}',
      '```<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>',
    ],
    calls: [weather],
  },
  {
    name: 'DeepSeek V3, two calls',
    output: [
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather',
      '```json',
      '{"city": "Paris"}',
      '```<｜tool▁call▁end｜>',
      '<｜tool▁call▁begin｜>function<｜tool▁sep｜>read_file',
      '```json',
      '{"file_path": "a.ts"}',
      '```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    ],
    calls: [weather, read],
  },
  {
    name: 'DeepSeek V3.1',
    output:
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Paris"}<｜tool▁call▁end｜><｜tool▁call▁begin｜>get_time<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    calls: [weather, ['get_time', {}]],
  },
  {
    name: 'DeepSeek, ASCII bars',
    output:
      '<|tool_calls_begin|><|tool_call_begin|>get_weather<|tool_sep|>{"city": "Paris"}<|tool_call_end|><|tool_calls_end|>',
    calls: [weather],
  },
  {
    name: 'DeepSeek V3.2 DSML',
    output: [
      '<｜DSML｜function_calls>',
      '<｜DSML｜invoke name="get_weather">',
      '<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>',
      '<｜DSML｜parameter name="days" string="false">3</｜DSML｜parameter>',
      '</｜DSML｜invoke>',
      '</｜DSML｜function_calls>',
    ],
    calls: [['get_weather', { city: 'Paris', days: 3 }]],
  },
  {
    name: 'Anthropic XML',
    output: [
      'I will look.',
      '<function_calls>',
      '<invoke name="get_weather">',
      '<parameter name="city">Paris</parameter>',
      '</invoke>',
      '<invoke name="read_file">',
      '<parameter name="file_path">a.ts</parameter>',
      '</invoke>',
      '</function_calls>',
    ],
    calls: [weather, read],
    text: 'I will look.',
  },
  {
    name: 'Anthropic XML, prefixed',
    output: [
      `<${NS}function_calls>`,
      `<${NS}invoke name="get_weather">`,
      `<${NS}parameter name="city">Paris</${NS}parameter>`,
      `</${NS}invoke>`,
      `</${NS}function_calls>`,
    ],
    calls: [weather],
  },
  {
    name: 'an invoke element alone',
    output: ['<invoke name="get_weather">', '<parameter name="city">Paris</parameter>', '</invoke>'],
    calls: [weather],
  },
  {
    name: 'an invoke element alone, section closed',
    output: [
      '<invoke name="get_weather">',
      '<parameter name="city">Paris</parameter>',
      '</invoke>',
      '</function_calls>',
    ],
    calls: [weather],
  },
  {
    name: 'invoke with members as elements',
    output: '<invoke name="read_file"><file_path>a.ts</file_path></invoke>',
    calls: [read],
  },
  {
    name: 'escaped entities in a value',
    output: '<invoke name="terminal"><parameter name="command">a &amp;&amp; b &gt; c</parameter></invoke>',
    calls: [['terminal', { command: 'a && b > c' }]],
  },
  {
    name: 'tool_use with name and arguments',
    output: '<tool_use><name>get_weather</name><arguments>{"city": "Paris"}</arguments></tool_use>',
    calls: [weather],
  },
  {
    name: 'tag named after the tool',
    output: ['<read_file>', '<file_path>a.ts</file_path>', '</read_file>'],
    calls: [read],
  },
  { name: 'Mistral', output: `[TOOL_CALLS][${hermes}, ${hermesRead}]`, calls: [weather, read] },
  { name: 'Mistral, newer', output: '[TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}', calls: [weather] },
  {
    name: 'Mistral, newer, two calls',
    output: '[TOOL_CALLS]get_weather{"city": "Paris"}[TOOL_CALLS]read_file{"file_path": "a.ts"}',
    calls: [weather, read],
  },
  {
    name: 'Cohere',
    output:
      '<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Paris"}}]<|END_ACTION|>',
    calls: [weather],
  },
  {
    name: 'InternLM',
    output: '<|action_start|><|plugin|>{"name": "get_weather", "parameters": {"city": "Paris"}}<|action_end|>',
    calls: [weather],
  },
  {
    name: 'gpt-oss',
    output: '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city":"Paris"}<|call|>',
    calls: [weather],
  },
  { name: 'Granite', output: `<|tool_call|>[${hermes}]`, calls: [weather] },
];
