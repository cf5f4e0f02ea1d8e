import { describe, expect, it } from 'vitest';
import type { ResponseFormat } from '../../chat/index.js';
import { type JsonObject, parseExactJson } from '../../util/index.js';
import { checkFormat, renderFormatContract, renderRepairInstruction, schemaProblem } from './structured-output.js';

const json: ResponseFormat = { type: 'json' };
const formatOf = (schema: JsonObject, strict = true): ResponseFormat => ({ type: 'json-schema', schema, strict });
const PERSON: JsonObject = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name'],
  additionalProperties: false,
};
const accepted = async (text: string, format: ResponseFormat = formatOf(PERSON)): Promise<string | undefined> => {
  const check = await checkFormat(text, format);
  return check.ok ? check.text : undefined;
};
const problem = async (text: string, format: ResponseFormat = formatOf(PERSON)): Promise<string> => {
  const check = await checkFormat(text, format);
  return check.ok ? '' : check.problem;
};

describe('renderFormatContract()', () => {
  it('tells what is wanted', () => {
    expect(renderFormatContract({ type: 'text' })).toBe('');
    expect(renderFormatContract(json)).toContain('one valid JSON object');
    expect(renderFormatContract(formatOf(PERSON))).toContain(JSON.stringify(PERSON));
    expect(renderFormatContract(json, { hasTools: true })).toContain('a tool is called');
    expect(renderRepairInstruction('It is empty.')).toContain('It is empty.');
  });
});

