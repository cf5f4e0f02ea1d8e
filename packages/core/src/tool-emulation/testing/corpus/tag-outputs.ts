/** `<tool_call>` tags around JSON, as Hermes and Qwen were trained on, and how models bend them. */
import { called, type ExpectedOutput, F, raw, stays } from './expected-output.js';

const call = `{"name": "get_weather", "arguments": {"city": "Paris"}}`;
const time = `{"name": "get_time", "arguments": {}}`;
const paris = [['get_weather', { city: 'Paris' }]] as const;
const both = [...paris, ['get_time', {}]] as const;

export const HERMES: readonly ExpectedOutput[] = [
  called('prose before', `I'll check.\n<tool_call>\n${call}\n</tool_call>`, paris, { text: "I'll check." }),
  called('several', `<tool_call>\n${call}\n</tool_call>\n<tool_call>\n${time}\n</tool_call>`, both),
  called('no closing tag', `<tool_call>\n${call}`, paris),
  called('a cut closing tag', `<tool_call>\n${call}\n</tool_c`, paris),
  called('the opening tag closes', `<tool_call>\n${call}\n<tool_call>`, paris),
  called('the opening tag closes, another call', `<tool_call>\n${call}\n<tool_call>\n${time}\n</tool_call>`, both),
  called('closed twice', `<tool_call>\n${call}\n</tool_call>\n</tool_call>`, paris),
  called('only the closing tag is missing between', `<tool_call>\n${call}\n<tool_call>\n${time}`, both),
  called(
    'double braces',
    `<tool_call>\n{{"name": "get_weather", "arguments": {{"city": "Paris"}}}}\n</tool_call>`,
    paris,
  ),
  called('single quotes', `<tool_call>\n{'name': 'get_weather', 'arguments': {'city': 'Paris'}}\n</tool_call>`, paris),
  called(
    'arguments as a string',
    `<tool_call>\n{"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\"}"}\n</tool_call>`,
    paris,
  ),
  called('a fence inside', `<tool_call>\n${F}json\n${call}\n${F}\n</tool_call>`, paris),
  called('an array inside', `<tool_call>[${call}, ${time}]</tool_call>`, both),
  called('the plural tag', `<tool_calls>\n${call}\n${time}\n</tool_calls>`, both),
  called(
    'the plural tag around the others',
    `<tool_calls>\n<tool_call>${call}</tool_call>\n<tool_call>${time}</tool_call>\n</tool_calls>`,
    both,
  ),
  called('an expression', `<tool_call>get_weather(city="Paris")</tool_call>`, paris),
  called('name, then JSON', `<tool_call>get_weather\n{"city": "Paris"}</tool_call>`, paris),
  called(
    'name and arguments tags',
    `<tool_call>\n<name>get_weather</name>\n<arguments>{"city": "Paris"}</arguments>\n</tool_call>`,
    paris,
  ),
  called('a name attribute', `<tool_call name="get_weather">{"city": "Paris"}</tool_call>`, paris),
  called('an id attribute', `<tool_call id="1">\n${call}\n</tool_call>`, paris),
  called(
    'a closing tag in a string',
    `<tool_call>\n{"name": "find_notes", "arguments": {"query": "</tool_call>"}}\n</tool_call>`,
    [['find_notes', { query: '</tool_call>' }]],
  ),
  called('the end-of-turn token behind', `<tool_call>\n${call}\n</tool_call><|im_end|>`, paris),
  called('thoughts before', `<think>\nhm\n</think>\n\n<tool_call>\n${call}\n</tool_call>`, paris, {
    text: '<think>\nhm\n</think>',
  }),
  called('an apostrophe before', `I don't know, let's see <tool_call>${call}</tool_call>`, paris, {
    text: "I don't know, let's see",
  }),
  called(
    'a hallucinated result',
    `<tool_call>\n${call}\n</tool_call>\n<tool_response>\n{"temp": 20}\n</tool_response>\nIt is 20 degrees.`,
    paris,
  ),
  called('other spellings: toolcall', `<toolcall>${call}</toolcall>`, paris),
  called('other spellings: function_call', `<function_call>${call}</function_call>`, paris),
  called('other spellings: tool', `<tool>${call}</tool>`, paris),
  called(
    'functioncall with single-quoted arguments',
    raw`<functioncall> {"name": "get_weather", "arguments": '{"city": "Paris"}'} </functioncall>`,
    paris,
  ),
  stays(
    'the tool list is echoed',
    `<tools>\n{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}\n</tools>`,
  ),
  stays('an unknown tool', `<tool_call>\n{"name": "launch", "arguments": {"to": "moon"}}\n</tool_call>`),
  stays('a missing argument', `<tool_call>\n{"name": "get_weather", "arguments": {"days": 2}}\n</tool_call>`),
  stays('prose about the tag', `Write <tool_call> and </tool_call> around it.`),
  stays('inline code', 'Use `<tool_call>{"name": "get_time", "arguments": {}}</tool_call>` for that.'),
  stays('the tag at the end', `text <tool_call>`),
  stays('half the tag at the end', `text <tool_ca`),
  stays('an opening bracket at the end', `a <`),
  stays('empty', `<tool_call></tool_call>`),
];
