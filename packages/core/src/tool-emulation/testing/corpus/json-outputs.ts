/**
 * JSON as models write it: slips, shapes and spellings.
 *
 * Over 250 lines: a table.
 */
import { called, type ExpectedOutput, F, raw, stays } from './expected-output.js';

const action = (body: string): string => `${F}json action\n${body}\n${F}`;
const paris = [['get_weather', { city: 'Paris' }]] as const;

export const JSON_SLIPS: readonly ExpectedOutput[] = [
  called('a trailing comma', action(`{"tool": "get_weather", "parameters": {"city": "Paris",},}`), paris),
  called(
    'trailing commas on lines of their own',
    action(`{\n  "tool": "get_weather",\n  "parameters": {\n    "city": "Paris",\n  },\n}`),
    paris,
  ),
  called('smart quotes', action(`{“tool”: “get_weather”, “parameters”: {“city”: “Paris”}}`), paris),
  called(
    'smart quotes inside a straight string stay',
    action(`{"tool": "find_notes", "parameters": {"query": "she said “hi”"}}`),
    [['find_notes', { query: 'she said “hi”' }]],
  ),
  called('single quotes', action(`{'tool': 'get_weather', 'parameters': {'city': 'Paris'}}`), paris),
  called(
    'single quotes with an apostrophe inside',
    action(raw`{'tool': 'find_notes', 'parameters': {'query': 'it\'s'}}`),
    [['find_notes', { query: "it's" }]],
  ),
  called('Python repr: mixed quotes', action(`{'tool': 'find_notes', 'parameters': {'query': "it's here"}}`), [
    ['find_notes', { query: "it's here" }],
  ]),
  called('unquoted keys', action(`{tool: "get_weather", parameters: {city: "Paris"}}`), paris),
  called('Python constants', action(`{"tool": "get_weather", "parameters": {"city": "Paris", "detailed": True}}`), [
    ['get_weather', { city: 'Paris', detailed: true }],
  ]),
  called(
    'Python None in an untyped member',
    action(`{"tool": "find_notes", "parameters": {"query": "x", "anything": None}}`),
    [['find_notes', { query: 'x', anything: null }]],
  ),
  called(
    'line comments',
    action(`{\n  // which tool\n  "tool": "get_weather",\n  "parameters": {\n    "city": "Paris" // the city\n  }\n}`),
    paris,
  ),
  called(
    'block comments',
    action(`{\n  /* the tool */ "tool": "get_weather",\n  "parameters": {"city": "Paris"}\n}`),
    paris,
  ),
  called('a URL is no comment', action(`{"tool": "find_notes", "parameters": {"query": "http://a.b/c//d",}}`), [
    ['find_notes', { query: 'http://a.b/c//d' }],
  ]),
  called(
    'raw line ends in a string',
    action(`{"tool": "write_file", "parameters": {"file_path": "a.txt", "content": "one\ntwo\n\nthree"}}`),
    [['write_file', { file_path: 'a.txt', content: 'one\ntwo\n\nthree' }]],
  ),
  called(
    'raw tabs in a string',
    action(`{"tool": "write_file", "parameters": {"file_path": "Makefile", "content": "all:\n\techo hi\n"}}`),
    [['write_file', { file_path: 'Makefile', content: 'all:\n\techo hi\n' }]],
  ),
  called(
    'unescaped quotes in code',
    action(`{"tool": "write_file", "parameters": {"file_path": "a.py", "content": "print("hello")"}}`),
    [['write_file', { file_path: 'a.py', content: 'print("hello")' }]],
  ),
  called(
    'unescaped quotes in HTML',
    action(`{"tool": "write_file", "parameters": {"file_path": "a.html", "content": "<a href="x.html">x</a>"}}`),
    [['write_file', { file_path: 'a.html', content: '<a href="x.html">x</a>' }]],
  ),
  called(
    'unescaped quotes and raw line ends',
    action(
      `{"tool": "write_file", "parameters": {"file_path": "a.py", "content": "def f():\n    d = {"a": [1, "b"]}\n    print(f"{d}", "x")\n"}}`,
    ),
    [['write_file', { file_path: 'a.py', content: 'def f():\n    d = {"a": [1, "b"]}\n    print(f"{d}", "x")\n' }]],
  ),
  called(
    'unescaped JSON as text',
    action(`{"tool": "write_file", "parameters": {"file_path": "a.json", "content": "{"a": {"b": "c"}}"}}`),
    [['write_file', { file_path: 'a.json', content: '{"a": {"b": "c"}}' }]],
  ),
  called('one unescaped quote', action(`{"tool": "find_notes", "parameters": {"query": "5" disk"}}`), [
    ['find_notes', { query: '5" disk' }],
  ]),
  called('an unescaped quote before the end', action(`{"tool": "find_notes", "parameters": {"query": "say "hi""}}`), [
    ['find_notes', { query: 'say "hi"' }],
  ]),
  called(
    'unescaped quotes, another member behind',
    action(`{"tool": "write_file", "parameters": {"content": "a "b", c", "file_path": "x"}}`),
    [['write_file', { content: 'a "b", c', file_path: 'x' }]],
  ),
  called(
    'trailing commas and bad escapes together',
    action(raw`{"tool": "find_notes", "parameters": {"query": "\w+", "tags": ["a", "b",],},}`),
    [['find_notes', { query: raw`\w+`, tags: ['a', 'b'] }]],
  ),
  called('an invalid escape', action(raw`{"tool": "find_notes", "parameters": {"query": "a\d+\.b"}}`), [
    ['find_notes', { query: raw`a\d+\.b` }],
  ]),
  called('an escaped single quote', action(raw`{"tool": "find_notes", "parameters": {"query": "it\'s"}}`), [
    ['find_notes', { query: "it's" }],
  ]),
  called(
    'a Windows path unescaped',
    action(raw`{"tool": "read_file", "parameters": {"file_path": "C:\Work\src\main.c"}}`),
    [['read_file', { file_path: raw`C:\Work\src\main.c` }]],
  ),
  called('a missing last brace', action(`{"tool": "get_weather", "parameters": {"city": "Paris"}`), paris),
  called('a brace too many', action(`{"tool": "get_weather", "parameters": {"city": "Paris"}}}`), paris),
  called('a missing comma', action(`{"tool": "get_weather"\n "parameters": {"city": "Paris"}}`), paris),
  called(
    'a missing comma between parameters',
    action(`{"tool": "get_weather", "parameters": {"city": "Paris"\n "days": 2}}`),
    [['get_weather', { city: 'Paris', days: 2 }]],
  ),
  called('unicode escapes', action(raw`{"tool": "get_weather", "parameters": {"city": "M\u00fcnchen \ud83c\udf7a"}}`), [
    ['get_weather', { city: 'München 🍺' }],
  ]),
  called(
    'backslashes and escapes stay what they are',
    action(raw`{"tool": "terminal", "parameters": {"command": "printf 'a\\n\\t\\\\' | sed \"s/a/b/\""}}`),
    [['terminal', { command: raw`printf 'a\n\t\\' | sed "s/a/b/"` }]],
  ),
  called(
    'the JSON is indented by tabs and ends in blanks',
    action(`\t{\n\t\t"tool": "get_weather",\n\t\t"parameters": {"city": "Paris"}\n\t}   `),
    paris,
  ),
  called('escaped as a whole', action(raw`{\"tool\": \"get_weather\", \"parameters\": {\"city\": \"Paris\"}}`), paris),
  called('a byte order mark', `\ufeff${action('{"tool": "get_weather", "parameters": {"city": "Paris"}}')}`, paris, {
    text: '\ufeff',
  }),
  called(
    'non-breaking spaces between tokens',
    action(`{\u00a0"tool":\u00a0"get_weather", "parameters":\u00a0{"city":\u00a0"Paris"}}`),
    paris,
  ),
  called('full-width quotes and colons', action(`{"tool"："get_weather"，"parameters"：{"city"："Paris"}}`), paris),
];