describe('checkFormat()', () => {
  const ANN = '{"name": "Ann", "age": 3}';

  it.each([
    ['alone', ANN],
    ['with space', `\n ${ANN}\n\n`],
    ['fenced', `\`\`\`json\n${ANN}\n\`\`\``],
    ['fenced with tildes', `~~~\n${ANN}\n~~~`],
    ['longer fence', `\`\`\`\`json\n${ANN}\n\`\`\`\``],
    ['fence never closed', `\`\`\`json\n${ANN}`],
    ['fence closed on its last line', `\`\`\`json\n${ANN}\`\`\``],
    ['fence on one line', `\`\`\`json ${ANN} \`\`\``],
    ['prose around', `Here you are [as asked]:\n${ANN}\nAnything else {?}`],
    ['prose with a quote', `It's done: ${ANN}`],
    ['a draft before it', `\`\`\`json\n{"nam": "An"}\n\`\`\`\nNo, rather:\n\`\`\`json\n${ANN}\n\`\`\``],
    ['code before it', `\`\`\`ts\nconst a = { b: 1 };\n\`\`\`\n\`\`\`json\n${ANN}\n\`\`\``],
    ['the better of two', `{"name": "x", "other": 1} or ${ANN}`],
  ])('%s', async (_name, text) => {
    expect(await accepted(text)).toBe(ANN);
    expect(await accepted(text, json)).toBeDefined();
  });

  it('text - anything', async () => {
    expect(await accepted('no JSON', { type: 'text' })).toBe('no JSON');
  });

  it.each([
    ['', 'empty'],
    ['I would rather not.', 'not valid JSON'],
    ['{"name": "Ann",}', 'not valid JSON'],
    ['{"name": "Ann"', 'not valid JSON'],
    ['{"age": 3}', "must have required property 'name'"],
    ['{"name": 3}', '/name must be string'],
    ['{"name": "Ann", "x": 1}', '(x)'],
    ['[{"name": "Ann"}', '(nothing)'],
  ])('%s - the problem is told', async (text, said) => {
    const told = await problem(text);
    if (said === '(nothing)') expect(await accepted(text)).toBe('{"name": "Ann"}');
    else expect(told).toContain(said);
  });

  it('json - an object and nothing else', async () => {
    for (const text of ['[1]', '"x"', '3', 'null', '[]'])
      expect(await problem(text, json)).toContain('not a JSON object');
    expect(await accepted('{}', json)).toBe('{}');
  });

  it.each<[JsonObject, string, string]>([
    [{ type: 'array', items: { type: 'number' } }, '[1, 2]', '["a"]'],
    [{ type: 'string' }, '"x"', '3'],
    [{ type: 'number' }, '```\n42\n```', '"42"'],
    [{ type: 'boolean' }, 'true', 'yes'],
    [{ enum: ['a', 'b'] }, '"a"', '"c"'],
    [{ const: null }, 'null', '0'],
  ])('%j at the top', async (schema, good, bad) => {
    expect(await accepted(good, formatOf(schema))).toBeDefined();
    expect(await accepted(bad, formatOf(schema))).toBeUndefined();
  });

  it('not strict - more members are forgiven, at any depth, a wrong type is not', async () => {
    const schema: JsonObject = {
      type: 'object',
      properties: { a: { anyOf: [PERSON, { type: 'null' }] } },
      additionalProperties: false,
    };
    const text = '{"a": {"name": "Ann", "more": 1}, "b": 2}';
    expect(await accepted(text, formatOf(schema, true))).toBeUndefined();
    expect(await accepted(text, formatOf(schema, false))).toBe(text);
    expect(await accepted('{"a": {"name": 1}}', formatOf(schema, false))).toBeUndefined();
    const named: JsonObject = {
      properties: { additionalProperties: { const: false } },
      required: ['additionalProperties'],
    };
    expect(await accepted('{"additionalProperties": true}', formatOf(named, false))).toBeUndefined();
  });

  describe('dialects', () => {
    const tuple = (keyword: string, more: JsonObject = {}): JsonObject => ({
      ...more,
      type: 'array',
      [keyword]: [{ type: 'string' }],
      minItems: 1,
    });

    it.each<[string, JsonObject]>([
      ['draft-07', tuple('items', { $schema: 'http://json-schema.org/draft-07/schema#' })],
      ['none', tuple('items')],
      ['2019-09', tuple('items', { $schema: 'https://json-schema.org/draft/2019-09/schema' })],
      ['2020-12', tuple('prefixItems', { $schema: 'https://json-schema.org/draft/2020-12/schema' })],
      ['none, but 2020', tuple('prefixItems')],
      ['2020-12 that is older', tuple('items', { $schema: 'https://json-schema.org/draft/2020-12/schema' })],
      ['unknown', tuple('items', { $schema: 'https://example.com/mine' })],
      ['with an id', tuple('items', { $id: 'https://example.com/x', title: 'x', examples: [1] })],
    ])('%s', async (_name, schema) => {
      expect(await accepted('["a"]', formatOf(schema))).toBe('["a"]');
      expect(await accepted('[1]', formatOf(schema))).toBeUndefined();
    });

    it.each(['$defs', 'definitions'])('references into %s, in circles too', async (place) => {
      const schema: JsonObject = {
        $ref: `#/${place}/Node`,
        [place]: {
          Node: {
            type: 'object',
            properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: `#/${place}/Node` } } },
            required: ['name'],
          },
        },
      };
      expect(await accepted('{"name": "a", "children": [{"name": "b"}]}', formatOf(schema))).toBeDefined();
      expect(await accepted('{"name": "a", "children": [{"name": 1}]}', formatOf(schema))).toBeUndefined();
    });

    it('limits of draft 4, a member that says itself that it is required', async () => {
      const schema: JsonObject = {
        properties: { n: { type: 'number', minimum: 1, exclusiveMinimum: true, required: true } },
      };
      expect(await accepted('{"n": 2}', formatOf(schema))).toBeDefined();
      expect(await accepted('{"n": 1}', formatOf(schema))).toBeUndefined();
    });

    it('the same id in two schemas - each is its own', async () => {
      const inner = (type: string): JsonObject => ({
        properties: { a: { $ref: 'https://example.com/inner' } },
        $defs: { a: { $id: 'https://example.com/inner', type } },
      });
      expect(await accepted('{"a": "x"}', formatOf(inner('string')))).toBeDefined();
      expect(await accepted('{"a": "x"}', formatOf(inner('number')))).toBeUndefined();
    });
  });

  it.each<JsonObject>([
    { $ref: '#/nowhere' },
    { $ref: 'https://example.com/schema.json' },
    { $ref: '#/$defs/A', $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' } } },
    { type: 'unknown' },
    { type: 7 },
    { properties: 'x' },
    { properties: { a: { pattern: '(' } } },
    { $schema: 7, $id: 7 },
    { anyOf: [] },
    { minimum: 'x' },
    { $async: true, type: 'object' },
    { properties: { a: { $async: true } } },
  ])('%j - does not throw, an object is taken', async (schema) => {
    expect(await accepted('{"a": "x"}', formatOf(schema))).toBe('{"a": "x"}');
    expect(await accepted('nothing', formatOf(schema))).toBeUndefined();
  });

  it('$async - is still checked', async () => {
    expect(await accepted('[]', formatOf({ $async: true, type: 'object' }))).toBeUndefined();
  });

  it('patterns - checked, but never for long', { timeout: 5000 }, async () => {
    const date = formatOf({ properties: { d: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' } } });
    expect(await accepted('{"d": "2026-01-31"}', date)).toBeDefined();
    expect(await accepted('{"d": "soon"}', date)).toBeUndefined();
    const evil = JSON.stringify({ d: `${'a'.repeat(100_000)}!` });
    for (const pattern of [
      '^(a+)+$',
      '^(a|a)*$',
      '(a*)*b',
      'a*a*a*a*b',
      '^(\\w+\\s?)*$',
      '(?:(?:a+)b?)+$',
      '(a?){50}a{50}',
    ]) {
      const format = formatOf({ properties: { d: { type: 'string', pattern } }, patternProperties: { [pattern]: {} } });
      expect(await checkFormat(evil, format), pattern).toBeDefined();
    }
  });

  it('huge and deep answers - linear time, no overflow', { timeout: 8000 }, async () => {
    const big = JSON.stringify({ name: 'x'.repeat(8_000_000) });
    expect(await accepted(`Sure:\n\`\`\`json\n${big}\n\`\`\``)).toBe(big);
    for (const text of [
      '['.repeat(3_000_000),
      '{"a":'.repeat(500_000),
      '```\n'.repeat(500_000),
      '`~'.repeat(1_000_000),
      '"'.repeat(3_000_000),
      '{} '.repeat(1_000_000),
    ]) {
      expect(await accepted(text)).toBeUndefined();
    }
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(await problem(deep, formatOf({ properties: { a: { $ref: '#' } } }))).toContain('nested deeper');
    const list = formatOf({ type: 'array', items: { type: 'string' } });
    expect(
      await (await problem(JSON.stringify(Array.from({ length: 300_000 }, (_, index) => index)), list)).length,
    ).toBeLessThan(2000);
  });
});

describe('integers beyond 2^53', () => {
  const schema = parseExactJson(
    '{"type":"object","properties":{"id":{"type":"integer","maximum":9223372036854775807,"enum":[1764263345123456789]}}}',
  ) as JsonObject;
  const format: ResponseFormat = { type: 'json-schema', schema, strict: true };

  it('in a schema - are told digit by digit, and do not stop the check', async () => {
    expect(renderFormatContract(format)).toContain('"maximum":9223372036854775807,"enum":[1764263345123456789]');
    expect(schemaProblem(format)).toBeUndefined();
  });

  it('in an answer - pass as they were written', async () => {
    const text = '{"id":1764263345123456789}';
    expect(await checkFormat(text, format)).toEqual({ ok: true, text });
    expect(await checkFormat('{"id":5}', format)).toMatchObject({ ok: false });
  });
});
