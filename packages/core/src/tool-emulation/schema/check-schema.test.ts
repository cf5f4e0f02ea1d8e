import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../util/index.js';
import { checkSchema } from './check-schema.js';
import { compileSchema } from './compile-schema.js';
import { readSchema } from './read-schema.js';
import { WorkBudget, WorkLimitError } from './work-budget.js';

const fits = (schema: JsonObject, value: JsonValue, strict = true): boolean | undefined => {
  const compiled = compileSchema(schema, strict);
  if (!compiled.ok) throw new Error(compiled.reason);
  const problems = compiled.check(value);
  return problems && problems.length === 0;
};

/** Units that a check took: what "quick" means here, on any machine. */
const cost = (schema: JsonObject, value: JsonValue): number => {
  const budget = new WorkBudget(1e12);
  checkSchema(readSchema(schema, { strict: true }), value, budget);
  return 1e12 - budget.left;
};

/** `$defs` a0…aN, each of which refers to the next twice. */
function doubled(levels: number, keyword: 'anyOf' | 'allOf' | 'oneOf', last: JsonObject): JsonObject {
  const $defs: Record<string, JsonObject> = { [`a${levels}`]: last };
  for (let level = 0; level < levels; level++) {
    const next: JsonObject = { $ref: `#/$defs/a${level + 1}` };
    $defs[`a${level}`] = { [keyword]: keyword === 'oneOf' ? [next, { allOf: [next, false] }] : [next, next] };
  }
  return { $ref: '#/$defs/a0', $defs };
}

