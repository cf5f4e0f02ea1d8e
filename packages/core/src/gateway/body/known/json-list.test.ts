import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countMembersAfter, findList, placesInList } from './json-list.js';

const bytesOf = (text: string): Buffer => Buffer.from(text);
const startIn = (text: string): string | undefined => {
  const bytes = bytesOf(text);
  const found = findList(bytes, 'messages');
  return found && bytes.subarray(found.start).toString();
};

describe('findList', () => {
  it.each([
    ['first', '{"messages":[1]}', '1]}'],
    ['behind others, with white space', ' { "a" : {"messages":[0]} ,\n"messages"\t:\r\n[ 1 ]}', ' 1 ]}'],
    ['its name as a value and in strings', '{"a":"messages","b":"\\"messages\\":[0]","messages":[1]}', '1]}'],
    ['in a list of objects', '{"a":[{"messages":[0]}],"messages":[1]}', '1]}'],
    ['strings that end in backslashes', '{"a":"\\\\","b":"\\\\\\"","messages":[1]}', '1]}'],
    ['no list', '{"messages":"[1]"}', undefined],
    ['a name with escapes', '{"m\\u0065ssages":[1]}', undefined],
    ['a byte order mark', '\ufeff{"messages":[1]}', undefined],
    ['no object', '[{"messages":[1]}]', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, text, rest) => expect(startIn(text)).toBe(rest));
});

describe('placesInList', () => {
  const layout = fc.constantFrom<string | number | undefined>(undefined, 1, 2, '\t');
  const head = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 3 });

  it('the bytes up to each place - are a list of the first elements', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), head, head, layout, (list, before, after, space) => {
        const members = Object.entries({ ...before, ...after }).filter(([name]) => name !== 'messages');
        const object = Object.fromEntries([...members, ['messages', list], ...Object.entries({ end: after })]);
        const bytes = bytesOf(JSON.stringify(object, null, space));
        const found = findList(bytes, 'messages');
        const start = found?.start ?? 0;
        const places = placesInList(
          bytes,
          start,
          list.map((_, index) => index),
        );
        expect(places?.count).toBe(list.length);
        expect(places?.ends.map((end) => JSON.parse(`[${bytes.subarray(start, end)}]`))).toEqual(
          list.map((_, index) => JSON.parse(JSON.stringify(list.slice(0, index + 1)))),
        );
        const behind = countMembersAfter(bytes, places?.end ?? 0);
        expect((found?.before ?? 0) + 1 + behind).toBe(Object.keys(object).length);
      }),
    );
  });

  it.each([
    ['no end', '[1,[2]'],
    ['a string without an end', '["a,b]'],
  ])('%s - no places', (_, text) => expect(placesInList(bytesOf(text), 1, [])).toBeUndefined());

  it('values - as many as the limit of the parser counts', () => {
    expect(placesInList(bytesOf('[{"a":[1,2]},"x,[{",3]'), 1, [0, 2])?.values).toEqual([3, 5]);
  });

  it('long strings with quotes and backslashes at every distance - are jumped over', () => {
    for (let length = 0; length < 60; length++) {
      const list = [`${'x'.repeat(length)}\\"`, `${'\\'.repeat(length)}"],`, 'end'];
      const bytes = bytesOf(JSON.stringify(list));
      const places = placesInList(bytes, 1, [0, 1, 2]);
      expect(places?.ends.map((end) => JSON.parse(`[${bytes.subarray(1, end)}]`))).toEqual([
        list.slice(0, 1),
        list.slice(0, 2),
        list,
      ]);
    }
  });
});