export const JSON_SHAPES: readonly ExpectedOutput[] = [
  called('name and arguments', action(`{"name": "get_weather", "arguments": {"city": "Paris"}}`), paris),
  called('name and input', action(`{"name": "get_weather", "input": {"city": "Paris"}}`), paris),
  called('name and args', action(`{"name": "get_weather", "args": {"city": "Paris"}}`), paris),
  called('tool and params', action(`{"tool": "get_weather", "params": {"city": "Paris"}}`), paris),
  called('tool_name and tool_input', action(`{"tool_name": "get_weather", "tool_input": {"city": "Paris"}}`), paris),
  called('action and action_input', action(`{"action": "get_weather", "action_input": {"city": "Paris"}}`), paris),
  called('function as the name', action(`{"function": "get_weather", "arguments": {"city": "Paris"}}`), paris),
  called(
    'function as an object',
    action(`{"function": {"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\"}"}}`),
    paris,
  ),
  called(
    'type, id and function',
    action(`{"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Paris"}}}`),
    paris,
  ),
  called(
    'a tool_calls list',
    action(`{"tool_calls": [{"name": "get_weather", "arguments": {"city": "Paris"}}]}`),
    paris,
  ),
  called(
    'a function_call member',
    action(`{"function_call": {"name": "get_weather", "arguments": "{\\"city\\":\\"Paris\\"}"}}`),
    paris,
  ),
  called('a tool_call member', action(`{"tool_call": {"name": "get_weather", "arguments": {"city": "Paris"}}}`), paris),
  called('arguments as a string', action(`{"tool": "get_weather", "parameters": "{\\"city\\": \\"Paris\\"}"}`), paris),
  called(
    'arguments as a string, twice',
    action(JSON.stringify({ tool: 'get_weather', parameters: JSON.stringify(JSON.stringify({ city: 'Paris' })) })),
    paris,
  ),
  called(
    'arguments as a string with slips',
    action(`{"tool": "get_weather", "parameters": "{'city': 'Paris',}"}`),
    paris,
  ),
  called('parameters beside the name', action(`{"tool": "get_weather", "city": "Paris", "days": 2}`), [
    ['get_weather', { city: 'Paris', days: 2 }],
  ]),
  called(
    'long parameters before the tool',
    action(JSON.stringify({ parameters: { file_path: 'a.txt', content: 'x'.repeat(5000) }, tool: 'write_file' })),
    [['write_file', { file_path: 'a.txt', content: 'x'.repeat(5000) }]],
  ),
  called(
    'an explanation beside',
    action(`{"explanation": "I look it up.", "tool": "get_weather", "parameters": {"city": "Paris"}}`),
    paris,
  ),
  called('the input in a list', action(`{"tool": "get_weather", "parameters": [{"city": "Paris"}]}`), paris),
  called('no parameters', action(`{"tool": "get_time"}`), [['get_time', {}]]),
  called('parameters null', action(`{"tool": "get_time", "parameters": null}`), [['get_time', {}]]),
  called('parameters an empty string', action(`{"tool": "get_time", "parameters": ""}`), [['get_time', {}]]),
  called('parameters an empty list', action(`{"tool": "get_time", "parameters": []}`), [['get_time', {}]]),
  called('parameters an empty object as a string', action(`{"tool": "get_time", "parameters": "{}"}`), [
    ['get_time', {}],
  ]),
  called(
    'an array of calls',
    action(`[{"tool": "get_weather", "parameters": {"city": "Paris"}}, {"tool": "get_time", "parameters": {}}]`),
    [
      ['get_weather', { city: 'Paris' }],
      ['get_time', {}],
    ],
  ),
  called(
    'calls line by line',
    action(`{"tool": "get_weather", "parameters": {"city": "Paris"}}\n{"tool": "get_time", "parameters": {}}`),
    [
      ['get_weather', { city: 'Paris' }],
      ['get_time', {}],
    ],
  ),
  called(
    'calls separated by commas',
    action(`{"tool": "get_weather", "parameters": {"city": "Paris"}},\n{"tool": "get_time", "parameters": {}}`),
    [
      ['get_weather', { city: 'Paris' }],
      ['get_time', {}],
    ],
  ),
  called(
    'calls glued',
    action(`{"tool": "get_weather", "parameters": {"city": "Paris"}}{"tool": "get_time", "parameters": {}}`),
    [
      ['get_weather', { city: 'Paris' }],
      ['get_time', {}],
    ],
  ),
  called(
    'recipient_name of a parallel wrapper',
    action(`{"tool_uses": [{"recipient_name": "functions.get_weather", "parameters": {"city": "Paris"}}]}`),
    paris,
  ),
  called('a name with a prefix', action(`{"tool": "functions.get_weather", "parameters": {"city": "Paris"}}`), paris),
  called('a name in another case', action(`{"tool": "Get_Weather", "parameters": {"city": "Paris"}}`), paris),
  called('a name in camel case', action(`{"tool": "getWeather", "parameters": {"city": "Paris"}}`), paris),
  called('a parameter in camel case', action(`{"tool": "read_file", "parameters": {"filePath": "a.txt"}}`), [
    ['read_file', { file_path: 'a.txt' }],
  ]),
  called(
    'a nested name key does not mislead',
    action(`{"tool": "find_notes", "parameters": {"query": "x", "anything": {"tool": "get_time", "parameters": {}}}}`),
    [['find_notes', { query: 'x', anything: { tool: 'get_time', parameters: {} } }]],
  ),
  called(
    'a huge argument',
    action(
      JSON.stringify({
        tool: 'write_file',
        parameters: { file_path: 'big.txt', content: '{"a": "`<[```\n'.repeat(4000) },
      }),
    ),
    [['write_file', { file_path: 'big.txt', content: '{"a": "`<[```\n'.repeat(4000) }]],
  ),
  called(
    'JSON Schema words as parameters',
    action(
      `{"tool": "find_notes", "parameters": {"query": "type", "filter": {"year": 2020}, "anything": {"type": "object", "properties": {}}}}`,
    ),
    [['find_notes', { query: 'type', filter: { year: 2020 }, anything: { type: 'object', properties: {} } }]],
  ),
];

