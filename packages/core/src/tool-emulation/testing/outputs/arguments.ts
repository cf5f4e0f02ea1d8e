/** Arguments that are not of the type the schema asks for. */

import { functionTool } from '../tools.js';
import { notes, read, weather } from './calls.js';
import { action, called, type ExpectedOutput, offered } from './expected-output.js';

export const ARGUMENTS: readonly ExpectedOutput[] = [
  called('booleans as strings', action('{"tool": "get_weather", "parameters": {"city": "Oslo", "detailed": "True"}}'), [
    weather('Oslo', { detailed: true }),
  ]),
  called('float as a string', action('{"tool": "sleep", "parameters": {"seconds": "1.5"}}'), [
    ['sleep', { seconds: 1.5 }],
  ]),
  called('number for a string', action('{"tool": "find_notes", "parameters": {"query": 42}}'), [notes('42')]),
  called(
    'object as JSON text',
    action('{"tool": "find_notes", "parameters": {"query": "x", "filter": "{\\"year\\": 2024}"}}'),
    [notes('x', { filter: { year: 2024 } })],
  ),
  called('one string for a list', action('{"tool": "find_notes", "parameters": {"query": "x", "tags": "a"}}'), [
    notes('x', { tags: ['a'] }),
  ]),
  called('enum in capitals', action('{"tool": "get_weather", "parameters": {"city": "Oslo", "unit": "Celsius"}}'), [
    weather('Oslo', { unit: 'celsius' }),
  ]),
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
  called(
    'an enum that does not fit stays',
    action('{"tool":"get_weather","parameters":{"city":"Paris","unit":"kelvin"}}'),
    [weather('Paris', { unit: 'kelvin' })],
  ),
  called('string or number stays as written', action('{"tool":"t","parameters":{"v":"5"}}'), [['t', { v: '5' }]], {
    tools: [functionTool('t', { v: { type: ['string', 'number'] } }, ['v'])],
  }),
  called('a nullable integer', action('{"tool":"t","parameters":{"v":"5","w":"null"}}'), [['t', { v: 5, w: null }]], {
    tools: [
      functionTool('t', { v: { anyOf: [{ type: 'integer' }, { type: 'null' }] }, w: { type: ['integer', 'null'] } }, [
        'v',
      ]),
    ],
  }),
  called(
    'a schema without properties',
    action('{"tool":"t","parameters":{"a":1,"b":["x"]}}'),
    [['t', { a: 1, b: ['x'] }]],
    { tools: [{ kind: 'function', name: 't', inputSchema: {} }] },
  ),
  called(
    'a tool that has a parameter called name',
    action('{"tool": "t", "parameters": {"name": "get_time", "arguments": {"x": 1}}}'),
    [['t', { name: 'get_time', arguments: { x: 1 } }]],
    {
      tools: [
        functionTool('t', { name: { type: 'string' }, arguments: { type: 'object' } }, ['name']),
        offered('get_time'),
      ],
    },
  ),
  called('its parameter input at the top', action('{"tool": "t", "input": "x"}'), [['t', { input: 'x' }]], {
    tools: [functionTool('t', { input: { type: 'string' } }, ['input'])],
  }),
  called('a $ref', action('{"tool":"t","parameters":{"at":{"line":"3"}}}'), [['t', { at: { line: 3 } }]], {
    tools: [
      {
        kind: 'function',
        name: 't',
        inputSchema: {
          type: 'object',
          properties: { at: { $ref: '#/$defs/P' } },
          required: ['at'],
          $defs: { P: { type: 'object', properties: { line: { type: 'integer' } } } },
        },
      },
    ],
  }),
];
