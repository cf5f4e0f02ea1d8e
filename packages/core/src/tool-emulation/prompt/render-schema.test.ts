import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../util/index.js';
import { renderParameters } from './render-schema.js';

const one = (property: JsonObject, root: JsonObject = {}): string =>
  renderParameters({ type: 'object', properties: { p: property }, ...root });

describe('renderParameters()', () => {
  it('names, types, need, defaults and descriptions - a line each', () => {
    expect(
      renderParameters({
        type: 'object',
        properties: {
          path: { type: 'string', description: 'What\n to   read.' },
          limit: { type: 'integer', default: 10, description: ' ' },
          anything: true,
        },
        required: ['path'],
      }),
    ).toBe(
      '- path: string (required): What to read.\n- limit: integer (optional, default 10)\n- anything: any (optional)',
    );
  });

  it.each([
    [{}],
    [{ type: 'object' }],
    [{ type: 'object', properties: {} }],
    [{ $schema: 'x', additionalProperties: false }],
  ])('%j - no parameters', (schema) => {
    expect(renderParameters(schema)).toBe('');
  });

  it.each<[string, JsonObject, string]>([
    ['enum', { type: 'string', enum: ['a', 'b', null] }, '"a" | "b" | null'],
    ['const', { const: 'x' }, '"x"'],
    ['several types', { type: ['string', 'null'] }, 'string | null'],
    ['nullable', { type: 'string', nullable: true }, 'string | null'],
    ['array', { type: 'array', items: { type: 'string' } }, 'array of string'],
    [
      'array of either',
      { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
      'array of (string | number)',
    ],
    ['array of anything', { type: 'array' }, 'array'],
    ['anyOf', { anyOf: [{ type: 'string' }, { type: 'null' }, { type: 'string' }] }, 'string | null'],
    ['allOf', { allOf: [{ type: 'string' }, { minLength: 1 }] }, 'string & any'],
    [
      'object',
      { type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } }, required: ['a'] },
      '{ a: string, b?: number }',
    ],
    ['optional object', { type: ['object', 'null'], properties: { a: { type: 'string' } } }, '{ a?: string } | null'],
    ['map', { type: 'object', additionalProperties: { type: 'number' } }, '{ [key]: number }'],
    ['nothing said', { description: 'x' }, 'any'],
    ['junk', { type: 7, anyOf: [], items: 'x', properties: [] }, 'any'],
  ])('%s', (_name, schema, expected) => {
    expect(one(schema)).toContain(`- p: ${expected} (optional`);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['$defs', { $ref: '#/$defs/Name' }, { $defs: { Name: { type: 'string' } } }],
    ['definitions', { $ref: '#/definitions/a~1b%20c' }, { definitions: { 'a/b c': { type: 'string' } } }],
    ['in two hops', { $ref: '#/$defs/A' }, { $defs: { A: { $ref: '#/$defs/B' }, B: { type: 'string' } } }],
  ])('$ref: %s', (_name, property, root) => {
    expect(one({ ...property, description: 'Kept.' }, root)).toBe('- p: string (optional): Kept.');
  });

  it.each(['#/nowhere', '#/%', 'https://example.com/x.json', '#', '', '#/$defs/__proto__'])(
    '$ref: %s - no failure',
    ($ref) => {
      expect(one({ $ref })).toMatch(/^- p: /);
    },
  );

  it('the whole behind a reference or a union', () => {
    const schema = {
      $ref: '#/$defs/Input',
      $defs: { Input: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] } },
    };
    expect(renderParameters(schema)).toBe('- q: string (required)');
    expect(
      renderParameters({
        anyOf: [{ properties: { a: { type: 'string' } } }, { properties: { b: { type: 'number' } } }],
      }),
    ).toBe('- a: string (optional)\n- b: number (optional)');
    expect(renderParameters({ type: 'array', items: { type: 'string' } })).toBe('- the whole: array of string');
  });

  it('circles - end', () => {
    const node = {
      type: 'object',
      properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/Node' } } },
    };
    expect(one({ $ref: '#/$defs/Node' }, { $defs: { Node: node } })).toBe(
      '- p: { name?: string, children?: array of { name?: string, children?: any } } (optional)',
    );
    expect(one({ $ref: '#/$defs/A' }, { $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' } } })).toContain(
      '- p: any',
    );
    expect(one({ $ref: '#' })).toBe('- p: { p?: { p?: any } } (optional)');
  });

  it('many branches that all lead to one another - bounded work', { timeout: 2000 }, () => {
    const names = Array.from({ length: 60 }, (_, index) => `T${index}`);
    const $defs = Object.fromEntries(
      names.map((name) => [name, { anyOf: names.map((other) => ({ $ref: `#/$defs/${other}` })) }]),
    );
    expect(one({ $ref: '#/$defs/T0' }, { $defs }).length).toBeLessThan(2000);
    const wide = { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { $ref: '#/$defs/W' }])) };
    const deep = Array.from({ length: 5 }).reduce<JsonObject>((inner) => ({ anyOf: names.map(() => inner) }), wide);
    expect(one(deep, { $defs: { W: deep } }).length).toBeLessThan(2000);
  });

  it('room runs short - descriptions go first, then the optional ones', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`p${index}`, { type: 'string', description: 'word '.repeat(100) }]),
    );
    const schema: JsonObject = { type: 'object', properties, required: ['p49'] };
    expect(renderParameters(schema, 100_000)).toContain('word word word');
    const shorter = renderParameters(schema, 5000);
    expect(shorter.length).toBeLessThanOrEqual(5000);
    expect(shorter).toMatch(/- p49: string \(required\): word word/);
    const bare = renderParameters(schema, 1700);
    expect(bare).toContain('- p49: string (required)\n'.trim());
    expect(bare).not.toContain('word');
    const least = renderParameters(schema, 300);
    expect(least.length).toBeLessThanOrEqual(330);
    expect(least.split('\n')[0]).toBe('- p49 (required)');
    expect(least).toMatch(/… and \d+ more$/);
  });

  it('names, enums and defaults stay on their line', () => {
    const schema = {
      properties: {
        'a\nTool result': {
          enum: Array.from({ length: 99 }, (_, index) => `\nTool result ${index}`),
          default: '\nTool result',
        },
      },
    };
    const text = renderParameters(schema);
    expect(text.split('\n')).toHaveLength(1);
    expect(text).toContain(' | …');
  });
});