describe('checkSchema() - what each keyword means', () => {
  it.each<[schema: JsonObject, good: JsonValue, bad: JsonValue]>([
    [{ type: 'integer' }, 1, 1.5],
    [{ type: ['string', 'null'] }, null, 1],
    [{ type: 'string', nullable: true }, null, 1],
    [{ nullable: true, type: 'object', required: ['a'] }, null, {}],
    [{ type: 'string', nullable: false }, 'x', null],
    [{ enum: ['a', { b: [1] }] }, { b: [1] }, { b: [2] }],
    [{ const: [1, { a: null }] }, [1, { a: null }], [1, {}]],
    [{ minimum: 1, maximum: 2 }, 2, 3],
    [{ minimum: 1, exclusiveMinimum: true }, 2, 1],
    [{ minimum: 1, exclusiveMinimum: false }, 1, 0],
    [{ maximum: 3, exclusiveMaximum: 3 }, 2, 3],
    [{ multipleOf: 0.5 }, 1.5, 1.2],
    [{ minLength: 2, maxLength: 2 }, '😀😀', '😀'],
    [{ pattern: '^a' }, 'ab', 'ba'],
    [{ items: [{ type: 'string' }], additionalItems: false }, ['a'], ['a', 1]],
    [{ prefixItems: [{ type: 'string' }], items: { type: 'number' } }, ['a', 1], ['a', 'b']],
    [{ contains: { const: 1 }, minContains: 2, maxContains: 2 }, [1, 2, 1], [1, 1, 1]],
    [
      { uniqueItems: true },
      [{ a: 1, b: 2 }, 1, '1'],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
    [{ minItems: 1, maxItems: 1 }, [1], []],
    [{ patternProperties: { '^x': { type: 'number' } }, additionalProperties: false }, { xa: 1 }, { a: 1 }],
    [{ propertyNames: { maxLength: 1 } }, { a: 1 }, { ab: 1 }],
    [{ dependencies: { a: ['b'], c: { required: ['d'] } } }, { a: 1, b: 1 }, { c: 1 }],
    [{ dependentRequired: { a: ['b'] } }, { a: 1, b: 1 }, { a: 1 }],
    [{ minProperties: 1, maxProperties: 1 }, { a: 1 }, {}],
    [{ oneOf: [{ type: 'number' }, { minimum: 5 }] }, 3, 6],
    [{ not: { type: 'string' } }, 1, 'a'],
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
    [{ if: { type: 'string' }, then: { minLength: 2 }, else: { minimum: 2 } }, 'ab', 1],
    [{ allOf: [{ properties: { a: true } }], unevaluatedProperties: false }, { a: 1 }, { b: 1 }],
    [{ prefixItems: [true], unevaluatedItems: { type: 'string' } }, [1, 'a'], [1, 2]],
    [{ properties: { a: false } }, {}, { a: 1 }],
    [{ $ref: '#/$defs/a%25b', $defs: { 'a%b': { type: 'string' } } }, 'x', 1],
    [{ $ref: '#here', $defs: { x: { $anchor: 'here', type: 'string' } } }, 'x', 1],
    [{ $ref: '#here', definitions: { x: { $id: '#here', type: 'string' } } }, 'x', 1],
    [{ $id: 'https://a.example/b.json', $ref: 'b.json#/$defs/x', $defs: { x: { type: 'string' } } }, 'x', 1],
    [
      { properties: { n: { $recursiveRef: '#' } }, required: ['v'] },
      { v: 1, n: { v: 1 } },
      { v: 1, n: {} },
    ],
    [{ properties: { ['__proto__']: { type: 'string' } } }, { a: 1 }, JSON.parse('{"__proto__": 1}') as JsonValue],
    [{ required: ['toString'] }, { toString: 1 }, {}],
  ])('%j', (schema, good, bad) => {
    expect([fits(schema, good), fits(schema, bad)]).toEqual([true, false]);
  });

  it('not strict - more members are forgiven, items and types are not', () => {
    const schema: JsonObject = { properties: { a: { type: 'number' } }, additionalProperties: false };
    expect(fits(schema, { a: 1, b: 1 }, false)).toBe(true);
    expect(fits(schema, { a: 'x', b: 1 }, false)).toBe(false);
    expect(fits({ unevaluatedProperties: false }, { b: 1 }, false)).toBe(true);
  });

  it('problems - say where and what, and not more than a few', () => {
    const schema: JsonObject = {
      properties: { a: { items: { anyOf: [{ enum: ['x', 'y'] }, { type: 'number' }] } } },
      required: ['b'],
    };
    const compiled = compileSchema(schema, true);
    expect(compiled.ok && compiled.check({ a: [1, 'z'] })).toEqual([
      { path: '', message: "must have required property 'b'" },
      { path: '/a/1', message: 'must be one of "x", "y"' },
      { path: '/a/1', message: 'must be number' },
      { path: '/a/1', message: 'must fit one of the alternatives' },
    ]);
    const many = compiled.ok ? compiled.check({ a: Array.from({ length: 1000 }, () => null), b: 1 }) : undefined;
    expect(many).toHaveLength(8);
  });
});

describe('checkSchema() - against another implementation', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.oneof(fc.integer({ min: -2, max: 4 }), fc.constantFrom('', 'a', 'ab', 'ba'), fc.boolean(), fc.constant(null)),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  const keyword = (name: string, one: fc.Arbitrary<JsonValue>): fc.Arbitrary<[string, JsonValue]> =>
    one.map((found) => [name, found]);
  const { schema } = fc.letrec<{ schema: JsonObject; inner: JsonValue }>((tie) => ({
    inner: fc.oneof({ maxDepth: 3, depthSize: 'small' }, fc.boolean(), tie('schema')),
    // Two or three keywords at a time: more would grow beyond what can be compared.
    schema: fc
      .array(
        fc.oneof(
          keyword('type', fc.constantFrom('string', 'number', 'integer', 'object', 'array', 'boolean', 'null')),
          keyword('enum', fc.array(value, { minLength: 1, maxLength: 3 })),
          keyword('const', value),
          keyword('minimum', fc.integer({ min: -1, max: 2 })),
          keyword('exclusiveMaximum', fc.integer({ min: 0, max: 3 })),
          keyword('multipleOf', fc.constantFrom(1, 2)),
          keyword('minLength', fc.nat(2)),
          keyword('pattern', fc.constantFrom('^a', 'b$', '(a|b)+b')),
          keyword('minItems', fc.nat(2)),
          keyword('uniqueItems', fc.boolean()),
          keyword('items', tie('inner')),
          keyword('properties', fc.dictionary(name, tie('inner'), { maxKeys: 2 })),
          keyword('required', fc.uniqueArray(name, { maxLength: 2 })),
          keyword('patternProperties', fc.dictionary(fc.constantFrom('^a', 'b'), tie('inner'), { maxKeys: 1 })),
          keyword('additionalProperties', tie('inner')),
          keyword('propertyNames', tie('inner')),
          keyword('dependentRequired', fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), { maxKeys: 1 })),
          keyword('dependentSchemas', fc.dictionary(name, tie('inner'), { maxKeys: 1 })),
          keyword('prefixItems', fc.array(tie('inner'), { minLength: 1, maxLength: 2 })),
          keyword('allOf', fc.array(tie('inner'), { minLength: 1, maxLength: 2 })),
          keyword('anyOf', fc.array(tie('inner'), { minLength: 1, maxLength: 2 })),
          keyword('oneOf', fc.array(tie('inner'), { minLength: 1, maxLength: 2 })),
          keyword('not', tie('inner')),
          keyword('if', tie('inner')),
          keyword('then', tie('inner')),
          keyword('else', tie('inner')),
          keyword('$ref', fc.constantFrom('#/$defs/x', '#/$defs/y')),
        ),
        { maxLength: 3 },
      )
      .map((keywords) => Object.fromEntries(keywords)),
  }));
  const whole = fc.tuple(schema, schema, schema).map(([root, x, y]) => ({ ...root, $defs: { x, y } }));

  it('random schemas and values - the same verdict', () => {
    const options = { strict: false, validateFormats: false, logger: false } as const;
    const ajv = new Ajv2020(options);
    let compared = 0;
    fc.assert(
      fc.property(whole, fc.array(value, { minLength: 1, maxLength: 6 }), (root, values) => {
        let validate: (value: unknown) => boolean;
        try {
          validate = ajv.compile(root);
        } catch {
          return;
        } finally {
          ajv.removeSchema();
        }
        for (const one of values) {
          let expected: boolean;
          try {
            expected = validate(one);
          } catch {
            // References that go round for ever.
            continue;
          }
          const found = fits(root, one);
          if (found === undefined) continue;
          compared++;
          expect(found).toBe(expected);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  it.each(['anyOf', 'allOf', 'oneOf'] as const)(
    'doubled references (%s) where the other can still count',
    (keyword) => {
      for (const value of [5, 'x']) {
        const small = doubled(4, keyword, { type: 'string' });
        expect(fits(small, value)).toBe(new Ajv().validate(small, value));
      }
    },
  );
});

describe('checkSchema() - work', () => {
  const list = (length: number): string[] => Array.from({ length }, (_, index) => `value ${index}`);

  it.each(['anyOf', 'allOf', 'oneOf'] as const)(
    'references doubled at 60 levels (%s) - the right verdict',
    (keyword) => {
      const schema = doubled(60, keyword, { type: 'object', properties: { x: { type: 'string' } } });
      expect(fits(schema, { x: 'y' })).toBe(true);
      expect(fits(schema, { x: 5 })).toBe(false);
      expect(fits(schema, 5)).toBe(false);
      expect(cost(schema, { x: 5 })).toBeLessThan(20_000);
    },
  );

  it('a tree of doubled references - grows with the answer, not with its depth', () => {
    const schema: JsonObject = {
      $ref: '#/$defs/tree',
      $defs: {
        tree: {
          properties: { next: { anyOf: [{ $ref: '#/$defs/tree' }, { $ref: '#/$defs/tree' }] }, leaf: { const: 1 } },
        },
      },
    };
    let deep: JsonObject = { leaf: 2 };
    for (let level = 0; level < 100; level++) deep = { next: deep };
    expect(fits(schema, deep)).toBe(false);
    expect(cost(schema, deep)).toBeLessThan(20_000);
  });

  it.each<[name: string, schema: JsonObject, good: JsonValue, bad: JsonValue]>([
    ['an enum of 30 000', { enum: list(30_000) }, 'value 29999', 'x'],
    [
      'an enum of 20 000 objects',
      { enum: list(20_000).map((value) => ({ value })) },
      { value: 'value 7' },
      { value: 7 },
    ],
    ['12 000 unique items', { uniqueItems: true }, list(12_000), [...list(12_000), 'value 3']],
    ['12 000 unique objects', { uniqueItems: true }, list(12_000).map((a) => ({ a })), [...list(12_000), 'value 3']],
    [
      '10 000 properties',
      {
        properties: Object.fromEntries(list(10_000).map((name) => [name, { type: 'string' }])),
        required: list(10_000),
      },
      Object.fromEntries(list(10_000).map((name) => [name, 'x'])),
      {},
    ],
    ['5 000 alternatives', { anyOf: list(5000).map((value) => ({ const: value })) }, 'value 4999', 'x'],
    ['100 000 items', { items: { type: 'string' } }, list(100_000), [...list(100_000), 1]],
    [
      'a pattern of nested alternatives',
      { items: { pattern: `^${'(?:a|aa)'.repeat(27)}b$` } },
      [`${'a'.repeat(40)}b`],
      ['a'.repeat(54)],
    ],
  ])('%s - the right verdict', (_name, schema, good, bad) => {
    expect([fits(schema, good), fits(schema, bad)]).toEqual([true, false]);
  });

  it.each<[name: string, schema: JsonObject, value: JsonValue]>([
    [
      'a thousand conditions on each of 10 000 items',
      { items: { allOf: Array.from({ length: 1000 }, (_, at) => ({ not: { const: at } })) } },
      list(10_000),
    ],
    [
      'a thousand patterns for each of 1000 names',
      { patternProperties: Object.fromEntries(list(1000).map((name) => [`(${name}|x+y+)z`, {}])) },
      Object.fromEntries(list(1000).map((name) => [String(name).repeat(20), 1])),
    ],
    [
      'references, while it is noted who evaluated what',
      { ...doubled(60, 'allOf', { type: 'object' }), unevaluatedProperties: false },
      {},
    ],
    ['a text too long for its pattern', { pattern: '^(a+)+$' }, 'a'.repeat(2_000_000)],
    ['an untestable pattern that decides', { not: { pattern: '^(?=(a+)+$).*b' } }, 'a'.repeat(100)],
  ])('%s - ends, and holds nothing against the answer', (_name, schema, value) => {
    const compiled = compileSchema(schema, true);
    expect(compiled.ok && compiled.check(value)).not.toEqual(expect.arrayContaining([expect.anything()]));
  });

  it('more references inside of one another than the stack is meant for - ends', () => {
    const levels = 5000;
    const $defs = Object.fromEntries(
      Array.from({ length: levels }, (_, at) => [`a${at}`, { $ref: `#/$defs/a${(at + 1) % levels}` }]),
    );
    const schema = readSchema({ $ref: '#/$defs/a0', $defs }, { strict: true });
    expect(() => checkSchema(schema, 1, new WorkBudget(1e9))).toThrow(WorkLimitError);
  });
});

describe('compileSchema() - what can not be checked', () => {
  const nested = (levels: number): JsonObject => {
    let schema: JsonObject = {};
    for (let level = 0; level < levels; level++) schema = { items: schema };
    return schema;
  };

  it.each<[name: string, schema: JsonObject, reason: 'invalid' | 'too-large']>([
    ['a dangling reference', { properties: { a: { $ref: '#/$defs/none' } } }, 'invalid'],
    ['a reference elsewhere', { $ref: 'https://example.com/a.json' }, 'invalid'],
    ['an unknown type', { items: { type: 'text' } }, 'invalid'],
    ['a member that is no schema', { properties: { a: 'x' } }, 'invalid'],
    ['no alternatives', { anyOf: [] }, 'invalid'],
    ['a limit that is no number', { minimum: '1' }, 'invalid'],
    ['a count below zero', { minLength: -1 }, 'invalid'],
    ['25 000 schemas', { anyOf: Array.from({ length: 25_000 }, () => ({ type: 'string' })) }, 'too-large'],
    ['an enum of 300 000', { enum: Array.from({ length: 300_000 }, (_, at) => at) }, 'too-large'],
    ['100 000 levels', nested(100_000), 'too-large'],
  ])('%s', (_name, schema, reason) => {
    expect(compileSchema(schema, true)).toEqual({ ok: false, reason });
  });
});
