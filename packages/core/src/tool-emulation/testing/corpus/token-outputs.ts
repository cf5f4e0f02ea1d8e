/** Special tokens and labels of the chat templates models were trained on. */
import { called, type ExpectedOutput, F, stays } from './expected-output.js';

const call = `{"name": "get_weather", "arguments": {"city": "Paris"}}`;
const paris = [['get_weather', { city: 'Paris' }]] as const;
const both = [...paris, ['get_time', {}]] as const;

const kimi = (name: string, input: string, n = 0): string =>
  `<|tool_call_begin|>functions.${name}:${n}<|tool_call_argument_begin|>${input}<|tool_call_end|>`;
const ds = (name: string, input: string): string =>
  `<｜tool▁call▁begin｜>${name}<｜tool▁sep｜>${input}<｜tool▁call▁end｜>`;

export const SPECIAL_TOKENS: readonly ExpectedOutput[] = [
  called('Kimi: no arguments', kimi('get_time', ''), [['get_time', {}]]),
  called(
    'DeepSeek: line ends around',
    `<｜tool▁calls▁begin｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n${F}json\n{"city": "Paris"}\n${F}\n<｜tool▁call▁end｜>\n<｜tool▁calls▁end｜>\n`,
    paris,
  ),
  called('Qwen, before it had tags', `✿FUNCTION✿: get_weather\n✿ARGS✿: {"city": "Paris"}\n✿RESULT✿: 20`, paris),
  called('Kimi: no section', kimi('get_weather', '{"city": "Paris"}'), paris),
  called('Kimi: no section end', `<|tool_calls_section_begin|>${kimi('get_weather', '{"city": "Paris"}')}`, paris),
  called(
    'Kimi: singular section',
    `<|tool_call_section_begin|>${kimi('get_weather', '{"city": "Paris"}')}<|tool_call_section_end|>`,
    paris,
  ),
  called(
    'Kimi: a name without prefix',
    `<|tool_calls_section_begin|><|tool_call_begin|>get_weather:0<|tool_call_argument_begin|>{"city": "Paris"}<|tool_call_end|><|tool_calls_section_end|>`,
    paris,
  ),
  called(
    'Kimi: a name without number',
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather<|tool_call_argument_begin|>{"city": "Paris"}<|tool_call_end|><|tool_calls_section_end|>`,
    paris,
  ),
  called(
    'Kimi: prose before',
    `Let me see.<|tool_calls_section_begin|>${kimi('get_weather', '{"city": "Paris"}')}${kimi('get_time', '{}', 1)}<|tool_calls_section_end|>`,
    both,
    { text: 'Let me see.' },
  ),
  called(
    'Kimi: the last end mark is missing',
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city": "Paris"}`,
    paris,
  ),
  stays('Kimi: an unknown tool', `<|tool_calls_section_begin|>${kimi('launch', '{}')}<|tool_calls_section_end|>`),
  called('DeepSeek: no section end', `<｜tool▁calls▁begin｜>${ds('get_weather', '{"city": "Paris"}')}`, paris),
  called(
    'DeepSeek: ASCII bars',
    `<|tool_calls_begin|><|tool_call_begin|>get_weather<|tool_sep|>{"city": "Paris"}<|tool_call_end|><|tool_calls_end|>`,
    paris,
  ),
  called(
    'DeepSeek: the end of the turn behind',
    `<｜tool▁calls▁begin｜>${ds('get_weather', '{"city": "Paris"}')}<｜tool▁calls▁end｜><｜end▁of▁sentence｜>`,
    paris,
  ),
  called(
    'DeepSeek R1: function and a fence',
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n${F}json\n{"city": "Paris"}\n${F}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    paris,
  ),
  called(
    'DeepSeek R1: markdown inside an argument',
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>write_file\n${F}json\n${JSON.stringify({ file_path: 'a.md', content: `${F}sh\nls\n${F}` })}\n${F}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    [['write_file', { file_path: 'a.md', content: `${F}sh\nls\n${F}` }]],
  ),
  called(
    'DSML without a section',
    `<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>\n</｜DSML｜invoke>`,
    paris,
  ),
  called(
    'DSML: JSON instead of parameters',
    `<｜DSML｜function_calls>\n<｜DSML｜invoke name="get_weather">\n{"city": "Paris"}\n</｜DSML｜invoke>\n</｜DSML｜function_calls>`,
    paris,
  ),
  called(
    'DSML: tool_calls section',
    `<｜DSML｜tool_calls>\n<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>`,
    paris,
  ),
  called(
    'DSML: values that are not strings',
    `<｜DSML｜function_calls>\n<｜DSML｜invoke name="find_notes">\n<｜DSML｜parameter name="query" string="true">7</｜DSML｜parameter>\n<｜DSML｜parameter name="tags" string="false">["a"]</｜DSML｜parameter>\n<｜DSML｜parameter name="anything" string="false">7</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>`,
    [['find_notes', { query: '7', tags: ['a'], anything: 7 }]],
  ),
  called('Mistral: text before', `Sure. [TOOL_CALLS][${call}]`, paris, { text: 'Sure.' }),
  called('Mistral: a call id', `[TOOL_CALLS]get_weather[CALL_ID]abc123XYZ[ARGS]{"city": "Paris"}`, paris),
  called('Mistral: two', `[TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}[TOOL_CALLS]get_time[ARGS]{}`, both),
  called('Mistral: one object', `[TOOL_CALLS] ${call}`, paris),
  called('Mistral: the end token', `[TOOL_CALLS][${call}]</s>`, paris),
  called(
    'Llama: python tag with JSON',
    `<|python_tag|>{"name": "get_weather", "parameters": {"city": "Paris"}}`,
    paris,
  ),
  called(
    'Llama: type function',
    `<|python_tag|>{"type": "function", "name": "get_weather", "parameters": {"city": "Paris"}}<|eom_id|>`,
    paris,
  ),
  called('Llama: an expression', `<|python_tag|>get_weather.call(city="Paris")`, paris),
  called(
    'Llama: function tag with the end of the turn',
    `<function=get_weather>{"city": "Paris"}</function><|eom_id|>`,
    paris,
  ),
  called('pythonic list is the whole answer', `[get_weather(city="Paris"), get_time()]`, both),
  called('pythonic list between marks', `<|python_start|>[get_weather(city="Paris")]<|python_end|>`, paris),
  called('Granite', `<|tool_call|>[${call}]`, paris),
  called('Granite 3.1', `<tool_call>[${call}]`, paris),
  called('Phi', `<|tool_call|>[${call}]<|/tool_call|>`, paris),
  called('Functionary v3', `>>>get_weather\n{"city": "Paris"}`, paris),
  called('Functionary v3 with all', `>>>all\nLet me look.\n>>>get_weather\n{"city": "Paris"}`, paris, {
    text: '>>>all\nLet me look.',
  }),
  called(
    'Command-R',
    `Action: ${F}json\n[\n  {"tool_name": "get_weather", "parameters": {"city": "Paris"}}\n]\n${F}`,
    paris,
  ),
  called(
    'Command-R7B',
    `<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Paris"}}]<|END_ACTION|>`,
    paris,
  ),
  called('ReAct', `Thought: I need it.\nAction: get_weather\nAction Input: {"city": "Paris"}`, paris, {
    text: 'Thought: I need it.',
  }),
  called(
    'ReAct with an invented observation',
    `Action: get_weather\nAction Input: {"city": "Paris"}\nObservation: 20 degrees\nThought: done`,
    paris,
  ),
  called('ReAct without input', `Action: get_time\nAction Input: {}`, [['get_time', {}]]),
  called('Gemma: an expression in a fence', `${F}tool_code\nget_weather(city="Paris")\n${F}`, paris),
  called(
    'harmony',
    `<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city": "Paris"}<|call|>`,
    paris,
  ),
  called(
    'harmony after an analysis',
    `<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city": "Paris"}<|call|>`,
    paris,
    { text: '<|channel|>analysis<|message|>Hm.<|end|>' },
  ),
  called(
    'Seed-OSS',
    `<seed:tool_call>\n<function=get_weather>\n<parameter=city>Paris</parameter>\n</function>\n</seed:tool_call>`,
    paris,
  ),
  called(
    'InternLM',
    `<|action_start|><|plugin|>\n{"name": "get_weather", "parameters": {"city": "Paris"}}<|action_end|>`,
    paris,
  ),
  called('Hunyuan', `<tool_calls>[${call}]</tool_calls>`, paris),
  called('Apertus', `<|tools_prefix|>[{"get_weather": {"city": "Paris"}}]<|tools_suffix|>`, paris),
  called('LFM2', `<|tool_call_start|>[get_weather(city="Paris")]<|tool_call_end|>`, paris),
  called('Nemotron', `<TOOLCALL>[${call}]</TOOLCALL>`, paris),
  called('Olmo 3', `<function_calls>\nget_weather(city="Paris")\n</function_calls>`, paris),
  called('xLAM after thoughts', `[{"name": "get_weather", "arguments": {"city": "Paris"}}]`, paris),
  stays('a token in prose', `The token <|tool_call_begin|> opens a call.`),
];