const whole = `{"tool": "get_weather", "parameters": {"city": "Paris"}}`;

export const BARE_JSON: readonly ExpectedOutput[] = [
  called('the whole answer', whole, paris),
  called('the whole answer, name and arguments', `{"name": "get_weather", "arguments": {"city": "Paris"}}`, paris),
  called(
    'the whole answer, pretty, with blank lines around',
    `\n\n{\n  "name": "get_weather",\n  "input": {\n    "city": "Paris"\n  }\n}\n`,
    paris,
  ),
  called('the whole answer, other keys are the input', `{"tool": "get_weather", "city": "Paris"}`, paris),
  called('the whole answer is a list of calls', `[${whole}, {"tool": "get_time", "parameters": {}}]`, [
    ...paris,
    ['get_time', {}],
  ]),
  called(
    'the whole answer in a json fence, other keys are the input',
    `${F}json\n{"tool": "get_weather", "city": "Paris"}\n${F}`,
    paris,
  ),
  called('forced, behind prose', `I will call it.\n\n${whole}`, paris, {
    choice: { type: 'required' },
    text: 'I will call it.',
  }),
  called('forced, before prose', `${whole}\n\nThat is it.`, paris, {
    choice: { type: 'required' },
    text: 'That is it.',
  }),
  called('one tool forced, the bare arguments', `{"city": "Paris"}`, paris, {
    choice: { type: 'tool', toolName: 'get_weather' },
  }),
  called('one tool forced, the bare arguments in a fence', `${F}json\n{"city": "Paris"}\n${F}`, paris, {
    choice: { type: 'tool', toolName: 'get_weather' },
  }),
  called('forced, in the middle of a line', `Sure: {"tool": "get_weather", "parameters": {"city": "Paris"}}.`, paris, {
    choice: { type: 'required' },
    text: 'Sure: .',
  }),
  called('one tool forced, nothing to say', `{}`, [['get_time', {}]], {
    choice: { type: 'tool', toolName: 'get_time' },
  }),
  called('the whole answer, only the opening fence is missing', `${whole}\n${F}`, paris),
  called('no parameters in a json fence', `${F}json\n{"tool": "get_time"}\n${F}`, [['get_time', {}]]),
  stays('a name alone in a json fence', `${F}json\n{"name": "get_time"}\n${F}`),
  stays('forced, braces in prose', `The set {a, b} and {"a": 1} and {x`, { choice: { type: 'required' } }),
  called('one tool forced, a whole call', whole, paris, { choice: { type: 'tool', toolName: 'get_weather' } }),
  called('the whole answer, pythonic', `[get_weather(city="Paris")]`, paris),
  stays('not forced, behind prose it is an example', `Such a call looks like\n${whole}\nin this format.`),
  stays('a person', `{"name": "Ann", "age": 30}`),
  stays('a person forced', `{"name": "Ann", "age": 30}`, { choice: { type: 'required' } }),
  stays('a list of people', `[{"name": "Ann"}, {"name": "Bob"}]`),
  stays('a person that is called like a tool', `{"name": "terminal", "price": 30, "stock": {"command": 1}}`),
  stays('no object at all', `{not json} and [more] text`),
  stays('a list of words', `["get_weather", "get_time"]`),
  stays('one tool forced, another called', `{"tool": "get_time", "parameters": {}}`, {
    choice: { type: 'tool', toolName: 'get_weather' },
  }),
];
