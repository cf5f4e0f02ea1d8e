/** JSON without any mark. */
import { time, weather } from './calls.js';
import { called, type ExpectedOutput, REQUIRED, stays } from './expected-output.js';

export const BARE_JSON: readonly ExpectedOutput[] = [
  called('the whole answer, other keys are the input', '{"tool": "get_weather", "city": "Paris"}', [weather('Paris')]),
  called('one tool forced, the bare arguments in a fence', '```json\n{"city": "Paris"}\n```', [weather('Paris')], {
    choice: { type: 'tool', toolName: 'get_weather' },
  }),
  called('one tool forced, nothing to say', '{}', [time], { choice: { type: 'tool', toolName: 'get_time' } }),
  called(
    'the whole answer, only the opening fence is missing',
    '{"tool": "get_weather", "parameters": {"city": "Paris"}}\n```',
    [weather('Paris')],
  ),
  called('no parameters in a json fence', '```json\n{"tool": "get_time"}\n```', [time]),
  called(
    'one tool forced, a whole call',
    '{"tool": "get_weather", "parameters": {"city": "Paris"}}',
    [weather('Paris')],
    { choice: { type: 'tool', toolName: 'get_weather' } },
  ),
  stays('a person', '{"name": "Ann", "age": 30}'),
  stays('a person forced', '{"name": "Ann", "age": 30}', { choice: REQUIRED }),
  stays('a person that is called like a tool', '{"name": "terminal", "price": 30, "stock": {"command": 1}}'),
  stays('no object at all', '{not json} and [more] text'),
  stays('one tool forced, another called', '{"tool": "get_time", "parameters": {}}', {
    choice: { type: 'tool', toolName: 'get_weather' },
  }),
];
