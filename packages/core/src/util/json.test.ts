import { describe, expect, it } from 'vitest';
import { isNumber, toNumber } from './exact-number.js';
import { isJsonObject, JsonLimitError, parseExactJson, parseJson, stringifyJson } from './json.js';

describe('parseExactJson and stringifyJson', () => {
  it.each([
    ['an id beyond 2^53', '{"id":9007199254740993}'],
    ['a negative one', '{"id":-9223372036854775808}'],
    ['the largest of 64 bits', '[18446744073709551615]'],
    ['one that is the whole text', '1764263345123456789'],
    ['many decimals', '{"pi":3.14159265358979323846264338}'],
    ['more than a double reaches', '{"far":1e400,"near":1e-400}'],
    ['deep inside', '{"a":[{"b":{"c":[1,[12345678901234567890]]}}]}'],
    ['hundreds of digits', `[${'123456789'.repeat(50)}]`],
    ['beside a text that reads like a number', '{"9007199254740993":"9007199254740993","n":9007199254740993}'],
    ['beside quotes and backslashes', '{"a\\"9007199254740993":"\\\\","n":9007199254740993}'],
  ])('keeps the digits - %s', (_title, text) => {
    expect(stringifyJson(parseExactJson(text))).toBe(text);
  });

  it.each([
    ['1.0', 1],
    ['-0', -0],
    ['9007199254740992', 2 ** 53],
    ['0.30000000000000004', 0.1 + 0.2],
    ['1e21', 1e21],
    ['100000000000000000000', 1e20],
    ['5e-324', 5e-324],
  ])('makes a plain number of what a double holds - %s', (text, value) => {
    expect(parseExactJson(text)).toBe(value);
  });

  it('keeps the last of two members of one name', () => {
    expect(stringifyJson(parseExactJson('{"a":9007199254740993,"a":{"b":9007199254740995}}'))).toBe(
      '{"a":{"b":9007199254740995}}',
    );
  });

  it('keeps a member called __proto__ a member', () => {
    const text = '{"__proto__":{"n":9007199254740993},"n":9007199254740995}';
    expect(stringifyJson(parseExactJson(text))).toBe(text);
  });

  it.each(['9007199254740993x', '{"a":09007199254740993}', '[9007199254740993', '9007199254740993 1', '-', '[1e]'])(
    'refuses what is no JSON - %s',
    (text) => {
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
    },
  );

  it('writes what JSON cannot hold as JSON.stringify does', () => {
    expect(stringifyJson(undefined)).toBe('null');
    expect(stringifyJson([undefined, Number.NaN])).toBe('[null,null]');
  });
});

describe('exact numbers', () => {
  it('are numbers and no objects, and read as their digits', () => {
    const number = toNumber('9007199254740993');
    expect([isNumber(number), isJsonObject(number), String(number), Number(number)]).toEqual([
      true,
      false,
      '9007199254740993',
      2 ** 53,
    ]);
  });

  it('become their nearest double where nobody asks for digits', () => {
    expect(JSON.stringify({ n: toNumber('9007199254740993') })).toBe('{"n":9007199254740992}');
  });
});

describe('parseJson', () => {
  it.each([
    ['nested too deeply', `${'['.repeat(129)}${']'.repeat(129)}`],
    ['too many numbers', `[${'0,'.repeat(500_000)}0]`],
    ['too many empty objects', `[${'{},'.repeat(260_000)}{}]`],
  ])('refuses before it builds anything - %s', (_title, text) => {
    expect(() => parseJson(text)).toThrow(JsonLimitError);
    expect(() => parseExactJson(text)).toThrow(JsonLimitError);
  });

  it('does not count what stands in strings', () => {
    const text = ',[{'.repeat(200_000);
    expect(parseJson(JSON.stringify({ text }))).toEqual({ text });
  });
});
