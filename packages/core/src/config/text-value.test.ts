import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseText, type TextForm } from './text-value.js';

describe('parseText()', () => {
  it.each<[string, z.ZodType, TextForm, unknown]>([
    ['42', z.int(), {}, 42],
    [' -1.5 ', z.number(), {}, -1.5],
    // Text that is no number stays text, for the schema to refuse; `Number('')` would be 0.
    ['', z.int(), {}, ''],
    ['   ', z.int(), {}, ''],
    ['1e3', z.int(), {}, '1e3'],
    ['0x10', z.int(), {}, '0x10'],
    ['Infinity', z.number(), {}, 'Infinity'],
    ['12 apples', z.int(), {}, '12 apples'],
    ['90s', z.int(), { unit: 'ms' }, 90_000],
    ['1.5 m', z.int(), { unit: 'ms' }, 90_000],
    ['2H', z.int(), { unit: 's' }, 7_200_000],
    ['90', z.int(), { unit: 's' }, 90_000],
    ['90', z.int(), { unit: 'ms' }, 90],
    ['', z.int(), { unit: 's' }, ''],
    ['s', z.int(), { unit: 's' }, 's'],
    ['90s', z.int(), {}, '90s'],
    ['YES', z.boolean(), {}, true],
    ['', z.boolean(), {}, ''],
    ['off', z.boolean(), {}, false],
    ['maybe', z.boolean(), {}, 'maybe'],
    ['a, b  c,,', z.array(z.string()), {}, ['a', 'b', 'c']],
    ['', z.array(z.string()), {}, []],
    ['a=1, b = x=y', z.record(z.string(), z.string()), {}, { a: '1', b: 'x=y' }],
    ['{"a":"1"}', z.record(z.string(), z.string()), {}, { a: '1' }],
    ['{broken', z.record(z.string(), z.string()), {}, '{broken'],
    ['=1', z.record(z.string(), z.string()), {}, '=1'],
    ['  text ', z.string().default('x'), {}, 'text'],
    ['7', z.int().min(1).default(5), {}, 7],
    ['7', z.preprocess((value) => value, z.int()), {}, 7],
  ])('%j', (text, schema, form, value) => {
    expect(parseText(text, schema, form)).toEqual(value);
  });
});
