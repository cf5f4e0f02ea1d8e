import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../util/index.js';
import { acceptCall } from '../call/accept-call.js';
import { coerceInput } from '../call/coerce-input.js';
import { renderParameters } from '../prompt/render-schema.js';
import { functionTool } from '../testing/tools.js';
import { objectView, resolveRef, typesOf } from './schema-view.js';

const types = (schema: JsonObject, root = schema): readonly string[] | undefined => {
  const found = typesOf(schema, root);
  return found && [...found].sort();
};

describe('typesOf()', () => {
  it.each<[schema: JsonObject, expected: readonly string[] | undefined]>([
    [{ type: 'string' }, ['string']],
    [{ type: 'string', nullable: true }, ['null', 'string']],
    [{ type: 'string', nullable: false }, ['string']],
    [{ type: 'string', nullable: 'true' }, ['string']],
    [{ type: ['integer', 'string'], nullable: true }, ['integer', 'null', 'string']],
    [{ nullable: true }, undefined],
    [{ anyOf: [{ type: 'string', nullable: true }, { type: 'number' }] }, ['null', 'number', 'string']],
    [{ anyOf: [{ type: 'string' }, {}] }, undefined],
    [{ allOf: [{}, { type: 'number' }] }, ['number']],
    [{ enum: ['a', 1, null] }, ['integer', 'null', 'string']],
    [{ const: null }, ['null']],
    [{ properties: {} }, ['object']],
    [{ items: {} }, ['array']],
    [{ type: 'text' }, undefined],
  ])('%j', (schema, expected) => {
    expect(types(schema)).toEqual(expected);
  });
});

describe('coerceInput() - nullable', () => {
  const schema = (nullable: boolean): JsonObject => ({
    properties: { a: { type: 'integer', nullable }, b: { type: 'string', nullable } },
  });

  it('a null that is allowed stays, and its text means it', () => {
    expect(coerceInput({ a: null, b: null }, schema(true), { textual: false })).toEqual({ a: null, b: null });
    expect(coerceInput({ a: 'null' }, schema(true), { textual: false })).toEqual({ a: null });
    expect(coerceInput({ b: 'null' }, schema(true), { textual: true })).toEqual({ b: null });
  });

  it('a null that is not allowed is not made', () => {
    expect(coerceInput({ a: 'null', b: 'null' }, schema(false), { textual: true })).toEqual({ a: 'null', b: 'null' });
  });

  it('is told to the model', () => {
    expect(renderParameters(schema(true))).toContain('a: integer | null');
    expect(renderParameters(schema(false))).toContain('a: integer (');
  });
});

describe('resolveRef()', () => {
  it('siblings are kept, what was found is the same object again', () => {
    const root: JsonObject = { $defs: { a: { type: 'string', description: 'x' } } };
    const reference: JsonObject = { $ref: '#/$defs/a', description: 'y' };
    expect(resolveRef(reference, root)).toEqual({ type: 'string', description: 'y' });
    expect(resolveRef(reference, root)).toBe(resolveRef(reference, root));
  });

  it('the same reference in another root - is that one\u2019s', () => {
    const reference: JsonObject = { $ref: '#/$defs/a' };
    expect(resolveRef(reference, { $defs: { a: { type: 'string' } } })).toEqual({ type: 'string' });
    expect(resolveRef(reference, { $defs: { a: { type: 'number' } } })).toEqual({ type: 'number' });
  });
});

/** Each of these took minutes or for ever when every way to a schema was gone anew. */
describe('tool schemas - work', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `value_${index}`);
  const members = (count: number): JsonObject =>
    Object.fromEntries(names(count).map((name) => [name, { type: 'string' }]));
  const wide = (keyword: string, last: JsonObject): JsonObject => {
    const $defs: Record<string, JsonObject> = { a7: last };
    for (let level = 0; level < 7; level++) {
      const next: JsonObject = { $ref: `#/$defs/a${level + 1}` };
      $defs[`a${level}`] = { [keyword]: Array.from({ length: 60 }, () => next) };
    }
    return { $defs, ...$defs.a0, properties: { x: { $ref: '#/$defs/a0' } } };
  };
  const itself: JsonObject = { $ref: '#/$defs/s' };

  it.each<[name: string, schema: JsonObject, input: JsonObject, expected: JsonObject]>([
    ['wide alternatives', wide('anyOf', { type: 'string' }), { x: 5 }, { x: '5' }],
    ['wide parts', wide('allOf', { type: 'string' }), { x: 5 }, { x: '5' }],
    [
      'parts that are themselves',
      { properties: { x: itself }, $defs: { s: { allOf: names(60).map(() => itself) } } },
      { x: 1 },
      { x: 1 },
    ],
    ['a root of itself', { allOf: names(60).map(() => ({ $ref: '#' })), properties: {} }, { x: 1 }, { x: 1 }],
    [
      'many items with many members',
      { properties: { x: { items: { type: 'object', properties: members(5000) } } } },
      { x: names(2000).map(() => ({ value_1: 1 })) },
      { x: names(2000).map(() => ({ value_1: '1' })) },
    ],
    [
      'many names in another spelling',
      { properties: members(20_000) },
      Object.fromEntries(names(20_000).map((name) => [name.toUpperCase(), 'x'])),
      Object.fromEntries(names(20_000).map((name) => [name, 'x'])),
    ],
    [
      'many values in another spelling',
      { properties: { x: { items: { enum: names(20_000) } } } },
      { x: names(20_000).map((name) => name.toUpperCase()) },
      { x: names(20_000) },
    ],
  ])('%s', (_name, inputSchema, input, expected) => {
    expect(renderParameters(inputSchema).length).toBeLessThan(20_000);
    const call = acceptCall({ ...functionTool('a'), inputSchema }, input);
    expect(JSON.parse(call?.input ?? 'null')).toEqual(expected);
  });

  it('names that share a spelling - the one that is free is meant, of too many none', () => {
    const view = (count: number): JsonObject => ({
      properties: Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${'_'.repeat(at)}`, {}])),
    });
    expect(coerceInput({ A: 1 }, view(1), { textual: false })).toEqual({ a: 1 });
    expect(coerceInput({ A: 1, a: 2 }, view(2), { textual: false })).toEqual({ a_: 1, a: 2 });
    expect(coerceInput({ A: 1 }, view(2), { textual: false })).toEqual({ A: 1 });
    expect(coerceInput({ A: 1 }, view(1000), { textual: false })).toEqual({ A: 1 });
  });

  it('objectView() - the parts of all that is referred to', () => {
    const schema: JsonObject = {
      allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/a' }],
      anyOf: [{ required: ['b'] }, { properties: { c: {} }, required: ['c'] }],
      $defs: { a: { properties: { a: {} }, required: ['a'] } },
    };
    const { properties, required, alternatives } = objectView(schema);
    expect([[...properties.keys()], [...required], alternatives]).toEqual([['c', 'a'], ['a'], [['b'], ['c']]]);
  });
});
