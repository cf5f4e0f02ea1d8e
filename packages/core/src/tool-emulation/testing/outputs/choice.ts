/** What the choice of a tool and the number of calls change. */
import { weather } from './calls.js';
import { action, called, type ExpectedOutput, REQUIRED, stays } from './expected-output.js';

export const CHOICE: readonly ExpectedOutput[] = [
  called(
    'the same call twice',
    '```json action\n{"tool":"get_weather","parameters":{"city":"Paris"}}\n```\n\n```json action\n{"tool":"get_weather","parameters":{"city":"Paris"}}\n```',
    [weather('Paris')],
  ),
  called(
    'the same call, members in another order',
    '```json action\n{"tool":"get_weather","parameters":{"city":"Paris","days":1}}\n```\n```json action\n{"tool":"get_weather","parameters":{"days":1,"city":"Paris"}}\n```',
    [weather('Paris', { days: 1 })],
  ),
  called(
    'the same tool, another input',
    '```json action\n{"tool":"get_weather","parameters":{"city":"Paris"}}\n```\n```json action\n{"tool":"get_weather","parameters":{"city":"Rome"}}\n```',
    [weather('Paris'), weather('Rome')],
  ),
  called(
    'not in parallel',
    '```json action\n{"tool":"get_weather","parameters":{"city":"Paris"}}\n```\n```json action\n{"tool":"get_time","parameters":{}}\n```\nmore',
    [weather('Paris')],
    { parallel: false },
  ),
  called(
    'not in parallel, one fence',
    action('[{"tool": "get_weather", "parameters": {"city": "Paris"}}, {"tool": "get_time"}]'),
    [weather('Paris')],
    { parallel: false },
  ),
  called(
    'not in parallel, text before',
    'Text.\n\n```json action\n{"tool":"get_weather","parameters":{"city":"Paris"}}\n```',
    [weather('Paris')],
    { text: 'Text.', parallel: false },
  ),
  stays('choice none', action('{"tool":"get_weather","parameters":{"city":"Paris"}}'), { choice: { type: 'none' } }),
  called('choice required', action('{"tool":"get_weather","parameters":{"city":"Paris"}}'), [weather('Paris')], {
    choice: REQUIRED,
  }),
  called('choice of the tool', action('{"tool":"get_weather","parameters":{"city":"Paris"}}'), [weather('Paris')], {
    choice: { type: 'tool', toolName: 'get_weather' },
  }),
  stays('choice of another tool', action('{"tool":"get_weather","parameters":{"city":"Paris"}}'), {
    choice: { type: 'tool', toolName: 'get_time' },
  }),
  called(
    'twelve calls',
    '```json action\n{"tool":"sleep","parameters":{"seconds":0}}\n```\n```json action\n{"tool":"sleep","parameters":{"seconds":1}}\n```\n```json action\n{"tool":"sleep","parameters":{"seconds":2}}\n```\n```json action\n{"tool":"sleep","parameters":{"seconds":3}}\n```\n```json action\n{"tool":"sleep","parameters":{"seconds":4}}\n```\n```json action\n{"tool":"sleep","parameters":{"seconds":5}}\n```\n```json action\n{"tool":"sleep","parameters":{"seconds":6}}\n```\n```json action\n{"tool":"sleep","parameters":{"seconds":7}}\n```\n```json action\n{"tool":"sleep","parameters":{"seconds":8}}\n```\n```json action\n{"tool":"sleep","parameters":{"seconds":9}}\n```\n```json action\n{"tool":"sleep","parameters":{"seconds":10}}\n```\n```json action\n{"tool":"sleep","parameters":{"seconds":11}}\n```',
    [
      ['sleep', { seconds: 0 }],
      ['sleep', { seconds: 1 }],
      ['sleep', { seconds: 2 }],
      ['sleep', { seconds: 3 }],
      ['sleep', { seconds: 4 }],
      ['sleep', { seconds: 5 }],
      ['sleep', { seconds: 6 }],
      ['sleep', { seconds: 7 }],
      ['sleep', { seconds: 8 }],
      ['sleep', { seconds: 9 }],
      ['sleep', { seconds: 10 }],
      ['sleep', { seconds: 11 }],
    ],
  ),
  called(
    'an invented result',
    '```json action\n{"tool":"get_weather","parameters":{"city":"Paris"}}\n```\n\nTool result for call_1:\n20 degrees\n\nIt is warm.',
    [weather('Paris')],
  ),
  called(
    'an invented next turn',
    '```json action\n{"tool":"get_weather","parameters":{"city":"Paris"}}\n```\n\nUser:\nthanks',
    [weather('Paris')],
  ),
];
