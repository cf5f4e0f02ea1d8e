import { describe, expect, it } from 'vitest';
import { type JsonObject, parseExactJson, stringifyJson } from '../../util/index.js';
import { coerceInput } from './coerce-input.js';

const BIG = '9007199254740993';

const coerced = (input: string, member: JsonObject, textual = false): string =>
  stringifyJson(
    coerceInput(parseExactJson(input) as JsonObject, { type: 'object', properties: { value: member } }, { textual }),
  );

describe('coerceInput()', () => {
  it.each<[title: string, input: string, member: JsonObject, output: string]>([
    ['a number as text', '{"value":"5"}', { type: 'integer' }, '{"value":5}'],
    ['a large one', `{"value":"${BIG}"}`, { type: 'integer' }, `{"value":${BIG}}`],
    ['a large one where any number goes', `{"value":"${BIG}"}`, { type: 'number' }, `{"value":${BIG}}`],
    ['no whole number', '{"value":"1.5"}', { type: 'integer' }, '{"value":"1.5"}'],
    ['many decimals', '{"value":"0.1000000000000000055"}', { type: 'number' }, '{"value":0.1000000000000000055}'],
    ['beyond all doubles', '{"value":"1e400"}', { type: 'number' }, '{"value":1e400}'],
    ['a number where a text is asked for', `{"value":${BIG}}`, { type: 'string' }, `{"value":"${BIG}"}`],
    ['one that is right', `{"value":${BIG}}`, { type: 'integer' }, `{"value":${BIG}}`],
    ['one among several types', `{"value":${BIG}}`, { type: ['integer', 'null'] }, `{"value":${BIG}}`],
    ['one in a list', `{"value":["${BIG}"]}`, { type: 'array', items: { type: 'integer' } }, `{"value":[${BIG}]}`],
    ['nullable: null stays null', '{"value":null}', { type: 'string', nullable: true }, '{"value":null}'],
    ['nullable: its word means it', '{"value":"null"}', { type: 'integer', nullable: true }, '{"value":null}'],
    ['not nullable: a word is a word', '{"value":"null"}', { type: 'string' }, '{"value":"null"}'],
  ])('%s', (_title, input, member, output) => {
    expect(coerced(input, member)).toBe(output);
  });

  it.each<[title: string, input: string, member: JsonObject, output: string]>([
    ['nullable text is null by its word', '{"value":"null"}', { type: 'string', nullable: true }, '{"value":null}'],
    ['a large number without a type stays its digits', `{"value":"${BIG}"}`, {}, `{"value":"${BIG}"}`],
    ['a small one becomes a number', '{"value":"5"}', {}, '{"value":5}'],
    [
      'decimals become a number, all of them',
      '{"value":"0.1000000000000000055"}',
      {},
      '{"value":0.1000000000000000055}',
    ],
  ])('bare text between tags - %s', (_title, input, member, output) => {
    expect(coerced(input, member, true)).toBe(output);
  });
});
