/** Slips in JSON, and values of another type than the schema says. */
import { called, type ExpectedOutput, F, raw } from '../corpus/expected-output.js';
import { notes, read, run, time, weather, write } from './calls.js';

const action = (json: string): string => `${F}json action\n${json}\n${F}`;
const tagged = (json: string): string => `<tool_call>\n${json}\n</tool_call>`;

export const SLIPS: readonly ExpectedOutput[] = [
  called('trailing commas', action('{"tool": "get_weather", "parameters": {"city": "Oslo",},}'), [weather('Oslo')]),
  called('single quotes', action("{'tool': 'get_weather', 'parameters': {'city': 'Oslo'}}"), [weather('Oslo')]),
  called('single quotes with an apostrophe', action(`{'tool': 'find_notes', 'parameters': {'query': "it's"}}`), [
    notes("it's"),
  ]),
  called('curly quotes', action('{“tool”: “get_weather”, “parameters”: {“city”: “Oslo”}}'), [weather('Oslo')]),
  called('unquoted keys', action('{tool: "get_weather", parameters: {city: "Oslo"}}'), [weather('Oslo')]),
  called('Python literals', action('{"tool": "get_weather", "parameters": {"city": "Oslo", "detailed": True}}'), [
    weather('Oslo', { detailed: true }),
  ]),
  called('None as a value', action('{"tool": "find_notes", "parameters": {"query": "x", "anything": None}}'), [
    notes('x', { anything: null }),
  ]),
  called('line comments', action('{\n  "tool": "get_weather", // the tool\n  "parameters": {"city": "Oslo"}\n}'), [
    weather('Oslo'),
  ]),
  called('block comment', action('{"tool": "get_weather", /* where */ "parameters": {"city": "Oslo"}}'), [
    weather('Oslo'),
  ]),
  called('a URL with two slashes', action('{"tool": "terminal", "parameters": {"command": "curl http://a.b/c"},}'), [
    run('curl http://a.b/c'),
  ]),
  called('raw line ends in a string', action('{"tool": "terminal", "parameters": {"command": "ls\npwd"}}'), [
    run('ls\npwd'),
  ]),
  called('raw tab in a string', action('{"tool": "terminal", "parameters": {"command": "a\tb"}}'), [run('a\tb')]),
  called(
    'unescaped quotes in a command',
    action('{"tool": "terminal", "parameters": {"command": "echo "hi" > a.txt"}}'),
    [run('echo "hi" > a.txt')],
  ),
  called(
    'unescaped quotes in code',
    action('{"tool": "write_file", "parameters": {"file_path": "a.py", "content": "print("hi")\nx = {"a": 1}\n"}}'),
    [write('a.py', 'print("hi")\nx = {"a": 1}\n')],
  ),
  called('backslashes of Windows', action(raw`{"tool": "read_file", "parameters": {"file_path": "C:\Work\x.txt"}}`), [
    read('C:\\Work\\x.txt'),
  ]),
  called('pattern with backslashes', action(raw`{"tool": "terminal", "parameters": {"command": "grep '\d+\s' a"}}`), [
    run(raw`grep '\d+\s' a`),
  ]),
  called('escaped apostrophe', action(raw`{"tool": "terminal", "parameters": {"command": "echo it\'s"}}`), [
    run("echo it's"),
  ]),
  called('a bracket missing', action('{"tool": "get_weather", "parameters": {"city": "Oslo"}'), [weather('Oslo')]),
  called('a bracket too many', action('{"tool": "get_weather", "parameters": {"city": "Oslo"}}}'), [weather('Oslo')]),
  called('a comma missing between members', action('{"tool": "get_weather"\n "parameters": {"city": "Oslo"}}'), [
    weather('Oslo'),
  ]),
  called('full-width punctuation', action('{"tool"： "get_weather"， "parameters"： {"city"： "Oslo"}}'), [
    weather('Oslo'),
  ]),
  called('doubled braces', action('{{"tool": "get_weather", "parameters": {{"city": "Oslo"}}}}'), [weather('Oslo')]),
  called('a label before the object', action('json\n{"tool": "get_time"}'), [time]),
  called('an ellipsis is no argument', `${action('{"tool": "get_time"}')}\n...`, [time], { text: '...' }),
  called('CJK and emoji', action('{"tool": "find_notes", "parameters": {"query": "北京 🎉"}}'), [notes('北京 🎉')]),
  called('surrogates as escapes', action(raw`{"tool": "find_notes", "parameters": {"query": "\ud83c\udf89 \u00e9"}}`), [
    notes('🎉 é'),
  ]),
  called(
    'a closing tag in a string',
    tagged('{"name": "find_notes", "arguments": {"query": "ends with </tool_call> here"}}'),
    [notes('ends with </tool_call> here')],
  ),
  called(
    'an opening tag in a string',
    tagged('{"name": "find_notes", "arguments": {"query": "the <tool_call> tag"}}'),
    [notes('the <tool_call> tag')],
  ),
  called('unescaped quotes inside a tag', tagged('{"name": "terminal", "arguments": {"command": "echo "a, b""}}'), [
    run('echo "a, b"'),
  ]),
  called('arguments before the name', tagged('{"arguments": {"city": "Oslo"}, "name": "get_weather"}'), [
    weather('Oslo'),
  ]),
  called('single quotes in a tag', tagged("{'name': 'get_weather', 'arguments': {'city': 'Oslo'}}"), [weather('Oslo')]),
  called('bracket missing in a tag', tagged('{"name": "get_weather", "arguments": {"city": "Oslo"}'), [
    weather('Oslo'),
  ]),
];

