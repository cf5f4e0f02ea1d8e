/** Answers that the length limit cut. */
import { time, weather } from './calls.js';
import { called, type ExpectedOutput, offered, REQUIRED, stays } from './expected-output.js';

export const CUT_OFF: readonly ExpectedOutput[] = [
  stays(
    'MiniMax M3: cut in a value',
    ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="get_weather">]<]minimax[>[<city>Os',
    { isCut: true, incomplete: ['get_weather'] },
  ),
  called(
    'action: a whole call, then a cut one',
    '```json action\n{"tool": "get_time"}\n```\n```json action\n{"tool": "read_file", "parameters": {"file_',
    [time],
    { isCut: true, incomplete: ['read_file'] },
  ),
  stays(
    'Qwen-Coder: in a value',
    '<tool_call>\n<function=write_file>\n<parameter=file_path>\na.txt\n</parameter>\n<parameter=content>\nabc',
    { isCut: true, incomplete: ['write_file'] },
  ),
  stays(
    'Qwen-Coder: between required parameters',
    '<function=write_file>\n<parameter=file_path>\na.txt\n</parameter>\n',
    { isCut: true, incomplete: ['write_file'] },
  ),
  stays(
    'Kimi: in the arguments',
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.read_file:0<|tool_call_argument_begin|>{"file_pa',
    { isCut: true, incomplete: ['read_file'] },
  ),
  stays(
    'DeepSeek: in the arguments',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city":"Os',
    { isCut: true, incomplete: ['get_weather'] },
  ),
  stays('GLM: in a value', '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Os', {
    isCut: true,
    incomplete: ['get_weather'],
  }),
  stays('tool_code: in a string', '```tool_code\nget_weather(city="Os', { isCut: true, incomplete: ['get_weather'] }),
  stays('bare object, forced', '{"name": "get_weather", "arguments": {"city": "Os', {
    choice: REQUIRED,
    isCut: true,
    incomplete: ['get_weather'],
  }),
  called('a whole call, then prose cut', '```json action\n{"tool": "get_time"}\n```\nNow I', [time], {
    text: 'Now I',
    isCut: true,
  }),
  stays('a code sample', '```python\ndef f(', { isCut: true }),
  stays(
    'stopped inside an action block',
    '```json action\n{"tool": "write_file", "parameters": {"file_path": "a", "content": "abc',
  ),
  stays(
    'in Anthropic',
    '<function_calls>\n<invoke name="write_file">\n<parameter name="file_path">a.txt</parameter>\n<parameter name="content">on',
    { isCut: true, incomplete: ['write_file'] },
  ),
  stays('before the tool is known', '```json action\n{"to', { isCut: true }),
  stays(
    'behind a brace inside, not by the limit',
    '```json action\n{"tool": "write_file", "parameters": {"file_path": "a.txt", "content": "x"}',
    {
      tools: [
        offered('get_weather'),
        offered('read_file'),
        offered('terminal'),
        offered('find_notes'),
        offered('get_time'),
        offered('sleep'),
        offered('mcp__github__create_issue'),
        offered('resolve-library-id'),
        offered('open_tab'),
        offered('apply_patch'),
      ],
    },
  ),
  stays('cut behind a whole value, limit', '```json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}', {
    isCut: true,
    incomplete: ['get_weather {"city": "Paris"'],
  }),
  called(
    'cut in one fence behind a whole call',
    '```json action\n{"tool": "get_weather", "parameters": {"city": "Paris"}}\n{"tool": "read_file", "parameters": {"file_',
    [weather('Paris')],
    { isCut: true, incomplete: ['read_file {"file_'] },
  ),
  stays('cut inside a tag, limit', '<tool_call>\n{"name": "get_weather", "arguments": {"city"', {
    isCut: true,
    incomplete: ['get_weather {"city"'],
  }),
  stays(
    'cut inside Qwen-Coder, limit',
    '<tool_call>\n<function=write_file>\n<parameter=file_path>\na.ts\n</parameter>\n<parameter=content>\nlet x',
    { isCut: true, incomplete: ['write_file {"file_path":"a.ts"'] },
  ),
];
