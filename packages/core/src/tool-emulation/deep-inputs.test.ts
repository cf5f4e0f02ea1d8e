/** Whatever is nested a hundred thousand levels deep, from either side, ends as text or as a refusal and never as a throw. */
import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../chat/index.js';
import type { JsonObject, JsonValue } from '../util/index.js';
import { acceptCall } from './call/accept-call.js';
import { SeenCalls } from './call/seen-calls.js';
import { parseLenient, parseValues } from './json/lenient-json.js';
import { flattenToolHistory } from './prompt/render-history.js';
import { renderParameters } from './prompt/render-schema.js';
import { shortJson } from './prompt/short-json.js';
import { checkFormat, schemaProblem } from './structured-output/structured-output.js';
import { runStage } from './testing/run-stage.js';
import { functionTool } from './testing/tools.js';

const LEVELS = 100_000;
const deepText = (open: string, inner: string, close: string): string =>
  open.repeat(LEVELS) + inner + close.repeat(LEVELS);
const ARRAYS = deepText('[', '1', ']');
const OBJECTS = deepText('{"a":', '1', '}');

function deepValue(wrap: (inner: JsonValue) => JsonValue, inner: JsonValue = {}): JsonObject {
  let value = inner;
  for (let level = 0; level < LEVELS; level++) value = wrap(value);
  return value as JsonObject;
}

const tool = functionTool('write_file', { path: { type: 'string' }, content: {} });

describe('answers', () => {
  it.each([
    ['a fence', '```json action\n{"tool": "write_file", "parameters": {"content": ', '}}\n```'],
    ['a JSON fence', '```json\n{"name": "write_file", "arguments": {"content": ', '}}\n```'],
    ['a tag', '<tool_call>\n{"name": "write_file", "arguments": {"content": ', '}}\n</tool_call>'],
    ['markup', '<function=write_file>\n<parameter=content>', '</parameter>\n</function>'],
    [
      'invoke',
      '<function_calls><invoke name="write_file"><parameter name="content">',
      '</parameter></invoke></function_calls>',
    ],
    ['Python', '```tool_code\nwrite_file(content=', ')\n```'],
    ['Kimi', '<|tool_call_begin|>functions.write_file:0<|tool_call_argument_begin|>{"content":', '}<|tool_call_end|>'],
    ['Mistral', '[TOOL_CALLS]write_file{"content": ', '}'],
    ['MiniMax', '[TOOL_CALL]{tool => "write_file", args => { --content ', ' }}[/TOOL_CALL]'],
    ['Gemma', '<|tool_call>call:write_file{content:', '}<tool_call|>'],
    ['bare', '{"name": "write_file", "arguments": {"content": ', '}}'],
  ])('%s', (_name, before, after) => {
    for (const deep of [
      ARRAYS,
      OBJECTS,
      '['.repeat(LEVELS),
      deepText('(', '1', ')'),
      deepText('{a:', '1', '}'),
      deepText("{'a': ", '1,', '}'),
      deepText('<a>', '1', '</a>'),
      '"'.repeat(LEVELS),
    ]) {
      const seen = runStage([before, deep, after], { tools: [tool] });
      expect(seen.finishReason).toBeDefined();
    }
  });

  it('JSON that is demanded', async () => {
    for (const text of [ARRAYS, OBJECTS, `Here: ${OBJECTS}`]) {
      expect(await checkFormat(text, { type: 'json' })).toMatchObject({ ok: false });
      const schema = { properties: { a: { $ref: '#' } } };
      expect(await checkFormat(text, { type: 'json-schema', schema, strict: true })).toMatchObject({ ok: false });
    }
  });

  it('lenient reading', () => {
    for (const text of [ARRAYS, OBJECTS, deepText('{a:', '1', '}'), '['.repeat(LEVELS)]) {
      expect(parseLenient(text)).toBeUndefined();
      expect(() => parseValues(text, { skipsBroken: true })).not.toThrow();
      expect(new SeenCalls().add('a', undefined, text)).toBe(true);
    }
  });
});

describe('requests', () => {
  it('arguments of earlier calls - stand there as the text they are', () => {
    const history: readonly ChatMessage[] = [
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'write_file', input: OBJECTS }],
      },
    ];
    const { entries } = flattenToolHistory(history, { hasTools: true });
    expect(entries[0]?.text).toContain(JSON.stringify(OBJECTS).slice(0, 1000));
  });

  it.each<[name: string, schema: JsonObject]>([
    ['items', deepValue((inner) => ({ type: 'array', items: inner }))],
    ['properties', deepValue((inner) => ({ properties: { a: inner }, required: ['a'] }))],
    ['alternatives', deepValue((inner) => ({ anyOf: [inner] }))],
    ['parts', deepValue((inner) => ({ allOf: [inner] }))],
    ['a default', { properties: { a: { default: deepValue((inner) => ({ a: inner })) } } }],
    ['a constant', { properties: { a: { const: deepValue((inner) => [inner]) } } }],
    ['an enum', { properties: { a: { enum: [deepValue((inner) => [inner])] } } }],
  ])('a schema whose %s are nested', async (_name, inputSchema) => {
    expect(renderParameters(inputSchema).length).toBeLessThan(20_000);
    const call = acceptCall({ ...tool, inputSchema }, { a: [[{ a: '1' }]] });
    expect(call === undefined || typeof call.input === 'string').toBe(true);
    const problem = schemaProblem({ type: 'json-schema', schema: inputSchema, strict: true });
    expect(problem === undefined || problem.includes('too large')).toBe(true);
    await checkFormat('{"a": [[1]]}', { type: 'json-schema', schema: inputSchema, strict: true });
  });

  it('shown values - like JSON.stringify where that is short', () => {
    for (const value of ['a"b', 1, null, [1, [], {}], { a: [true], __proto__: undefined, b: 'x' }]) {
      expect(shortJson(value as JsonValue, 200)).toBe(JSON.stringify(value));
    }
    expect(
      shortJson(
        deepValue((inner) => [inner]),
        200,
      ),
    ).toMatch(/^\[{200} …$/);
    expect(shortJson('x'.repeat(1e6), 200).length).toBeLessThan(210);
  });
});