export const TYPES: readonly ExpectedOutput[] = [
  called('numbers as strings', action('{"tool": "get_weather", "parameters": {"city": "Oslo", "days": "3"}}'), [
    weather('Oslo', { days: 3 }),
  ]),
  called('booleans as strings', action('{"tool": "get_weather", "parameters": {"city": "Oslo", "detailed": "True"}}'), [
    weather('Oslo', { detailed: true }),
  ]),
  called('float as a string', action('{"tool": "sleep", "parameters": {"seconds": "1.5"}}'), [
    ['sleep', { seconds: 1.5 }],
  ]),
  called('number for a string', action('{"tool": "find_notes", "parameters": {"query": 42}}'), [notes('42')]),
  called(
    'list as JSON text',
    action(raw`{"tool": "find_notes", "parameters": {"query": "x", "tags": "[\"a\", \"b\"]"}}`),
    [notes('x', { tags: ['a', 'b'] })],
  ),
  called(
    'object as JSON text',
    action(raw`{"tool": "find_notes", "parameters": {"query": "x", "filter": "{\"year\": 2024}"}}`),
    [notes('x', { filter: { year: 2024 } })],
  ),
  called(
    'numbers inside an object',
    action('{"tool": "find_notes", "parameters": {"query": "x", "filter": {"year": "2024", "open": "false"}}}'),
    [notes('x', { filter: { year: 2024, open: false } })],
  ),
  called('one string for a list', action('{"tool": "find_notes", "parameters": {"query": "x", "tags": "a"}}'), [
    notes('x', { tags: ['a'] }),
  ]),
  called('enum in capitals', action('{"tool": "get_weather", "parameters": {"city": "Oslo", "unit": "Celsius"}}'), [
    weather('Oslo', { unit: 'celsius' }),
  ]),
  called(
    'JSON text for a string parameter stays text',
    action(raw`{"tool": "write_file", "parameters": {"file_path": "a.json", "content": "{\"a\": 1}"}}`),
    [write('a.json', '{"a": 1}')],
  ),
  called(
    'a numeric text for a string parameter stays text',
    '<tool_call><function=find_notes><parameter=query>42</parameter></function></tool_call>',
    [notes('42')],
  ),
  called(
    'a word for an integer stays as it is',
    action('{"tool": "read_file", "parameters": {"file_path": "a", "limit": "ten"}}'),
    [read('a', { limit: 'ten' })],
  ),
  called(
    'object for a string parameter',
    action('{"tool": "write_file", "parameters": {"file_path": "a.json", "content": {"a": 1}}}'),
    [['write_file', { file_path: 'a.json', content: { a: 1 } }]],
  ),
  called(
    'null for an optional parameter',
    action('{"tool": "read_file", "parameters": {"file_path": "a", "limit": null}}'),
    [read('a', { limit: null })],
  ),
];
