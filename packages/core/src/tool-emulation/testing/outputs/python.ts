/** Calls written as Python. */
import { notes, run, time, weather } from './calls.js';
import { called, type ExpectedOutput, stays } from './expected-output.js';

export const PYTHON: readonly ExpectedOutput[] = [
  called('awaited', '```tool_code\nawait get_weather(city="Paris")\n```', [weather('Paris')]),
  called('escapes', '```tool_code\nterminal(command="echo \\"a\\\\n\\" \\t\'b\'")\n```', [run('echo "a\\n" \t\'b\'')]),
  called('joined strings', '```tool_code\nterminal(command="a " "b")\n```', [run('a b')]),
  called('a comment line', '```tool_code\n# look at the weather\nget_weather(city="Paris")  # now\n```', [
    weather('Paris'),
  ]),
  called('separated by semicolons', '```tool_code\nget_weather(city="Paris"); get_time()\n```', [
    weather('Paris'),
    time,
  ]),
  called('a positional dictionary', '```tool_code\nget_weather({"city": "Paris"})\n```', [weather('Paris')]),
  called('all on one line', '```tool_code get_weather(city="Paris")```', [weather('Paris')]),
  called('no closing fence', '```tool_code\nget_weather(city="Paris")', [weather('Paris')]),
  called('negative numbers and exponents', '```tool_code\nfind_notes(query="x", anything=[-1.5, 2e3, 1_000])\n```', [
    notes('x', { anything: [-1.5, 2000, 1000] }),
  ]),
  called('an import before', '```tool_code\nimport default_api\nprint(default_api.get_weather(city="Paris"))\n```', [
    weather('Paris'),
  ]),
  called('the info string without its fence', 'tool_code\nprint(get_weather(city="Paris"))', [weather('Paris')]),
  stays('an f-string', '```tool_code\nterminal(command=f"ls {path}")\n```'),
];
