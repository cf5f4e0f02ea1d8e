import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, findMembers, withoutMember } from './json-members.js';

const writtenValue = (text: string, name: string): string | undefined => {
  const found = findMembers(text, [name]).at(0);
  return found && text.slice(found.valueStart, found.end);
};

describe('findMembers', () => {
  it.each([
    ['{"model":"a"}', '"a"'],
    ['  { "x" : {"model": "inner"} , "model" : "outer" }', '"outer"'],
    ['{"s":"\\"model\\":\\"no\\"","model":1.0}', '1.0'],
    ['{"a":[1,[2,{"model":0}]],"model":12345678901234567890}', '12345678901234567890'],
    ['{"b":"}","m\\u006fdel":null}', 'null'],
    ['{"model":{"a":"]"} }', '{"a":"]"}'],
    ['["model"]', undefined],
    ['{"model"', undefined],
    ['', undefined],
    ['{"other":1}', undefined],
  ])('%s', (text, expected) => expect(writtenValue(text, 'model')).toBe(expected));

  it('a name that repeats - each time where that is asked for', () => {
    const text = '{"model":1,"model":2}';
    expect(findMembers(text, ['model'])).toHaveLength(1);
    expect(findMembers(text, ['model'], true)).toHaveLength(2);
  });

  it('any object - what is put in place of a value is what a parser reads, and nothing else changes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (object, value) => {
        const whole = { ...object, model: value };
        for (const text of [JSON.stringify(whole), JSON.stringify(whole, null, 2)]) {
          const found = findMembers(text, ['model'], true).at(-1);
          if (found === undefined) throw new Error('not found');
          const edited = applyEdits(text, [{ start: found.valueStart, end: found.end, text: '"new"' }]);
          expect(JSON.parse(edited)).toEqual({ ...JSON.parse(text), model: 'new' });
        }
      }),
    );
  });
});

describe('withoutMember', () => {
  it.each([
    ['{"usage":{},"a":1}', '{"a":1}'],
    ['{"a":1,"usage":null}', '{"a":1}'],
    ['{"a":1 , "usage" : 5 , "b":2}', '{"a":1 , "b":2}'],
    ['{"usage":[]}', '{}'],
  ])('%s - %s', (text, expected) => {
    const edits = findMembers(text, ['usage']).map((found) => withoutMember(text, found));
    expect(applyEdits(text, edits)).toBe(expected);
  });
});
