/** Slips of the pen in JSON. */
import { notes, run, time, weather, write } from './calls.js';
import { action, called, type ExpectedOutput } from './expected-output.js';

export const JSON_SLIPS: readonly ExpectedOutput[] = [
  called('None as a value', action('{"tool": "find_notes", "parameters": {"query": "x", "anything": None}}'), [
    notes('x', { anything: null }),
  ]),
  called('a URL with two slashes', action('{"tool": "terminal", "parameters": {"command": "curl http://a.b/c"},}'), [
    run('curl http://a.b/c'),
  ]),
  called('a comma missing between members', action('{"tool": "get_weather"\n "parameters": {"city": "Oslo"}}'), [
    weather('Oslo'),
  ]),
  called('full-width punctuation', action('{"tool"： "get_weather"， "parameters"： {"city"： "Oslo"}}'), [
    weather('Oslo'),
  ]),
  called('doubled braces', action('{{"tool": "get_weather", "parameters": {{"city": "Oslo"}}}}'), [weather('Oslo')]),
  called('a label before the object', action('json\n{"tool": "get_time"}'), [time]),
  called(
    'an opening tag in a string',
    '<tool_call>\n{"name": "find_notes", "arguments": {"query": "the <tool_call> tag"}}\n</tool_call>',
    [notes('the <tool_call> tag')],
  ),
  called('block comments', action('{\n  /* the tool */ "tool": "get_weather",\n  "parameters": {"city": "Paris"}\n}'), [
    weather('Paris'),
  ]),
  called(
    'raw tabs in a string',
    action('{"tool": "write_file", "parameters": {"file_path": "Makefile", "content": "all:\n\techo hi\n"}}'),
    [write('Makefile', 'all:\n\techo hi\n')],
  ),
  called(
    'trailing commas and bad escapes together',
    action('{"tool": "find_notes", "parameters": {"query": "\\w+", "tags": ["a", "b",],},}'),
    [notes('\\w+', { tags: ['a', 'b'] })],
  ),
  called('an escaped single quote', action('{"tool": "find_notes", "parameters": {"query": "it\\\'s"}}'), [
    notes("it's"),
  ]),
  called('raw line ends in a string', action('{"tool": "terminal", "parameters": {"command": "cat <<X\na, b\nX"}}'), [
    run('cat <<X\na, b\nX'),
  ]),
  called('a bare value for the one parameter', action('{"tool": "sleep", "parameters": "3"}'), [
    ['sleep', { seconds: 3 }],
  ]),
  called('namespace as a member', action('{"tool": "open_tab", "namespace": "browser", "parameters": {"url": "u"}}'), [
    ['browser.open_tab', { url: 'u' }],
  ]),
];
